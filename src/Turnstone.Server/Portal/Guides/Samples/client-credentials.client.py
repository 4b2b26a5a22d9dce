# With the client: it refreshes in time, once for all that share the folder. Needs turnstone_client.
import os

from turnstone_client import FileStore, Session

URL = os.environ["TURNSTONE_URL"]
known = {
    "client_id": os.environ["TURNSTONE_CLIENT_ID"],
    "client_secret": os.environ["TURNSTONE_CLIENT_SECRET"],
}
session = Session(URL, "/oauth2", known, store=FileStore("sessions"))
print(session.request("GET", URL + "/v3/individuals").body.decode())
