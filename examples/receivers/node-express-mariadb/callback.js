import { createHash, timingSafeEqual } from "node:crypto";

/** The callback is not taken: the fault is in the request, and nothing came of it. */
export class Refused extends Error {
  constructor(message, status = 422) {
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
    throw new Refused(`no JSON: ${err.message}`, 400);
  }
  if (!isObject(callback)) throw new Refused("no JSON object");
  // A missing event_type is no 0: that is the interruption of a push.
  if (!Number.isSafeInteger(callback.event_type)) throw new Refused("event_type is not a number");
  return callback;
}

/** Checks sign, if there is one and a key. No page says that relay callbacks are signed. */
export function verify({ sign, t }, key) {
  if (!key || sign === undefined || sign === null || sign === "") return;
  const want = createHash("md5").update(key + t).digest();
  const got = /^[0-9a-f]{32}$/i.test(sign) ? Buffer.from(sign, "hex") : Buffer.alloc(16);
  if (!timingSafeEqual(got, want)) throw new Refused("sign is wrong", 401);
  if (!(Math.floor(Date.now() / 1000) <= Number(t))) throw new Refused("the signature has expired", 401);
}

/** A relay callback, decoded. Only the ids and to_url may be missing, as in the documented TaskExit sample. */
export function readEvent(callback) {
  const name = text(callback, "callback_event", 255);
  if (name === "") throw new Refused("callback_event is missing");
  // Both are JSON inside a string: they are decoded a second time.
  const msg = parse(callback, "msg");
  const sources = parse(callback, "source_urls");
  if (!isObject(msg)) throw new Refused("msg holds no object");
  if (!Array.isArray(sources) || !sources.every((u) => typeof u === "string")) throw new Refused("source_urls holds no list of texts");
  const task = text(callback, "task_id", 255);
  return {
    identity: identify([task || sources, name, sorted(msg), String(callback.event_time ?? "")]),
    name,
    task,
    stream: text(callback, "stream_id"),
    target: text(callback, "to_url"),
    sources,
    msg: callback.msg,
    startedAt: whole(msg, "task_start_time"), // ms
    exitedAt: whole(msg, "task_exit_time"), // ms
    place: whole(msg, "index"),
    seconds: whole(msg, "duration"),
    url: text(msg, "url"),
    code: typeof msg.code === "number" ? String(msg.code) : text(msg, "code"),
    message: text(msg, "message"),
  };
}

/** A text; "" where it is missing. */
function text(members, name, limit = Infinity) {
  const value = members[name] ?? "";
  if (typeof value !== "string" || value.length > limit) throw new Refused(`${name} is not a text, or too long a one`);
  return value;
}

/** A whole number, also where it is written as text: samples and tables differ in that. 0 where it is missing. */
function whole(members, name) {
  const value = members[name] ?? 0;
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number)) throw new Refused(`msg.${name} is no whole number`);
  return number;
}

function parse(callback, name) {
  try {
    return JSON.parse(text(callback, name));
  } catch {
    throw new Refused(`${name} holds no JSON`);
  }
}

/** What makes two deliveries the same callback: there is no event id. */
const identify = (what) => createHash("sha256").update(JSON.stringify(what)).digest();

/** Lists in place of objects, so that the order of the names does not matter. */
function sorted(value, depth = 0) {
  if (depth > 100) throw new Refused("msg is nested too deep");
  if (Array.isArray(value)) return value.map((v) => sorted(v, depth + 1));
  if (!isObject(value)) return value;
  return { object: Object.keys(value).sort().map((k) => [k, sorted(value[k], depth + 1)]) };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
