# A program's own token, by client id and secret (RFC 6749, section 4.4), then a call. Python 3, standard library only.
import json
import os
import urllib.parse
import urllib.request

URL = os.environ["TURNSTONE_URL"]

form = urllib.parse.urlencode({
    "grant_type": "client_credentials",
    "scope": "individuals.read",
    "client_id": os.environ["TURNSTONE_CLIENT_ID"],
    "client_secret": os.environ["TURNSTONE_CLIENT_SECRET"],
})
with urllib.request.urlopen(URL + "/oauth2/token", form.encode(), timeout=10) as answer:
    token = json.load(answer)

# There is no refresh token: shortly before the token expires, ask for another in the same way.
request = urllib.request.Request(URL + "/v3/individuals", headers={"Authorization": "Bearer " + token["access_token"]})
with urllib.request.urlopen(request, timeout=10) as answer:
    print(answer.read().decode())
