// The address to which openid-client sends a user to sign out. Reads one task from stdin, writes JSON to stdout.
import * as openid from 'openid-client'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)

// The server of the tests calls itself by its issuer's name and listens elsewhere.
const here = (url) => String(url).replace(task.issuer, task.server)
const configuration = await openid.discovery(new URL(task.issuer), task.client, undefined, undefined, {
  [openid.customFetch]: (url, options) => fetch(here(url), options),
})
const url = openid.buildEndSessionUrl(configuration, {
  id_token_hint: task.idToken,
  post_logout_redirect_uri: task.after,
  state: 'a state',
})
process.stdout.write(JSON.stringify({ url: here(url) }))
