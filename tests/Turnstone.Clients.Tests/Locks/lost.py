"""What the Python client does when a write says that its lock was lost: a server and a store of the test's own."""

import email.message
import json
import math
import os
import sys

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(root, "clients", "python"))

from turnstone_client import MemoryStore, Session, SessionError, server  # noqa: E402

CREDENTIALS = {"username": "ada", "password": "ada", "subscription_key": "key"}


class Answer:
    status = 200
    headers = email.message.Message()

    def __init__(self, number):
        authorization = {"token": f"access-{number}", "expires_in": 1000}
        self._body = json.dumps({"authorization": authorization, "refresh": {"token": f"refresh-{number}"}})

    def read(self, _):
        return self._body.encode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Server:
    keys = []

    def open(self, request, timeout):
        self.keys.append(request.get_header("Idempotency-key"))
        return Answer(len(self.keys))


there = server.OPENER = Server()


class LosingStore(MemoryStore):
    """Says no to one write, or to all from it on."""

    def __init__(self, first, last):
        super().__init__()
        self._lost = (first, last)
        self.locks = self.writes = 0

    def lock(self, session, patience):
        self.locks += 1
        return super().lock(session, patience)

    def write(self, session, text, before):
        self.writes += 1
        first, last = self._lost
        return not first <= self.writes <= last and super().write(session, text, before)


def opened(store):
    return Session("http://tokens.example.test", "/auth/v2", CREDENTIALS, store=store)


def once():
    there.keys = []
    # The key of the sign-in, its tokens, the key of the refresh, its tokens: the answer is had and cannot be saved.
    store = LosingStore(4, 4)
    session = opened(store)
    first = session.token()
    second = session.token(first)
    locks = store.locks
    same = opened(store).token().value == second.value
    return {"keys": there.keys, "locks": locks, "token": second.value, "same": same}


def always():
    there.keys = []
    store = LosingStore(1, math.inf)
    try:
        opened(store).token()
        return {}
    except SessionError as reason:
        return {"error": type(reason).__name__, "locks": store.locks, "keys": there.keys}


print(json.dumps({"once": once(), "always": always()}))
