// Stock clients that keep the FAPI 2.0 Security Profile: PAR, PKCE, private_key_jwt, and DPoP with the server's
// nonces. Reads one task from stdin and writes JSON to stdout. Called twice: first it pushes the request; then it
// takes the answer in, exchanges the code, refreshes twice and asks who signed in.
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
const seen = { nonces: 0 }
const localFetch = async (url, options) => {
  const response = await fetch(String(url).replace(task.issuer, task.server), options)
  const answer = response.status === 400 || response.status === 401 ? await response.clone().text() : ''
  seen.nonces += answer.includes('use_dpop_nonce') ? 1 : 0
  return response
}

const { subtle } = webcrypto
const p256 = { name: 'ECDSA', namedCurve: 'P-256' }
const pkcs8 = createPrivateKey(task.key).export({ type: 'pkcs8', format: 'der' })
const key = { key: await subtle.importKey('pkcs8', pkcs8, p256, false, ['sign']), kid: task.kid }

// The key that the tokens are bound to, the same in both calls.
const boundPair = async () => {
  if (!task.kept) {
    return subtle.generateKey(p256, true, ['sign', 'verify'])
  }
  const { d, ...jwk } = task.kept.bound
  return {
    privateKey: await subtle.importKey('jwk', { ...jwk, d, key_ops: ['sign'] }, p256, true, ['sign']),
    publicKey: await subtle.importKey('jwk', { ...jwk, key_ops: ['verify'] }, p256, true, ['verify']),
  }
}

const pair = await boundPair()
const keep = async (kept) => ({ ...kept, bound: await subtle.exportKey('jwk', pair.privateKey) })
const scope = 'openid email individuals.read'

// oauth4webapi leaves the second try to its user.
const again = async (ask) => {
  try {
    return await ask()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) {
      throw error
    }
    return ask()
  }
}

const libraries = {
  oauth4webapi: {
    async prepare() {
      const options = { [oauth.customFetch]: localFetch }
      const issuer = new URL(task.issuer)
      const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
      const client = { client_id: task.client, id_token_signed_response_alg: 'ES256' }
      const proof = oauth.PrivateKeyJwt(key)
      return { server, client, proof, options: { ...options, DPoP: oauth.DPoP(client, pair) } }
    },
    async begin() {
      const { server, client, proof, options } = await this.prepare()
      const kept = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState() }
      const parameters = {
        redirect_uri: task.redirect, response_type: 'code', scope, state: kept.state, code_challenge_method: 'S256',
        code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
      }
      const pushed = await again(async () => oauth.processPushedAuthorizationResponse(
        server, client, await oauth.pushedAuthorizationRequest(server, client, proof, parameters, options)))
      const url = new URL(server.authorization_endpoint)
      url.search = new URLSearchParams({ client_id: task.client, request_uri: pushed.request_uri }).toString()
      return { url, kept: await keep(kept) }
    },
    async finish() {
      const { server, client, proof, options } = await this.prepare()
      const parameters = oauth.validateAuthResponse(server, client, new URL(task.answer), task.kept.state)
      const tokens = await again(async () => oauth.processAuthorizationCodeResponse(server, client,
        await oauth.authorizationCodeGrantRequest(
          server, client, proof, parameters, task.redirect, task.kept.verifier, options)))
      const claims = oauth.getValidatedIdTokenClaims(tokens)
      const refresh = () => again(async () => oauth.processRefreshTokenResponse(
        server, client, await oauth.refreshTokenGrantRequest(server, client, proof, tokens.refresh_token, options)))
      const refreshed = [await refresh(), await refresh()]
      const info = await again(async () => oauth.processUserInfoResponse(server, client, claims.sub,
        await oauth.userInfoRequest(server, client, refreshed[1].access_token, options)))
      return { tokens, refreshed, info }
    },
  },

  'openid-client': {
    async prepare() {
      const options = { [openid.customFetch]: localFetch }
      const metadata = { id_token_signed_response_alg: 'ES256' }
      const proof = openid.PrivateKeyJwt(key)
      const configuration = await openid.discovery(new URL(task.issuer), task.client, metadata, proof, options)
      return { configuration, options: { DPoP: openid.getDPoPHandle(configuration, pair) } }
    },
    async begin() {
      const { configuration, options } = await this.prepare()
      const kept = { verifier: openid.randomPKCECodeVerifier(), state: openid.randomState() }
      const url = await openid.buildAuthorizationUrlWithPAR(configuration, {
        redirect_uri: task.redirect, scope, state: kept.state, code_challenge_method: 'S256',
        code_challenge: await openid.calculatePKCECodeChallenge(kept.verifier),
      }, options)
      return { url, kept: await keep(kept) }
    },
    async finish() {
      const { configuration, options } = await this.prepare()
      const checks = { pkceCodeVerifier: task.kept.verifier, expectedState: task.kept.state, idTokenExpected: true }
      const answer = new URL(task.answer)
      const tokens = await openid.authorizationCodeGrant(configuration, answer, checks, undefined, options)
      const refresh = () => openid.refreshTokenGrant(configuration, tokens.refresh_token, undefined, options)
      const refreshed = [await refresh(), await refresh()]
      const info = await openid.fetchUserInfo(configuration, refreshed[1].access_token, tokens.claims().sub, options)
      return { tokens, refreshed, info }
    },
  },
}

const library = libraries[task.library]
let result
try {
  result = { ...(task.answer ? await library.finish() : await library.begin()), ...seen }
} catch (error) {
  result = { refused: `${error.code ?? ''} ${error.message} ${JSON.stringify(error.cause ?? '')}` }
}

process.stdout.write(JSON.stringify(result))
