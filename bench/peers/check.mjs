// Holds a peer to what the load generator expects of it:
//   node check.mjs oidc-provider|glewlwyd [arguments of its start]
// One chain of 50 refreshes, the token of the past refused, 64 chains at once, client credentials,
// introspection. With CHECK_SECONDS the 64 chains run for that long. Judges what is answered; the rate it prints is
// that of this one Node process as the client, a floor and no figure for the bench.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

const [peer, ...rest] = process.argv.slice(2);
const port = Number(process.env.CHECK_PORT ?? 38_820);
const seconds = Number(process.env.CHECK_SECONDS ?? 0);
const chains = 87;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let failed = 0;

function verdict(good, what) {
  if (!good) failed++;
  console.log(`${good ? 'good' : 'BAD '}  ${what}`);
}

const note = (what) => console.log(`note  ${what}`);

function post({ path, headers }, form) {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: { ...headers, 'Content-Length': Buffer.byteLength(form) },
      },
      (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
      },
    );
    sent.setTimeout(30_000, () => sent.destroy(new Error('no answer in 30 s')));
    sent.on('error', reject);
    sent.end(form);
  });
}

async function main(ready) {
  const { refresh, client_credentials: credentials, introspect } = ready;
  const advance = (token) => post(refresh, refresh.form.replace('{token}', encodeURIComponent(token)));
  const tell = ({ status, text }) => `${status} ${text.slice(0, 120)}`;

  let token = refresh.tokens[0];
  let before;
  for (let step = 0; step < 50; step++) {
    const answer = await advance(token);
    if (answer.status !== 200) {
      verdict(false, `refresh ${step} of one chain: ${tell(answer)}`);
      break;
    }
    before = token;
    token = JSON.parse(answer.text)[refresh.next];
    if (!token || token === before) {
      verdict(false, `refresh ${step} gave no new token`);
      break;
    }
  }
  verdict(token !== before, 'one chain of 50 refreshes');
  const past = await advance(before);
  verdict(past.status >= 400, `the token of the past is refused: ${tell(past)}`);

  const alg = (jwt) => {
    try {
      return JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url')).alg;
    } catch {
      return 'none';
    }
  };
  const pair = JSON.parse((await advance(refresh.tokens[65])).text);
  verdict(alg(pair.access_token) === 'ES256', 'a refresh answers with an access token signed by ES256');
  const machine = await post(credentials, credentials.form);
  verdict(
    machine.status === 200 && alg(JSON.parse(machine.text).access_token) === 'ES256',
    `client credentials: ${tell(machine)}`,
  );
  const seen = await post(introspect, introspect.form.replace('{access}', ready.access_tokens[1]));
  verdict(seen.status === 200 && JSON.parse(seen.text).active === true, `introspection: ${tell(seen)}`);
  const strange = await post(introspect, introspect.form.replace('{access}', 'strange'));
  verdict(!strange.text.includes('"active":true'), `introspection of nothing: ${tell(strange)}`);

  await losses(refresh, advance);

  let done = 0;
  const broken = new Map();
  const began = performance.now();
  const time = () => performance.now() - began;
  await Promise.all(
    refresh.tokens.slice(1, 65).map(async (first) => {
      let held = first;
      for (let step = 0; seconds ? time() < seconds * 1000 : step < 50; step++) {
        let answer;
        try {
          answer = await advance(held);
        } catch (error) {
          answer = { status: 0, text: error.message };
        }
        const next = answer.status === 200 ? JSON.parse(answer.text)[refresh.next] : undefined;
        if (!next || next === held) {
          const how = tell(answer);
          broken.set(how, [...(broken.get(how) ?? []), step]);
          return;
        }
        held = next;
        done++;
      }
    }),
  );
  verdict(
    broken.size === 0,
    `64 chains at once: ${done} refreshes in ${(time() / 1000).toFixed(1)} s, ` +
      `${Math.round((done / time()) * 1000)} a second`,
  );
  for (const [how, steps] of broken)
    console.log(`      ${steps.length} chains ended by "${how}" at their steps ${steps.slice(0, 12).join(', ')}`);
}

/** What becomes of a session whose client repeats a refresh: no verdict, peers differ by their design. */
async function losses(refresh, advance) {
  const next = (answer) => (answer.status === 200 ? JSON.parse(answer.text)[refresh.next] : undefined);
  const goesOn = async (tokens) => {
    for (const token of tokens.filter(Boolean)) if (next(await advance(token))) return true;
    return false;
  };

  let ended = 0;
  for (const token of refresh.tokens.slice(66, 76)) {
    const lost = next(await advance(token));
    const again = next(await advance(token));
    if (!(await goesOn([again, lost]))) ended++;
  }
  note(`the answer lost, then the same token again: ${ended} of 10 sessions are over`);

  ended = 0;
  let both = 0;
  for (const token of refresh.tokens.slice(76, 86)) {
    const [one, other] = (await Promise.all([advance(token), advance(token)])).map(next);
    if (one && other) both++;
    if (!(await goesOn([one, other]))) ended++;
  }
  note(`the same token twice at once: ${ended} of 10 sessions are over; ${both} times both were answered with tokens`);
}

const start = fileURLToPath(new URL(`${peer}/start`, import.meta.url));
const child = spawn(start, ['--port', port, '--chains', chains, ...rest], { stdio: ['ignore', 'pipe', 'inherit'] });
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
let output = '';
child.stdout.on('data', (part) => {
  output += part;
});
while (!output.includes('\n')) {
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (child.exitCode !== null) {
    console.error(`${peer} did not start`);
    process.exit(1);
  }
}
const ready = JSON.parse(output);
console.log(`${ready.version}, processes ${ready.pids.join(' ')}`);
verdict(ready.refresh.tokens.length === chains, `${chains} chains`);
try {
  await main(ready);
} catch (error) {
  verdict(false, error.stack);
}
agent.destroy();
child.kill('SIGTERM');
if (child.exitCode === null) await once(child, 'exit');
const left = ready.pids.filter((pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
});
verdict(left.length === 0, 'every process ended on SIGTERM');
verdict(output.split('\n').length === 2, 'one line on standard output');
process.exit(failed ? 1 : 0);
