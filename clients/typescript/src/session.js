import { Contract } from "./contract.js";
import {
  NoSessionError,
  ServerUnavailableError,
  SessionEndedError,
  SessionError,
  SessionStoreError,
} from "./errors.js";
import { Nonces, proofOf } from "./proof.js";
import { Clock, TokenServer } from "./server.js";
import { checkedName, MemoryStore } from "./stores.js";
import { earlyBackoff, LockLost, Work } from "./work.js";

const longestLead = 60;
const longestQuiet = 6;
const locksLost = 10;
const stepUp = "insufficient_user_authentication";
const nonceWanted = /\bDPoP\b.*use_dpop_nonce/i;
const redacted = Symbol.for("nodejs.util.inspect.custom");

/** An access token. It shows itself only where value is asked for. */
export class AccessToken {
  #value;
  #key;
  #clock;

  constructor(value, expiresAt, key, clock) {
    this.#value = value;
    this.#key = key;
    this.#clock = clock;
    this.expiresAt = new Date(expiresAt * 1000);
  }

  /** What stands before it in the header: Bearer, or DPoP if it is bound to a key. */
  get scheme() {
    return this.#key ? "DPoP" : "Bearer";
  }

  /** The header DPoP of one request with this token (RFC 9449); undefined for a token that is not bound to a key. */
  async proof(method, url, nonce) {
    if (!this.#key) return undefined;
    return proofOf(this.#key, { method, url, nonce, now: this.#clock.now, token: this.#value });
  }

  get value() {
    return this.#value;
  }

  toString() {
    return "AccessToken (redacted)";
  }

  toJSON() {
    return this.toString();
  }

  [redacted]() {
    return this.toString();
  }
}

/**
 * token() gives a token that is good; it is refreshed once for all processes and tabs that share the store. Share one
 * object in a program.
 */
export class Session {
  #settings;
  #server;
  #clock;
  #running;
  #seen;
  #quietUntil = 0;
  #nonces = new Nonces();
  // So that processes do not refresh at the same moment.
  #share = 0.5 + Math.random() / 2;

  constructor(server, contract = "/v3", credentials = {}, options = {}) {
    const { store = new MemoryStore(), name = "default", timeout = 10, patience = 30 } = options;
    const { signInAfterReuse = false, onEvent = () => {}, clock = Date.now, fetch = globalThis.fetch } = options;
    this.#settings = {
      server: new URL(server).href,
      contract: contract instanceof Contract ? contract : new Contract(contract),
      credentials: { ...credentials },
      store,
      name: checkedName(name),
      patience,
      signInAfterReuse,
      onEvent,
      fetch: (...call) => fetch(...call),
    };
    this.#clock = new Clock(clock);
    this.#server = new TokenServer({ ...this.#settings, timeout, clock: this.#clock });
  }

  /**
   * An access token that is good as far as anybody can know. rejected is one that an API has answered with 401; signal
   * ends this wait and nobody else's.
   */
  async token({ rejected, signal } = {}) {
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted();
      const known = this.#seen;
      const good = known !== undefined && this.#isGood(known, rejected?.value);
      if (good && !this.#isWanted(known)) return this.#tokenOf(known);
      let state;
      try {
        state = await unless(signal, this.#shared(rejected?.value));
      } catch (reason) {
        if (good && (reason instanceof ServerUnavailableError || reason instanceof SessionStoreError)) {
          return this.#tokenOf(known);
        }
        throw reason;
      }
      // A refresh that somebody else began may give the rejected token; the next one is this caller's. Where the server
      // gives the same token again, the API has to say what it wants.
      if (state.access !== rejected?.value || attempt > 1) return this.#tokenOf(state);
    }
  }

  /** Signs in, whatever there was: the way on after an alarm. */
  async signIn() {
    this.#seen = await this.#locked((work) => work.signInAnew());
  }

  /** As fetch, with a good token; a request that is answered 401 is sent once more with a fresh one. */
  async fetch(url, init = {}, { repeatable = isRepeatable(init.body) } = {}) {
    const token = await this.token({ signal: init.signal });
    let [answer, newNonce] = await this.#send(url, init, token);
    if (answer.status === 401 && newNonce && repeatable && wantsNonce(answer)) {
      await answer.body?.cancel();
      [answer] = await this.#send(url, init, token);
    }
    if (answer.status !== 401) return answer;
    const challenge = answer.headers.get("WWW-Authenticate") ?? "";
    if (challenge.includes(stepUp)) {
      this.#tell("StepUpRequired", stepUp, challenge);
      return answer;
    }
    if (!repeatable) return answer;
    let fresh;
    try {
      fresh = await this.token({ rejected: token, signal: init.signal });
    } catch (reason) {
      if (reason instanceof ServerUnavailableError) return answer;
      throw reason;
    }
    await answer.body?.cancel();
    return (await this.#send(url, init, fresh))[0];
  }

  toString() {
    return `session ${this.#settings.name} at ${this.#settings.server}`;
  }

  [redacted]() {
    return this.toString();
  }

  /** The answer, and whether it brought a nonce for the next proof. */
  async #send(url, init, token) {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `${token.scheme} ${token.value}`);
    if (token.scheme === "Bearer") return [await this.#settings.fetch(url, { ...init, headers }), false];
    const address = new URL(url, globalThis.location?.href);
    const nonce = this.#nonces.of(address);
    headers.set("DPoP", await token.proof((init.method ?? "GET").toUpperCase(), address, nonce));
    const answer = await this.#settings.fetch(url, { ...init, headers });
    return [answer, this.#nonces.hear(address, answer, nonce)];
  }

  /** Joins the refresh that is running, or starts one. It belongs to nobody, so nobody's end is its end. */
  #shared(rejected) {
    this.#running ??= this.#renew(rejected).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #renew(rejected) {
    try {
      this.#seen = await this.#locked((work) => {
        const good = this.#isGood(work.state, rejected);
        return good && !this.#isWanted(work.state) ? undefined : work.renew(rejected, good);
      });
      return this.#seen;
    } catch (reason) {
      if (reason instanceof SessionEndedError || reason instanceof NoSessionError) this.#seen = undefined;
      if (reason instanceof ServerUnavailableError || reason instanceof SessionStoreError) {
        this.#quietUntil = this.#clock.now + earlyBackoff();
      }
      throw reason;
    }
  }

  async #locked(act) {
    const { store, name, patience } = this.#settings;
    for (let attempt = 0; attempt < locksLost; attempt++) {
      let held = false;
      try {
        return await store.lock(name, patience, async () => {
          held = true;
          const parts = { settings: this.#settings, server: this.#server, clock: this.#clock, tell: this.#tell };
          const work = new Work(parts, await store.read(name));
          await act(work);
          return work.state;
        });
      } catch (reason) {
        if (reason instanceof LockLost) continue;
        if (!held && reason?.name === "TimeoutError") throw new ServerUnavailableError({}, "in_use");
        throw reason instanceof SessionError ? reason : new SessionStoreError("store", reason);
      }
    }
    throw new SessionStoreError();
  }

  #isGood(state, rejected) {
    return state.access !== undefined && state.access !== rejected && this.#clock.now < state.expires_at;
  }

  /** Whether it is time for a refresh ahead of need, where the contract takes one. */
  #isWanted(state) {
    const lead = Math.min(longestLead, state.lifetime / 5) * this.#share;
    const isDue = this.#settings.contract.refreshesEarly && this.#clock.now >= state.expires_at - lead;
    return isDue && !this.#isQuiet;
  }

  /**
   * Whether one has just failed: as long as the token is good nobody waits for a server that is away, and it is not
   * asked at every call.
   */
  get #isQuiet() {
    const left = this.#quietUntil - this.#clock.now;
    return left > 0 && left <= longestQuiet;
  }

  #tokenOf(state) {
    return new AccessToken(state.access, state.expires_at, state.bound ? state.key : undefined, this.#clock);
  }

  #tell = (kind, code, challenge) => this.#settings.onEvent(kind, code, challenge);
}

const wantsNonce = (answer) => nonceWanted.test(answer.headers.get("WWW-Authenticate") ?? "");

const isRepeatable = (body) => !(body instanceof ReadableStream);

/** The promise, unless the signal comes first; the promise goes on without this waiter. */
function unless(signal, promise) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
