// A website on simple-oauth2 at /oauth2. Called twice, like authorize.mjs: first it makes the address to open; then it
// takes the answer in, refreshes, and gives the tokens back. Writes JSON to stdout.
import simple from 'simple-oauth2'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)
const config = {
  client: { id: task.client, secret: task.secret },
  auth: {
    tokenHost: task.issuer,
    tokenPath: '/oauth2/token',
    authorizePath: '/oauth2/authorize',
    revokePath: '/oauth2/revoke',
  },

  // Without this it wants a body of JSON in the answer to a revocation, which RFC 7009 does not know.
  http: { json: true },
}

async function program() {
  const { authorizePath, ...auth } = config.auth
  const { token } = await new simple.ClientCredentials({ ...config, auth }).getToken({ scope: 'individuals.read' })
  return { access_token: token.access_token }
}

function begin() {
  const website = new simple.AuthorizationCode(config)
  return { url: website.authorizeURL({ redirect_uri: task.redirect, scope: 'openid offline_access', state: 'k&e=p' }) }
}

async function finish() {
  const answer = new URL(task.answer).searchParams
  if (answer.get('state') !== 'k&e=p') {
    throw new Error('another state')
  }
  const website = new simple.AuthorizationCode(config)
  const first = await website.getToken({ code: answer.get('code'), redirect_uri: task.redirect })
  const second = await first.refresh()
  const userinfo = await fetch(`${task.issuer}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${second.token.access_token}` },
  })
  const { sub } = await userinfo.json()
  await second.revokeAll()
  const after = await second.refresh().then(() => 'refreshed', (error) => error.data.payload.error)
  return { sub, after }
}

const does = task.does === 'program' ? program : task.answer ? finish : begin
process.stdout.write(JSON.stringify(await does()))
