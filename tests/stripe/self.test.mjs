// The double itself, before anything is believed that was tried against it: driven by Stripe's own library and command
// line, and by a signature that Stripe's own code checks.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import Stripe from 'stripe';
import { apiVersion } from './contract.mjs';

const here = import.meta.dirname;
const secret = 'whsec_of_this_test';
let double, port, stripe, hooks, received;

const order = async (name, body) => (await fetch(`http://127.0.0.1:${port}/_double/${name}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })).json();
const raw = (method, path, { body, ...headers } = {}) => fetch(`http://127.0.0.1:${port}${path}`, { method, body, headers: { Authorization: 'Bearer sk_test_raw', 'Stripe-Version': apiVersion, 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });

before(async () => {
  hooks = createServer((req, res) => {
    let body = '';
    req.on('data', (part) => { body += part; }).on('end', () => {
      received.push({ body, signature: req.headers['stripe-signature'] });
      res.end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((done) => { hooks.on('listening', done); });
  received = [];
  double = spawn(process.execPath, [join(here, 'double.mjs'), '--webhook', `http://127.0.0.1:${hooks.address().port}/`, '--secret', secret], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await new Promise((done, fail) => {
    createInterface(double.stdout).once('line', (one) => done([one]));
    double.once('exit', (code) => fail(new Error(`the double ended with ${code}`)));
  });
  port = JSON.parse(line).port;
  stripe = new Stripe('sk_test_souk', { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
});

after(async () => {
  hooks?.close();
  double?.kill();
});

describe('by the official library', () => {
  test('a customer subscribes, looks ahead, moves up, is declined, pays, is renewed and leaves', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1767225600 });
    const customer = await stripe.customers.create({ name: 'Tea & Tins', test_clock: clock.id, payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } });
    const [small, large] = await Promise.all([2000, 3000].map((unit_amount) => stripe.prices.create({ currency: 'eur', unit_amount, recurring: { interval: 'month' }, product_data: { name: 'tier' } })));
    const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: small.id }] });
    const [item] = subscription.items.data;
    assert.equal(subscription.status, 'active');
    const ahead = { items: [{ id: item.id, price: large.id }], proration_date: item.current_period_end - 864000 };
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: { ...ahead, proration_behavior: 'always_invoice' } });
    const moved = await stripe.subscriptions.update(subscription.id, { ...ahead, proration_behavior: 'always_invoice' });
    assert.equal((await stripe.invoices.retrieve(moved.latest_invoice)).total, preview.total);
    assert.equal(moved.items.data[0].price.unit_amount, 3000);
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: item.current_period_end + 60 });
    const late = await stripe.subscriptions.retrieve(subscription.id);
    assert.equal(late.status, 'past_due');
    await assert.rejects(stripe.invoices.pay(late.latest_invoice), { type: 'StripeCardError', code: 'card_declined' });
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    assert.equal((await stripe.invoices.pay(late.latest_invoice, { payment_method: good.id })).status, 'paid');
    assert.equal((await stripe.subscriptions.cancel(subscription.id)).status, 'canceled');
  });

  test('the figures that Stripe publishes for its preview come out', async () => {
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' }, test_clock: (await stripe.testHelpers.testClocks.create({ frozen_time: 1767225600 })).id });
    const price = (unit_amount) => stripe.prices.create({ currency: 'usd', unit_amount, recurring: { interval: 'month' }, product_data: { name: 'plan' } });
    const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: (await price(1000)).id }] });
    const [item] = subscription.items.data;
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: { items: [{ id: item.id, price: (await price(3252)).id }], proration_date: item.current_period_end - 445540 } });
    assert.deepEqual(preview.lines.data.map((line) => line.amount), [-166, 541, 3252]);
    assert.equal(preview.total, 3627);
  });

  test('a payment succeeds, is declined, or wants the person, as the card has it', async () => {
    const customer = await stripe.customers.create({});
    const pay = async (card, more) => stripe.paymentIntents.create({ amount: 5880, currency: 'eur', customer: customer.id, payment_method: (await stripe.paymentMethods.attach(card, { customer: customer.id })).id, confirm: true, ...more });
    assert.equal((await pay('pm_card_visa', { off_session: true })).status, 'succeeded');
    await assert.rejects(pay('pm_card_chargeDeclinedLostCard'), { code: 'card_declined', decline_code: 'lost_card', statusCode: 402 });
    await assert.rejects(pay('pm_card_authenticationRequired', { off_session: true }), { code: 'authentication_required' });
    const waits = await pay('pm_card_authenticationRequired', { return_url: 'https://souk.example/back?operation=1' });
    assert.equal(waits.status, 'requires_action');
    await fetch(waits.next_action.redirect_to_url.url, { method: 'POST', body: new URLSearchParams({ choice: 'yes' }), redirect: 'manual' });
    const paid = await stripe.paymentIntents.retrieve(waits.id, { expand: ['latest_charge'] });
    assert.equal(paid.latest_charge.amount, 5880);
    await assert.rejects(stripe.paymentIntents.cancel(waits.id), { code: 'payment_intent_unexpected_state' });
    assert.equal((await stripe.refunds.create({ payment_intent: waits.id })).amount, 5880);
    await assert.rejects(stripe.refunds.create({ payment_intent: waits.id }), { code: 'charge_already_refunded' });
  });

  test('lists go on where the page before ended', async () => {
    const customer = await stripe.customers.create({});
    for (let i = 0; i < 5; i++) await stripe.paymentIntents.create({ amount: 100 + i, currency: 'eur', customer: customer.id });
    const seen = [];
    for await (const intent of stripe.paymentIntents.list({ customer: customer.id, limit: 2 })) seen.push(intent.amount);
    assert.deepEqual(seen, [104, 103, 102, 101, 100]);
  });
});

describe('by the official command line', () => {
  const home = mkdtempSync(join(tmpdir(), 'souk-cli-'));
  const run = promisify(execFile);
  const cli = join(here, 'node_modules/@stripe/cli-linux-x64/bin/stripe');
  after(() => rmSync(home, { recursive: true }));
  for (const type of ['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted', 'customer.subscription.trial_will_end', 'invoice.paid', 'invoice.payment_failed', 'payment_method.attached', 'setup_intent.succeeded', 'checkout.session.completed', 'payment_intent.succeeded']) {
    test(`stripe trigger ${type}`, async () => {
      const before = (await order('events')).length;
      await run(cli, ['trigger', type, '--api-base', `http://127.0.0.1:${port}`], { timeout: 30000, env: { PATH: process.env.PATH, HOME: home, STRIPE_API_KEY: 'sk_test_souk', STRIPE_CLI_TELEMETRY_OPTOUT: '1' } });
      if (type !== 'customer.subscription.trial_will_end') assert.ok((await order('events')).slice(before).some((event) => event.type === type), 'the event came about');
    });
  }
});

describe('the contract', () => {
  const refused = async (path, body, param) => {
    const answer = await raw('POST', path, { body });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).error.param, param);
  };
  test('refuses what the library does not know', async () => {
    await refused('/v1/customers', 'nmae=A', 'nmae');
    await refused('/v1/subscriptions/sub_1', 'items[0][prize]=p', 'items[0][prize]');
    await refused('/v1/subscriptions/sub_1', 'proration_behavior=bogus', 'proration_behavior');
    await refused('/v1/subscriptions/sub_1', 'proration_date=tomorrow', 'proration_date');
    await refused('/v1/invoices/create_preview', 'subscription_proration_date=1', 'subscription_proration_date');
    await refused('/v1/payment_intents', 'currency=eur', 'amount');
    await refused('/v1/payment_intents', 'amount=12.5x&currency=eur', 'amount');
    assert.equal((await raw('GET', '/v1/invoices/upcoming')).status, 404);
  });
  test('wants a test key and its own version', async () => {
    assert.equal((await raw('GET', '/v1/events', { Authorization: 'Bearer sk_live_1' })).status, 401);
    assert.equal((await raw('GET', '/v1/events', { 'Stripe-Version': '2020-08-27' })).status, 400);
  });
});

describe('one key', () => {
  test('is one call, whatever comes with it', async () => {
    const call = (body) => raw('POST', '/v1/customers', { body, 'Idempotency-Key': 'key-1' });
    const first = await (await call('name=A')).json();
    const again = await call('name=A');
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await again.json()).id, first.id);
    const other = await call('name=B');
    assert.equal(other.status, 400);
    assert.equal((await other.json()).error.type, 'idempotency_error');
  });
});

describe('faults', () => {
  const body = 'amount=777&currency=eur';
  const count = async () => (await order('intents')).length;
  const made = { 429: 0, 401: 0, 409: 0, '500_before': 0, '500_after': 1, cut: 1, slow: 1, truncated_json: 1, wrong_length: 1, short_length: 1 };
  for (const [kind, effect] of Object.entries(made)) {
    test(`${kind} has ${effect ? 'its' : 'no'} effect, and the same call afterwards has it once`, async () => {
      const before = await count();
      await order('fault', { match: 'POST /v1/payment_intents', kind });
      const call = () => raw('POST', '/v1/payment_intents', { body, 'Idempotency-Key': `fault-${kind}` });
      const said = await call().then((answer) => answer.json()).catch((error) => ({ error }));
      assert.equal(await count() - before, effect);
      if (kind === 'slow') assert.match(said.id, /^pi_/);
      else assert.ok(!said.id, 'the answer says nothing');
      assert.match((await (await call()).json()).id, /^pi_/);
      assert.equal(await count() - before, 1);
    });
  }
});

describe('webhooks', () => {
  const verified = ({ body, signature }) => stripe.webhooks.constructEvent(body, signature, secret);
  const one = async (state) => {
    await order('webhooks', { mode: 'hold' });
    await order('deliver', {});
    received = [];
    await stripe.customers.create({});
    await order('deliver', { state });
    return received[0];
  };
  test('are signed as the official library checks', async () => {
    assert.equal(verified(await one('plain')).type, 'customer.created');
    assert.equal(verified(await one('rolled')).type, 'customer.created');
  });
  for (const state of ['stale', 'wrong_secret', 'reserialised', 'unsigned']) {
    test(`${state} does not verify`, async () => {
      const hook = await one(state);
      assert.throws(() => verified(hook));
    });
  }
  test('come in the order that was asked for', async () => {
    const names = async (options) => {
      received = [];
      for (const name of ['a', 'b', 'c']) await stripe.customers.create({ name });
      await order('deliver', options);
      return received.map((hook) => JSON.parse(hook.body).data.object.name).join('');
    };
    await one('plain');
    assert.equal(await names({}), 'abc');
    assert.equal(await names({ mode: 'reversed' }), 'cba');
    assert.equal(await names({ mode: 'twice' }), 'aabbcc');
    assert.equal((await names({ mode: 'lost', percent: 30 })).length, 2);
    assert.equal((await names({ mode: 'random', seed: 3 })).length, 3);
  });
});

test('no answer of all these was other than declared', async () => {
  assert.deepEqual(await order('violations'), []);
});
