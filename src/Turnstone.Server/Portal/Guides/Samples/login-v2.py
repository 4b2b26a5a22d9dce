# Log in with email and password, save the refresh token, call the API. Python 3, standard library only.
import json
import os
import urllib.request

URL, STATE = os.environ["TURNSTONE_URL"], os.environ["TURNSTONE_STATE"]


def call(path, headers, body=None):
    request = urllib.request.Request(URL + path, data=body and json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def save(state):                                  # never a half-written file, and nobody else's to read
    with open(STATE + ".new", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(STATE + ".new", STATE)


token_set = call(
    "/auth/v2/login",
    {"Subscription-Key": os.environ["TURNSTONE_SUBSCRIPTION_KEY"], "Content-Type": "application/json"},
    {"username": os.environ["TURNSTONE_EMAIL"], "password": os.environ["TURNSTONE_PASSWORD"]})

save({"refresh_token": token_set["refresh"]["token"]})                    # first save …
bearer = {"Authorization": "Bearer " + token_set["authorization"]["token"]}
print(json.dumps(call("/v3/individuals", bearer)))                        # … then use
