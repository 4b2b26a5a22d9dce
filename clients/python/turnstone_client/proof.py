"""Proofs of the key that tokens are bound to (RFC 9449)."""

import base64
import hashlib
import json
import re
import secrets
from urllib.parse import urlsplit

from .errors import RequestRefusedError

_MOST_NONCES = 1000
_NONCE_WANTED = re.compile(r"\bDPoP\b.*use_dpop_nonce", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def new_key_of_proofs():
    """A new key, as it is stored."""
    return base64.b64encode(_openssl().new_key()).decode()


def proof_of(key, method, url, now, nonce=None, token=None):
    """A proof for one request, without the query of its address. now is the server's clock, in seconds."""
    openssl, stored = _openssl(), base64.b64decode(key)
    x, y = openssl.point(stored)
    header = {
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {"kty": "EC", "crv": "P-256", "x": _encode(x), "y": _encode(y)},
    }
    claims = {
        "jti": secrets.token_urlsafe(16),
        "htm": method,
        "htu": _origin(url) + (urlsplit(url).path or "/"),
        "iat": int(now),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if token is not None:
        claims["ath"] = _encode(hashlib.sha256(token.encode()).digest())
    text = f"{_part(header)}.{_part(claims)}"
    return f"{text}.{_encode(openssl.sign(stored, text.encode()))}"


class Nonces:
    """The last nonce that each server wants in the next proof."""

    def __init__(self):
        self._known = {}

    def of(self, url):
        return self._known.get(_origin(url))

    def hear(self, url, headers, sent):
        """Keeps the answer's nonce; False where it brought none but the one that was sent."""
        nonce, origin = headers.get("DPoP-Nonce"), _origin(url)
        if nonce is None or (len(self._known) >= _MOST_NONCES and origin not in self._known):
            return False
        self._known[origin] = nonce
        return nonce != sent


def wants_nonce(challenge):
    """Whether an API wants the request once more, with its nonce."""
    return _NONCE_WANTED.search(challenge) is not None


def _openssl():
    try:
        from . import openssl
    except ImportError:
        raise RequestRefusedError(word="no_proof") from None
    return openssl


def _origin(url):
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _part(value):
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
