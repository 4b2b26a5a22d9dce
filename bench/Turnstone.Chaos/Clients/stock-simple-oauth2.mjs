// simple-oauth2's own refreshing, as its documentation shows it: accessToken.refresh(), and what it gives is saved.
// What it does not do by itself an application does here: it tries again when it heard nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { AuthorizationCode } = createRequire(join(process.argv[2], "tests/interop/package.json"))("simple-oauth2");
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

let client;
let known;
let path;
let token;

function begin({ server, credentials, folder }) {
  known = credentials;
  path = join(folder, "default.json");
  mkdirSync(folder, { recursive: true });
  client = new AuthorizationCode({
    client: { id: known.client_id, secret: known.client_secret },
    auth: { tokenHost: server, tokenPath: known.token_path },
    options: { authorizationMethod: "body" },
  });
  if (existsSync(path)) load();
}

function load() {
  try {
    token = client.createToken(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // A file that is half written is no session.
  }
}

function keep(next) {
  token = next;
  writeFileSync(path, JSON.stringify(token));
}

async function open() {
  if (known.code) keep(await client.getToken({ code: known.code, redirect_uri: known.redirect_uri }));
  else keep(client.createToken({ access_token: "none", refresh_token: known.refresh_token, expires_in: 0 }));
}

async function answer(command) {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      if (!token) await open();
      else if (command.do === "refresh") keep(await token.refresh());
      return { token: token.token.access_token };
    } catch (error) {
      const code = error.data?.payload?.error;
      if (code === "invalid_grant") {
        await sleep(1);
        return { error: "SessionEnded", code };
      }
      await sleep(0.2 * (attempt + 1));
    }
  }
  return { error: "ServerUnavailable" };
}

let begun = false;
for await (const line of createInterface({ input: process.stdin })) {
  if (begun) process.stdout.write(`${JSON.stringify({ ...(await answer(JSON.parse(line))), events: [] })}\n`);
  else begin(JSON.parse(line));
  begun = true;
}
