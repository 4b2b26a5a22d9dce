"""
A client as many write it, for comparison: it refreshes when its token was refused, tries again when it hears nothing,
and saves what it got afterwards. No lock, no Idempotency-Key, no file that is replaced as a whole.
"""

import contextlib
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request


class Naive:
    def __init__(self, settings):
        self.settings = settings
        self.path = os.path.join(settings["folder"], "default.json")
        self.pair = None

    def post(self, path, body):
        key = self.settings["credentials"]["subscription_key"]
        headers = {"Content-Type": "application/json", "Subscription-Key": key}
        request = urllib.request.Request(self.settings["server"] + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=self.settings["timeout"]) as answer:
            tokens = json.load(answer)
        self.pair = {"access": tokens["authorization"]["token"], "refresh": tokens["refresh"]["token"]}
        os.makedirs(self.settings["folder"], exist_ok=True)
        with open(self.path, "w") as file:
            json.dump(self.pair, file)

    def load(self):
        try:
            with open(self.path) as file:
                self.pair = json.load(file)
        except (OSError, ValueError):
            self.pair = None

    def sign_in(self):
        known = self.settings["credentials"]
        self.post("/auth/v2/login", {"username": known["username"], "password": known["password"]})

    def answer(self, command):
        for attempt in range(10):
            try:
                if self.pair is None:
                    self.load()
                if self.pair is None:
                    self.sign_in()
                elif command["do"] == "refresh":
                    self.post("/auth/v2/refresh", {"token": self.pair["refresh"]})
                return {"token": self.pair["access"]}
            except urllib.error.HTTPError as error:
                if error.code in (400, 401):
                    # What is saved may be another process's by now; whoever wrote this did not think of that.
                    self.pair = None
                    with contextlib.suppress(FileNotFoundError):
                        os.remove(self.path)
                    return {"error": "SessionEnded"}
                time.sleep(0.2 * (attempt + 1))
            except (OSError, ValueError, http.client.HTTPException):
                time.sleep(0.2 * (attempt + 1))
        return {"error": "ServerUnavailable"}


if __name__ == "__main__":
    naive = Naive(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        print(json.dumps({**naive.answer(json.loads(line)), "events": []}), flush=True)
