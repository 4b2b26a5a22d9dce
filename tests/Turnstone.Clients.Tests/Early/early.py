"""What the Python client does ahead of need and after failures: a clock and a server of the test's own."""

import asyncio
import email.message
import io
import json
import os
import sys
import time
import urllib.error

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(root, "clients", "python"))

from turnstone_client import AsyncSession, SignInRefusedError, server  # noqa: E402

LIFETIME = 1000
MANY = 300


class Answer:
    status = 200
    headers = email.message.Message()

    def __init__(self, number):
        authorization = {"token": f"access-{number}", "expires_in": LIFETIME}
        flat = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "expires_in": LIFETIME}
        self._body = json.dumps({"authorization": authorization, "refresh": {"token": f"refresh-{number}"}, **flat})

    def read(self, _):
        return self._body.encode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Server:
    now = 0.0
    failing = 0
    requests = 0
    refusing = False

    def open(self, request, timeout):
        self.requests += 1
        self.failing -= 1
        if self.failing >= 0:
            raise urllib.error.URLError("away")
        if self.refusing:
            no = io.BytesIO(b'{"code":"no"}')
            raise urllib.error.HTTPError(request.full_url, 403, "no", email.message.Message(), no)
        return Answer(self.requests)


there = server.OPENER = Server()


def opened(contract="/auth/v2"):
    credentials = {"username": "ada", "password": "ada", "subscription_key": "key", "api_key": "key"}
    return AsyncSession("http://tokens.example.test", contract, credentials, clock=lambda: there.now)


def leads():
    sessions = [opened()._session for _ in range(MANY)]
    for session in sessions:
        session.token()
    found = []
    for half in range(2 * (LIFETIME - 70), 2 * LIFETIME):
        there.now = half / 2
        waiting, sessions = sessions, []
        for session in waiting:
            before = there.requests
            session.token()
            if there.requests > before:
                found.append(LIFETIME - there.now)
            else:
                sessions.append(session)
    return found


def held():
    sessions, asked = [opened("/v3")._session for _ in range(MANY)], []
    for there.now in (0.0, LIFETIME / 2, LIFETIME - 60.0, LIFETIME - 0.5, float(LIFETIME)):
        there.requests = 0
        for session in sessions:
            session.token()
        asked.append(there.requests)
    return {"held": sum(asked[1:-1]), "heldAfter": asked[-1]}


def refusals():
    found, there.refusing = [[] for _ in range(9)], True
    for _ in range(MANY):
        there.now, session = 0.0, opened()._session
        for pauses_found in found:
            try:
                session.token()
            except SignInRefusedError as reason:
                pauses_found.append(reason.retry_after)
                there.now += reason.retry_after + 1
    there.refusing = False
    return found


def pauses():
    real, found = time.sleep, [[] for _ in range(6)]
    for _ in range(MANY):
        attempts = iter(found)
        time.sleep = lambda seconds: next(attempts).append(seconds)
        there.failing = len(found)
        opened()._session.token()
    time.sleep = real
    return found


async def away():
    there.now, there.failing = 0.0, 0
    aio = opened()
    token = (await aio.token()).value
    asked, tokens = [], []
    # Due since a second at least, and good for half a minute.
    for there.now in (971.0, 977.0):
        there.requests, there.failing = 0, 1_000
        tokens += await asyncio.gather(*(aio.token() for _ in range(10)))
        tokens += [aio._session.token() for _ in range(10)]
        asked.append(there.requests)
    there.now, there.failing = 983.0, 0
    renewed = (await aio.token()).value != token
    return {"asked": asked, "same": all(one.value == token for one in tokens), "renewed": renewed}


report = {"leads": leads(), **held(), "refusals": refusals(), "pauses": pauses()}
print(json.dumps({**report, **asyncio.run(away())}))
