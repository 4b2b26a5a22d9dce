// What the JavaScript client does when a write says that its lock was lost: a server and a store of the test's own.
import { MemoryStore, Session } from "../../../clients/typescript/src/index.js";

const credentials = { username: "ada", password: "ada", subscription_key: "key" };

let keys = [];
const fetch = async (address, { headers }) => {
  keys.push(new Headers(headers).get("Idempotency-Key"));
  const number = keys.length;
  const authorization = { token: `access-${number}`, expires_in: 1000 };
  return new Response(JSON.stringify({ authorization, refresh: { token: `refresh-${number}` } }));
};

/** Says no to one write, or to all from it on. */
class LosingStore extends MemoryStore {
  locks = 0;
  writes = 0;

  constructor(first, last) {
    super();
    this.lost = (number) => number >= first && number <= last;
  }

  lock(session, patience, act) {
    this.locks++;
    return super.lock(session, patience, act);
  }

  async write(session, text, before) {
    return !this.lost(++this.writes) && super.write(session, text, before);
  }
}

const open = (store) => new Session("http://tokens.example.test", "/auth/v2", credentials, { store, fetch });

async function once() {
  keys = [];
  // The key of the sign-in, its tokens, the key of the refresh, its tokens: the answer is had and cannot be saved.
  const store = new LosingStore(4, 4);
  const session = open(store);
  const first = await session.token();
  const second = await session.token({ rejected: first });
  return { keys, locks: store.locks, token: second.value, same: (await open(store).token()).value === second.value };
}

async function always() {
  keys = [];
  const store = new LosingStore(1, Infinity);
  try {
    await open(store).token();
    return {};
  } catch (reason) {
    return { error: reason.constructor.name, locks: store.locks, keys };
  }
}

console.log(JSON.stringify({ once: await once(), always: await always() }));
