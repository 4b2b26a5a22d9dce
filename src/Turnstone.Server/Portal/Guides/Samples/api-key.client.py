# With the client: it refreshes in time, once for all that share the folder. Needs turnstone_client.
import os

from turnstone_client import FileStore, Session

URL = os.environ["TURNSTONE_URL"]
known = {
    "api_key": os.environ["TURNSTONE_API_KEY"],
}
session = Session(URL, "/v3", known, store=FileStore("sessions"))
print(session.request("GET", URL + "/v3/individuals").body.decode())
