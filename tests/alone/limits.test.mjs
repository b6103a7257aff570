// Limits over HTTP: what an answer says, the operator's rules as JSON, and a Redis that dies and comes back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem, byToken, fieldsOf, newShop, operator, until } from '../http/lib/souk.mjs';
import { ownWorker } from '../http/lib/worker.mjs';

const LIST = '/api/v1/admin/rate-limits';
const address = () => `10.${[...randomBytes(3)].join('.')}`;
const count = (answers, status) => answers.filter((one) => one.status === status).length;
let admin, shop;
before(async () => { [admin, shop] = [await byToken(operator), await newShop('limits')]; });

describe('what an answer says', () => {
  test('the tightest rule, and all policies that were asked', async () => {
    const answer = await ask(shop, 'GET', '/api/v1/vendor/products?limit=1');
    assert.match(answer.headers['ratelimit-policy'], /^"api-ip";q=\d+;w=60, "api-user";q=\d+;w=60, "api-key";q=\d+;w=60$/);
    assert.match(answer.headers.ratelimit, /^"api-(user|key|ip)";r=\d+;t=\d+$/);
  });

  test('nothing when it sends elsewhere', async () => {
    const answer = await ask(null, 'GET', '/vendor/products');
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.ratelimit, undefined);
    assert.equal(answer.headers['ratelimit-policy'], undefined);
  });

  test('a page is refused with a page that says when to try again', async () => {
    const worker = await ownWorker({ SOUK_API_PER_MINUTE: '4' }), from = address();
    try {
      let answer;
      for (let i = 0; i < 3; i++) answer = await worker.ask(null, 'GET', '/login', { address: from });
      assert.equal(answer.status, 429);
      assert.match(answer.headers['content-type'], /^text\/html/);
      assert.equal(answer.headers['cache-control'], 'no-store');
      const wait = Number(answer.headers['retry-after']), t = Number(/;t=(\d+)/.exec(answer.headers.ratelimit)[1]);
      assert.ok(wait >= 1 && wait >= t);
      assert.match(answer.text, new RegExp(`\\b${wait} s\\b`));
    } finally {
      await worker.end();
    }
  });
});

describe('the rules as JSON', () => {
  const one = (name) => ask(admin, 'GET', `${LIST}/${name}`);
  const change = async (name, json, etag) => ask(admin, 'PATCH', `${LIST}/${name}`, { json, headers: { 'If-Match': etag ?? (await one(name)).headers.etag } });

  test('all of them, with where they are in force', async () => {
    const { status, body } = await ask(admin, 'GET', LIST);
    assert.equal(status, 200);
    assert.deepEqual(body.data.map(({ name }) => name).sort(), ['api-ip', 'api-key', 'api-user', 'forgot-ip', 'forgot-mail', 'login-account', 'login-ip', 'order-ip', 'order-mail', 'register-ip', 'register-mail', 'search-ip', 'upload-vendor']);
    assert.equal(body.counted_by, 'redis');
    assert.ok(body.in_force.workers >= 2);
    assert.ok(body.data.find(({ name }) => name === 'api-ip').last_hour.passed > 0);
  });

  test('a change needs to know what it changes, is in force within two seconds, and can be taken back', async () => {
    const before = await one('search-ip');
    assert.equal((await ask(admin, 'PATCH', `${LIST}/search-ip`, { json: { requests: 300 } })).status, 428);
    assert.equal((await change('search-ip', { requests: 300 }, '"0"')).status, 412);
    const changed = await change('search-ip', { requests: 300, burst: 70 }, before.headers.etag), at = Date.now();
    assert.deepEqual([changed.status, changed.body.requests, changed.body.burst, changed.body.window_s, changed.body.as_delivered], [200, 300, 70, 60, false]);
    assert.notEqual(changed.headers.etag, before.headers.etag);
    const state = await until(async () => {
      const { in_force: force } = (await ask(admin, 'GET', LIST)).body;
      return force.since && force.of_them === force.workers && force;
    }, 'the change on all workers');
    assert.ok(Date.now() - at < 2000, `${Date.now() - at} ms`);
    assert.ok(Date.parse(state.since) > at - 5000);
    const back = await change('search-ip', { reset: true });
    assert.deepEqual([back.body.requests, back.body.burst, back.body.as_delivered], [200, 50, true]);
  });

  test('what nobody could mean is refused with its field', async () => {
    for (const [json, fields] of [
      [{ burst: 101 }, { burst: 'limit.burst' }], [{ burst: 100 }, { burst: 'limit.burst_strict' }], [{ routes: 'nobody' }, { routes: 'limit.routes' }],
    ]) {
      const answer = await change('login-account', json);
      assert.equal(answer.status, 422, answer.text);
      assert.deepEqual(fieldsOf(answer), fields);
    }
    assert.equal((await change('login-account', { requests: 0 })).status, 422);
    assert.equal((await change('login-account', { requests: 'many' })).status, 422);
    assert.equal((await one('nobody')).status, 404);
    assert.equal((await one('vendor-day')).status, 404, "a tier's, not a rule of the operator's");
  });

  test('a rule that locks out who makes it is refused with that reason', async () => {
    for (const [name, json] of [['login-ip', { requests: 1, burst: 1 }], ['api-user', { requests: 2, burst: 2 }], ['forgot-ip', { routes: 'panel.read', requests: 1, burst: 1 }]]) {
      const answer = await change(name, json);
      assert.equal(answer.status, 422, name);
      assert.deepEqual(fieldsOf(answer), { requests: 'limit.locks_out' }, name);
    }
  });
});

describe('a Redis that is killed and started again', () => {
  const LIMIT = 100; // a minute and network
  const folder = mkdtempSync(join(tmpdir(), 'souk-redis-')), socket = join(folder, 's'), workers = [];
  let redis;
  const start = async () => {
    redis = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder], { stdio: 'ignore' });
    await until(() => existsSync(socket), 'a Redis of our own');
  };
  before(async () => {
    await start();
    for (let i = 0; i < 2; i++) workers.push(await ownWorker({ SOUK_REDIS_URL: `unix:${socket}`, SOUK_UPLOADS: folder, SOUK_API_PER_MINUTE: `${LIMIT}` }));
  });
  after(async () => {
    for (const worker of workers) await worker.end();
    redis.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('nobody sees an error, nobody gets more than half again as much, and no worker is started anew', async (t) => {
    const path = `/api/v1/shops/${shop.slug}/products?limit=1`, from = address(), answers = [], pids = workers.map(({ pid }) => pid);
    const health = async () => (await workers[0].ask(admin, 'GET', LIST, { address: address() })).body.counted_by;
    const flood = async (seconds) => {
      for (const end = Date.now() + seconds * 1000; Date.now() < end;)
        for (const worker of workers) answers.push(await worker.ask(null, 'GET', path, { address: from }));
    };
    const began = Date.now();
    await flood(2);
    assert.equal(await health(), 'redis');
    redis.kill('SIGKILL');
    await new Promise((resolve) => redis.on('exit', resolve));
    rmSync(socket, { force: true });
    await flood(3);
    assert.equal(await health(), 'host', 'the state is shown');
    await start();
    await flood(4);
    await until(async () => await health() === 'redis', 'Redis to be asked again');
    await flood(1);
    const seconds = (Date.now() - began) / 1000, admitted = count(answers, 200);
    t.diagnostic(`${answers.length} requests in ${seconds.toFixed(1)} s: ${admitted} admitted, ${count(answers, 429)} refused`);
    assert.equal(answers.filter((one) => !one || one.status >= 500).length, 0);
    assert.equal(count(answers, 200) + count(answers, 429), answers.length);
    // one burst and the rate, as if nothing had been; a window of a minute may see half again the limit
    assert.ok(admitted <= LIMIT / 4 + (seconds * LIMIT) / 60 + LIMIT / 8, `${admitted} in ${seconds} s`);
    assert.deepEqual(workers.map(({ pid }) => pid), pids);
    for (const pid of pids) process.kill(pid, 0);
    for (const answer of answers.filter((one) => one.status === 429).slice(0, 5)) assertProblem(answer, 429, 'limit.api-ip');
  });
});
