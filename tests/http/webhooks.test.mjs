// Webhooks out, to a receiver of the test's own: what it gets, in which order, by whom it is signed,
// and what becomes of receivers that are slow, refuse, redirect or are not to be trusted.
import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { newCertificate, sql } from './lib/sender.mjs';
import { multipart, png } from './lib/pictures.mjs';
import { ask, assertProblem, newProduct, newShop, until } from './lib/souk.mjs';

/** {address, calls, answer}: `answer(call, response)` may be replaced. */
async function newReceiver(options) {
  const receiver = { calls: [], answer: (_, response) => response.end('thanks') };
  const take = (request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const call = { path: request.url, headers: request.headers, body, event: JSON.parse(body) };
      receiver.calls.push(call);
      receiver.answer(call, response);
    });
  };
  const server = options ? createSecureServer(options, take) : createServer(take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.address = `${options ? 'https' : 'http'}://127.0.0.1:${server.address().port}/hook`;
  receiver.stop = () => { server.closeAllConnections(); server.close(); };
  return receiver;
}

/** As a receiver in any language checks it. */
function isSigned(call, secret) {
  const parts = call.headers['souk-signature'].split(',').map((part) => part.split('='));
  const { t } = Object.fromEntries(parts);
  const wanted = createHmac('sha256', secret).update(`${t}.${call.body}`).digest();
  assert.ok(Math.abs(Date.now() / 1000 - Number(t)) < 60);
  return parts.some(([name, hex]) => name === 'v1' && timingSafeEqual(Buffer.from(hex, 'hex'), wanted));
}

const HOOKS = '/api/v1/vendor/webhooks';
let shop;
const add = async (address, ...events) => {
  const answer = await ask(shop, 'POST', HOOKS, { json: { address, events, description: 'of a test' } });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
};
const deliveries = async (hook, query = '') => (await ask(shop, 'GET', `${HOOKS}/${hook.id}/deliveries${query}`)).body.data;
const newest = async (hook) => (await ask(shop, 'GET', `${HOOKS}/${hook.id}/deliveries/${(await deliveries(hook))[0].id}`)).body;
const tested = async (hook) => {
  assert.equal((await ask(shop, 'POST', `${HOOKS}/${hook.id}/test`)).status, 202);
  return until(async () => { const one = await newest(hook); return one.tries.length && one.state !== 'sending' && one; }, 'a call', 30_000);
};

before(async () => { shop = await newShop(); });

describe('a receiver', () => {
  let receiver, hook;
  before(async () => {
    receiver = await newReceiver();
    hook = await add(receiver.address, 'product.changed', 'product.deleted');
  });
  after(() => receiver.stop());

  test('is told what happens, signed, with a number that counts', async () => {
    const product = await newProduct(shop);
    for (const side of [20, 21]) {
      const before = receiver.calls.length;
      assert.equal((await ask(shop, 'POST', `/api/v1/vendor/products/${product.id}/images`, multipart([{ bytes: png(side, 10) }]))).status, 201);
      await until(() => receiver.calls.length > before, 'a call', 30_000);
    }
    const { calls } = receiver;
    for (const call of calls) {
      assert.ok(isSigned(call, hook.secret));
      assert.ok(!isSigned(call, `${hook.secret}x`));
      assert.equal(call.headers['content-type'], 'application/json');
      assert.equal(call.headers['souk-event'], call.event.type);
      assert.match(call.event.id, /^[0-9a-f-]{36}$/);
      assert.equal(call.event.data.id, product.id);
      assert.ok(Date.now() - Date.parse(call.event.created_at) < 120_000);
    }
    const numbers = calls.map(({ event }) => event.sequence);
    assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
    assert.equal(calls.at(-1).event.type, 'product.changed');
  });

  test('sees both signatures while its secret changes', async () => {
    const { body } = await ask(shop, 'POST', `${HOOKS}/${hook.id}/secret`);
    assert.notEqual(body.secret, hook.secret);
    assert.ok(body.old_secret_until);
    receiver.calls.length = 0;
    await tested(hook);
    assert.ok(isSigned(receiver.calls[0], body.secret) && isSigned(receiver.calls[0], hook.secret));
    assert.equal((await ask(shop, 'GET', `${HOOKS}/${hook.id}`)).body.secret, undefined);
  });

  test('gets an event again with the same id when somebody says so', async () => {
    const one = await tested(hook);
    receiver.calls.length = 0;
    assert.equal((await ask(shop, 'POST', `${HOOKS}/${hook.id}/deliveries/${one.id}/again`)).status, 202);
    await until(() => receiver.calls.length, 'a call', 30_000);
    assert.equal(receiver.calls[0].event.id, one.event_id);
    assert.equal(receiver.calls[0].event.sequence, one.sequence);
    const since = new Date(Date.now() - 3600_000).toISOString(), now = new Date(Date.now() + 1000).toISOString();
    const some = await ask(shop, 'POST', `${HOOKS}/${hook.id}/deliveries/again`, { json: { from: since, to: now, state: 'done' } });
    assert.ok(some.body.events >= 2, some.text);
    assertProblem(await ask(shop, 'POST', `${HOOKS}/${hook.id}/deliveries/again`, { json: { from: 'yesterday', to: now } }), 422);
  });

  test('that is switched off is told nothing', async () => {
    await ask(shop, 'PATCH', `${HOOKS}/${hook.id}`, { json: { enabled: false } });
    assertProblem(await ask(shop, 'POST', `${HOOKS}/${hook.id}/test`), 409, 'hook.disabled');
    const before = (await deliveries(hook)).length;
    await newProduct(shop);
    assert.equal((await deliveries(hook)).length, before);
  });
});

describe('a receiver that', () => {
  test('refuses is asked again later, and its answer can be read', async (t) => {
    const receiver = await newReceiver();
    t.after(() => receiver.stop());
    receiver.answer = (_, response) => { response.statusCode = 500; response.end(`${'no '.repeat(1000)}`); };
    const hook = await add(receiver.address, 'order.paid'), one = await tested(hook);
    assert.equal(one.state, 'waiting');
    assert.equal(one.tries[0].status, 500);
    assert.ok(one.tries[0].answer.startsWith('no no') && one.tries[0].answer.length <= 1024);
    assert.ok(Date.parse(one.due_at) > Date.now());
    assert.ok((await ask(shop, 'GET', `${HOOKS}/${hook.id}`)).body.failing_since);
    assert.equal((await deliveries(hook, '?state=done')).length, 0);
    assert.equal((await deliveries(hook, '?state=waiting&event=test.ping')).length, 1);
    assertProblem(await ask(shop, 'GET', `${HOOKS}/${hook.id}/deliveries?state=lost`), 400);
    await ask(shop, 'DELETE', `${HOOKS}/${hook.id}`);
  });

  test('is away, redirects to this host, or has no certificate we trust, gets nothing', async (t) => {
    const { key, cert } = newCertificate();
    const away = await newReceiver(), redirects = await newReceiver(), untrusted = await newReceiver({ key, cert });
    away.stop();
    t.after(() => { redirects.stop(); untrusted.stop(); });
    redirects.answer = (_, response) => { response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data/' }); response.end(); };
    const at = async (address) => {
      const hook = await add(address, 'order.paid'), one = await tested(hook);
      await ask(shop, 'DELETE', `${HOOKS}/${hook.id}`);
      return one.code;
    };
    assert.equal(await at(away.address), 'fetch.connect');
    assert.equal(await at(redirects.address), 'fetch.status');
    assert.equal(await at(untrusted.address), 'fetch.tls');
    assert.equal(untrusted.calls.length, 0);
  });

  test('is slow delays no other', async (t) => {
    const slow = await newReceiver(), quick = await newReceiver();
    t.after(() => { slow.stop(); quick.stop(); });
    slow.answer = () => {};
    const first = await add(slow.address, 'order.paid'), second = await add(quick.address, 'order.paid');
    for (let i = 0; i < 6; i++) await ask(shop, 'POST', `${HOOKS}/${first.id}/test`);
    const began = Date.now();
    await tested(second);
    assert.ok(Date.now() - began < 9_000, `${Date.now() - began} ms`);
    for (const { id } of [first, second]) await ask(shop, 'DELETE', `${HOOKS}/${id}`);
  });
});

describe('an address', () => {
  const refusals = {
    'fetch.private': ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://[::1]/', 'http://localhost/x', 'http://2130706434/', 'http://127.0.0.2/'],
    'fetch.scheme': ['ftp://example.org/', 'file:///etc/passwd'], 'fetch.userinfo': ['https://me:secret@example.org/'], 'fetch.port': ['http://example.org:25/'], 'fetch.url': ['example.org', 'https://'],
  };
  for (const [code, addresses] of Object.entries(refusals))
    test(`is refused as ${code}`, async () => {
      for (const address of addresses) {
        const answer = await ask(shop, 'POST', HOOKS, { json: { address, events: ['order.paid'] } });
        assertProblem(answer, 422);
        assert.ok(answer.text.includes(code), `${address}: ${answer.text}`);
      }
    });

  test('needs an event that we know, and a shop has at most ten', async () => {
    for (const events of [[], ['order.lost'], ['order.paid', 'order.paid', 'order.lost']])
      assertProblem(await ask(shop, 'POST', HOOKS, { json: { address: 'https://example.org/', events } }), 422);
    const full = await newShop();
    for (let i = 0; i < 10; i++)
      assert.equal((await ask(full, 'POST', HOOKS, { json: { address: `https://example.org/${i}`, events: ['stock.low'] } })).status, 201);
    assertProblem(await ask(full, 'POST', HOOKS, { json: { address: 'https://example.org/10', events: ['stock.low'] } }), 409, 'hook.too_many');
  });

  test('that leads elsewhere once it is named is judged when it is called', async () => {
    // as if a name had been answered with another address meanwhile: the row is written past the check
    const hook = await add('https://example.org/', 'order.paid');
    sql('souk', `UPDATE hook_endpoint SET address = 'http://127.0.0.2:8080/' WHERE id = ${hook.id}`);
    assert.equal((await tested(hook)).code, 'fetch.private');
    await ask(shop, 'DELETE', `${HOOKS}/${hook.id}`);
  });
});
