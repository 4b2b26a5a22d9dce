"""A session with a token server."""

import dataclasses
import datetime
import http.client
import random
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import Future

from .contract import Contract
from .errors import (
    NoSessionError,
    ServerUnavailableError,
    SessionEndedError,
    SessionError,
    SessionStoreError,
)
from .proof import Nonces, proof_of, wants_nonce
from .server import OPENER, Clock, TokenServer
from .stores import MemoryStore, checked_name
from .work import LockLost, Work, early_backoff

_LONGEST_LEAD = 60
_LONGEST_QUIET = 6
_LOCKS_LOST = 10
_STEP_UP = "insufficient_user_authentication"


class AccessToken:
    """An access token. It shows itself only where value is asked for."""

    def __init__(self, value, expires_at, key=None, clock=None):
        self.value = value
        self.expires_at = datetime.datetime.fromtimestamp(expires_at, datetime.UTC)
        self._key = key
        self._clock = clock

    @property
    def scheme(self):
        """What stands before it in the header: Bearer, or DPoP if it is bound to a key."""
        return "Bearer" if self._key is None else "DPoP"

    def proof(self, method, url, nonce=None):
        """The header DPoP of one request with this token (RFC 9449); None for a token that is not bound to a key."""
        if self._key is None:
            return None
        return proof_of(self._key, method, url, self._clock.now(), nonce, self.value)

    def __repr__(self):
        return "AccessToken (redacted)"


@dataclasses.dataclass(frozen=True)
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Session:
    """
    token() gives a token that is good; it is refreshed once for all threads and processes that share the store. Share
    one object between threads.
    """

    def __init__(
        self,
        server,
        contract="/v3",
        credentials=None,
        *,
        store=None,
        name="default",
        timeout=10.0,
        patience=30.0,
        sign_in_after_reuse=False,
        on_event=None,
        clock=time.time,
    ):
        self._address = server
        self._contract = contract if isinstance(contract, Contract) else Contract(contract)
        self._credentials = dict(credentials or {})
        self._store = store or MemoryStore()
        self._name = checked_name(name)
        self._timeout = timeout
        self._patience = patience
        self._sign_in_after_reuse = sign_in_after_reuse
        self._on_event = on_event
        self._clock = Clock(clock)
        self._server = TokenServer(server, self._contract, self._credentials, timeout, self._clock)
        # So that processes do not refresh at the same moment.
        self._share = random.uniform(0.5, 1)
        self._gate = threading.Lock()
        self._running = None
        self._seen = None
        self._quiet_until = 0.0
        self._nonces = Nonces()

    def token(self, rejected=None, wait=None):
        """
        An access token that is good as far as anybody can know. rejected is one that an API has answered with 401; wait
        ends this wait after so many seconds (TimeoutError), and nobody else's.
        """
        attempt = 0
        while True:
            known, good = self._at_hand(rejected)
            if good and not self._is_wanted(known):
                return self._token(known)
            future = self._shared(rejected)
            try:
                state = future.result(wait)
            except SessionError as reason:
                return self._or_known(reason, known, good)
            # A refresh that somebody else began may give the rejected token; the next one is this caller's. Where the
            # server gives the same token again, the API has to say what it wants.
            if rejected is None or state.access != rejected.value or attempt > 1:
                return self._token(state)
            attempt += 1

    def sign_in(self):
        """Signs in, whatever there was: the way on after an alarm."""
        self._seen = self._locked(lambda work: work.sign_in_anew())

    def request(self, method, url, body=None, headers=None, *, repeatable=True):
        """Sends a request with a good token; one that is answered 401 is sent once more with a fresh one."""
        token = self.token()
        answer, new_nonce = self._send(method, url, body, headers, token)
        if answer.status == 401 and new_nonce and repeatable and wants_nonce(_challenge(answer)):
            answer, _ = self._send(method, url, body, headers, token)
        if answer.status != 401:
            return answer
        challenge = _challenge(answer)
        if _STEP_UP in challenge:
            self._tell("StepUpRequired", _STEP_UP, challenge)
            return answer
        if not repeatable:
            return answer
        try:
            fresh = self.token(token)
        except ServerUnavailableError:
            return answer
        return self._send(method, url, body, headers, fresh)[0]

    def __repr__(self):
        return f"<session {self._name} at {self._address}>"

    def _send(self, method, url, body, headers, token):
        """The answer, and whether it brought a nonce for the next proof."""
        given = {**(headers or {}), "Authorization": f"{token.scheme} {token.value}"}
        bound = token.scheme == "DPoP"
        nonce = self._nonces.of(url) if bound else None
        if bound:
            given["DPoP"] = token.proof(method, url, nonce)
        request = urllib.request.Request(url, body, given, method=method)
        try:
            with OPENER.open(request, timeout=self._timeout) as opened:
                answer = Response(opened.status, opened.headers, opened.read())
        except urllib.error.HTTPError as error:
            with error:
                answer = Response(error.code, error.headers, error.read())
        return answer, bound and self._nonces.hear(url, answer.headers, nonce)

    def _at_hand(self, rejected):
        known = self._seen
        return known, known is not None and self._is_good(known, rejected.value if rejected else None)

    def _or_known(self, reason, known, good):
        if good and isinstance(reason, (ServerUnavailableError, SessionStoreError)):
            return self._token(known)
        raise reason.again() from reason.__cause__

    def _shared(self, rejected):
        """Joins the refresh that is running, or starts one. It belongs to nobody, so nobody's end is its end."""
        with self._gate:
            if self._running is None or self._running.done():
                future = self._running = Future()
                future.set_running_or_notify_cancel()
                value = rejected.value if rejected else None
                threading.Thread(target=self._run, args=(future, value), daemon=True).start()
            return self._running

    def _run(self, future, rejected):
        try:
            future.set_result(self._renew(rejected))
        except BaseException as reason:
            future.set_exception(reason)

    def _renew(self, rejected):
        def act(work):
            good = self._is_good(work.state, rejected)
            if not good or self._is_wanted(work.state):
                work.renew(rejected, once=good)

        try:
            self._seen = self._locked(act)
            return self._seen
        except (SessionEndedError, NoSessionError):
            self._seen = None
            raise
        except (ServerUnavailableError, SessionStoreError):
            self._quiet_until = self._clock.now() + early_backoff()
            raise

    def _locked(self, act):
        for _ in range(_LOCKS_LOST):
            held = False
            try:
                with self._store.lock(self._name, self._patience):
                    held = True
                    work = Work(self, self._store.read(self._name))
                    act(work)
                    return work.state
            except LockLost:
                continue
            except SessionError:
                raise
            except (OSError, ValueError) as reason:
                if isinstance(reason, TimeoutError) and not held:
                    raise ServerUnavailableError(word="in_use") from None
                raise SessionStoreError() from reason
        raise SessionStoreError()

    def _is_good(self, state, rejected):
        return state.access is not None and state.access != rejected and self._clock.now() < state.expires_at

    def _is_wanted(self, state):
        """
        Whether it is time for a refresh ahead of need, where the contract takes one. After one that failed it is not
        for a while: as long as the token is good nobody waits for a server that is away.
        """
        lead = min(_LONGEST_LEAD, state.lifetime / 5) * self._share
        now = self._clock.now()
        due = self._contract.refreshes_early and now >= state.expires_at - lead
        return due and not 0 < self._quiet_until - now <= _LONGEST_QUIET

    def _tell(self, kind, code=None, challenge=None):
        if self._on_event is not None:
            self._on_event(kind, code, challenge)

    def _token(self, state):
        return AccessToken(state.access, state.expires_at, state.key if state.bound else None, self._clock)


def _challenge(answer):
    return " ".join(answer.headers.get_all("WWW-Authenticate") or [])
