// An agent on the official SDK's client, which does what samples/McpAgent does and says so in the same lines.
// Arguments: the server's address; where the browser's answer goes; the address of the agent's metadata document, if
// it has one.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const [server, redirect, document] = process.argv.slice(2)
const kept = {}
let heard
const answers = createServer((request, response) => {
  response.end('The agent has its answer. You can close this page.')
  heard?.(new URL(request.url, redirect).searchParams)
}).listen(new URL(redirect).port, '127.0.0.1')

const provider = {
  redirectUrl: redirect,
  clientMetadataUrl: document,
  clientMetadata: {
    client_name: 'Sample agent',
    redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => (kept.state = randomUUID()),
  clientInformation: () => kept.client,
  saveClientInformation: (client) => { kept.client = client },
  tokens: () => kept.tokens,
  saveTokens: (tokens) => { kept.tokens = tokens },
  saveCodeVerifier: (verifier) => { kept.verifier = verifier },
  codeVerifier: () => kept.verifier,
  redirectToAuthorization(url) {
    kept.answer = new Promise((resolve) => { heard = resolve })
    console.log(`open: ${url}`)
  },
}

const client = new Client({ name: 'agent', version: '1.0.0' })
let transport
const connect = () => {
  transport = new StreamableHTTPClientTransport(new URL(server), { authProvider: provider })
  return client.connect(transport)
}

// The SDK leaves the second try to its user. Asked for more scopes it only refreshes while it can, and gets what it
// had.
const again = async (ask) => {
  try {
    return await ask()
  } catch (error) {
    if (error.code === 403 && kept.tokens?.refresh_token) {
      delete kept.tokens.refresh_token
      await client.close()
      await again(connect)
      return again(ask)
    }
    if (!(error instanceof UnauthorizedError)) {
      throw error
    }
    const answer = await kept.answer
    if (answer.get('state') !== kept.state) {
      throw new Error('another state')
    }
    await transport.finishAuth(answer.get('code'))
    return again(ask)
  }
}

const call = async (name, given = {}) =>
  (await again(() => client.callTool({ name, arguments: given }))).content.map((part) => part.text).join('')

await again(connect)
console.log(`revision: ${transport.protocolVersion}`)
for (const tool of (await again(() => client.listTools())).tools) {
  console.log(`tool: ${tool.name}`)
}

console.log(`read_note: ${await call('read_note')}`)
for await (const text of createInterface({ input: process.stdin })) {
  if (text === '') {
    break
  }
  console.log(`write_note: ${await call('write_note', { text })}`)
  console.log(`read_note: ${await call('read_note')}`)
}

await client.close()
answers.close()
