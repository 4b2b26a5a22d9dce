// The same malformed and odd requests to two servers: the one of the task, and oidc-provider in its place. Reads one
// task from stdin: where the server is, and its clients. Writes a list of { name, ours, theirs } to stdout. What is
// compared is what a client can go by: the status with the error's code, or where the browser is sent.
import { createServer, request } from 'node:http'
import Provider from 'oidc-provider'

let text = ''
for await (const chunk of process.stdin) {
  text += chunk
}

const task = JSON.parse(text)

// The other server, with the same clients, paths and grants.

console.info = console.warn = () => {}
const listener = createServer()
await new Promise((ready) => listener.listen(0, '127.0.0.1', ready))
const peer = `http://127.0.0.1:${listener.address().port}`
const device = 'urn:ietf:params:oauth:grant-type:device_code'
const common = {
  redirect_uris: [task.redirect],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES256',
  scope: 'openid profile email offline_access individuals.read',
}
const { generateKeyPairSync } = await import('node:crypto')
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const provider = new Provider(peer, {
  jwks: { keys: [{ ...pair, use: 'sig', alg: 'ES256' }] },
  clients: [
    {
      ...common,
      client_id: task.client,
      client_secret: task.secret,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    {
      ...common,
      client_id: task.public,
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token', device],
    },
  ],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'individuals.read'],
  pkce: { required: (_, client) => client.clientAuthMethod === 'none' },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    deviceFlow: { enabled: true },
    claimsParameter: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  routes: {
    authorization: '/oauth2/authorize',
    token: '/oauth2/token',
    introspection: '/oauth2/introspect',
    revocation: '/oauth2/revoke',
    pushed_authorization_request: '/oauth2/par',
    device_authorization: '/oauth2/device_authorization',
    userinfo: '/oauth2/userinfo',
    end_session: '/oauth2/logout',
    jwks: '/.well-known/jwks.json',
  },
})
listener.on('request', provider.callback())

// The requests.

const long = (length) => 'x'.repeat(length)
const encode = encodeURIComponent
const form = (pairs) => pairs.filter(([, value]) => value !== undefined).map(([name, value]) =>
  `${name}=${value?.raw ?? encode(value)}`).join('&')
const basic = (id, secret) => `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`
const shop = ['Authorization', basic(task.client, task.secret)]
const urlencoded = ['Content-Type', 'application/x-www-form-urlencoded']
const get = (name, path, headers = []) => ({ name, method: 'GET', path, headers })
const post = (name, path, body, headers = [], type = urlencoded) =>
  ({ name, method: 'POST', path, headers: type ? [type, ...headers] : headers, body })

/** The same parameters with one of them left out, empty, twice, and so on. */
function* bent(pairs, name) {
  const others = pairs.filter(([other]) => other !== name)
  const own = pairs.find(([other]) => other === name)?.[1] ?? 'x'
  yield ['missing', others]
  yield ['empty', [...others, [name, '']]]
  yield ['twice', [...pairs.filter(([other]) => other !== name), [name, own], [name, own]]]
  yield ['twice and another', [...others, [name, own], [name, 'other']]]
  yield ['in brackets', [...others, [`${name}[]`, own]]]
  yield ['in capitals', [...others, [name.toUpperCase(), own]]]
  yield ['with a space behind', [...others, [name, `${own} `]]]
  yield ['with a control character', [...others, [name, { raw: `${encode(own)}%00` }]]]
  yield ['not UTF-8', [...others, [name, { raw: '%ff%fe' }]]]
  yield ['very long', [...others, [name, long(9000)]]]
}

const asked = [
  ['client_id', task.client],
  ['redirect_uri', task.redirect],
  ['response_type', 'code'],
  ['scope', 'openid'],
  ['state', 's'],
  ['nonce', 'n'],
  ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
  ['code_challenge_method', 'S256'],
]
const changed = (...pairs) => {
  const names = new Set(pairs.map(([name]) => name))
  return [...asked.filter(([name]) => !names.has(name)), ...pairs]
}

function* authorize() {
  const path = '/oauth2/authorize'
  yield get('authorize: good', `${path}?${form(asked)}`)
  yield post('authorize: good by POST', path, form(asked))
  for (const [name] of asked) {
    for (const [how, pairs] of bent(asked, name)) {
      yield get(`authorize: ${name} ${how}`, `${path}?${form(pairs)}`)
    }
  }
  for (const [what, ...pairs] of [
    ['response_type token', ['response_type', 'token']],
    ['response_type id_token', ['response_type', 'id_token']],
    ['response_type code token', ['response_type', 'code token']],
    ['response_type none', ['response_type', 'none']],
    ['response_type CODE', ['response_type', 'CODE']],
    ['response_mode query', ['response_mode', 'query']],
    ['response_mode fragment', ['response_mode', 'fragment']],
    ['response_mode form_post', ['response_mode', 'form_post']],
    ['response_mode nonsense', ['response_mode', 'nonsense']],
    ['response_mode empty', ['response_mode', '']],
    ['prompt none', ['prompt', 'none']],
    ['prompt login', ['prompt', 'login']],
    ['prompt none login', ['prompt', 'none login']],
    ['prompt nonsense', ['prompt', 'nonsense']],
    ['prompt empty', ['prompt', '']],
    ['max_age 0', ['max_age', '0']],
    ['max_age 10', ['max_age', '10']],
    ['max_age -1', ['max_age', '-1']],
    ['max_age 1.5', ['max_age', '1.5']],
    ['max_age words', ['max_age', 'soon']],
    ['max_age huge', ['max_age', '99999999999999999999']],
    ['scope unknown', ['scope', 'openid nobody.knows']],
    ['scope none of ours', ['scope', 'nobody.knows']],
    ['scope with a quote', ['scope', 'openid "']],
    ['scope with two spaces', ['scope', 'openid  email']],
    ['scope by line', ['scope', 'openid\nemail']],
    ['scope without openid', ['scope', 'email']],
    ['challenge short', ['code_challenge', 'abc']],
    ['challenge of other signs', ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+c=']],
    ['challenge plain', ['code_challenge_method', 'plain']],
    ['challenge s256', ['code_challenge_method', 's256']],
    ['challenge S512', ['code_challenge_method', 'S512']],
    ['challenge without its method', ['code_challenge_method', undefined]],
    ['method without a challenge', ['code_challenge', undefined]],
    ['public without a challenge', ['client_id', task.public], ['code_challenge', undefined],
      ['code_challenge_method', undefined]],
    ['redirect another path', ['redirect_uri', `${task.redirect}/x`]],
    ['redirect with a query', ['redirect_uri', `${task.redirect}?x=y`]],
    ['redirect with a fragment', ['redirect_uri', `${task.redirect}#x`]],
    ['redirect in capitals', ['redirect_uri', task.redirect.replace('http', 'HTTP')]],
    ['redirect with a user', ['redirect_uri', task.redirect.replace('//', '//u@')]],
    ['redirect another port', ['redirect_uri', task.redirect.replace(':8500', ':8501')]],
    ['redirect another port, public', ['client_id', task.public],
      ['redirect_uri', task.redirect.replace(':8500', ':8501')]],
    ['redirect javascript', ['redirect_uri', 'javascript:alert(1)']],
    ['redirect relative', ['redirect_uri', '/callback']],
    ['redirect of somebody else', ['redirect_uri', 'https://evil.example.test/']],
    ['client unknown', ['client_id', 'nobody']],
    ['request object', ['request', 'eyJhbGciOiJub25lIn0.e30.']],
    ['request_uri of a stranger', ['request_uri', 'https://evil.example.test/request']],
    ['request_uri that was not pushed', ['request_uri', 'urn:ietf:params:oauth:request_uri:nothing']],
    ['request and request_uri', ['request', 'x'], ['request_uri', 'y']],
    ['registration', ['registration', '{}']],
    ['claims', ['claims', '{"id_token":{"email":null}}']],
    ['claims no JSON', ['claims', '{']],
    ['claims a list', ['claims', '[]']],
    ['claims of numbers', ['claims', '{"id_token":1}']],
    ['claims empty', ['claims', '{}']],
    ['id_token_hint nonsense', ['id_token_hint', 'x']],
    ['acr_values unknown', ['acr_values', 'nobody-knows']],
    ['ui_locales nonsense', ['ui_locales', '%%']],
    ['display popup', ['display', 'popup']],
    ['display nonsense', ['display', 'nonsense']],
    ['unknown parameter', ['nobody_knows', 'x']],
    ['client_secret in the address', ['client_secret', 'x']],
  ]) {
    yield get(`authorize: ${what}`, `${path}?${form(changed(...pairs))}`)
  }
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    yield { ...get(`authorize: by ${method}`, `${path}?${form(asked)}`), method }
  }
  yield get('authorize: nothing', path)
  yield post('authorize: JSON', path, JSON.stringify(Object.fromEntries(asked)), [],
    ['Content-Type', 'application/json'])
}

const grants = {
  authorization_code: [['grant_type', 'authorization_code'], ['code', 'nothing'], ['redirect_uri', task.redirect],
    ['code_verifier', long(43)]],
  refresh_token: [['grant_type', 'refresh_token'], ['refresh_token', 'nothing'], ['scope', 'openid']],
  client_credentials: [['grant_type', 'client_credentials'], ['scope', 'individuals.read']],
}

function* token() {
  const path = '/oauth2/token'
  for (const [grant, pairs] of Object.entries(grants)) {
    yield post(`token: ${grant}`, path, form(pairs), [shop])
    for (const [name] of pairs) {
      for (const [how, bentPairs] of bent(pairs, name)) {
        yield post(`token: ${grant}, ${name} ${how}`, path, form(bentPairs), [shop])
      }
    }
  }
  const body = form(grants.client_credentials)
  for (const [what, headers, more] of [
    ['nobody', []],
    ['a wrong secret', [['Authorization', basic(task.client, 'wrong')]]],
    ['an unknown client', [['Authorization', basic('nobody', 'wrong')]]],
    ['an empty secret', [['Authorization', basic(task.client, '')]]],
    ['Basic that is no base64', [['Authorization', 'Basic ???']]],
    ['Basic without a colon', [['Authorization', `Basic ${Buffer.from('shop').toString('base64')}`]]],
    ['Basic without anything', [['Authorization', 'Basic']]],
    ['basic in small letters', [['Authorization', shop[1].replace('Basic', 'basic')]]],
    ['Bearer', [['Authorization', 'Bearer x']]],
    ['an unknown scheme', [['Authorization', 'Nonsense x']]],
    ['client_id alone', [], [['client_id', task.client]]],
    ['an unknown client_id alone', [], [['client_id', 'nobody']]],
    ['secret in the body', [], [['client_id', task.client], ['client_secret', task.secret]]],
    ['a wrong secret in the body', [], [['client_id', task.client], ['client_secret', 'wrong']]],
    ['secret without an id', [], [['client_secret', 'x']]],
    ['both ways', [shop], [['client_id', task.client], ['client_secret', task.secret]]],
    ['another client_id beside it', [shop], [['client_id', 'nobody']]],
    ['its client_id beside it', [shop], [['client_id', task.client]]],
    ['a public client', [], [['client_id', task.public]]],
    ['an assertion that is none', [], [['client_id', task.client], ['client_assertion', 'x'],
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer']]],
    ['an assertion without its type', [], [['client_id', task.client], ['client_assertion', 'x']]],
    ['an assertion of another type', [], [['client_id', task.client], ['client_assertion', 'x'],
      ['client_assertion_type', 'x']]],
    ['a secret and an assertion', [shop], [['client_assertion', 'x'],
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer']]],
  ]) {
    yield post(`token: proof, ${what}`, path, more ? `${body}&${form(more)}` : body, headers)
  }
  for (const grant of ['password', 'implicit', 'nonsense', device, 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'AUTHORIZATION_CODE', 'authorization_code refresh_token']) {
    yield post(`token: grant ${grant}`, path, form([['grant_type', grant]]), [shop])
  }
  for (const [what, type] of [
    ['JSON', ['Content-Type', 'application/json']],
    ['text', ['Content-Type', 'text/plain']],
    ['multipart', ['Content-Type', 'multipart/form-data; boundary=x']],
    ['no type', undefined],
    ['a charset', ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']],
    ['another charset', ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-16']],
    ['type in capitals', ['Content-Type', 'APPLICATION/X-WWW-FORM-URLENCODED']],
  ]) {
    yield post(`token: body as ${what}`, path, type?.[1].endsWith('json') ? '{"grant_type":"x"}' : body, [shop], type)
  }
  yield post('token: body empty', path, '', [shop])
  yield post('token: body of separators', path, '&&&===&', [shop])
  yield post('token: body with a bad escape', path, `${body}&x=%zz`, [shop])
  yield post('token: body very long', path, `${body}&x=${long(70000)}`, [shop])
  yield post('token: parameters in the address', `${path}?${body}`, '', [shop])
  yield post('token: parameters in both', `${path}?scope=openid`, body, [shop])
  yield post('token: unknown parameter', path, `${body}&nobody_knows=x`, [shop])
  yield post('token: unknown parameter twice', path, `${body}&nobody_knows=x&nobody_knows=y`, [shop])
  for (const [what, scope] of [['unknown', 'nobody.knows'], ['with a quote', '"']]) {
    yield post(`token: scope ${what}`, path, form([['grant_type', 'client_credentials'], ['scope', scope]]), [shop])
  }
  yield post('token: resource relative', path, `${body}&resource=x`, [shop])
  yield post('token: resource unknown', path, `${body}&resource=${encode('https://nobody.example.test/')}`, [shop])
  yield post('token: resource with a fragment', path, `${body}&resource=${encode('https://a.example.test/#x')}`, [shop])
  for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
    yield { ...get(`token: by ${method}`, path, [shop]), method }
  }
}

function* others() {
  for (const [path, name] of [['/oauth2/introspect', 'token'], ['/oauth2/revoke', 'token']]) {
    for (const [how, pairs] of bent([['token', 'nothing'], ['token_type_hint', 'access_token']], name)) {
      yield post(`${path}: ${name} ${how}`, path, form(pairs), [shop])
    }
    yield post(`${path}: unknown hint`, path, form([['token', 'nothing'], ['token_type_hint', 'nonsense']]), [shop])
    yield post(`${path}: nobody`, path, form([['token', 'nothing']]))
    yield post(`${path}: a wrong secret`, path, form([['token', 'x']]), [['Authorization', basic(task.client, 'x')]])
    yield get(`${path}: by GET`, `${path}?token=nothing`, [shop])
    yield post(`${path}: JSON`, path, '{"token":"x"}', [shop], ['Content-Type', 'application/json'])
  }
  const push = '/oauth2/par'
  for (const [what, pairs, headers = [shop]] of [
    ['good', asked],
    ['nobody', asked, []],
    ['another client', changed(['client_id', 'nobody'])],
    ['a request_uri in it', changed(['request_uri', 'urn:ietf:params:oauth:request_uri:x'])],
    ['redirect of somebody else', changed(['redirect_uri', 'https://evil.example.test/'])],
    ['response_type token', changed(['response_type', 'token'])],
    ['scope unknown', changed(['scope', 'openid nobody.knows'])],
    ['challenge plain', changed(['code_challenge_method', 'plain'])],
    ['nothing', []],
    ['state twice', [...asked, ['state', 'again']]],
    ['prompt none login', changed(['prompt', 'none login'])],
    ['max_age words', changed(['max_age', 'soon'])],
    ['a request object', changed(['request', 'x'])],
  ]) {
    yield post(`par: ${what}`, push, form(pairs), headers)
  }
  yield get('par: by GET', `${push}?${form(asked)}`, [shop])

  const ask = '/oauth2/device_authorization'
  for (const [what, pairs] of [
    ['a client that may not', [['client_id', task.client]]],
    ['unknown', [['client_id', 'nobody']]],
    ['nothing', []],
    ['scope unknown', [['client_id', task.public], ['scope', 'nobody.knows']]],
    ['client_id twice', [['client_id', task.public], ['client_id', task.public]]],
    ['client_id empty', [['client_id', '']]],
  ]) {
    yield post(`device: ${what}`, ask, form(pairs))
  }
  yield get('device: by GET', `${ask}?client_id=${task.public}`)

  const info = '/oauth2/userinfo'
  yield get('userinfo: nothing', info)
  yield get('userinfo: nonsense', info, [['Authorization', 'Bearer nonsense']])
  yield get('userinfo: Bearer alone', info, [['Authorization', 'Bearer']])
  yield get('userinfo: Basic', info, [shop])
  yield get('userinfo: in the address', `${info}?access_token=x`)
  yield get('userinfo: DPoP without a proof', info, [['Authorization', 'DPoP x']])
  yield post('userinfo: in the body', info, 'access_token=x')
  yield post('userinfo: nothing by POST', info, '')
  yield { ...get('userinfo: by PUT', info), method: 'PUT' }

  const out = '/oauth2/logout'
  for (const [what, pairs] of [
    ['nothing', []],
    ['hint nonsense', [['id_token_hint', 'x']]],
    ['hint unsigned', [['id_token_hint', 'eyJhbGciOiJub25lIn0.e30.']]],
    ['address of somebody else', [['client_id', task.client],
      ['post_logout_redirect_uri', 'https://evil.example.test/']]],
    ['address without a client', [['post_logout_redirect_uri', 'https://evil.example.test/']]],
    ['client unknown', [['client_id', 'nobody']]],
    ['state very long', [['state', long(9000)]]],
    ['hint twice', [['id_token_hint', 'x'], ['id_token_hint', 'x']]],
  ]) {
    yield get(`logout: ${what}`, `${out}?${form(pairs)}`)
    yield post(`logout: ${what}, by POST`, out, form(pairs))
  }
  for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
    yield get(`${path}: good`, path)
    yield { ...get(`${path}: by HEAD`, path), method: 'HEAD' }
    yield post(`${path}: by POST`, path, '')
  }
}

// What is compared.

const send = (base, { method, path, headers, body }) => new Promise((done, failed) => {
  const url = new URL(base)
  const raw = headers.flat()
  if (body !== undefined) {
    raw.push('Content-Length', String(Buffer.byteLength(body)))
  }
  const call = request({ host: url.hostname, port: url.port, method, path, agent: false,
    headers: ['Host', url.host, ...raw] },
    (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers,
        body: Buffer.concat(parts).toString() }))
    })
  call.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE'
    ? done({ status: 0, headers: {}, body: '' }) : failed(error)))
  call.end(body)
})

function told({ status, headers, body }) {
  const place = headers.location
  if (place?.startsWith(task.redirect)) {
    const to = new URL(place)
    const values = new URLSearchParams(to.search || to.hash.slice(1))
    return `to the client: ${values.get('error') ?? 'code'}${to.hash ? ' in the fragment' : ''}`
  }
  if (place) {
    return /evil/.test(place) && !place.startsWith('/') ? 'TO A STRANGER' : 'a page'
  }
  if (headers['content-type']?.startsWith('text/html')) {
    const error = /name="error" value="(\w+)"/.exec(body)
    return error ? `to the client: ${error[1]} by a form` : status < 400 ? 'a page' : `a page, ${status}`
  }
  let error
  try {
    error = JSON.parse(body).error
  } catch {
    // Not every answer has a body.
  }
  error ??= /error="(\w+)"/.exec(headers['www-authenticate'] ?? '')?.[1]
  return error ? `${status} ${error}` : String(status)
}

const results = []
for (const one of [...authorize(), ...token(), ...others()]) {
  results.push({ name: one.name, ours: told(await send(task.server, one)), theirs: told(await send(peer, one)) })
}

process.stdout.write(JSON.stringify(results))
process.exit(0)
