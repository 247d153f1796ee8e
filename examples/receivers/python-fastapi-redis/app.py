#!/usr/bin/env python3
"""A small receiver of CSS relay callbacks (event_type 314) to start from: FastAPI, Redis.

    PORT=8080 REDIS_URL=redis://127.0.0.1:6379/0 python3 app.py
"""

import logging
import os

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from starlette.requests import ClientDisconnect

from callback import RELAY, Refused, decode, read_event, verify
from store import Store

KEY = os.environ.get("CSS_CALLBACK_KEY", "")
MAX_BODY = 1 << 20  # thirty long URLs are a few kilobytes

app = FastAPI(title="CSS relay callbacks")
store = Store(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
log = logging.getLogger("uvicorn.error")


async def whole_body(request: Request) -> bytes:
    """The bytes, whatever the content type says. A model as a parameter would read any length, and refuse text/plain."""
    body = bytearray()
    try:
        async for part in request.stream():
            if len(body) <= MAX_BODY:  # the rest is thrown away, so that the sender gets to read the answer
                body += part
    except ClientDisconnect:
        raise Refused("the body broke off") from None
    if len(body) > MAX_BODY:
        raise HTTPException(413, "the body is too long")
    return bytes(body)


@app.post("/callbacks/relay")
async def take(body: bytes = Depends(whole_body)):
    callback = decode(body)
    if callback["event_type"] == RELAY:  # else a push, a recording …: it says nothing about relay tasks
        verify(callback, KEY)
        await store.take(read_event(callback))  # Redis has it before it is answered
    return {"code": 0}  # CSS reads the status alone; the body is a courtesy


@app.get("/tasks/{task_id:path}")
async def task(task_id: str):
    found = await store.task(task_id)
    if not found:
        raise HTTPException(404, "no such task")
    return found


@app.get("/healthz")
async def healthz():
    await store.ping()
    return {"redis": "up"}


@app.exception_handler(Refused)
async def refused(request: Request, err: Refused):
    return JSONResponse({"detail": str(err)}, err.status)


@app.exception_handler(RedisError)
async def unavailable(request: Request, err: RedisError):
    log.error("not stored: %s", err)
    return JSONResponse({"detail": "not stored"}, 503)  # our fault: CSS shall send it again


if __name__ == "__main__":
    # One process is enough: it waits for the network only. With more, nothing changes: Redis has all the state.
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8080")),
                backlog=512, access_log=False, log_level="warning")
