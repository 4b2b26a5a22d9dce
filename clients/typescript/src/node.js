import { link, mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { checkedName } from "./stores.js";
import { LockLost, sleep } from "./work.js";

const heartbeat = 2;
const deadAfter = 20;
const kept = 8;

/**
 * A file for each session, in a folder that only its owner can read. One process at a time works on it; a new file is
 * flushed before it takes the old one's place.
 *
 * Node has no operating-system lock, so the lock is a row of numbered claims. Whoever finds the highest one given back,
 * or its process dead, makes the next number; only one can, and the highest is never removed. A process is dead when
 * the system says so, or, on another machine, when its claim has not been touched for 20 seconds.
 */
export class FileStore {
  #folder;
  #held = new Map();

  constructor(folder) {
    this.#folder = resolve(folder);
  }

  async lock(session, patience, act) {
    const claims = join(this.#folder, `${checkedName(session)}.lock`);
    await mkdir(claims, { recursive: true, mode: 0o700 });
    const claim = await acquire(claims, performance.now() + patience * 1000);
    const beating = setInterval(() => utimes(claim.path, new Date(), new Date()).catch(() => {}), heartbeat * 1000);
    beating.unref();
    this.#held.set(session, claim);
    try {
      return await act();
    } finally {
      this.#held.delete(session);
      clearInterval(beating);
      await giveBack(claims, claim);
    }
  }

  async read(session) {
    try {
      return await readFile(this.#path(session), "utf8");
    } catch (reason) {
      if (reason.code === "ENOENT") return undefined;
      throw reason;
    }
  }

  async write(session, text, before) {
    if ((await this.read(session)) !== before) return false;
    // A process that slept may have been taken for dead.
    const claim = this.#held.get(session);
    if (claim && (await highest(claim.folder)) !== claim.number) throw new LockLost();
    const path = this.#path(session);
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      // A file that was there already keeps its mode.
      await file.chmod(0o600);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await flushFolder(this.#folder);
    return true;
  }

  #path(session) {
    return join(this.#folder, `${checkedName(session)}.json`);
  }
}

async function acquire(folder, until) {
  for (let longest = 4; ; longest = Math.min(longest * 2, 200)) {
    const number = await highest(folder);
    if (number === 0 || (await isFree(join(folder, `${number}`)))) {
      const claim = { folder, number: number + 1, path: join(folder, `${number + 1}`) };
      if (await make(claim.path)) {
        if ((await highest(folder)) === claim.number) return claim;
        await rm(claim.path, { force: true });
      }
    }
    if (performance.now() > until) throw new DOMException("Somebody else holds the lock.", "TimeoutError");
    await sleep((1 + Math.random() * longest) / 1000);
  }
}

/** Written empty and then filled would be free for a moment, so it is made under another name and linked. */
async function make(path) {
  const fresh = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(fresh, me, { mode: 0o600, flag: "wx" });
  try {
    await link(fresh, path);
    return true;
  } catch (reason) {
    if (reason.code === "EEXIST") return false;
    throw reason;
  } finally {
    await rm(fresh, { force: true });
  }
}

async function giveBack(folder, claim) {
  await rename(await written(`${claim.path}.free`, ""), claim.path);
  const old = (await numbers(folder)).filter((number) => number <= claim.number - kept);
  await Promise.all(old.map((number) => rm(join(folder, `${number}`), { force: true })));
}

async function written(path, text) {
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

const isClaim = (name) => /^\d+$/.test(name);

const numbers = async (folder) =>
  (await readdir(folder)).filter(isClaim).map(Number);

const highest = async (folder) => Math.max(0, ...(await numbers(folder)));

async function isFree(path) {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    if (owner === "") return true;
    const [machine, pid, started] = owner.split("\n");
    if (machine !== here) return Date.now() - mtimeMs > deadAfter * 1000;
    return startOf(Number(pid)) !== started;
  } catch (reason) {
    if (reason.code === "ENOENT") return false;
    throw reason;
  }
}

/** When a process began, so that a number that was given out again is not taken for the old one; "" for none. */
function startOf(pid) {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // One that has ended stays in the table until its parent asks.
      return state === "Z" || state === "X" ? "" : rest[18];
    }
    process.kill(pid, 0);
    return "alive";
  } catch (reason) {
    return reason.code === "EPERM" ? "alive" : "";
  }
}

/** Where a process number means something: the machine since it was started, and the container. */
function whereNumbersMeanSomething() {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${hostname()} ${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

const here = whereNumbersMeanSomething();
const me = `${here}\n${process.pid}\n${startOf(process.pid)}`;

async function flushFolder(folder) {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (reason) {
    // Some file systems cannot flush a folder; the file itself has been flushed.
    if (!["EINVAL", "ENOTSUP"].includes(reason.code)) throw reason;
  } finally {
    await handle.close();
  }
}
