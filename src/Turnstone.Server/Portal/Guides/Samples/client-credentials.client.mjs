// With the client: it refreshes in time, once for all that share the folder. Needs the package turnstone-client.
import { Session } from "turnstone-client";
import { FileStore } from "turnstone-client/node";

const url = process.env.TURNSTONE_URL;
const known = {
  client_id: process.env.TURNSTONE_CLIENT_ID,
  client_secret: process.env.TURNSTONE_CLIENT_SECRET,
};
const session = new Session(url, "/oauth2", known, { store: new FileStore("sessions") });
console.log(await (await session.fetch(new URL("/v3/individuals", url))).text());
