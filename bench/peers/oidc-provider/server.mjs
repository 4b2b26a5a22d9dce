// oidc-provider behind Node's own HTTP server, on one process or on several that share the port and PostgreSQL.
import cluster from 'node:cluster';
import { Console } from 'node:console';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

// The only line on standard output is the one that says it is ready.
globalThis.console = new Console(process.stderr);
const { clientId, clientSecret, createProvider, resource, scope, seed } = await import('./provider.mjs');
const { memoryAdapter } = await import('./memory.mjs');
const { connect, createTable, postgresAdapter } = await import('./postgres.mjs');

const { values: options } = parseArgs({
  options: {
    port: { type: 'string' },
    workers: { type: 'string', default: '1' },
    postgres: { type: 'string' },
    memory: { type: 'boolean' },
    connections: { type: 'string', default: '16' },
    chains: { type: 'string', default: '64' },
  },
});
const port = Number(options.port);
const workers = Number(options.workers);
const inMemory = !options.postgres;
if (!port) throw new Error('--port is missing');
if (inMemory && workers > 1) throw new Error('processes do not share memory: in memory there can only be one worker');

const pool = inMemory ? undefined : connect(options.postgres, Number(options.connections));
const adapter = inMemory ? memoryAdapter() : postgresAdapter(pool);
const provide = (keys) => createProvider(`http://127.0.0.1:${port}`, adapter, keys);

if (cluster.isPrimary) await lead();
else await listen(provide(JSON.parse(process.env.BENCH_SIGNING_KEYS)));

async function lead() {
  const keys = [
    {
      ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
      kid: 'bench',
      use: 'sig',
      alg: 'ES256',
    },
  ];
  if (pool) await createTable(pool);
  const provider = provide(keys);
  const seeded = await seedAll(provider, Number(options.chains));
  let pids = [process.pid];
  if (workers > 1) {
    await pool.query('VACUUM ANALYZE oidc_payloads');
    await pool.end();
    pids = pids.concat(await fork(keys));
  } else {
    await pool?.query('VACUUM ANALYZE oidc_payloads');
    await listen(provider);
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => end(0));
  writeSync(1, `${JSON.stringify(ready(pids, seeded))}\n`);
}

async function seedAll(provider, count) {
  const seeded = new Array(count);
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const number = next++;
      seeded[number] = await seed(provider, number);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  return seeded;
}

function listen(provider) {
  const server = createServer({ keepAliveTimeout: 75_000 }, provider.callback());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, resolve);
  });
}

async function fork(keys) {
  cluster.setupPrimary({ stdio: ['ignore', 2, 2, 'ipc'] });
  cluster.on('exit', (worker, code) => {
    console.error(`worker ${worker.process.pid} ended with ${code}`);
    end(1);
  });
  // The keys of this run sign nothing else, so they may go through the environment.
  const started = Array.from({ length: workers }, () => cluster.fork({ BENCH_SIGNING_KEYS: JSON.stringify(keys) }));
  await Promise.all(
    started.map(
      (worker) =>
        new Promise((resolve) => {
          worker.once('listening', resolve);
        }),
    ),
  );
  return started.map((worker) => worker.process.pid);
}

/** Ends when the last worker has: nobody is left on the port. */
function end(code) {
  cluster.removeAllListeners('exit');
  const left = Object.values(cluster.workers);
  if (left.length === 0) process.exit(code);
  cluster.on('exit', () => {
    if (Object.keys(cluster.workers).length === 0) process.exit(code);
  });
  for (const worker of left) worker.process.kill('SIGKILL');
}

function ready(pids, seeded) {
  const { version } = JSON.parse(readFileSync(new URL('node_modules/oidc-provider/package.json', import.meta.url)));
  const credentials = new URLSearchParams({ client_id: clientId, client_secret: clientSecret });
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return {
    ready: true,
    pids,
    version: `oidc-provider ${version} on Node ${process.version}`,
    refresh: {
      path: '/token',
      form: `grant_type=refresh_token&${credentials}&refresh_token={token}`,
      headers,
      tokens: seeded.map((chain) => chain.refresh),
      next: 'refresh_token',
    },
    client_credentials: {
      path: '/token',
      form: `grant_type=client_credentials&${credentials}&${new URLSearchParams({ resource, scope })}`,
      headers,
    },
    introspect: {
      path: '/token/introspection',
      form: `token_type_hint=access_token&${credentials}&token={access}`,
      headers,
    },
    access_tokens: seeded.map((chain) => chain.access),
  };
}
