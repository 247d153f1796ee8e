import { readFile } from "node:fs/promises";
import mysql from "mysql2/promise";

/** Keeps callbacks, and what follows from them, in MariaDB or MySQL. */
export class Store {
  #pool;

  static async open(database) {
    const once = await mysql.createConnection({ ...database, multipleStatements: true });
    await once.query(await readFile(new URL("schema.sql", import.meta.url), "utf8"));
    await once.end();
    const store = new Store();
    // All tasks of an account may report at once: those who find no connection wait their turn.
    store.#pool = mysql.createPool({ ...database, charset: "utf8mb4", connectionLimit: 16 });
    // Each statement sees what is committed. InnoDB's default would also lock gaps, and new tasks would get in each other's way.
    store.#pool.on("connection", (c) => c.query("set session transaction isolation level read committed"));
    return store;
  }

  /** Resolves once the event and all that follows from it are committed. False: it was known, and nothing changed. */
  async add(event) {
    for (let attempt = 1; ; attempt++) {
      const db = await this.#pool.getConnection();
      try {
        await db.beginTransaction();
        const fresh = await add(db, event);
        await db.commit();
        return fresh;
      } catch (err) {
        await db.rollback().catch(() => db.destroy());
        // InnoDB resolves a deadlock by ending one of the transactions, which is to come again.
        if (err.code !== "ER_LOCK_DEADLOCK" || attempt === 5) throw err;
      } finally {
        db.release();
      }
    }
  }

  async ping() {
    await this.#pool.query("select 1");
  }

  async close() {
    await this.#pool.end();
  }
}

async function add(db, event) {
  const task = event.task || (await ownerOf(db, event));
  let kept;
  try {
    // A copy that comes at the same moment waits at the unique key until the first is committed.
    [kept] = await db.execute("insert into events (identity, task, name, msg) values (?, ?, ?, ?)", [event.identity, task, event.name, event.msg]);
  } catch (err) {
    if (err.code === "ER_DUP_ENTRY") return false;
    throw err;
  }
  if (task === "") return true;
  const { stream, target, sources } = event;
  await db.execute(
    `insert into tasks (task, stream, target, sources) values (?, nullif(?, ''), nullif(?, ''), nullif(?, '[]'))
     on duplicate key update stream = coalesce(values(stream), stream), target = coalesce(values(target), target),
       sources = coalesce(values(sources), sources)`,
    [task, stream, target, JSON.stringify(sources)],
  );
  await follow[event.name]?.(db, task, event);
  if (event.name === "TaskStart" || event.name === "TaskExit") {
    const text = `${event.name} of ${task}: ${event.code} ${event.message}`;
    await db.execute("insert into outbox (event, task, text) values (?, ?, ?)", [kept.insertId, task, text]);
  }
  return true;
}

/** A TaskExit without ids is the task's that has its sources, if no other has them. Else it is nobody's. */
async function ownerOf(db, { name, sources }) {
  if (name !== "TaskExit" || sources.length === 0) return "";
  const [rows] = await db.execute("select task from tasks where sources_hash = unhex(sha2(?, 256)) limit 2", [JSON.stringify(sources)]);
  return rows.length === 1 ? rows[0].task : "";
}

// Callbacks may overtake each other, so what they say of their own time decides, and not when they arrive. A time of
// zero says nothing: then it is the time of arrival.
const moment = (at) => at || Date.now();

/** What follows from each event. MariaDB assigns from left to right: what is compared with changes last. */
const follow = {
  TaskStart: (db, task, { startedAt }) =>
    db.execute("update tasks set started_at = if(? >= live_since, ?, started_at), live_since = greatest(live_since, ?) where task = ?", [
      moment(startedAt), startedAt, moment(startedAt), task,
    ]),

  // Not for good: a later TaskStart makes the task run again.
  TaskExit: (db, task, { exitedAt, code, message }) =>
    db.execute(
      `update tasks set exited_at = if(? >= off_since, ?, exited_at), exit_code = if(? >= off_since, nullif(?, ''), exit_code),
         exit_message = if(? >= off_since, ?, exit_message), off_since = greatest(off_since, ?) where task = ?`,
      [moment(exitedAt), exitedAt, moment(exitedAt), code, moment(exitedAt), message, moment(exitedAt), task],
    ),

  VodSourceFileStart: (db, task, event) => file(db, task, event, false),
  VodSourceFileFinish: (db, task, event) => file(db, task, event, true),
};

/** A start that comes after the finish does not undo it. */
const file = (db, task, { place, url, seconds }, done) =>
  db.execute(
    `insert into files (task, place, url, seconds, done) values (?, ?, ?, ?, ?)
     on duplicate key update seconds = greatest(seconds, values(seconds)), done = done or values(done)`,
    [task, place, url, seconds, done],
  );
