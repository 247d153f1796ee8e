// A small receiver of CSS relay callbacks (event_type 314) to start from.
//
//   PORT=8080 JOURNAL=receiver.jsonl npm start

import express from "express";
import { decode, readEvent, verify } from "./callback.js";
import { Journal } from "./journal.js";
import { describe } from "./task.js";

const { PORT = "8080", HOST = "127.0.0.1", JOURNAL = "receiver.jsonl", CSS_CALLBACK_KEY = "" } = process.env;

const RELAY = 314;
const journal = await Journal.open(JOURNAL);
const app = express().disable("x-powered-by").disable("etag");

// The body is read as bytes, whatever its content type says, and decoded by hand: JSON.parse may fail, and does not
// mind bytes that are no UTF-8. Thirty long URLs are a few kilobytes.
app.post("/callbacks/relay", express.raw({ type: () => true, limit: "1mb", inflate: false }), async (req, res) => {
  const callback = decode(req.body);
  // Another event_type is a push, a recording …: it says nothing about relay tasks.
  if (callback.event_type === RELAY) {
    verify(callback, CSS_CALLBACK_KEY);
    await journal.add(readEvent(callback)); // on the disk before it is answered
  }
  res.json({ code: 0, msg: "ok" }); // CSS reads the status alone; the body is a courtesy
});

app.all("/callbacks/relay", (req, res) => {
  res.set("Allow", "POST").status(405).json({ code: 405, msg: "callbacks come by POST" });
});

app.get("/tasks/:id", (req, res) => {
  const task = describe(journal.eventsOf(req.params.id));
  res.status(task ? 200 : 404).json(task ?? { msg: "no such task" });
});

app.get("/healthz", (req, res) => res.json({ ok: true }));

// Express comes here with whatever was thrown above: by us, by the body parser (too long, broken off) or by the disk.
app.use((err, req, res, next) => {
  if (res.headersSent) return next(err);
  const status = err.status >= 400 && err.status < 500 ? err.status : 500;
  if (status === 500) console.error(err); // our fault: CSS shall send it again
  res.status(status).json({ code: status, msg: status === 500 ? "not stored" : err.message });
});

const server = app.listen(Number(PORT), HOST, (err) => {
  if (err) throw err;
  console.log(`ready on http://${HOST}:${server.address().port}`);
});
server.headersTimeout = 10_000; // slow clients are let go in the end; they keep nobody waiting
server.requestTimeout = 60_000;

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => journal.close());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}
