"""What a relay callback says. The page is "Relay Event Notification", editions 2022-01 to 2025-09."""

import hashlib
import json
import math


class Refused(Exception):
    """The callback is not taken: the fault is in the request, and nothing came of it."""

    def __init__(self, reason, status=400):
        super().__init__(reason)
        self.status = status


def read_event(callback):
    """A row of the table events. Only the ids and to_url may be missing, as in the documented TaskExit sample."""
    name = text(callback, "callback_event", required=True)
    # Both are JSON inside a string: they are decoded a second time. source_urls ends in a newline.
    sources = decoded("source_urls", text(callback, "source_urls", required=True))
    msg = decoded("msg", text(callback, "msg", required=True))
    if not isinstance(sources, list) or not all(isinstance(u, str) for u in sources):
        raise Refused("source_urls holds no list of texts")
    if not isinstance(msg, dict):
        raise Refused("msg holds no object")
    for member in ("task_start_time", "task_exit_time", "index", "duration"):
        number(msg, member)
    for member in ("url", "message"):
        text(msg, member)
    if isinstance(msg.get("code"), (dict, list)):
        raise Refused("code is neither a number nor a text")
    event_time = callback.get("event_time")  # absent, a text or a number
    row = {
        "task": text(callback, "task_id"),
        "name": name,
        "stream": text(callback, "stream_id"),
        "target": text(callback, "to_url"),
        "sources": canonical(sources),
        "event_time": "" if event_time is None else canonical(event_time).strip('"'),
        "msg": canonical(msg),
    }
    # What makes two deliveries the same callback: there is no event id.
    identity = [row["task"] or row["sources"], name, row["msg"], row["event_time"]]
    row["identity"] = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
    return row


def text(members, name, required=False):
    value = members.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise Refused(f"{name} is not a text")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise Refused(f"{name} is not Unicode") from None
    return value


def number(members, name):
    """A number, also where it is written as text: samples and tables differ in that. None where it is missing."""
    value = members.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str):
            value = loads(value)
        if type(value) in (int, float) and math.isfinite(value):
            return value
    except (ValueError, RecursionError, OverflowError):
        pass
    raise Refused(f"{name} is not a number")


def loads(json_text):
    """json.loads, but without NaN and Infinity."""
    return json.loads(json_text, parse_constant=no_json)


def no_json(name):
    raise ValueError(f"{name} is no JSON")


def decoded(name, json_text):
    try:
        return loads(json_text)
    except (ValueError, RecursionError) as err:
        raise Refused(f"{name} holds no JSON: {err}") from None


def canonical(value):
    """JSON written in one way, whatever the order of its names and its white space."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as err:
        raise Refused(f"cannot be written again: {err}") from None
