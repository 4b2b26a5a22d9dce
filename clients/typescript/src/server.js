import { refusalOf, tokensOf } from "./answer.js";
import { fill, isCode, pathWith } from "./contract.js";
import { Nonces, proofOf } from "./proof.js";

// A Date header has whole seconds, and an answer is on its way for a while.
const unsure = 2;

/** The server's clock as far as this process knows it: its own, corrected by what answers said. */
export class Clock {
  #local;
  #offset = 0;

  constructor(local) {
    this.#local = local;
  }

  get now() {
    return this.#local() / 1000 + this.#offset;
  }

  hear(date) {
    const said = Date.parse(date ?? "");
    if (Number.isNaN(said)) return;
    const measured = (said + 500 - this.#local()) / 1000;
    this.#offset = Math.abs(measured) <= unsure ? 0 : measured;
  }
}

/**
 * Sends a contract's calls and says what came of them: granted, tooEarly, ended, keyReused, needsProof, refused, or
 * unclear, where the request may or may not have been done.
 */
export class TokenServer {
  #server;
  #contract;
  #credentials;
  #timeout;
  #clock;
  #fetch;
  #nonces = new Nonces();

  constructor({ server, contract, credentials, timeout, clock, fetch }) {
    this.#server = server.replace(/\/+$/, "");
    this.#contract = contract;
    this.#credentials = credentials;
    this.#timeout = timeout;
    this.#clock = clock;
    this.#fetch = fetch;
  }

  /** The sign-in for which there are credentials; undefined for none. */
  get signInCall() {
    return this.#contract.signIns.find((call) => call.needs.every((need) => this.#credentials[need] !== undefined));
  }

  refresh(token, key, proofKey) {
    return this.#ask(this.#contract.refresh, { ...this.#credentials, refresh_token: token }, key, proofKey);
  }

  signIn(call, key, proofKey) {
    return this.#ask(call, this.#credentials, key, proofKey);
  }

  async #ask(call, given, key, proofKey) {
    const { url, init } = this.#request(call, { ...this.#contract.defaults, ...given }, key);
    const signal = AbortSignal.timeout(this.#timeout * 1000);
    try {
      const { outcome, newNonce } = await this.#send(url, { ...init, signal }, proofKey);
      return newNonce && isCode("nonceNeeded", outcome.code)
        ? (await this.#send(url, { ...init, signal }, proofKey)).outcome
        : outcome;
    } catch {
      return { kind: "unclear" };
    }
  }

  async #send(url, init, proofKey) {
    const nonce = this.#nonces.of(url);
    if (proofKey) {
      const proof = { method: init.method, url, now: this.#clock.now, nonce };
      init.headers.DPoP = await proofOf(proofKey, proof);
    }
    const answer = await this.#fetch(url, {
      ...init,
      redirect: "manual",
      cache: "no-store",
      credentials: "omit",
    });
    const body = await answer.text();
    this.#clock.hear(answer.headers.get("Date"));
    const newNonce = this.#nonces.hear(url, answer, nonce);
    return { outcome: this.#read(answer, body), newNonce };
  }

  #request(call, values, key) {
    const headers = { Accept: "application/json", "Idempotency-Key": key, ...fill(this.#contract.headers, values) };
    const init = { method: call.method, headers };
    if (call.members) {
      const members = fill(call.members, values);
      headers["Content-Type"] = this.#contract.form ? "application/x-www-form-urlencoded" : "application/json";
      init.body = this.#contract.form ? new URLSearchParams(members).toString() : JSON.stringify(members);
    }
    return { url: this.#server + pathWith(call, values), init };
  }

  #read(answer, body) {
    if (answer.status === 200 || answer.status === 201) {
      const tokens = tokensOf(JSON.parse(body), this.#contract, this.#clock.now);
      return tokens ? { kind: "granted", tokens } : { kind: "unclear" };
    }
    const retryAfter = this.#wait(answer.headers.get("Retry-After"));
    if ([408, 425, 429].includes(answer.status) || answer.status >= 500) return { kind: "unclear", retryAfter };
    let { status } = answer;
    let refusal = {};
    try {
      refusal = refusalOf(JSON.parse(body));
    } catch {
      // What is not JSON was said by something on the way, and is no word about the session.
      status = 0;
    }
    const code = answer.headers.get("Error-Code") ?? refusal.code;
    return { kind: this.#kind(status, code), code, reason: refusal.reason, retryAfter };
  }

  #kind(status, code) {
    if (isCode("tooEarly", code)) return "tooEarly";
    if (isCode("keyReused", code)) return "keyReused";
    if (isCode("proofNeeded", code)) return "needsProof";
    return isCode("ended", code) || this.#contract.endedStatuses.includes(status) ? "ended" : "refused";
  }

  #wait(value) {
    if (value === null) return undefined;
    if (/^\d+$/.test(value)) return Number(value);
    const until = Date.parse(value);
    return Number.isNaN(until) ? undefined : Math.max(0, until / 1000 - this.#clock.now);
  }
}
