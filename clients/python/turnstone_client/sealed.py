"""A store that cannot be read without a key."""

import base64
import secrets

from .errors import SessionStoreError
from .stores import Store

_NONCE = 12


class SealedStore(Store):
    """
    Encrypts what another store keeps, with AES-256-GCM under a key of the caller's, of 32 bytes. The session's name is
    bound to it, so that two files cannot be exchanged. Needs a Python whose hashlib has OpenSSL (ImportError).
    """

    def __init__(self, inner, key):
        from . import openssl

        if len(key) != 32:
            raise ValueError("The key has 32 bytes.")
        self._inner, self._key, self._openssl = inner, bytes(key), openssl

    def lock(self, session, patience):
        return self._inner.lock(session, patience)

    def read(self, session):
        box = self._inner.read(session)
        return None if box is None else self._open(session, box)

    def write(self, session, text, before):
        # Each sealing has a nonce of its own, so the boxes are compared by what is in them.
        box = self._inner.read(session)
        if (None if box is None else self._open(session, box)) != before:
            return False
        return self._inner.write(session, self._seal(session, text), box)

    def _seal(self, session, text):
        nonce = secrets.token_bytes(_NONCE)
        sealed, tag = self._openssl.cipher(self._key, nonce, text.encode(), session.encode())
        return base64.b64encode(nonce + sealed + tag).decode()

    def _open(self, session, text):
        try:
            box = base64.b64decode(text, validate=True)
        except ValueError:
            raise SessionStoreError(word="store_damaged") from None
        nonce, sealed, tag = box[:_NONCE], box[_NONCE : -self._openssl.TAG], box[-self._openssl.TAG :]
        if len(box) < _NONCE + self._openssl.TAG:
            raise SessionStoreError(word="store_damaged")
        return self._openssl.cipher(self._key, nonce, sealed, session.encode(), tag)[0].decode()
