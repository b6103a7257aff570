// A second opinion of the way there and back, from people who are not us: what a double of somebody else's answers to
// the same calls. It knows an older version and no payment intents, so only what both have is held against it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import mock from 'stripe-stateful-mock';
import { double } from './lib/stand.mjs';

const form = 'application/x-www-form-urlencoded';
const at = (port, version) => async (path, body, key) => {
  const headers = { Authorization: 'Bearer sk_test_second', 'Content-Type': form, 'Stripe-Version': version, ...(key && { 'Idempotency-Key': key }) };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: body === undefined ? 'GET' : 'POST', body, headers });
  return { status: answer.status, body: await answer.json() };
};

const own = await double(), ours = at(own.port, own.version);
const server = mock.createExpressApp().listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const theirs = at(server.address().port, '2020-08-27');

test('one key is one call for both, and other parameters are refused with it', async () => {
  for (const ask of [ours, theirs]) {
    const first = await ask('/v1/customers', 'name=A', 'second-1');
    assert.equal(first.status, 200);
    assert.equal((await ask('/v1/customers', 'name=A', 'second-1')).body.id, first.body.id);
    const other = await ask('/v1/customers', 'name=B', 'second-1');
    assert.deepEqual([other.status, other.body.error.type], [400, 'idempotency_error']);
  }
});

test('what is not there has the same error for both', async () => {
  const [a, b] = [await ours('/v1/customers/cus_none'), await theirs('/v1/customers/cus_none')];
  assert.deepEqual([a.status, a.body.error.type, a.body.error.code, a.body.error.param], [b.status, b.body.error.type, b.body.error.code, b.body.error.param]);
});

test('a card is declined with the same status, type and codes', async () => {
  const customer = (await ours('/v1/customers', '')).body.id;
  const card = (await ours('/v1/payment_methods/pm_card_chargeCustomerFail/attach', `customer=${customer}`)).body.id;
  const a = await ours('/v1/payment_intents', `amount=2000&currency=usd&customer=${customer}&payment_method=${card}&confirm=true`);
  const b = await theirs('/v1/charges', 'amount=2000&currency=usd&source=tok_chargeDeclined');
  assert.deepEqual([a.status, a.body.error.type, a.body.error.code, a.body.error.decline_code], [b.status, b.body.error.type, b.body.error.code, b.body.error.decline_code]);
});
