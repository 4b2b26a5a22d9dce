# With the client: it refreshes in time, once for all that share the folder. Needs turnstone_client.
import os

from turnstone_client import FileStore, Session

URL = os.environ["TURNSTONE_URL"]
known = {
    "username": os.environ["TURNSTONE_EMAIL"],
    "password": os.environ["TURNSTONE_PASSWORD"],
    "subscription_key": os.environ["TURNSTONE_SUBSCRIPTION_KEY"],
}
session = Session(URL, "/auth/v2", known, store=FileStore("sessions"))
print(session.request("GET", URL + "/v3/individuals").body.decode())
