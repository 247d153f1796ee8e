import { createHash, timingSafeEqual } from "node:crypto";

/** The callback is not taken: the fault is in the request, and nothing came of it. */
export class Refused extends Error {
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The outer object. Members that we do not know are ignored. */
export function decode(body) {
  let callback;
  try {
    callback = JSON.parse(utf8.decode(body ?? Buffer.alloc(0)));
  } catch (err) {
    throw new Refused(`no JSON: ${err.message}`);
  }
  if (!isObject(callback)) throw new Refused("no JSON object");
  // A missing event_type is no 0: that is the interruption of a push.
  if (!Number.isSafeInteger(callback.event_type)) throw new Refused("event_type is not a number");
  return callback;
}

/** Checks sign, if there is one and a key. No page says that relay callbacks are signed. */
export function verify({ sign, t }, key) {
  if (!key || sign === undefined || sign === null || sign === "") return;
  const want = md5(key + t);
  const got = md5IsText(sign) ? sign.toLowerCase() : "";
  if (got.length !== want.length || !timingSafeEqual(Buffer.from(got), Buffer.from(want))) throw new Refused("sign is wrong", 403);
  if (!(Math.floor(Date.now() / 1000) <= Number(t))) throw new Refused("the signature has expired", 403);
}

const md5 = (text) => createHash("md5").update(text).digest("hex");
const md5IsText = (sign) => typeof sign === "string" && /^[0-9a-f]{32}$/i.test(sign);

/** What is kept of a relay callback. Only the ids and to_url may be missing, as in the documented TaskExit sample. */
export function readEvent(c) {
  for (const name of ["callback_event", "msg", "source_urls"]) {
    if (typeof c[name] !== "string" || c[name] === "") throw new Refused(`${name} is not a text`);
  }
  for (const name of ["task_id", "stream_id", "to_url"]) {
    if (c[name] != null && typeof c[name] !== "string") throw new Refused(`${name} is not a text`);
  }
  // Both are JSON inside a string: they are decoded a second time.
  const msg = parse("msg", c.msg);
  const sources = parse("source_urls", c.source_urls);
  if (!isObject(msg)) throw new Refused("msg holds no object");
  if (!Array.isArray(sources) || !sources.every((u) => typeof u === "string")) throw new Refused("source_urls holds no list of texts");
  for (const name of ["task_start_time", "task_exit_time", "index", "duration"]) {
    if (msg[name] != null && !Number.isFinite(number(msg[name]))) throw new Refused(`msg.${name} is not a number`);
  }
  for (const name of ["url", "message"]) {
    if (msg[name] != null && typeof msg[name] !== "string") throw new Refused(`msg.${name} is not a text`);
  }
  if (msg.code != null && !["number", "string"].includes(typeof msg.code)) throw new Refused("msg.code is neither a number nor a text");
  const event = {
    name: c.callback_event,
    task: c.task_id ?? "",
    stream: c.stream_id ?? "",
    to: c.to_url ?? "",
    sources,
    time: c.event_time == null ? "" : String(c.event_time),
    msg,
  };
  return { key: keyOf(event), ...event };
}

/** index and code are a number in the samples and text in the tables. */
export const number = (v) => (typeof v === "number" ? v : typeof v === "string" && v.trim() !== "" ? Number(v) : NaN);

/** What makes two deliveries the same callback: there is no event id. */
function keyOf({ task, sources, name, msg, time }) {
  const text = JSON.stringify([task || sources, name, sorted(msg), time]);
  return createHash("sha256").update(text).digest("hex");
}

function parse(name, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${name} holds no JSON`);
  }
}

const isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);

/** Lists in place of objects, so that the order of the names does not matter. */
function sorted(v, depth = 0) {
  if (depth > 100) throw new Refused("msg is nested too deep");
  if (Array.isArray(v)) return v.map((x) => sorted(x, depth + 1));
  if (!isObject(v)) return v;
  return { object: Object.keys(v).sort().map((k) => [k, sorted(v[k], depth + 1)]) };
}
