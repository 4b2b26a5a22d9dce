// Log in with email and password, save the refresh token, call the API. Node 20 or later, no packages.
import { open, rename } from "node:fs/promises";

const { TURNSTONE_URL: url, TURNSTONE_STATE: statePath, TURNSTONE_SUBSCRIPTION_KEY: key } = process.env;

async function call(path, options) {
  const answer = await fetch(url + path, { ...options, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function save(state) {                      // never a half-written file, and nobody else's to read
  const file = await open(`${statePath}.new`, "w", 0o600);
  await file.writeFile(JSON.stringify(state));
  await file.sync();
  await file.close();
  await rename(`${statePath}.new`, statePath);
}

const tokens = await call("/auth/v2/login", {
  method: "POST",
  headers: { "Subscription-Key": key, "Content-Type": "application/json" },
  body: JSON.stringify({ username: process.env.TURNSTONE_EMAIL, password: process.env.TURNSTONE_PASSWORD }),
});

await save({ refresh_token: tokens.refresh.token });                      // first save …
const bearer = { Authorization: `Bearer ${tokens.authorization.token}` };
console.log(JSON.stringify(await call("/v3/individuals", { headers: bearer })));   // … then use
