// What lies between: keys that make a call happen once, faults on the way, webhooks good and bad.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import Stripe from 'stripe';
import { bare, double, inbox, until } from './lib/stand.mjs';

const it = await double();
const { stripe, order, look, call } = it;
const SECRET = 'whsec_soukdouble', FORM = 'amount=4900&currency=eur&payment_method=pm_card_visa&confirm=true&off_session=true';
const INTENTS = '/v1/payment_intents', MATCH = `POST ${INTENTS}`;
beforeEach(() => order('reset'));

const pay = (idempotency, form = FORM) => call('POST', INTENTS, form, { headers: { 'Idempotency-Key': idempotency } });
const charged = async () => (await look('charges')).length;

// ---- Keys ----

test('the first answer under a key is its answer, a refusal of the card too', async () => {
  for (const form of [FORM, FORM.replace('visa', 'chargeCustomerFail')]) {
    const first = await pay(form, form), again = await pay(form, form);
    assert.deepEqual([again.status, again.text], [first.status, first.text]);
    assert.deepEqual([first, again].map((one) => one.headers.get('idempotent-replayed')), [null, 'true']);
    assert.match(again.headers.get('request-id'), /^req_/);
    assert.notEqual(again.headers.get('request-id'), first.headers.get('request-id'));
  }
  assert.equal(await charged(), 1);
});

test('a key takes no other parameters, and what never began leaves it free', async () => {
  assert.equal((await pay('a', `${FORM}&prize=1`)).json.error.code, 'parameter_unknown');
  assert.equal((await pay('a')).status, 200);
  const other = await pay('a', FORM.replace('4900', '4901'));
  assert.deepEqual([other.status, other.json.error.type], [400, 'idempotency_error']);
  assert.equal((await pay('x'.repeat(256))).status, 400);
  assert.equal(await charged(), 1);
});

test('a key is forgotten after a day', async () => {
  await pay('a');
  await order('clock', { ahead: 86399 });
  assert.equal((await pay('a')).headers.get('idempotent-replayed'), 'true');
  await order('clock', { ahead: 86401 });
  assert.equal((await pay('a')).headers.get('idempotent-replayed'), null);
  assert.equal(await charged(), 2);
});

test('a key that is in use is 409 until its call has ended', async () => {
  await order('fault', { match: MATCH, kind: 'hang_ms:300' });
  const first = pay('a');
  await until(async () => (await look('requests')).length === 1);
  const second = await pay('a');
  assert.deepEqual([second.status, second.json.error.code], [409, 'idempotency_key_in_use']);
  assert.equal((await first).status, 200);
  assert.equal((await pay('a')).headers.get('idempotent-replayed'), 'true');
  assert.equal(await charged(), 1);
});

test('held until the test lets go: before the effect, and after it', async () => {
  for (const [kind, during] of [['hold_before', 0], ['hold', 1]]) {
    await order('reset');
    await order('fault', { match: MATCH, kind });
    const first = pay('a');
    await until(async () => (await look('requests')).length === 1);
    assert.equal(await charged(), during);
    await order('faults/clear');
    assert.equal((await first).status, 200);
    assert.equal(await charged(), 1);
  }
});

// ---- Faults: each is one call that goes wrong; the same again with the same key, and there is one charge ----

const parses = (text) => {
  try { return Boolean(JSON.parse(text)); } catch { return false; }
};
const faults = [
  { kind: '429', effect: 0, is: ({ status }) => status === 429 },
  { kind: '401', effect: 0, is: ({ status }) => status === 401 },
  { kind: '409', effect: 0, is: ({ status }) => status === 409 },
  { kind: '500_before', effect: 0, is: ({ status }) => status === 500 },
  { kind: '500_after', effect: 1, is: ({ status }) => status === 500 },
  { kind: 'timeout_before', effect: 0, timeout: 200, is: ({ status, broken }) => status === 0 && broken === 'timeout' },
  { kind: 'timeout_after', effect: 1, timeout: 200, is: ({ status, broken }) => status === 0 && broken === 'timeout' },
  { kind: 'cut', effect: 1, is: ({ status, length, body, broken }) => status === 200 && broken === 'ECONNRESET' && body.length > 0 && body.length < length },
  { kind: 'slow', bytes: 60, effect: 1, is: ({ status, ms, body }) => status === 200 && ms > 250 && parses(body) },
  { kind: 'truncated_json', effect: 1, is: ({ status, broken, body }) => status === 200 && !broken && !parses(body) },
  { kind: 'wrong_length', effect: 1, is: ({ status, length, body, broken }) => status === 200 && broken === 'ECONNRESET' && length === body.length + 100 },
  { kind: 'short_length', effect: 1, is: ({ status, broken }) => status === 200 && broken === 'HPE_CLOSED_CONNECTION' }, // more came than was said
  { kind: 'hang_ms:150', effect: 1, is: ({ status, ms, body }) => status === 200 && ms >= 150 && parses(body) },
];
for (const { kind, effect, timeout, is, ...more } of faults) {
  test(`the fault ${kind}, and the same call again: one charge`, async () => {
    await order('fault', { match: MATCH, kind, ...more });
    const seen = await bare(it, INTENTS, FORM, { idempotency: 'a', timeout });
    assert.ok(is(seen), JSON.stringify({ ...seen, body: seen.body.slice(0, 200) }));
    assert.equal(await charged(), effect);
    const again = await pay('a');
    assert.deepEqual([again.status, again.json.status, again.headers.get('idempotent-replayed')], [200, 'succeeded', effect ? 'true' : null]);
    assert.equal(await charged(), 1);
    assert.deepEqual((await look('requests')).map((one) => [one.path, one.key, one.fault]), [[INTENTS, 'a', kind.split(':')[0]], [INTENTS, 'a', null]]);
  });
}

test('a 500 that is kept under the key comes again, though the money is gone', async () => {
  await order('fault', { match: MATCH, kind: '500_after', store: true });
  for (let i = 0; i < 2; i++) assert.equal((await pay('a')).status, 500);
  assert.equal(await charged(), 1);
});

test('faults come at the nth call and as often as said, with the advice that was ordered', async () => {
  await order('fault', { match: MATCH, nth: 2, times: 2, kind: '429', should_retry: false, retry_after: 3 });
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    const { status, headers } = await pay(`k${i}`);
    statuses.push([status, headers.get('stripe-should-retry'), headers.get('retry-after')]);
  }
  assert.deepEqual(statuses, [[200, null, null], [429, 'false', '3'], [429, 'false', '3'], [200, null, null]]);
});

test('the official library tries again by itself, and pays once', async () => {
  const patient = new Stripe('sk_test_souk', { host: '127.0.0.1', port: it.port, protocol: 'http', maxNetworkRetries: 2, telemetry: false });
  for (const kind of ['500_after', '409']) await order('fault', { match: MATCH, kind });
  const intent = await patient.paymentIntents.create({ amount: 4900, currency: 'eur', payment_method: 'pm_card_visa', confirm: true, off_session: true });
  assert.equal(intent.status, 'succeeded');
  assert.equal(await charged(), 1);
});

// ---- Webhooks ----

const box = await inbox();
const verifies = ({ body, header }) => {
  try {
    return Boolean(stripe.webhooks.constructEvent(body, header, SECRET));
  } catch (no) {
    assert.equal(no.type, 'StripeSignatureVerificationError');
    return false;
  }
};
// Four events that wait: their ids.
async function held(options = {}) {
  await order('webhooks', { url: box.url, secret: SECRET, mode: 'hold', ...options });
  box.received.length = 0;
  await pay('a');
  await stripe.customers.create({ name: 'Shop' });
  return (await look('events')).map(({ id }) => id);
}
const came = () => box.received.map(({ body }) => JSON.parse(body).id);

const good = [
  { mode: 'in_order', is: (ids) => ids },
  { mode: 'reversed', is: (ids) => [...ids].reverse() },
  { mode: 'twice', is: (ids) => ids.flatMap((id) => [id, id]) },
];
for (const { mode, is } of good) {
  test(`webhooks ${mode}`, async () => {
    const ids = await held();
    assert.deepEqual(await order('deliver', { mode }), is(ids).map(() => 200));
    assert.deepEqual(came(), is(ids));
    assert.ok(box.received.every(verifies));
  });
}

test('webhooks at random are all of them, the same for a seed; some are lost; two come at the same instant', async () => {
  const places = [];
  for (let i = 0; i < 2; i++) {
    await order('reset');
    const ids = await held();
    await order('deliver', { mode: 'random', seed: 7 });
    places.push(came().map((id) => ids.indexOf(id)));
  }
  assert.deepEqual(places[0], places[1]);
  assert.notDeepEqual(places[0], [0, 1, 2, 3]);
  assert.deepEqual([...places[0]].sort(), [0, 1, 2, 3]);
  await order('reset');
  await held();
  assert.equal((await order('deliver', { mode: 'lost', percent: 50, seed: 3 })).length, box.received.length);
  assert.ok(box.received.length < 4);
  await order('reset');
  await held();
  assert.equal((await order('deliver', { mode: 'simultaneous' })).length, 8);
});

const bad = { delayed: false, wrong_secret: false, reserialised: false, unsigned: false, rolled: true, oversize: true };
for (const [mode, verified] of Object.entries(bad)) {
  test(`webhooks ${mode} ${verified ? 'verify' : 'do not verify'}`, async () => {
    await held();
    assert.deepEqual(await order('deliver', { mode }), [200, 200, 200, 200]);
    assert.ok(box.received.every((one) => verifies(one) === verified));
    if (mode === 'oversize') assert.ok(box.received.every(({ body }) => body.length > 256 * 1024));
    if (mode === 'rolled') assert.equal(box.received[0].header.match(/v1=/g).length, 2);
  });
}

test('webhooks come by themselves, and three times when nobody takes them', async () => {
  await order('webhooks', { url: box.url, secret: SECRET, mode: 'in_order' });
  box.received.length = 0;
  box.answers.unshift(500, 503);
  await stripe.customers.create({ name: 'Shop' });
  await until(() => box.received.length === 3);
  assert.ok(box.received.every(verifies));
  assert.equal(new Set(came()).size, 1);
  await order('webhooks', { mode: 'hold' });
});
