// What the JavaScript client says when its store gives no answer in time: a store of the test's own, and no server.
import { MemoryStore, Session } from "../../../clients/typescript/src/index.js";

const credentials = { username: "ada", password: "ada", subscription_key: "key" };

/** Gives no answer in time to one of the three methods. */
class LateStore extends MemoryStore {
  constructor(method) {
    super();
    this[method] = async () => {
      throw new DOMException("No answer in time.", "TimeoutError");
    };
  }
}

async function said(method) {
  try {
    await new Session("http://tokens.example.test", "/auth/v2", credentials, { store: new LateStore(method) }).token();
    return "nothing";
  } catch (reason) {
    return reason.constructor.name;
  }
}

console.log(JSON.stringify({ lock: await said("lock"), read: await said("read"), write: await said("write") }));
