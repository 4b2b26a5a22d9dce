// A device on openid-client or oauth4webapi (RFC 8628). Reads one task from stdin: which library, where the server is,
// and, once a person has been sent to the page, the codes. Called twice: first it asks for codes; then it polls until
// there are tokens. Writes JSON to stdout.
import { setTimeout } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)

// The server of the tests calls itself by its issuer's name and listens elsewhere: what the metadata names is fetched
// from where it really is.
const localFetch = (url, options) => fetch(String(url).replace(task.issuer, task.server), options)
const issuer = new URL(task.issuer)
const scope = 'openid email'
const interval = 1

const libraries = {
  async 'openid-client'() {
    const configuration = await openid.discovery(issuer, task.client, undefined, openid.None(), {
      [openid.customFetch]: localFetch,
    })
    return {
      begin: () => openid.initiateDeviceAuthorization(configuration, { scope }),
      async poll(codes) {
        const tokens = await openid.pollDeviceAuthorizationGrant(configuration, { ...codes, interval })
        return { claims: tokens.claims(), access_token: tokens.access_token }
      },
    }
  },

  async oauth4webapi() {
    const options = { [oauth.customFetch]: localFetch }
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    const client = { client_id: task.client }
    const proof = oauth.None()
    const ask = async (code) => {
      const response = await oauth.deviceCodeGrantRequest(server, client, proof, code, options)
      const tokens = await oauth.processDeviceCodeResponse(server, client, response)
      await oauth.validateApplicationLevelSignature(server, response, options)
      return { claims: oauth.getValidatedIdTokenClaims(tokens), access_token: tokens.access_token }
    }
    return {
      async begin() {
        const response = await oauth.deviceAuthorizationRequest(server, client, proof, { scope }, options)
        return oauth.processDeviceAuthorizationResponse(server, client, response)
      },
      async poll(codes) {
        let seconds = interval
        for (;;) {
          await setTimeout(seconds * 1000)
          try {
            return await ask(codes.device_code)
          } catch (error) {
            if (error.error === 'slow_down') {
              seconds += 5
            } else if (error.error !== 'authorization_pending') {
              throw error
            }
          }
        }
      },
    }
  },
}

let result
try {
  const device = await libraries[task.library]()
  result = task.codes ? await device.poll(task.codes) : await device.begin()
} catch (error) {
  result = { refused: `${error.error ?? error.code ?? ''}` }
}

process.stdout.write(JSON.stringify(result))
