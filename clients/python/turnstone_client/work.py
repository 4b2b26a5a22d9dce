"""
What is done to a session while it is locked. Every step is stored before the next is taken, so that a process that
dies at any point leaves a session that another one goes on with.
"""

import dataclasses
import random
import secrets
import time

from .contract import is_code
from .errors import (
    NoSessionError,
    RequestRefusedError,
    ServerUnavailableError,
    SessionEndedError,
    SessionError,
    SessionStoreError,
    SignInRefusedError,
)
from .proof import new_key_of_proofs
from .state import State

_LONGEST_BACKOFF = 5.0
_LONGEST_EARLY_WAIT = 5
_NEARLY_EXPIRED = 2
# What is stored outlives a clock that is set back; nobody is kept waiting for longer.
_LONGEST_PAUSE = 3600


class LockLost(Exception):
    """Somebody else took over while this process held the lock: read again and go on from there."""


def early_backoff():
    """How long a refresh ahead of need is left alone after one that failed."""
    return random.uniform(0.001, _LONGEST_BACKOFF)


def sign_in_pause(failures):
    """
    How many seconds nobody signs in after so many refusals in a row: at least half of a bound that doubles, so that
    nobody asks at once and not all ask together.
    """
    return min(300, 2 ** min(failures + 1, 10)) * random.uniform(0.5, 1)


def backoff(attempt, retry_after=None):
    """Exponential with full jitter; the server's Retry-After is a lower bound."""
    return (retry_after or 0) + random.uniform(0.001, min(_LONGEST_BACKOFF, 0.1 * 2 ** min(attempt, 10)))


class Work:
    def __init__(self, session, stored):
        self._session = session
        self._server = session._server
        self._clock = session._clock
        self._stored = stored
        self._until = time.monotonic() + session._patience
        self.state = self._load()

    def renew(self, rejected, once):
        """Makes the access token good. once: one try is enough, because the token at hand is still good."""
        ended = self.state.ended
        if ended is not None and (not self._can_sign_in() or self._is_alarm(ended.get("code"))):
            raise SessionEndedError(ended.get("code"), ended.get("reason"))
        wait = self.state.not_before - self._clock.now()
        if 0 < wait <= _LONGEST_PAUSE:
            raise ServerUnavailableError(retry_after=wait)
        if self.state.refresh:
            self._refresh(self.state.refresh, rejected, once)
        else:
            self._sign_in()

    def sign_in_anew(self):
        """
        Opens a new session, or goes on with the one that was given, whatever there was. What there was is kept until a
        new one is there.
        """
        given = self._session._credentials.get("refresh_token")
        if self._server.sign_in_call is None and given:
            self._save(self.state.fresh().but(pending=_new_key()))
            self._refresh(given, None, False)
        else:
            self._sign_in(asked=True)

    def _can_sign_in(self):
        call = self._server.sign_in_call
        return call is not None and (not call.get("once") or self.state.is_new)

    def _is_alarm(self, code):
        return is_code("reused", code) and not self._session._sign_in_after_reuse

    def _refresh(self, refresh, rejected, once):
        self._save_key()
        attempt = 0
        while True:
            outcome = self._ask(lambda proof_key: self._server.refresh(refresh, self.state.pending, proof_key))
            if outcome.kind == "granted":
                return self._keep(outcome.tokens, "Refreshed")
            if outcome.kind == "too_early":
                if self._is_good_yet(outcome, rejected):
                    return None
            elif outcome.kind == "key_reused" and attempt == 0:
                self._save(self.state.but(pending=_new_key()))
            elif outcome.kind == "ended":
                return self._end(outcome)
            elif outcome.kind == "unclear":
                self._pause(attempt, outcome, once)
            else:
                raise RequestRefusedError(outcome.code, outcome.reason)
            attempt += 1

    def _is_good_yet(self, outcome, rejected):
        """
        Too early: nothing was consumed. The server has told when the access token expires; one that has a moment left
        by its clock may be expired by an API's.
        """
        wait = 1 if outcome.retry_after is None else outcome.retry_after
        self._save(self.state.but(expires_at=self._clock.now() + wait))
        if wait > _NEARLY_EXPIRED and self.state.access and self.state.access != rejected:
            return True
        if wait > _LONGEST_EARLY_WAIT or wait > self._left():
            raise ServerUnavailableError(outcome.code, retry_after=wait, word="too_early")
        time.sleep(wait + backoff(0))
        return False

    def _ask(self, ask):
        """Asks once more with a proof where the server wants one; its key is stored first."""
        outcome = ask(self.state.key)
        if outcome.kind == "needs_proof" and self.state.key is None:
            self._save(self.state.but(key=new_key_of_proofs()))
            outcome = ask(self.state.key)
        return dataclasses.replace(outcome, kind="refused") if outcome.kind == "needs_proof" else outcome

    def _end(self, outcome):
        self._save(self.state.fresh().but(ended={"code": outcome.code, "reason": outcome.reason}))
        self._session._tell("Ended", outcome.code)
        if not self._can_sign_in() or self._is_alarm(outcome.code):
            raise SessionEndedError(outcome.code, outcome.reason)
        self._sign_in()

    def _sign_in(self, asked=False):
        call = self._server.sign_in_call
        if call is None or not (asked or self._can_sign_in()):
            raise NoSessionError()
        last = self.state.sign_in
        if last and not asked:
            pause = last["not_before"] - self._clock.now()
            if 0 < pause <= _LONGEST_PAUSE:
                raise SignInRefusedError(last.get("code"), last.get("reason"), pause)
        # The stored key of a session that still stands belongs to its refresh.
        key = _new_key() if self.state.refresh else None
        if key is None:
            self._save_key()
        attempt = 0
        while True:
            outcome = self._ask(lambda proof_key: self._server.sign_in(call, key or self.state.pending, proof_key))
            if outcome.kind == "granted":
                return self._keep(outcome.tokens, "SignedIn")
            if outcome.kind != "unclear":
                self._refuse_sign_in(outcome)
            self._pause(attempt, outcome, False)
            attempt += 1

    def _refuse_sign_in(self, outcome):
        failures = (self.state.sign_in or {}).get("failures", 0) + 1
        pause = sign_in_pause(failures)
        refused = {
            "failures": failures,
            "not_before": self._clock.now() + pause,
            "code": outcome.code,
            "reason": outcome.reason,
        }
        pending = self.state.pending if self.state.refresh else None
        self._save(self.state.but(pending=pending, sign_in=refused))
        raise SignInRefusedError(outcome.code, outcome.reason, pause)

    def _pause(self, attempt, outcome, once):
        """Waits before the same request again, or tells the callers if there is no time for it."""
        wait = backoff(attempt, outcome.retry_after)
        if once or wait > self._left():
            if outcome.retry_after is not None:
                pause = min(outcome.retry_after, _LONGEST_PAUSE)
                self._save(self.state.but(not_before=self._clock.now() + pause))
            raise ServerUnavailableError(outcome.code, retry_after=outcome.retry_after)
        self._session._tell("Retried")
        time.sleep(wait)

    def _keep(self, tokens, kind):
        # RFC 6749 §6: without a new refresh token the old one stays.
        old = self.state.refresh if kind == "Refreshed" else None
        self._save(
            self.state.fresh().but(
                access=tokens.access,
                refresh=tokens.refresh or old,
                expires_at=tokens.expires_at,
                lifetime=tokens.lifetime,
                key=self.state.key,
                bound=tokens.bound or None,
            )
        )
        self._session._tell(kind)

    def _save_key(self):
        """The key is stored before the request goes out, so that whoever comes next sends the same."""
        if self.state.pending is None:
            self._save(self.state.but(pending=_new_key()))

    def _save(self, state):
        text = state.text()
        try:
            written = self._session._store.write(self._session._name, text, self._stored)
        except SessionError:
            raise
        except Exception as reason:
            raise SessionStoreError() from reason
        if not written:
            raise LockLost()
        self._stored, self.state = text, state

    def _load(self):
        server, contract = self._session._address, self._session._contract.name
        if self._stored is not None:
            return State.parse(self._stored, server, contract)
        return State(server, contract, refresh=self._session._credentials.get("refresh_token"))

    def _left(self):
        return self._until - time.monotonic()


def _new_key():
    return secrets.token_hex(16)
