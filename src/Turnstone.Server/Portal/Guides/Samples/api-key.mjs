// Log in with an API key, call the API. Node 20 or later, no packages.
const url = process.env.TURNSTONE_URL;

async function call(path, options) {
  const answer = await fetch(url + path, { ...options, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

const pair = await call("/v3/auth/login", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ api_key: process.env.TURNSTONE_API_KEY }),
});

// Good for 15 minutes. Once it has expired, pair.refresh_token gets the next one at /v3/auth/refresh.
console.log(JSON.stringify(await call("/v3/individuals", { headers: { Authorization: `Bearer ${pair.access_token}` } })));
