import { isCode, words } from "./contract.js";

/** Why there is no token, and what to do. No message contains a token or credential. */
export class SessionError extends Error {
  /** code and reason are the server's, nextStep is what to do, retryAfter is in seconds. */
  constructor(word, { code, reason, retryAfter, next = `${word}_next`, cause } = {}) {
    super([words(word), reason, words(next)].filter(Boolean).join(" "), cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.code = code;
    this.reason = reason ?? words(word);
    this.nextStep = words(next);
    this.retryAfter = retryAfter;
  }
}

/** The session is over. reused tells an alarm from an ordinary end. */
export class SessionEndedError extends SessionError {
  constructor({ code, reason } = {}) {
    const reused = isCode("reused", code);
    super("ended", { code, reason, ...(reused ? { next: "reused_next" } : {}) });
    this.reused = reused;
  }
}

/** The credentials were refused. They are not sent again before retryAfter. */
export class SignInRefusedError extends SessionError {
  constructor(facts) {
    super("sign_in_refused", facts);
  }
}

/** The server refused the request for a reason that is not the session's. */
export class RequestRefusedError extends SessionError {
  constructor({ code, reason }) {
    super("refused", { code, reason });
  }
}

/** The server could not be reached or has no time. The session is kept. */
export class ServerUnavailableError extends SessionError {
  constructor({ code, retryAfter } = {}, word = "unavailable") {
    super(word, { code, retryAfter, next: "unavailable_next" });
  }
}

/** The session could not be read or saved. Nothing is lost: the same refresh goes on when it can. */
export class SessionStoreError extends SessionError {
  constructor(word = "store", cause = undefined) {
    super(word, { next: "store_next", cause });
  }
}

/** There is no session and no credential to open one. */
export class NoSessionError extends SessionError {
  constructor() {
    super("no_session");
  }
}
