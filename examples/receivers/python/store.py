"""The events in SQLite, and what they tell of a task, whatever order they came in."""

import json
import sqlite3
import threading

from callback import number

SCHEMA = """
create table if not exists events (
    seq        integer primary key,   -- order of arrival
    identity   text not null unique,  -- so that a copy changes nothing, also at the same moment
    task       text not null,         -- '' where the callback has no task_id
    name       text not null,
    stream     text not null,
    target     text not null,
    sources    text not null,         -- JSON
    event_time text not null,
    msg        text not null          -- JSON
);
create index if not exists by_task on events (task);
create index if not exists by_sources on events (sources);
"""

# A TaskExit without ids is the task's if its sources are this task's and no other's.
EVENTS_OF_TASK = """
select name, stream, target, sources, msg from events e
where task = :task and task <> ''
   or task = '' and name = 'TaskExit' and sources <> '[]'
  and sources in (select sources from events where task = :task)
  and 1 = (select count(distinct task) from events o where o.sources = e.sources and o.task <> '')
order by seq
"""


class Store:
    def __init__(self, path):
        self.lock = threading.Lock()  # held for one statement, never while somebody is waited for
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = full")  # on the disk when it is answered
        self.db.executescript(SCHEMA)

    def add(self, row):
        columns = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        with self.lock:
            self.db.execute(f"insert into events ({columns}) values ({values}) on conflict (identity) do nothing", row)

    def task(self, task_id):
        with self.lock:
            rows = self.db.execute(EVENTS_OF_TASK, {"task": task_id}).fetchall()
        return describe([{**row, "msg": json.loads(row["msg"])} for row in map(dict, rows)]) if rows else None

    def close(self):
        with self.lock:
            self.db.close()


def describe(events):
    start, exit_ = newest(events, "TaskStart"), newest(events, "TaskExit")
    turn = newest(events, "TaskStart", "TaskExit")  # TaskExit is not final: a later start revives the task
    files = files_of(events)
    why = exit_["msg"] if exit_ else {}
    return {
        "running": turn is not exit_ if turn else True if files else None,
        "stream": last(events, "stream"),
        "target": last(events, "target"),
        "sources": json.loads(last(events, "sources") or "null"),
        "since_ms": number(start["msg"], "task_start_time") if start else None,
        "until_ms": number(why, "task_exit_time"),
        "code": why.get("code"),
        "message": why.get("message"),
        "parts": sorted(files.values(), key=lambda f: -1 if f["i"] is None else f["i"]),
        "alarms": [e["msg"].get("type") for e in events if e["name"] == "TaskAlarm"],  # warnings, no end
        "callbacks": len(events),
    }


def newest(events, *names):
    """By their own times where both are there and differ; else what came later is newer."""
    best = None
    for event in events:
        if event["name"] in names:
            now, then = when(event), when(best) if best else 0
            if not (now > 0 and then > 0 and now < then):
                best = event
    return best


def when(event):
    return number(event["msg"], "task_start_time" if event["name"] == "TaskStart" else "task_exit_time") or 0


def last(events, column):
    return next((e[column] for e in reversed(events) if e[column] not in ("", "[]")), None)


def files_of(events):
    """Place and URL name a file together: a list may have a URL twice."""
    files = {}
    for event in events:
        if event["name"] in ("VodSourceFileStart", "VodSourceFileFinish"):
            msg = event["msg"]
            index, url = number(msg, "index"), msg.get("url")
            part = files.setdefault((index, url), {"i": index, "url": url, "seconds": None, "over": False})
            part["seconds"] = number(msg, "duration") or part["seconds"]
            part["over"] |= event["name"] == "VodSourceFileFinish"  # a start that comes later does not undo it
    return files
