// A program's own token, by client id and secret (RFC 6749, section 4.4), then a call. Node 20 or later, no packages.
const url = process.env.TURNSTONE_URL;

async function call(path, options) {
  const answer = await fetch(url + path, { ...options, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

const token = await call("/oauth2/token", {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "client_credentials",
    scope: "individuals.read",
    client_id: process.env.TURNSTONE_CLIENT_ID,
    client_secret: process.env.TURNSTONE_CLIENT_SECRET,
  }),
});

// There is no refresh token: shortly before the token expires, ask for another in the same way.
console.log(JSON.stringify(await call("/v3/individuals", { headers: { Authorization: `Bearer ${token.access_token}` } })));
