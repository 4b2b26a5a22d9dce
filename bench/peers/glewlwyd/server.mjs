// Makes a database, starts glewlwyd on it, configures it through its administration API, logs in as often as chains are
// asked for, and waits.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { client, configurationFile, plugin, scope, user } from './configuration.mjs';
import { postgres, sqlite } from './databases.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string' },
    workers: { type: 'string' }, // accepted and without effect: it is one process with a thread for each connection
    postgres: { type: 'string' },
    memory: { type: 'boolean' },
    chains: { type: 'string', default: '64' },
  },
});
const port = Number(options.port);
if (!port) throw new Error('--port is missing');

// It has no store in memory; a file that never meets a disk comes closest.
const folder = mkdtempSync(join(options.memory ? '/dev/shm' : tmpdir(), 'turnstone-glewlwyd-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const database = options.postgres ? postgres(options.postgres) : sqlite(join(folder, 'glewlwyd.db'));
const configuration = join(folder, 'glewlwyd.conf');
writeFileSync(configuration, configurationFile({ port, database }), { mode: 0o600 });

const server = spawn('glewlwyd', ['--config-file', configuration], { stdio: ['ignore', 2, 2] });
server.on('exit', (code, signal) => {
  console.error(`glewlwyd ended (${signal ?? code})`);
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end);

const agent = new Agent({ keepAlive: true });
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const json = { 'Content-Type': 'application/json' };

try {
  await configure();
  const logins = [];
  for (let number = 0; number < Number(options.chains); number++) logins.push(await login());
  agent.destroy();
  writeSync(1, `${JSON.stringify(ready(logins))}\n`);
} catch (error) {
  console.error(error.message);
  server.removeAllListeners('exit');
  server.on('exit', () => process.exit(1));
  server.kill('SIGKILL');
}

function end() {
  server.removeAllListeners('exit');
  server.on('exit', () => process.exit(0));
  server.kill('SIGTERM');
  // It waits for what its connections still do; nobody is interested by now.
  setTimeout(() => server.kill('SIGKILL'), 2000);
}

async function configure() {
  await answering();
  const { headers } = await send(
    'POST',
    '/api/auth',
    json,
    JSON.stringify({ username: 'admin', password: 'password' }),
  );
  const Cookie = headers['set-cookie'].map((cookie) => cookie.split(';')[0]).join('; ');
  const add = (what, thing) => send('POST', `/api/${what}/`, { ...json, Cookie }, JSON.stringify(thing));
  await add('scope', { name: scope, display_name: scope, password_required: true });
  await add('user', user);
  await add('client', client);
  await add('mod/plugin', plugin(port));
}

async function answering() {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await send('GET', '/config', {});
      return;
    } catch {
      await pause(100);
    }
  }
  throw new Error('glewlwyd does not answer');
}

async function login() {
  const { username, password } = user;
  const { client_id, client_secret } = client;
  const { body } = await send(
    'POST',
    '/api/oidc/token',
    form,
    `${new URLSearchParams({ grant_type: 'password', username, password, scope, client_id, client_secret })}`,
  );
  return JSON.parse(body);
}

function send(method, path, headers, body = '') {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      },
      (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () =>
          answer.statusCode < 300
            ? resolve({ headers: answer.headers, body: text })
            : reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`)),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function ready(logins) {
  const { client_id, client_secret } = client;
  const credentials = new URLSearchParams({ client_id, client_secret });
  // It introspects for a client that proves itself in the header only.
  const basic = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
  return {
    ready: true,
    pids: [server.pid],
    version: `glewlwyd ${execFileSync('glewlwyd', ['--version'], { encoding: 'utf8' }).trim()}`,
    refresh: {
      path: '/api/oidc/token',
      form: `grant_type=refresh_token&${credentials}&refresh_token={token}`,
      headers: form,
      tokens: logins.map((pair) => pair.refresh_token),
      next: 'refresh_token',
    },
    client_credentials: {
      path: '/api/oidc/token',
      form: `grant_type=client_credentials&${credentials}&scope=${scope}`,
      headers: form,
    },
    introspect: {
      path: '/api/oidc/introspect',
      form: 'token_type_hint=access_token&token={access}',
      headers: { ...form, Authorization: basic },
    },
    access_tokens: logins.map((pair) => pair.access_token),
  };
}
