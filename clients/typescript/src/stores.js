/**
 * Where a session lies. A store has three methods:
 *
 * lock(session, patience, act) waits at most patience seconds until nobody else works on the session, then runs act;
 * it rejects with a TimeoutError where they were not enough.
 * A lock may be lost while it is held (a tab that slept); a write says so by false, and whoever took over sends the
 * same Idempotency-Key.
 * read(session) gives what is stored; undefined for nothing.
 * write(session, text, before) replaces what is stored if it still is before, durably. A crash leaves the old text or
 * the new one.
 */

export function checkedName(name) {
  if (!/^[\w-][\w.-]{0,63}$/.test(name)) {
    throw new RangeError(
      "The name of a session has at most 64 letters, digits, '-', '_' and '.', and does not begin with '.'.",
    );
  }
  return name;
}

/** Sessions of one program, gone with it. */
export class MemoryStore {
  #texts = new Map();
  #tails = new Map();

  async lock(session, patience, act) {
    const before = this.#tails.get(session);
    let release;
    this.#tails.set(session, new Promise((done) => (release = done)));
    await before;
    try {
      return await act();
    } finally {
      release();
    }
  }

  async read(session) {
    return this.#texts.get(session);
  }

  async write(session, text, before) {
    if (this.#texts.get(session) !== before) return false;
    this.#texts.set(session, text);
    return true;
  }
}

/** The browser's database and locks: all tabs of an origin share one session and one refresh. */
export class BrowserStore {
  #database;
  #prefix;

  constructor(prefix = "turnstone-client") {
    this.#prefix = prefix;
  }

  lock(session, patience, act) {
    const signal = AbortSignal.timeout(patience * 1000);
    return navigator.locks.request(`${this.#prefix}/${session}`, { signal }, act);
  }

  read(session) {
    return this.#run("readonly", (sessions, done) => {
      sessions.get(session).onsuccess = (event) => done(event.target.result);
    });
  }

  /** Read and write in one transaction: that is what makes it compare-and-set. */
  write(session, text, before) {
    return this.#run("readwrite", (sessions, done) => {
      sessions.get(session).onsuccess = (event) => {
        const same = event.target.result === before;
        done(same);
        if (same) sessions.put(text, session);
      };
    });
  }

  async #run(mode, act) {
    this.#database ??= this.#open();
    const database = await this.#database;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("sessions", mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error);
      act(transaction.objectStore("sessions"), (value) => (result = value));
    });
  }

  #open() {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(this.#prefix, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("sessions");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
  }
}
