// A device on openid-client (RFC 8628). Reads one task from stdin: where the server is, and, once a person has been
// sent to the page, the codes. Called twice: first it asks for codes; then it polls until there are tokens. Writes JSON
// to stdout.
import * as openid from 'openid-client'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)

// The server of the tests calls itself by its issuer's name and listens elsewhere: what the metadata names is fetched
// from where it really is.
const localFetch = (url, options) => fetch(String(url).replace(task.issuer, task.server), options)
const configuration = await openid.discovery(new URL(task.issuer), task.client, undefined, openid.None(), {
  [openid.customFetch]: localFetch,
})

let result
try {
  if (task.codes) {
    const tokens = await openid.pollDeviceAuthorizationGrant(configuration, { ...task.codes, interval: 1 })
    result = { claims: tokens.claims(), access_token: tokens.access_token }
  } else {
    result = await openid.initiateDeviceAuthorization(configuration, { scope: 'openid email' })
  }
} catch (error) {
  result = { refused: `${error.error ?? error.code ?? ''}` }
}

process.stdout.write(JSON.stringify(result))
