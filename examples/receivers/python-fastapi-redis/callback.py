"""What a relay callback says. The page is "Relay Event Notification", editions 2022-01 to 2025-09."""

import hashlib
import hmac
import json
import time
from typing import Any, Dict, List, Optional, Union

from pydantic import BaseModel, Json, StrictFloat, StrictInt, StrictStr, ValidationError

RELAY = 314


class Refused(Exception):
    """The callback is not taken: the fault is in the request, and nothing came of it."""

    def __init__(self, reason: str, status: int = 422):
        super().__init__(reason)
        self.status = status


class Relay(BaseModel):
    """The outer object. Only the ids and to_url may be missing, as in the documented TaskExit sample."""

    callback_event: StrictStr
    msg: Json[Dict[str, Any]]  # JSON inside a string: it is decoded a second time
    source_urls: Json[List[StrictStr]]  # and so is this one, which ends in a newline
    task_id: Optional[StrictStr] = None
    stream_id: Optional[StrictStr] = None
    to_url: Optional[StrictStr] = None
    event_time: Union[StrictInt, StrictFloat, StrictStr, None] = None


class Msg(BaseModel):
    """The members of msg. A plain int takes digits in a text, too: tables and samples differ in that."""

    task_start_time: Optional[int] = None  # milliseconds
    task_exit_time: Optional[int] = None
    code: Union[StrictInt, StrictFloat, StrictStr, None] = None
    message: Optional[StrictStr] = None
    index: Optional[int] = None
    url: Optional[StrictStr] = None
    duration: Union[StrictInt, StrictFloat, StrictStr, None] = None  # seconds


def decode(body: bytes) -> dict:
    """The outer object. Members that we do not know are ignored."""
    try:
        callback = json.loads(body.decode("utf-8"), parse_constant=no_json)
    except (ValueError, RecursionError) as err:
        raise Refused(f"no JSON: {err}") from None
    # A missing event_type is no 0: that is the interruption of a push. And True is an int.
    if not isinstance(callback, dict) or type(callback.get("event_type")) is not int:
        raise Refused("no object with a number for event_type")
    return callback


def verify(callback: dict, key: str) -> None:
    """Check sign, if there is one and a key. No page says that relay callbacks are signed."""
    sign, t = callback.get("sign"), str(callback.get("t"))
    if not key or sign in (None, ""):
        return
    want = hashlib.md5((key + t).encode("utf-8", "replace")).hexdigest()
    if not isinstance(sign, str) or not hmac.compare_digest(want.encode(), sign.lower().encode("utf-8", "replace")):
        raise Refused("sign is wrong", 403)
    if not (t.isascii() and t.isdigit() and len(t) < 20 and time.time() <= int(t) + 1):
        raise Refused("the signature has expired", 403)


def read_event(callback: dict) -> Dict[str, Any]:
    """What is kept of a relay callback: texts only, and nothing that is not there."""
    try:
        relay = fill(Relay, callback)
        msg = fill(Msg, relay.msg)
        # What makes two deliveries the same callback: there is no event id. Names are sorted, for their order means nothing.
        parts = [relay.task_id or relay.source_urls, relay.callback_event, relay.msg, str(relay.event_time)]
        same = json.dumps(parts, sort_keys=True, allow_nan=False)
        event = {
            "identity": hashlib.sha256(same.encode()).hexdigest(),
            "name": relay.callback_event,
            "task": relay.task_id,
            "stream": relay.stream_id,
            "target": relay.to_url,
            "sources": json.dumps(relay.source_urls, ensure_ascii=False) if relay.source_urls else None,
            "event_time": relay.event_time,
            "start": msg.task_start_time,
            "exit": msg.task_exit_time,
            "code": msg.code,
            "message": msg.message,
            "index": msg.index,
            "url": msg.url,
            "seconds": msg.duration,
        }
        event = {name: str(value) for name, value in event.items() if value not in (None, "")}
        json.dumps(event, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except ValidationError as err:
        raise Refused("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in err.errors())) from None
    except (ValueError, OverflowError, RecursionError) as err:
        raise Refused(f"cannot be kept: {err}") from None
    return event


def fill(model, members: dict):
    """The model, from the members that it knows."""
    return model(**{name: members[name] for name in model.__annotations__ if name in members})


def no_json(name: str):
    raise ValueError(f"{name} is no JSON")
