// One session that does what the tests' table of behaviours says: the first line of the input says which session, each
// line after it is a command, answered by one line.
import { createInterface } from "node:readline";
import { inspect } from "node:util";
import { Session, SessionError } from "../typescript/src/index.js";
import { FileStore } from "../typescript/src/node.js";

let settings;
let session;
let last;
let events = [];

function begin(given) {
  settings = given;
  session = new Session(settings.server, settings.contract, settings.credentials, {
    store: new FileStore(settings.folder),
    timeout: settings.timeout,
    patience: settings.patience,
    clock: () => Date.now() + settings.clock * 1000,
    onEvent: (kind) => events.push(kind),
  });
}

const shown = (token) => {
  last = token;
  return { token: token.value };
};

const commands = {
  token: async () => shown(await session.token()),
  refresh: async () => {
    last ??= await session.token();
    return shown(await session.token({ rejected: last }));
  },
  "sign-in": async () => {
    await session.signIn();
    return {};
  },
  many: async ({ count, leave }) => {
    const leaving = new AbortController();
    const waits = Array.from({ length: count }, (_, i) =>
      session.token({ rejected: last, signal: i < leave ? leaving.signal : undefined }),
    );
    leaving.abort();
    const done = await Promise.allSettled(waits);
    const tokens = new Set(done.filter((one) => one.value).map((one) => one.value.value));
    if (tokens.size !== 1) throw new Error(`There are ${tokens.size} tokens.`);
    const left = done.filter((one) => one.reason?.name === "AbortError").length;
    return { token: [...tokens][0], got: done.length - left, left };
  },
  get: async ({ path }) => ({ status: (await session.fetch(new URL(path, settings.server))).status }),
  "post-once": async ({ path }) => {
    const body = new Blob(["{}"]).stream();
    const init = { method: "POST", body, duplex: "half" };
    return { status: (await session.fetch(new URL(path, settings.server), init)).status };
  },
  show: async () => ({
    shown: `${session} ${last} ${inspect(session)} ${inspect(last)} ${JSON.stringify({ session, last })}`,
  }),
};

async function answer(command) {
  let said;
  try {
    said = await commands[command.do](command);
  } catch (reason) {
    if (!(reason instanceof SessionError)) throw reason;
    said = {
      error: reason.name.replace(/Error$/, ""),
      code: reason.code,
      retryAfter: reason.retryAfter,
      reason: reason.reason,
      nextStep: reason.nextStep,
      reused: reason.reused,
      text: reason.message,
      message: `${inspect(reason)} ${reason}`,
    };
  }
  const told = events;
  events = [];
  return { ...said, events: told };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (settings === undefined) begin(JSON.parse(line));
  else process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
