// With the client: it refreshes in time, once for all that share the folder. Needs the package turnstone-client.
import { Session } from "turnstone-client";
import { FileStore } from "turnstone-client/node";

const url = process.env.TURNSTONE_URL;
const known = {
  username: process.env.TURNSTONE_EMAIL,
  password: process.env.TURNSTONE_PASSWORD,
  subscription_key: process.env.TURNSTONE_SUBSCRIPTION_KEY,
};
const session = new Session(url, "/auth/v2", known, { store: new FileStore("sessions") });
console.log(await (await session.fetch(new URL("/v3/individuals", url))).text());
