"""
Authlib's session with its own refreshing, as its documentation shows it: ensure_active_token refreshes, update_token
saves. What it does not do by itself an application does here: it tries again when it heard nothing.
"""

import json
import os
import sys
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session


class Stock:
    def __init__(self, settings):
        self.known = settings["credentials"]
        self.path = os.path.join(settings["folder"], "default.json")
        self.endpoint = settings["server"] + self.known["token_path"]
        os.makedirs(settings["folder"], exist_ok=True)
        self.session = OAuth2Session(
            self.known["client_id"],
            self.known["client_secret"],
            token_endpoint_auth_method="client_secret_post",
            token_endpoint=self.endpoint,
            token=self.load(),
            update_token=self.save,
        )

    def load(self):
        try:
            with open(self.path) as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    def save(self, token, refresh_token=None, access_token=None):
        with open(self.path, "w") as file:
            json.dump(token, file)

    def open(self):
        if "code" in self.known:
            code, address = self.known["code"], self.known["redirect_uri"]
            self.save(self.session.fetch_token(self.endpoint, code=code, redirect_uri=address))
        else:
            self.session.token = {"refresh_token": self.known["refresh_token"], "access_token": "none", "expires_at": 1}
            self.save(self.session.token)

    def answer(self, command):
        for attempt in range(10):
            try:
                if not self.session.token:
                    self.open()
                elif command["do"] == "refresh":
                    self.session.token["expires_at"] = 1
                    self.session.ensure_active_token(self.session.token)
                return {"token": self.session.token["access_token"]}
            except OAuthError as error:
                if error.error == "invalid_grant":
                    time.sleep(1)
                    return {"error": "SessionEnded", "code": error.error}
                time.sleep(0.2 * (attempt + 1))
            except (requests.RequestException, OSError, ValueError):
                time.sleep(0.2 * (attempt + 1))
            except KeyError as error:
                # It took an answer without tokens for tokens.
                time.sleep(1)
                return {"error": "SessionEnded", "code": f"no {error}"}
        return {"error": "ServerUnavailable"}


if __name__ == "__main__":
    stock = Stock(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        print(json.dumps({**stock.answer(json.loads(line)), "events": []}), flush=True)
