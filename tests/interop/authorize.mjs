// Stock clients against the authorize page. Reads one task from stdin: which library, where the server is, and, once
// somebody has said yes, where the browser was sent. Called twice: first it makes the address to open and what to keep;
// then it takes the answer in and exchanges the code. Writes JSON to stdout.
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import simple from 'simple-oauth2'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)

// The server of the tests calls itself by its issuer's name and listens elsewhere: what the metadata names is fetched
// from where it really is.
const here = (url) => String(url).replace(task.issuer, task.server)
const localFetch = (url, options) => fetch(here(url), options)

// With task.openId the client wants to know who signed in, by the library's own discovery, ID token and userinfo.
const discovery = task.openId ? 'oidc' : 'oauth2'
const scope = task.openId ? 'openid email' : 'individuals.read'

const libraries = {
  oauth4webapi: {
    async metadata() {
      const issuer = new URL(task.issuer)
      const response = await oauth.discoveryRequest(issuer, { algorithm: discovery, [oauth.customFetch]: localFetch })
      return oauth.processDiscoveryResponse(issuer, response)
    },
    async begin() {
      const server = await this.metadata()
      const kept = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
      }
      const url = new URL(server.authorization_endpoint)
      url.search = new URLSearchParams({
        client_id: task.client,
        redirect_uri: task.redirect,
        response_type: 'code',
        scope,
        ...(task.openId && { nonce: kept.nonce }),
        state: kept.state,
        code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
      }).toString()
      return { url: here(url), kept }
    },
    async finish() {
      const server = await this.metadata()
      const client = { client_id: task.client }
      const parameters = oauth.validateAuthResponse(server, client, new URL(task.answer), task.kept.state)
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        parameters,
        task.redirect,
        task.kept.verifier,
        { [oauth.customFetch]: localFetch },
      )
      if (!task.openId) {
        return oauth.processAuthorizationCodeResponse(server, client, response)
      }
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: task.kept.nonce,
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(server, response, { [oauth.customFetch]: localFetch })
      const claims = oauth.getValidatedIdTokenClaims(tokens)
      const info = await oauth.userInfoRequest(server, client, tokens.access_token, { [oauth.customFetch]: localFetch })
      return { claims, userinfo: await oauth.processUserInfoResponse(server, client, claims.sub, info) }
    },
  },

  'openid-client': {
    configuration() {
      return openid.discovery(new URL(task.issuer), task.client, undefined, openid.ClientSecretPost(task.secret), {
        algorithm: discovery,
        [openid.customFetch]: localFetch,
      })
    },
    async begin() {
      const configuration = await this.configuration()
      const kept = {
        verifier: openid.randomPKCECodeVerifier(),
        state: openid.randomState(),
        nonce: openid.randomNonce(),
      }
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: task.redirect,
        scope,
        ...(task.openId && { nonce: kept.nonce }),
        state: kept.state,
        code_challenge: await openid.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
      })
      return { url: here(url), kept }
    },
    async finish() {
      const configuration = await this.configuration()
      const checks = {
        pkceCodeVerifier: task.kept.verifier,
        expectedState: task.kept.state,
        ...(task.openId && { expectedNonce: task.kept.nonce, idTokenExpected: true }),
      }
      const tokens = await openid.authorizationCodeGrant(configuration, new URL(task.answer), checks)
      if (!task.openId) {
        return tokens
      }
      const claims = tokens.claims()
      return { claims, userinfo: await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub) }
    },
  },

  'simple-oauth2': {
    client() {
      return new simple.AuthorizationCode({
        client: { id: task.client, secret: task.secret },
        auth: { tokenHost: task.server, tokenPath: '/v1/oauth/token/user', authorizePath: '/v1/oauth/authorize' },
        options: { authorizationMethod: 'body', bodyFormat: 'json', scopeSeparator: ',' },
      })
    },
    async begin() {
      return {
        url: this.client().authorizeURL({
          redirect_uri: task.redirect,
          scope: ['individuals.read', 'email'],
          state: 'k&e=p',
        }),
        kept: { state: 'k&e=p' },
      }
    },
    async finish() {
      const answer = new URL(task.answer).searchParams
      if (answer.get('state') !== task.kept.state) {
        throw new Error('another state')
      }
      const { token } = await this.client().getToken({ code: answer.get('code'), redirect_uri: task.redirect })
      return token
    },
  },
}

const library = libraries[task.library]
let result
try {
  result = task.answer ? await library.finish() : await library.begin()
} catch (error) {
  result = { refused: `${error.code ?? ''} ${error.message}` }
}

process.stdout.write(JSON.stringify(result))
