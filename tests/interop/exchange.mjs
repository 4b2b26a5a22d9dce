// Stock clients that register themselves and exchange tokens. Reads one task from stdin and writes JSON to stdout: what
// the registered one is and what it could push, and the token that the agent got for a person's, with and without
// itself as the actor.
import { createPrivateKey, webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)

// The clock of the tests stands.
Date.now = () => task.now * 1000

// The server of the tests calls itself by its issuer's name and listens elsewhere.
const localFetch = (url, options) => fetch(String(url).replace(task.issuer, task.server), options)
const options = { [oauth.customFetch]: localFetch }
const pkcs8 = createPrivateKey(task.key).export({ type: 'pkcs8', format: 'der' })
const p256 = { name: 'ECDSA', namedCurve: 'P-256' }
const key = { key: await webcrypto.subtle.importKey('pkcs8', pkcs8, p256, false, ['sign']), kid: task.kid }

const grant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
const metadata = {
  client_name: 'Stock program',
  redirect_uris: [task.redirect],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_post',
}
const subject = { subject_token: task.subject, subject_token_type: accessToken }
const actor = (token) => ({ ...subject, actor_token: token, actor_token_type: accessToken })
const asked = async () => ({
  redirect_uri: task.redirect,
  response_type: 'code',
  code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
  code_challenge_method: 'S256',
})

const libraries = {
  async oauth4webapi() {
    const issuer = new URL(task.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    const registered = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(server, metadata, { ...options, initialAccessToken: task.initial }))
    const secret = oauth.ClientSecretPost(registered.client_secret)
    const pushed = await oauth.processPushedAuthorizationResponse(server, registered,
      await oauth.pushedAuthorizationRequest(server, registered, secret, await asked(), options))

    const client = { client_id: task.client }
    const proof = oauth.PrivateKeyJwt(key)
    const ask = async (parameters) => oauth.processGenericTokenEndpointResponse(server, client,
      await oauth.genericTokenEndpointRequest(server, client, proof, grant, parameters, options))
    const own = await oauth.processClientCredentialsResponse(server, client,
      await oauth.clientCredentialsGrantRequest(server, client, proof, new URLSearchParams(), options))
    return { registered, pushed, plain: await ask(subject), acting: await ask(actor(own.access_token)) }
  },

  async 'openid-client'() {
    const program = await openid.dynamicClientRegistration(
      new URL(task.issuer), metadata, undefined, { ...options, initialAccessToken: task.initial })
    program[openid.customFetch] = localFetch
    const url = await openid.buildAuthorizationUrlWithPAR(program, await asked())
    const pushed = { request_uri: url.searchParams.get('request_uri') }

    const agent = await openid.discovery(
      new URL(task.issuer), task.client, undefined, openid.PrivateKeyJwt(key), options)
    const own = await openid.clientCredentialsGrant(agent)
    return {
      registered: program.clientMetadata(),
      pushed,
      plain: await openid.genericGrantRequest(agent, grant, subject),
      acting: await openid.genericGrantRequest(agent, grant, actor(own.access_token)),
    }
  },
}

let result
try {
  result = await libraries[task.library]()
} catch (error) {
  result = { refused: `${error.code ?? ''} ${error.message} ${JSON.stringify(error.cause ?? '')}` }
}

process.stdout.write(JSON.stringify(result))
