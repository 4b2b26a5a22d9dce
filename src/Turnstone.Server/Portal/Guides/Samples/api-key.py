# Log in with an API key, call the API. Python 3, standard library only.
import json
import os
import urllib.request

URL = os.environ["TURNSTONE_URL"]


def call(path, headers, body=None):
    request = urllib.request.Request(URL + path, data=body and json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


pair = call("/v3/auth/login", {"Content-Type": "application/json"}, {"api_key": os.environ["TURNSTONE_API_KEY"]})

# Good for 15 minutes. Once it has expired, pair["refresh_token"] gets the next one at /v3/auth/refresh.
print(json.dumps(call("/v3/individuals", {"Authorization": "Bearer " + pair["access_token"]})))
