"""What the Python client says when its store gives no answer in time: a store of the test's own, and no server."""

import json
import os
import sys
from contextlib import contextmanager

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(root, "clients", "python"))

from turnstone_client import MemoryStore, Session, SessionError  # noqa: E402

CREDENTIALS = {"username": "ada", "password": "ada", "subscription_key": "key"}


class LateStore(MemoryStore):
    """Gives no answer in time to one of the three methods."""

    def __init__(self, method):
        super().__init__()
        self._method = method

    @contextmanager
    def lock(self, session, patience):
        self._answer("lock")
        with super().lock(session, patience):
            yield

    def read(self, session):
        self._answer("read")
        return super().read(session)

    def write(self, session, text, before):
        self._answer("write")
        return super().write(session, text, before)

    def _answer(self, method):
        if method == self._method:
            raise TimeoutError("No answer in time.")


def said(method):
    try:
        Session("http://tokens.example.test", "/auth/v2", CREDENTIALS, store=LateStore(method)).token()
        return "nothing"
    except SessionError as reason:
        return type(reason).__name__


print(json.dumps({method: said(method) for method in ("lock", "read", "write")}))
