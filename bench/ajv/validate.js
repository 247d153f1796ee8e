// Validates a capture with ajv: compiled validators, worker threads over byte ranges, JSON.parse of the body and of each
// nested text, against the wire reading of 2025-09.
//
//   node validate.js CAPTURE SCHEMAS [WORKERS]
//
// SCHEMAS is the folder schema/editions/2025-09/wire. Prints one JSON line: {"valid": …, "invalid": …, "seconds": …}.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");

if (isMainThread) {
  const [capture, schemas, workers = "4"] = process.argv.slice(2);
  const begin = process.hrtime.bigint();
  const size = fs.statSync(capture).size;
  const n = Number(workers);
  let left = n;
  const sum = { valid: 0, invalid: 0 };
  for (let i = 0; i < n; i++) {
    const from = Math.floor((size * i) / n);
    const to = Math.floor((size * (i + 1)) / n);
    const worker = new Worker(__filename, { workerData: { capture, schemas, from, to, size } });
    worker.on("message", (m) => {
      sum.valid += m.valid;
      sum.invalid += m.invalid;
      if (--left === 0) {
        const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
        console.log(JSON.stringify({ ...sum, seconds: Number(seconds.toFixed(3)) }));
      }
    });
    worker.on("error", (err) => {
      console.error(err);
      process.exit(1);
    });
  }
} else {
  const Ajv = require("ajv/dist/2020");
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const compile = (name) => ajv.compile(JSON.parse(fs.readFileSync(path.join(workerData.schemas, name), "utf8")));
  const envelope = compile("envelope.json");
  const urls = compile("source_urls.json");
  const msg = new Map();
  for (const name of fs.readdirSync(workerData.schemas)) {
    if (name.startsWith("msg.")) msg.set(name.slice(4, -5), compile(name));
  }
  const valid = (line) => {
    try {
      const body = JSON.parse(line);
      if (!envelope(body)) return false;
      const check = msg.get(body.callback_event);
      const inner = JSON.parse(body.msg);
      if (check !== undefined && !check(inner)) return false;
      return urls(JSON.parse(body.source_urls));
    } catch {
      return false;
    }
  };

  // The lines that begin in [from, to).
  const { capture, from, to, size } = workerData;
  const fd = fs.openSync(capture, "r");
  const counts = { valid: 0, invalid: 0 };
  const buf = Buffer.allocUnsafe(1 << 20);
  let held = 0; // bytes in buf that begin the next line
  let pos = from === 0 ? 0 : from - 1;
  let skip = from > 0; // up to the first line end
  let start = pos; // offset of buf[0]
  let done = false;
  while (!done) {
    const got = fs.readSync(fd, buf, held, Math.min(buf.length - held, size - pos), pos);
    pos += got;
    const end = held + got;
    let at = 0;
    for (;;) {
      let nl = buf.subarray(0, end).indexOf(10, at);
      if (nl < 0) {
        if (got > 0) break;
        if (at >= end) {
          done = true;
          break;
        }
        nl = end;
      }
      if (skip) skip = false;
      else if (start + at >= to) {
        done = true;
        break;
      } else if (nl > at) {
        if (valid(buf.utf8Slice(at, nl))) counts.valid++;
        else counts.invalid++;
      }
      at = nl + 1;
    }
    if (done) break;
    buf.copyWithin(0, at, end);
    held = Math.max(0, end - at);
    start += at;
  }
  fs.closeSync(fd);
  parentPort.postMessage(counts);
}
