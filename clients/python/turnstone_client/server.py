"""Sends a contract's calls and says what came of them."""

import dataclasses
import email.utils
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request

from .answer import Tokens, refusal, tokens
from .contract import fill, is_code, path_with
from .proof import Nonces, proof_of

_LONGEST_ANSWER = 256 * 1024
# A Date header has whole seconds, and an answer is on its way for a while.
_UNSURE = 2


@dataclasses.dataclass(frozen=True, repr=False)
class Outcome:
    """
    kind is granted, too_early, ended, key_reused, needs_proof, refused, or unclear: the request may or may not have
    been done.
    """

    kind: str
    tokens: Tokens | None = None
    code: str | None = None
    reason: str | None = None
    retry_after: float | None = None


class Clock:
    """The server's clock as far as this process knows it: its own, corrected by what answers said."""

    def __init__(self, local):
        self._local = local
        self._offset = 0.0

    def now(self):
        return self._local() + self._offset

    def hear(self, date):
        try:
            said = email.utils.parsedate_to_datetime(date).timestamp()
        except (TypeError, ValueError):
            return
        measured = said + 0.5 - self._local()
        self._offset = 0.0 if abs(measured) <= _UNSURE else measured


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(_NoRedirects)


class TokenServer:
    def __init__(self, server, contract, credentials, timeout, clock):
        self._server = server.rstrip("/")
        self._contract = contract
        self._credentials = dict(credentials)
        self._timeout = timeout
        self._clock = clock
        self._nonces = Nonces()

    @property
    def sign_in_call(self):
        """The sign-in for which there are credentials; None for none."""
        calls = self._contract.sign_ins
        return next((call for call in calls if all(need in self._credentials for need in call["needs"])), None)

    def refresh(self, token, key, proof_key):
        return self._ask(self._contract.refresh, {**self._credentials, "refresh_token": token}, key, proof_key)

    def sign_in(self, call, key, proof_key):
        return self._ask(call, self._credentials, key, proof_key)

    def _ask(self, call, given, key, proof_key):
        request = self._request(call, {**self._contract.defaults, **given}, key)
        try:
            outcome, new_nonce = self._send(request, proof_key)
            return self._send(request, proof_key)[0] if new_nonce and is_code("nonceNeeded", outcome.code) else outcome
        except (OSError, http.client.HTTPException, ValueError):
            return Outcome("unclear")

    def _send(self, request, proof_key):
        """What came of it, and whether the answer brought a nonce for the next proof."""
        url, nonce = request.full_url, self._nonces.of(request.full_url)
        if proof_key is not None:
            request.add_header("DPoP", proof_of(proof_key, request.get_method(), url, self._clock.now(), nonce))
        try:
            with OPENER.open(request, timeout=self._timeout) as answer:
                status, headers, body = answer.status, answer.headers, answer.read(_LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            with error:
                status, headers, body = error.code, error.headers, error.read(_LONGEST_ANSWER)
        self._clock.hear(headers.get("Date"))
        return self._read(status, headers, body), self._nonces.hear(url, headers, nonce)

    def _request(self, call, values, key):
        headers = {"Accept": "application/json", "Idempotency-Key": key, **fill(self._contract.headers, values)}
        body = None
        if call.get("members"):
            members = fill(call["members"], values)
            if self._contract.form:
                body = urllib.parse.urlencode(members).encode()
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            else:
                body = json.dumps(members).encode()
                headers["Content-Type"] = "application/json"
        url = self._server + path_with(call, values)
        return urllib.request.Request(url, body, headers, method=call["method"])

    def _read(self, status, headers, body):
        if status in (200, 201):
            found = tokens(json.loads(body), self._contract, self._clock.now())
            return Outcome("granted", found) if found else Outcome("unclear")
        wait = self._wait(headers.get("Retry-After"))
        if status in (408, 425, 429) or status >= 500:
            return Outcome("unclear", retry_after=wait)
        try:
            code, reason = refusal(json.loads(body))
        except ValueError:
            # What is not JSON was said by something on the way, and is no word about the session.
            status, code, reason = 0, None, None
        code = headers.get("Error-Code") or code
        return Outcome(self._kind(status, code), None, code, reason, wait)

    def _kind(self, status, code):
        if is_code("tooEarly", code):
            return "too_early"
        if is_code("keyReused", code):
            return "key_reused"
        if is_code("proofNeeded", code):
            return "needs_proof"
        if is_code("ended", code) or status in self._contract.ended_statuses:
            return "ended"
        return "refused"

    def _wait(self, text):
        if text is None:
            return None
        if text.isdigit():
            return float(text)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - self._clock.now())
        except (TypeError, ValueError):
            return None
