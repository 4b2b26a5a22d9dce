import { isCode } from "./contract.js";
import {
  NoSessionError,
  RequestRefusedError,
  ServerUnavailableError,
  SessionEndedError,
  SessionError,
  SessionStoreError,
  SignInRefusedError,
} from "./errors.js";
import { newKeyOfProofs } from "./proof.js";

const longestEarlyWait = 5;
const nearlyExpired = 2;
// What is stored outlives a clock that is set back; nobody is kept waiting for longer.
const longestPause = 3600;

/** Somebody else took over while this process held the lock: read again and go on from there. */
export class LockLost extends Error {}

export const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

const longestBackoff = 5;

/** Exponential with full jitter; the server's Retry-After is a lower bound. */
const backoff = (attempt, retryAfter = 0) =>
  retryAfter + 0.001 + Math.random() * Math.min(longestBackoff, 0.1 * 2 ** Math.min(attempt, 10));

/**
 * How many seconds nobody signs in after so many refusals in a row: at least half of a bound that doubles, so that
 * nobody asks at once and not all ask together.
 */
const signInPause = (failures) => Math.min(300, 2 ** Math.min(failures + 1, 10)) * (0.5 + Math.random() / 2);

/** How long a refresh ahead of need is left alone after one that failed. */
export const earlyBackoff = () => 0.001 + Math.random() * longestBackoff;

const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * What is done to a session while it is locked. Every step is stored before the next is taken, so that a process that
 * dies at any point leaves a session that another one goes on with. Stored times are seconds since 1970 by the server's
 * clock.
 */
export class Work {
  #settings;
  #server;
  #clock;
  #tell;
  #stored;
  #until;

  constructor({ settings, server, clock, tell }, stored) {
    this.#settings = settings;
    this.#server = server;
    this.#clock = clock;
    this.#tell = tell;
    this.#stored = stored;
    this.#until = performance.now() + settings.patience * 1000;
    this.state = this.#load();
  }

  /** Makes the access token good. once: one try is enough, because the token at hand is still good. */
  async renew(rejected, once) {
    const { ended } = this.state;
    if (ended && (!this.#canSignIn || this.#isAlarm(ended.code))) throw new SessionEndedError(ended);
    const wait = (this.state.not_before ?? 0) - this.#clock.now;
    if (wait > 0 && wait <= longestPause) throw new ServerUnavailableError({ retryAfter: wait });
    await (this.state.refresh ? this.#refresh(this.state.refresh, rejected, once) : this.#signIn(false));
  }

  /**
   * Opens a new session, or goes on with the one that was given, whatever there was. What there was is kept until a new
   * one is there.
   */
  async signInAnew() {
    const given = this.#settings.credentials.refresh_token;
    if (this.#server.signInCall || !given) return this.#signIn(true);
    await this.#save({ ...this.#fresh(), pending: newKey() });
    return this.#refresh(given, undefined, false);
  }

  get #canSignIn() {
    const call = this.#server.signInCall;
    const isNew = !this.state.access && !this.state.refresh && !this.state.ended;
    return call !== undefined && (!call.once || isNew);
  }

  #isAlarm(code) {
    return isCode("reused", code) && !this.#settings.signInAfterReuse;
  }

  async #refresh(refresh, rejected, once) {
    await this.#saveKey();
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#ask((proofKey) =>
        this.#server.refresh(refresh, this.state.pending, proofKey),
      );
      if (outcome.kind === "granted") return this.#keep(outcome.tokens, "Refreshed");
      if (outcome.kind === "ended") return this.#end(outcome);
      if (outcome.kind === "tooEarly") {
        if (await this.#isGoodYet(outcome, rejected)) return undefined;
      } else if (outcome.kind === "keyReused" && attempt === 0) {
        await this.#save({ ...this.state, pending: newKey() });
      } else if (outcome.kind === "unclear") {
        await this.#pause(attempt, outcome, once);
      } else {
        throw new RequestRefusedError(outcome);
      }
    }
  }

  /**
   * Too early: nothing was consumed. The server has told when the access token expires; one that has a moment left by
   * its clock may be expired by an API's.
   */
  async #isGoodYet(outcome, rejected) {
    const wait = outcome.retryAfter ?? 1;
    await this.#save({ ...this.state, expires_at: this.#clock.now + wait });
    if (wait > nearlyExpired && this.state.access && this.state.access !== rejected) return true;
    if (wait > longestEarlyWait || wait > this.#left) {
      throw new ServerUnavailableError({ code: outcome.code, retryAfter: wait }, "too_early");
    }
    await sleep(wait + backoff(0));
    return false;
  }

  /** Asks once more with a proof where the server wants one; its key is stored first. */
  async #ask(ask) {
    const outcome = await ask(this.state.key);
    if (outcome.kind !== "needsProof") return outcome;
    if (this.state.key) return { ...outcome, kind: "refused" };
    await this.#save({ ...this.state, key: await newKeyOfProofs() });
    const again = await ask(this.state.key);
    return again.kind === "needsProof" ? { ...again, kind: "refused" } : again;
  }

  async #end({ code, reason }) {
    await this.#save({ ...this.#fresh(), ended: { code, reason } });
    this.#tell("Ended", code);
    if (!this.#canSignIn || this.#isAlarm(code)) throw new SessionEndedError({ code, reason });
    await this.#signIn(false);
  }

  async #signIn(asked) {
    const call = this.#server.signInCall;
    if (!call || !(asked || this.#canSignIn)) throw new NoSessionError();
    const last = this.state.sign_in;
    const pause = last ? last.not_before - this.#clock.now : 0;
    if (!asked && pause > 0 && pause <= longestPause) {
      throw new SignInRefusedError({ ...last, retryAfter: pause });
    }
    // The stored key of a session that still stands belongs to its refresh.
    const key = this.state.refresh ? newKey() : undefined;
    if (!key) await this.#saveKey();
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#ask((proofKey) => this.#server.signIn(call, key ?? this.state.pending, proofKey));
      if (outcome.kind === "granted") return this.#keep(outcome.tokens, "SignedIn");
      if (outcome.kind !== "unclear") await this.#refuseSignIn(outcome);
      await this.#pause(attempt, outcome, false);
    }
  }

  async #refuseSignIn({ code, reason }) {
    const failures = (this.state.sign_in?.failures ?? 0) + 1;
    const pause = signInPause(failures);
    const refused = { failures, not_before: this.#clock.now + pause, code, reason };
    const pending = this.state.refresh ? this.state.pending : undefined;
    await this.#save({ ...this.state, pending, sign_in: refused });
    throw new SignInRefusedError({ code, reason, retryAfter: pause });
  }

  /** Waits before the same request again, or tells the callers if there is no time for it. */
  async #pause(attempt, { code, retryAfter }, once) {
    const wait = backoff(attempt, retryAfter);
    if (once || wait > this.#left) {
      if (retryAfter !== undefined) {
        await this.#save({ ...this.state, not_before: this.#clock.now + Math.min(retryAfter, longestPause) });
      }
      throw new ServerUnavailableError({ code, retryAfter });
    }
    this.#tell("Retried");
    await sleep(wait);
  }

  async #keep(tokens, kind) {
    // RFC 6749 §6: without a new refresh token the old one stays.
    const refresh = tokens.refresh ?? (kind === "Refreshed" ? this.state.refresh : undefined);
    const { access, expiresAt, lifetime } = tokens;
    const bound = tokens.bound || undefined;
    const { key } = this.state;
    await this.#save({ ...this.#fresh(), access, refresh, expires_at: expiresAt, lifetime, bound, key });
    this.#tell(kind);
  }

  /** The key is stored before the request goes out, so that whoever comes next sends the same. */
  async #saveKey() {
    if (!this.state.pending) await this.#save({ ...this.state, pending: newKey() });
  }

  async #save(state) {
    const text = JSON.stringify(state);
    let written;
    try {
      written = await this.#settings.store.write(this.#settings.name, text, this.#stored);
    } catch (reason) {
      throw reason instanceof SessionError ? reason : new SessionStoreError("store", reason);
    }
    if (!written) throw new LockLost();
    this.#stored = text;
    this.state = state;
  }

  #load() {
    const fresh = { ...this.#fresh(), refresh: this.#settings.credentials.refresh_token };
    if (this.#stored === undefined) return fresh;
    let state;
    try {
      state = JSON.parse(this.#stored);
    } catch {
      // Without the cause: its message may quote what is stored.
    }
    if (typeof state !== "object" || state === null) throw new SessionStoreError("store_damaged");
    if (state.server !== fresh.server || state.contract !== fresh.contract) {
      throw new SessionStoreError("store_foreign");
    }
    return state;
  }

  #fresh() {
    return { server: this.#settings.server, contract: this.#settings.contract.name };
  }

  get #left() {
    return (this.#until - performance.now()) / 1000;
  }
}
