import { number } from "./callback.js";

/** What the events of a task tell, whatever order they came in; undefined where there are none. */
export function describe(events) {
  if (events.length === 0) return undefined;
  const start = newest(events, ["TaskStart"]);
  const exit = newest(events, ["TaskExit"]);
  const turn = newest(events, ["TaskStart", "TaskExit"]); // TaskExit is not final: a later start revives the task
  const files = filesOf(events);
  const last = (name) => events.findLast((e) => e[name].length > 0)?.[name];
  return {
    status: turn ? (turn === exit ? "stopped" : "active") : files.length > 0 ? "active" : "unknown",
    stream: last("stream"),
    target: last("to"),
    sources: last("sources"),
    startedAt: start?.msg.task_start_time,
    lastExit: exit && { at: exit.msg.task_exit_time, code: exit.msg.code, message: exit.msg.message },
    files,
    alarms: events.filter((e) => e.name === "TaskAlarm").map((e) => e.msg.type), // warnings, no end
    eventCount: events.length,
  };
}

/** Times tell the order where both are there and differ. Else what came later is newer. */
function newest(events, names) {
  const at = (e) => number(e.msg[e.name === "TaskStart" ? "task_start_time" : "task_exit_time"]);
  let best;
  for (const e of events) {
    if (!names.includes(e.name)) continue;
    const known = best && at(e) > 0 && at(best) > 0;
    if (!known || at(e) >= at(best)) best = e;
  }
  return best;
}

/** Place and URL name a file together: a list may have a URL twice. */
function filesOf(events) {
  const files = new Map();
  for (const { name, msg } of events) {
    if (name !== "VodSourceFileStart" && name !== "VodSourceFileFinish") continue;
    const index = msg.index == null ? null : number(msg.index);
    const key = JSON.stringify([index, msg.url]);
    const file = files.get(key) ?? { index, url: msg.url, seconds: null, state: "playing" };
    if (msg.duration != null) file.seconds = number(msg.duration);
    if (name === "VodSourceFileFinish") file.state = "finished"; // a start that comes later does not undo it
    files.set(key, file);
  }
  return [...files.values()].sort((a, b) => a.index - b.index);
}
