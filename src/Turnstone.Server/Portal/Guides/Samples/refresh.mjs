// Get the next token set with the refresh token that was saved, save the new one, call the API. Node 20 or later, no packages.
import { randomUUID } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const { TURNSTONE_URL: url, TURNSTONE_STATE: statePath, TURNSTONE_SUBSCRIPTION_KEY: subscriptionKey } = process.env;

async function save(state) {                      // never a half-written file, and nobody else's to read
  const file = await open(`${statePath}.new`, "w", 0o600);
  await file.writeFile(JSON.stringify(state));
  await file.sync();
  await file.close();
  await rename(`${statePath}.new`, statePath);
}

async function ask(state) {
  try {
    const answer = await fetch(`${url}/auth/v2/refresh`, {
      method: "POST",
      headers: { "Subscription-Key": subscriptionKey, "Idempotency-Key": state.key, "Content-Type": "application/json" },
      body: JSON.stringify({ token: state.refresh_token }),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, text: await answer.text(), wait: Number(answer.headers.get("Retry-After") ?? 1) };
  } catch {
    return { status: 0 };                         // no answer, or half of one
  }
}

async function refresh() {
  const state = JSON.parse(await readFile(statePath, "utf8"));
  if (!state.key) {                               // a new refresh; after a crash the key of the unfinished one is still here
    state.key = randomUUID();
    await save(state);
  }
  for (let attempt = 0; attempt < 6; attempt++) {
    const { status, text, wait } = await ask(state);
    if (status === 201) {
      const tokens = JSON.parse(text);
      await save({ refresh_token: tokens.refresh.token });                // first save …
      return tokens.authorization.token;                                  // … then use
    }
    if (![0, 429, 502, 503, 504].includes(status)) throw new Error(`${status} ${text}`);   // 400 or 401: log in again
    const seconds = status === 0 ? 2 ** attempt : wait;
    console.error(`${status === 0 ? "No answer" : `Not now (${status})`}: the same request again in ${seconds} s.`);
    await pause(1000 * seconds);
  }
  throw new Error("No answer to the refresh. Run again later: the saved key still proves it.");
}

const answer = await fetch(`${url}/v3/individuals`, { headers: { Authorization: `Bearer ${await refresh()}` } });
console.log(await answer.text());
