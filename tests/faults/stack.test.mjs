// What people see while parts of the stack die and come back: asked all the time, by many, through
// nginx, with reads and writes. Redis and uploads have theirs beside their rooms.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ask, draft, fresh, newShop, root, state, until, url } from '../http/lib/souk.mjs';

const CLIENTS = 8;
const { hostname, port } = new URL(url);
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const pidOf = (name) => Number(readFileSync(join(state, 'pid', `${name}.pid`), 'utf8').split(' ')[0]);
const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const workers = () => childrenOf(pidOf('web')).sort((a, b) => a - b);

let shop;
before(async () => { shop = await newShop('faults'); });

/** One request; a failure of the connection is {status: 0}. An answer that is shorter than it says is one. */
function once(method, path, { agent, json, headers = {} }) {
  const began = Date.now(), body = json && JSON.stringify(json);
  return new Promise((resolve) => {
    const end = (status, answer, text = '') => resolve({ method, path, status, text, headers: answer?.headers ?? {}, began, ms: Date.now() - began });
    const r = request({ hostname, port, method, path, agent, timeout: 20_000, headers: { Authorization: `Bearer ${shop.token}`, ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }), ...headers } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', (e) => end(0, answer, `half an answer: ${e.message}`));
      answer.on('end', () => (answer.complete ? end(answer.statusCode, answer, Buffer.concat(parts).toString()) : end(0, answer, 'half an answer')));
    });
    r.on('timeout', () => r.destroy(new Error('no answer in 20 s')));
    r.on('error', (e) => end(0, null, e.message));
    r.end(body);
  });
}

/** Asks without end, three reads a write, while `act` does its harm; gives all answers and the writes. */
async function underLoad(act, { keepAlive = true } = {}) {
  const agent = keepAlive ? new Agent({ keepAlive: true, maxSockets: CLIENTS }) : undefined, answers = [], writes = [];
  let going = true;
  const client = async (_, n) => {
    for (let i = n; going; i++) {
      if (i % 4) {
        answers.push(await once('GET', ['/api/v1/vendor/products?limit=5', '/login', `/shops/${shop.slug}`][i % 3], { agent: agent ?? false }));
        continue;
      }
      const json = draft(), headers = { 'Idempotency-Key': fresh('key') }, answer = await once('POST', '/api/v1/vendor/products', { agent: agent ?? false, json, headers });
      answers.push(answer);
      writes.push({ json, headers, status: answer.status });
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  try {
    await pause(300);
    await act();
    await pause(300);
  } finally {
    going = false;
    await Promise.all(clients);
    agent?.destroy();
  }
  return { answers, writes, failed: answers.filter(({ status }) => status === 0 || status >= 500) };
}

const told = (list) => list.slice(0, 5).map(({ method, path, status, text }) => `${method} ${path}: ${status} ${text.slice(0, 160)}`).join('\n');

/** Every write that was acknowledged is there; every other one can be sent again, and is there once. */
async function assertNothingLost(writes) {
  for (const { json, headers, status } of writes) {
    if (status !== 201) {
      const again = await until(async () => {
        const answer = await ask(shop, 'POST', '/api/v1/vendor/products', { json, headers });
        return answer.status !== 503 && answer;
      }, 'an answer to a write sent again');
      assert.equal(again.status, 201, again.text);
    }
    const { body } = await ask(shop, 'GET', `/api/v1/vendor/products?q=${json.sku}`);
    assert.equal(body.data.filter(({ sku }) => sku === json.sku).length, 1, `${json.sku} (${status})`);
  }
}

/** A few of them, so that looking does not take longer than the fault. */
const some = (writes) => [...writes.filter(({ status }) => status !== 201), ...writes.filter(({ status }) => status === 201).slice(-25)];

describe('under load', () => {
  test('workers that are killed cost no read, no more writes than they had in hand, and nothing that was acknowledged', async (t) => {
    const killed = [];
    const { answers, writes, failed } = await underLoad(async () => {
      for (let i = 0; i < 12; i++) {
        const [one] = workers().sort(() => Math.random() - 0.5);
        process.kill(one, 'SIGKILL');
        killed.push(one);
        await pause(120);
      }
    });
    t.diagnostic(`${answers.length} answers, ${killed.length} workers killed, ${failed.length} failed`);
    assert.deepEqual(failed.filter(({ method }) => method === 'GET'), [], told(failed));
    assert.ok(failed.length <= killed.length, told(failed));
    assert.ok(failed.every(({ text }) => !text.startsWith('half')), told(failed));
    await assertNothingLost(some(writes));
    await until(() => workers().length >= 2 && workers().every((pid) => !killed.includes(pid)), 'others in their place');
  });

  test('workers that are asked to end finish what they have in hand', async (t) => {
    const ended = new Set();
    const { answers, failed } = await underLoad(async () => {
      for (let i = 0; i < 6; i++) {
        const [one] = workers().filter((pid) => !ended.has(pid));
        ended.add(one);
        process.kill(one, 'SIGTERM');
        await pause(150);
      }
    });
    t.diagnostic(`${answers.length} answers`);
    assert.equal(failed.length, 0, told(failed));
    await until(() => workers().every((pid) => !ended.has(pid)), 'the old workers to be gone');
  });

  test('words and templates are read again without a request that fails or a worker that ends', async () => {
    const there = workers();
    const { failed } = await underLoad(async () => {
      for (let i = 0; i < 5; i++) {
        for (const pid of there) process.kill(pid, 'SIGHUP');
        await pause(150);
      }
    });
    assert.equal(failed.length, 0, told(failed));
    assert.deepEqual(workers(), there);
  });

  test('nginx takes a new configuration without a request that fails', async (t) => {
    const { answers, failed } = await underLoad(async () => {
      for (let i = 0; i < 4; i++) {
        process.kill(pidOf('nginx'), 'SIGHUP');
        await pause(400);
      }
    }, { keepAlive: false });
    t.diagnostic(`${answers.length} answers`);
    assert.equal(failed.length, 0, told(failed));
  });

  test('while PostgreSQL is started again people are told when to come back, and the same workers go on', { timeout: 120_000 }, async (t) => {
    const there = workers();
    let back;
    const { answers, writes, failed } = await underLoad(async () => {
      await promisify(execFile)('sh', ['-c', `set -eu; root='${root}'; . "$root/script/lib/all.sh"; home=$(postgres_home '${state}'); postgres_stop "$home"; sleep 0.5
        postgres_run pg_ctl start --silent --wait --timeout=60 --pgdata="$home/data" --log="$home/log"
        process_record "$home/pid" "$(head -n 1 "$home/data/postmaster.pid")"`]);
      back = Date.now();
      await pause(4000);
    });
    const late = failed.filter(({ began }) => began > back + 3000), last = Math.max(0, ...failed.map(({ began, ms }) => began + ms - back));
    t.diagnostic(`${answers.length} answers, ${failed.length} of them 503, the last ${last} ms after PostgreSQL was back`);
    assert.ok(failed.length > 0, 'it was away');
    for (const one of failed) {
      assert.equal(one.status, 503, told([one]));
      assert.match(one.headers['retry-after'] ?? '', /^[1-9]\d*$/, told([one]));
    }
    assert.equal(late.length, 0, told(late));
    assert.deepEqual(workers(), there);
    await assertNothingLost(some(writes));
    await until(async () => (await ask(null, 'GET', '/readyz')).status === 200, 'all to be ready');
  });
});
