#!/usr/bin/env python3
"""A small receiver of CSS relay callbacks (event_type 314) to start from: standard library, SQLite.

    PORT=8080 DATABASE=receiver.db python3 receiver.py
"""

import hashlib
import hmac
import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from callback import Refused, loads, read_event
from store import Store

KEY = os.environ.get("CSS_CALLBACK_KEY", "")
RELAY = 314
MAX_BODY = 1 << 20  # thirty long URLs are a few kilobytes
BODY_SECONDS = 60  # for a whole body; slow clients keep nobody waiting, but not for ever


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive
    timeout = 30  # of silence on a connection
    disable_nagle_algorithm = True
    store: Store

    def do_POST(self):
        body = self.read_body()  # always, so that the answer is not lost in a reset
        if self.path != "/callbacks/relay":
            return self.answer(404, {"code": 404})
        try:
            self.take(body)
        except Refused as err:
            self.answer(err.status, {"code": err.status, "message": str(err)})
        except Exception as err:  # our fault: CSS shall send it again
            self.log_error("%s: %s", type(err).__name__, err)
            self.answer(500, {"code": 500, "message": "not stored"})
        else:
            self.answer(200, {"code": 0})  # CSS reads the status alone; the body is a courtesy

    def take(self, body):
        if isinstance(body, Refused):
            raise body
        callback = decode(body)
        if callback["event_type"] != RELAY:
            return  # a push, a recording …: it says nothing about relay tasks
        verify(callback)
        self.store.add(read_event(callback))  # committed before it is answered

    def do_GET(self):
        self.read_body()
        if self.path == "/healthz":
            return self.answer(200, {"ok": True})
        if self.path == "/callbacks/relay":
            return self.other_method()
        task = self.path.startswith("/tasks/") and self.store.task(unquote(self.path.removeprefix("/tasks/"), errors="replace"))
        self.answer(200 if task else 404, task or {"message": "no such task"})

    def other_method(self):
        self.read_body()
        self.answer(405, {"code": 405, "message": "callbacks come by POST"}, {"Allow": "POST"})

    def __getattr__(self, name):  # do_PUT, do_DELETE …: http.server would answer 501
        if name.startswith("do_"):
            return self.other_method
        raise AttributeError(name)

    def read_body(self):
        """The whole body, or why there is none. http.server leaves chunks and limits to us."""
        if getattr(self, "body_of", None) is self.headers:
            return b""  # has been read
        self.body_of = self.headers
        deadline = time.monotonic() + BODY_SECONDS
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.read_chunks(deadline)
        length = self.headers.get("Content-Length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            return self.hang_up(Refused("Content-Length is no number"))
        return self.read_exactly(int(length), deadline)

    def read_exactly(self, length, deadline):
        parts, left = [], length
        if length > MAX_BODY:
            self.close_connection = True
            left = min(length, 64 * MAX_BODY)  # read and thrown away, so that the sender gets to read the answer
        while left > 0:
            part = self.rfile.read1(min(left, 1 << 16))
            if not part or time.monotonic() > deadline:
                return self.hang_up(Refused("the body broke off"))
            left -= len(part)
            if length <= MAX_BODY:
                parts.append(part)
        return b"".join(parts) if length <= MAX_BODY else Refused("the body is too long", 413)

    def read_chunks(self, deadline):
        body = b""
        while True:
            digits = self.rfile.readline(1024).split(b";")[0].strip()
            if not digits or digits.strip(b"0123456789abcdefABCDEF"):
                return self.hang_up(Refused("the chunks cannot be read"))
            size = int(digits, 16)
            if len(body) + size > MAX_BODY:
                return self.hang_up(Refused("the body is too long", 413))
            if size == 0:
                break
            part = self.read_exactly(size, deadline)
            if isinstance(part, Refused):
                return part
            body += part
            self.rfile.readline(1024)
        while self.rfile.readline(1 << 16) not in (b"\r\n", b"\n", b""):
            pass  # trailers
        return body

    def hang_up(self, refused):
        self.close_connection = True
        return refused

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **dict(headers)}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_request(self, code="-", size="-"):
        pass


def decode(body):
    """The outer object. Members that we do not know are ignored."""
    try:
        callback = loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as err:
        raise Refused(f"no JSON: {err}") from None
    if not isinstance(callback, dict):
        raise Refused("no JSON object")
    # A missing event_type is no 0: that is the interruption of a push. And True is an int.
    if type(callback.get("event_type")) is not int:
        raise Refused("event_type is not a number")
    return callback


def verify(callback):
    """Check sign, if there is one and a key. No page says that relay callbacks are signed."""
    sign, t = callback.get("sign"), str(callback.get("t"))
    if not KEY or sign in (None, ""):
        return
    want = hashlib.md5((KEY + t).encode("utf-8", "replace")).hexdigest()
    if not isinstance(sign, str) or not hmac.compare_digest(want.encode(), sign.lower().encode("utf-8", "replace")):
        raise Refused("sign is wrong", 403)
    if not (t.isascii() and t.isdigit() and len(t) < 20 and int(time.time()) <= int(t)):
        raise Refused("the signature has expired", 403)


class Server(ThreadingHTTPServer):
    request_queue_size = 512  # all tasks of an account may start at once
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the sender has gone: it will come again


def main():
    Handler.store = Store(os.environ.get("DATABASE", "receiver.db"))
    server = Server((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))), Handler)
    print(f"ready on http://{server.server_address[0]}:{server.server_address[1]}", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.socket.close()
    Handler.store.close()


if __name__ == "__main__":
    main()
