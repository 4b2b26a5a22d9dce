# Get the next token set with the refresh token that was saved, save the new one, call the API. Python 3, standard library only.
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL, STATE = os.environ["TURNSTONE_URL"], os.environ["TURNSTONE_STATE"]


def load():
    with open(STATE) as file:
        return json.load(file)


def save(state):                                  # never a half-written file, and nobody else's to read
    with open(STATE + ".new", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(STATE + ".new", STATE)


def wait(seconds, why):
    print(f"{why}: the same request again in {seconds} s.", file=sys.stderr, flush=True)
    time.sleep(seconds)


def refresh():
    state = load()
    if "key" not in state:                        # a new refresh; after a crash the key of the unfinished one is still here
        state["key"] = str(uuid.uuid4())
        save(state)
    headers = {
        "Subscription-Key": os.environ["TURNSTONE_SUBSCRIPTION_KEY"],
        "Idempotency-Key": state["key"],
        "Content-Type": "application/json",
    }
    for attempt in range(6):
        request = urllib.request.Request(URL + "/auth/v2/refresh", json.dumps({"token": state["refresh_token"]}).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                token_set = json.load(answer)
            save({"refresh_token": token_set["refresh"]["token"]})        # first save …
            return token_set["authorization"]["token"]                    # … then use
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 502, 503, 504):
                sys.exit(f"{refused.code} {refused.read().decode()}")     # 400 or 401: log in again
            wait(int(refused.headers.get("Retry-After", 1)), f"Not now ({refused.code})")
        except (OSError, ValueError):             # no answer, or half of one
            wait(2 ** attempt, "No answer")
    raise TimeoutError("No answer to the refresh. Run again later: the saved key still proves it.")


request = urllib.request.Request(URL + "/v3/individuals", headers={"Authorization": "Bearer " + refresh()})
with urllib.request.urlopen(request, timeout=10) as answer:
    print(answer.read().decode())
