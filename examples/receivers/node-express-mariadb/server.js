// A small receiver of CSS relay callbacks (event_type 314) to start from. One transaction stores a callback and all that
// follows from it; it is answered once that is committed.
//
//   PORT=8080 DB_HOST=127.0.0.1 DB_USER=relay DB_PASSWORD=… DB_NAME=relay npm start

import express from "express";
import { decode, readEvent, verify } from "./callback.js";
import { Store } from "./store.js";

const { PORT = "8080", HOST = "127.0.0.1", CSS_CALLBACK_KEY = "", DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME } = process.env;

const RELAY = 314;
const store = await Store.open({
  host: DB_HOST || "127.0.0.1", port: Number(DB_PORT || 3306), user: DB_USER || "relay", password: DB_PASSWORD, database: DB_NAME || "relay",
});
const app = express().disable("x-powered-by").disable("etag");

// The body is read as bytes, whatever its content type says, and decoded by hand: JSON.parse may fail, and does not
// mind bytes that are no UTF-8. Thirty long URLs are a few kilobytes.
app.post("/callbacks/relay", express.raw({ type: () => true, limit: "1mb", inflate: false }), async (req, res) => {
  const callback = decode(req.body);
  // Another event_type is a push, a recording …: it says nothing about relay tasks.
  let result = "ignored";
  if (callback.event_type === RELAY) {
    verify(callback, CSS_CALLBACK_KEY);
    result = (await store.add(readEvent(callback))) ? "stored" : "known"; // committed before it is answered
  }
  res.json({ code: 0, msg: result }); // CSS reads the status alone; the body is a courtesy
});

app.all("/callbacks/relay", (req, res) => {
  res.set("Allow", "POST").status(405).json({ code: 405, msg: "callbacks come by POST" });
});

app.get("/healthz", async (req, res) => {
  await store.ping();
  res.json({ ok: true });
});

// Express comes here with whatever was thrown above: by us, by the body parser (too long, broken off) or by the database.
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
    server.close(() => store.close());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}
