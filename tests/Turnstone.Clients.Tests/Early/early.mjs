// What the JavaScript client does ahead of need and after failures: a clock and a server of the test's own.
import { Session } from "../../../clients/typescript/src/index.js";

const lifetime = 1000;
const many = 300;
const credentials = { username: "ada", password: "ada", subscription_key: "key", api_key: "key" };

let now = 0;
let failing = 0;
let requests = 0;
let refusing = false;

const fetch = async () => {
  requests++;
  if (failing-- > 0) throw new TypeError("away");
  if (refusing) return new Response('{"code":"no"}', { status: 403 });
  const authorization = { token: `access-${requests}`, expires_in: lifetime };
  const flat = { access_token: authorization.token, refresh_token: `refresh-${requests}`, expires_in: lifetime };
  return new Response(JSON.stringify({ authorization, refresh: { token: `refresh-${requests}` }, ...flat }));
};

const open = (contract = "/auth/v2") =>
  new Session("http://tokens.example.test", contract, credentials, { clock: () => now, fetch });

async function leads() {
  const sessions = [];
  for (let i = 0; i < many; i++) {
    sessions.push(open());
    await sessions[i].token();
  }
  const found = [];
  for (now = 930_000; now < lifetime * 1000; now += 500) {
    for (const session of sessions.splice(0)) {
      const before = requests;
      await session.token();
      if (requests > before) found.push(lifetime - now / 1000);
      else sessions.push(session);
    }
  }
  return found;
}

async function held() {
  const sessions = Array.from({ length: many }, () => open("/v3"));
  const asked = [];
  for (const second of [0, lifetime / 2, lifetime - 60, lifetime - 0.5, lifetime]) {
    [requests, now] = [0, second * 1000];
    for (const session of sessions) await session.token();
    asked.push(requests);
  }
  return { held: asked[1] + asked[2] + asked[3], heldAfter: asked[4] };
}

async function refusals() {
  const found = Array.from({ length: 9 }, () => []);
  refusing = true;
  for (let i = 0; i < many; i++) {
    now = 0;
    const session = open();
    for (const pauses of found) {
      const reason = await session.token().catch((reason) => reason);
      pauses.push(reason.retryAfter);
      now += (reason.retryAfter + 1) * 1000;
    }
  }
  refusing = false;
  return found;
}

async function pauses() {
  const real = globalThis.setTimeout;
  const found = Array.from({ length: 6 }, () => []);
  for (let i = 0; i < many; i++) {
    let attempt = 0;
    globalThis.setTimeout = (act, milliseconds) => {
      found[attempt++].push(milliseconds / 1000);
      return real(act, 0);
    };
    failing = found.length;
    await open().token();
  }
  globalThis.setTimeout = real;
  return found;
}

async function away() {
  now = 0;
  failing = 0;
  const session = open();
  const token = (await session.token()).value;
  const asked = [];
  const tokens = [];
  // Due since a second at least, and good for half a minute.
  for (now = 971_000; asked.length < 2; now += 6_000) {
    [requests, failing] = [0, 1_000];
    tokens.push(...(await Promise.all(Array.from({ length: 10 }, () => session.token()))));
    for (let i = 0; i < 10; i++) tokens.push(await session.token());
    asked.push(requests);
  }
  failing = 0;
  const renewed = (await session.token()).value !== token;
  return { asked, same: tokens.every(({ value }) => value === token), renewed };
}

const report = { leads: await leads(), ...(await held()), refusals: await refusals(), pauses: await pauses() };
console.log(JSON.stringify({ ...report, ...(await away()) }));
