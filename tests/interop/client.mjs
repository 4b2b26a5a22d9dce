// Stock clients at the endpoints that a program calls itself. Reads one task from stdin: what to do, as which client,
// with which key. Writes JSON to stdout.
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
const here = (url) => String(url).replace(task.issuer, task.server)
const localFetch = (url, options) => fetch(here(url), options)

// The same, noting how introspection was answered.
const answeredAs = []
const notingFetch = async (url, options) => {
  const response = await localFetch(url, options)
  if (String(url).endsWith('/introspect')) {
    answeredAs.push(response.headers.get('content-type'))
  }
  return response
}

const algorithms = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
}

const pkcs8 = createPrivateKey(task.key).export({ type: 'pkcs8', format: 'der' })
const key = {
  key: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithms[task.alg], false, ['sign']),
  kid: task.kid,
}

const libraries = {
  async oauth4webapi() {
    const options = { [oauth.customFetch]: notingFetch }
    const issuer = new URL(task.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    const client = { client_id: task.client, introspection_signed_response_alg: task.signed ? 'RS256' : undefined }
    const proof = oauth.PrivateKeyJwt(key)
    const granted = await oauth.clientCredentialsGrantRequest(server, client, proof, new URLSearchParams(), options)
    const token = (await oauth.processClientCredentialsResponse(server, client, granted)).access_token
    const ask = async () => {
      const request = { ...options, requestJwtResponse: task.signed }
      const response = await oauth.introspectionRequest(server, client, proof, token, request)
      const said = await oauth.processIntrospectionResponse(server, client, response)
      if (task.signed) {
        await oauth.validateApplicationLevelSignature(server, response, options)
      }
      return said
    }
    const live = await ask()
    const challenge = await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier())
    const parameters = {
      redirect_uri: task.redirect,
      response_type: 'code',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }
    const pushed = await oauth.processPushedAuthorizationResponse(
      server,
      client,
      await oauth.pushedAuthorizationRequest(server, client, proof, parameters, options),
    )
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, proof, token, options))
    return { live, pushed, dead: await ask(), answeredAs }
  },

  async 'openid-client'() {
    const options = { algorithm: 'oauth2', [openid.customFetch]: notingFetch }
    const configuration = await openid.discovery(
      new URL(task.issuer),
      task.client,
      { introspection_signed_response_alg: task.signed ? 'RS256' : undefined },
      openid.PrivateKeyJwt(key),
      options,
    )
    if (task.signed) {
      openid.enableNonRepudiationChecks(configuration)
    }
    const tokens = await openid.clientCredentialsGrant(configuration)
    const live = await openid.tokenIntrospection(configuration, tokens.access_token)
    const challenge = await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier())
    const url = await openid.buildAuthorizationUrlWithPAR(configuration, {
      redirect_uri: task.redirect,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    await openid.tokenRevocation(configuration, tokens.access_token)
    const dead = await openid.tokenIntrospection(configuration, tokens.access_token)
    return { live, pushed: { request_uri: url.searchParams.get('request_uri') }, dead, answeredAs }
  },
}

let result
try {
  result = await libraries[task.library]()
} catch (error) {
  result = { refused: `${error.code ?? ''} ${error.message} ${JSON.stringify(error.cause ?? '')}` }
}

process.stdout.write(JSON.stringify(result))
