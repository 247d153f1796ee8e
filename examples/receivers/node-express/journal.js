import { open, readFile } from "node:fs/promises";

/** Keeps the events, once each: in a file of JSON lines, and in memory to be looked at. */
export class Journal {
  #file;
  #size; // up to the last whole line
  #seen = new Map(); // key -> promise of its being on the disk
  #tasks = new Map(); // task_id -> events
  #orphans = []; // events without task_id
  #waiting = [];
  #writing = Promise.resolve();

  static async open(path) {
    const journal = new Journal();
    const text = await readFile(path).catch((err) => {
      if (err.code === "ENOENT") return Buffer.alloc(0);
      throw err;
    });
    // A line without an end was not answered: the process was killed while it wrote.
    journal.#size = text.lastIndexOf("\n") + 1;
    for (const line of text.subarray(0, journal.#size).toString().split("\n")) {
      if (!line) continue;
      const event = JSON.parse(line);
      journal.#seen.set(event.key, Promise.resolve());
      journal.#remember(event);
    }
    journal.#file = await open(path, text.length ? "r+" : "w+", 0o600);
    return journal;
  }

  /** Resolves when the event is on the disk. A copy waits for the first one and changes nothing. */
  add(event) {
    const known = this.#seen.get(event.key);
    if (known) return known;
    const kept = new Promise((resolve, reject) => this.#waiting.push({ event, resolve, reject }));
    this.#seen.set(event.key, kept);
    this.#writing = this.#writing.then(() => this.#write());
    return kept;
  }

  /** Writes all that wait, and syncs once for them together. */
  async #write() {
    const batch = this.#waiting.splice(0);
    if (batch.length === 0) return;
    try {
      const text = Buffer.from(batch.map(({ event }) => JSON.stringify(event) + "\n").join(""));
      await this.#file.truncate(this.#size);
      for (let done = 0; done < text.length; ) {
        done += (await this.#file.write(text, done, text.length - done, this.#size + done)).bytesWritten;
      }
      await this.#file.datasync();
      this.#size += text.length;
      for (const { event, resolve } of batch) {
        this.#remember(event);
        resolve();
      }
    } catch (err) {
      for (const { event, reject } of batch) {
        this.#seen.delete(event.key); // so that the next delivery tries again
        reject(err);
      }
    }
  }

  #remember(event) {
    if (event.task === "") this.#orphans.push(event);
    else if (this.#tasks.has(event.task)) this.#tasks.get(event.task).push(event);
    else this.#tasks.set(event.task, [event]);
  }

  /** The events of a task. A TaskExit without ids is among them if its sources are this task's and no other's. */
  eventsOf(task) {
    const events = this.#tasks.get(task) ?? [];
    const exits = this.#orphans.filter((o) => {
      if (o.name !== "TaskExit" || o.sources.length === 0 || !events.some((e) => same(e, o))) return false;
      for (const [id, others] of this.#tasks) {
        if (id !== task && others.some((e) => same(e, o))) return false;
      }
      return true;
    });
    return [...events, ...exits];
  }

  async close() {
    await this.#writing;
    await this.#file.close();
  }
}

const same = (a, b) => a.sources.length === b.sources.length && a.sources.every((u, i) => u === b.sources[i]);
