// The double itself: that the contract is the committed one and refuses what it should, that the official library and the
// official command line can live with it, and that it reckons as Stripe publishes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, after, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { committed } from './contract.mjs';
import { extract } from './contract/extract.mjs';
import { differs } from './double/check.mjs';
import { share } from './double/proration.mjs';
import { operations } from './double/rooms.mjs';
import { double, key, start } from './lib/stand.mjs';

const it = await double();
const { stripe, order, look, call } = it;
beforeEach(() => order('reset'));

const DAY = 86400;
const at = (text) => Date.parse(text) / 1000;
const types = async () => (await look('events')).map(({ type }) => type);

// ---- The contract ----

const rules = extract(Object.keys(operations));

test('the contract is the committed one, and of the version that our client is compiled for', async () => {
  assert.equal(rules.sha256, committed());
  assert.equal(it.version, rules.apiVersion);
  assert.match(rules.apiVersion, /^\d{4}-\d\d-\d\d\.\w+$/);
});

const wrong = [
  { form: 'items[0][prize]=price_1', param: 'items[0][prize]', code: 'parameter_unknown' },
  { form: 'proration_behavior=bogus', param: 'proration_behavior', message: /create_prorations/ },
  { form: 'proration_date=tomorrow', param: 'proration_date', code: 'parameter_invalid_integer' },
  { form: 'cancel_at_period_end=maybe', param: 'cancel_at_period_end' },
  { form: 'items=none', param: 'items' },
  { path: 'invoices/create_preview', form: 'subscription_items[0][price]=p', param: 'subscription_items', code: 'parameter_unknown' }, // as it was before basil
  { path: 'invoices/create_preview', form: 'subscription_proration_date=1', param: 'subscription_proration_date', code: 'parameter_unknown' },
  { path: 'payment_intents', form: 'amount=100', param: 'currency', code: 'parameter_missing' },
  { path: 'payment_intents', form: 'amount=1.5&currency=eur', param: 'amount', code: 'parameter_invalid_integer' },
  { path: 'payment_intents', form: 'amount=100&currency=eur&payment_method_types[0]=card', param: 'payment_method_types', code: 'parameter_unknown' }, // as it was before
];
test('what the library could not send is refused, by name', async () => {
  for (const { path = 'subscriptions/sub_1', form, param, code, message = /./ } of wrong) {
    const { status, json: { error } } = await call('POST', `/v1/${path}`, form);
    assert.deepEqual([status, error.type, error.param, error.code], [400, 'invalid_request_error', param, code], form);
    assert.match(error.message, message);
  }
});

test('an answer that is not as declared is seen', async () => {
  const { types: table, objects } = rules;
  const customer = (await call('POST', '/v1/customers', 'name=Shop')).json;
  const says = (change) => differs(table, objects.customer, { ...customer, ...change });
  assert.equal(says({}), null);
  assert.match(says({ created: 'today' }), /created: "today" is no number/);
  assert.match(says({ object: 'costumer' }), /object/);
  assert.match(says({ invoice_settings: null }), /invoice_settings/);
  assert.match(says({ prize: 1 }), /prize: is not declared/);
  const { id, ...nameless } = customer;
  assert.match(differs(table, objects.customer, nameless), /id: is missing/);
});

test('a double that answers wrongly says 599, and ends with a failure', async () => {
  const other = await start();
  const made = (await other.call('POST', '/v1/customers', 'name=Shop')).json;
  await other.order('spoil', { id: made.id, prize: 1 });
  const { status, json: { error } } = await other.call('GET', `/v1/customers/${made.id}`);
  assert.deepEqual([status, error.message], [599, 'Customers.retrieve.prize: is not declared']);
  assert.deepEqual(await other.look('violations'), [error.message]);
  assert.equal(await other.stop(), 1);
});

// ---- What Stripe publishes ----

test('a part of a price is rounded half away from zero', () => {
  const month = 31 * DAY;
  const rows = [
    [1000, 445540, month, 166],
    [3252, 445540, month, 541],
    [4900, 53568, 28 * DAY, 109], // 108.5
    [-4900, 53568, 28 * DAY, -109],
    [2000, 1, 3, 667],
    [99999999 * 10000, 31622399, 31622400, 999999958377], // the product is more than 64 bits
  ];
  for (const [amount, part, whole, expected] of rows) assert.equal(share(amount, part, whole), expected);
});

// A customer with a card, on a clock of his own, and two prices.
async function shop({ card = 'pm_card_visa', from = '2026-01-01T00:00:00Z', amounts = [1000, 3252] } = {}) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at(from) });
  const customer = await stripe.customers.create({ name: 'Shop', test_clock: clock.id });
  const give = async (name) => {
    const method = await stripe.paymentMethods.attach(name, { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  };
  await give(card);
  const product = await stripe.products.create({ name: 'Tier' });
  const price = (amount, interval = 'month') => stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: amount, recurring: { interval } });
  const prices = await Promise.all(amounts.map((amount) => price(amount)));
  const advance = (to) => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: typeof to === 'string' ? at(to) : to });
  const invoices = async () => (await stripe.invoices.list({ customer: customer.id })).data;
  const subscribe = (more = {}) => stripe.subscriptions.create({ customer: customer.id, items: [{ price: prices[0].id }], ...more });
  return { customer, prices, price, give, advance, invoices, subscribe };
}

test('Stripe\'s published preview: -166, 541 and the next period, 3,627 in all', async () => {
  const { prices, subscribe } = await shop();
  const subscription = await subscribe(), [item] = subscription.items.data;
  assert.equal(item.current_period_end - item.current_period_start, 31 * DAY);
  const preview = await stripe.invoices.createPreview({
    subscription: subscription.id, subscription_details: { items: [{ id: item.id, price: prices[1].id }], proration_date: item.current_period_end - 445540 },
  });
  assert.deepEqual(preview.lines.data.map(({ amount }) => amount), [-166, 541, 3252]);
  assert.equal(preview.total, 3627);
});

// ---- The official library ----

describe('the library lives a subscription', () => {
  test('customer, subscribe, preview, upgrade, decline, pay, cancel', async () => {
    const { prices, subscribe, advance, give, invoices } = await shop();
    const subscription = await subscribe(), [item] = subscription.items.data;
    const now = async () => stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
    assert.deepEqual([subscription.status, subscription.billing_mode.type], ['active', 'flexible']);
    assert.equal((await now()).latest_invoice.amount_paid, 1000);

    await advance('2026-01-26T20:14:20Z'); // 445,540 s before its end
    const details = { items: [{ id: item.id, price: prices[1].id }], proration_behavior: 'always_invoice', proration_date: at('2026-01-26T20:14:20Z') };
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: details });
    assert.deepEqual(preview.lines.data.map((line) => [line.amount, line.parent.subscription_item_details.proration]), [[-166, true], [541, true]]);
    assert.equal((await invoices()).length, 1); // a preview leaves nothing behind
    const upgraded = await stripe.subscriptions.update(subscription.id, { ...details, expand: ['latest_invoice'] });
    const { latest_invoice: invoice } = upgraded;
    assert.deepEqual([invoice.total, invoice.status, invoice.billing_reason], [preview.total, 'paid', 'subscription_update']);
    assert.equal(invoice.parent.subscription_details.subscription, subscription.id);
    assert.equal(upgraded.items.data[0].price.unit_amount, 3252);

    await give('pm_card_chargeCustomerFail');
    await advance('2026-02-01T00:00:00Z');
    const late = await now();
    assert.deepEqual([late.status, late.latest_invoice.status, late.latest_invoice.amount_remaining], ['past_due', 'open', 3252]);
    assert.equal(late.items.data[0].current_period_end, at('2026-03-01T00:00:00Z'));
    await assert.rejects(stripe.invoices.pay(late.latest_invoice.id), { type: 'StripeCardError', code: 'card_declined' });
    await give('pm_card_visa');
    assert.equal((await stripe.invoices.pay(late.latest_invoice.id)).status, 'paid');
    assert.equal((await now()).status, 'active');
    await assert.rejects(stripe.invoices.pay(late.latest_invoice.id), { statusCode: 400 });

    assert.equal((await stripe.subscriptions.cancel(subscription.id)).status, 'canceled');
    const told = await types();
    const due = ['invoice.paid', 'invoice.payment_failed', ...['created', 'updated', 'deleted'].map((what) => `customer.subscription.${what}`)];
    assert.deepEqual(due.filter((type) => !told.includes(type)), []);
  });

  test('a change that cannot be paid is refused, or waits', async () => {
    const { prices, subscribe, give } = await shop();
    const subscription = await subscribe(), [item] = subscription.items.data;
    await give('pm_card_chargeCustomerFail');
    const change = (behaviour) => stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price: prices[1].id }], proration_behavior: 'always_invoice', payment_behavior: behaviour,
    });
    await assert.rejects(change('error_if_incomplete'), { statusCode: 402 });
    assert.equal((await stripe.subscriptions.retrieve(subscription.id)).items.data[0].price.id, prices[0].id);
    const waits = await change('pending_if_incomplete');
    assert.equal(waits.items.data[0].price.id, prices[0].id);
    assert.equal(waits.pending_update.subscription_items[0].price.id, prices[1].id);
    await give('pm_card_visa');
    await stripe.invoices.pay(waits.latest_invoice);
    const after = await stripe.subscriptions.retrieve(subscription.id);
    assert.deepEqual([after.items.data[0].price.id, after.pending_update], [prices[1].id, null]);
  });

  test('up, back and up again: what was credited once is not credited again', async () => {
    const { prices, subscribe, advance, invoices } = await shop({ amounts: [4900, 19900, 39900], from: '2026-01-15T10:00:00Z' });
    const subscription = await subscribe(), [item] = subscription.items.data;
    for (const [when, price] of [['2026-01-18T00:00:00Z', 1], ['2026-01-22T00:00:00Z', 0], ['2026-01-29T00:00:00Z', 2]]) {
      await advance(when);
      await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, price: prices[price].id }], proration_behavior: 'always_invoice' });
    }
    const sums = (await invoices()).reverse().map(({ lines, total, amount_due: due }) => [lines.data.map(({ amount }) => amount), total, due]);
    assert.deepEqual(sums, [[[4900], 4900, 4900], [[-4492, 18242], 13750, 13750], [[-15674, 3859], -11815, 0], [[-2753, 22417], 19664, 7849]]);
  });

  test('from the 31st to the end of each month; a year begins a period of its own; the end of the period ends it', async () => {
    const { price, subscribe, advance, customer } = await shop({ from: '2027-01-31T12:00:00Z' });
    const subscription = await subscribe(), [item] = subscription.items.data;
    const end = async () => new Date((await stripe.subscriptions.retrieve(subscription.id)).items.data[0].current_period_end * 1000).toISOString().slice(0, 10);
    const ends = [];
    for (const to of ['2027-02-01T00:00:00Z', '2027-02-28T12:00:00Z', '2027-03-31T12:00:00Z']) {
      await advance(to);
      ends.push(await end());
    }
    assert.deepEqual(ends, ['2027-02-28', '2027-03-31', '2027-04-30']);
    const year = await price(12000, 'year');
    await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, price: year.id }], proration_behavior: 'always_invoice', cancel_at_period_end: true });
    assert.equal(await end(), '2028-03-31');
    await advance('2028-03-31T12:00:00Z');
    assert.equal((await stripe.subscriptions.list({ customer: customer.id, status: 'canceled' })).data.length, 1);
  });

  test('a trial is told of three days before its end, then charged; a schedule changes what follows', async () => {
    const { prices, subscribe, advance, invoices } = await shop();
    const subscription = await subscribe({ trial_period_days: 14 });
    assert.equal(subscription.status, 'trialing');
    await advance('2026-01-12T00:00:00Z');
    assert.ok((await types()).includes('customer.subscription.trial_will_end'));
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const [present] = schedule.phases;
    await stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: prices[0].id }], start_date: present.start_date, end_date: present.end_date },
        { items: [{ price: prices[1].id, quantity: 2 }], start_date: present.end_date },
      ],
    });
    await advance('2026-01-15T00:00:00Z');
    const [newest] = await invoices();
    assert.deepEqual([newest.total, newest.billing_reason], [6504, 'subscription_cycle']);
    const after = await stripe.subscriptions.retrieve(subscription.id);
    assert.deepEqual([after.status, after.schedule], ['active', null]);
  });

  test('an invoice of our own lines: total, finalize, pay; void; uncollectible; credit notes', async () => {
    const { customer } = await shop();
    const invoice = async (amount) => {
      const made = await stripe.invoices.create({
        customer: customer.id, currency: 'eur', auto_advance: false, collection_method: 'charge_automatically', pending_invoice_items_behavior: 'exclude',
      });
      await stripe.invoiceItems.create({ customer: customer.id, invoice: made.id, currency: 'eur', amount: amount - 100 });
      assert.equal((await stripe.invoices.addLines(made.id, { lines: [{ amount: 100, description: 'More' }] })).total, amount);
      return stripe.invoices.finalizeInvoice(made.id);
    };
    const paid = await stripe.invoices.pay((await invoice(5880)).id, { off_session: true });
    assert.deepEqual([paid.status, paid.amount_paid], ['paid', 5880]);
    assert.equal((await look('charges'))[0].amount, 5880);
    assert.equal((await stripe.creditNotes.create({ invoice: paid.id, amount: 880, credit_amount: 880 })).type, 'post_payment');
    assert.equal((await stripe.customers.retrieve(customer.id)).balance, -880);
    assert.equal((await invoice(1000)).amount_due, 120); // his credit first
    assert.equal((await stripe.invoices.voidInvoice((await invoice(1000)).id)).status, 'void');
    const open = await invoice(1000);
    assert.equal((await stripe.creditNotes.create({ invoice: open.id, amount: 400 })).type, 'pre_payment');
    assert.equal((await stripe.invoices.markUncollectible(open.id)).amount_remaining, 600);
    await assert.rejects(stripe.invoices.addLines(open.id, { lines: [{ amount: 1 }] }), { code: 'invoice_not_editable' });
  });

  test('checkout of a payment and of a subscription; the clock of all renews what has no clock', async () => {
    const product = await stripe.products.create({ name: 'Tier' });
    const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 900, recurring: { interval: 'month' } });
    const back = 'https://souk.test/back';
    const things = { quantity: 2, price_data: { currency: 'eur', unit_amount: 700, product_data: { name: 'Thing' } } };
    const paying = await stripe.checkout.sessions.create({ mode: 'payment', success_url: back, line_items: [things] });
    assert.equal((await order('checkout', { session: paying.id, card: 'visa' })).payment_status, 'paid');
    const subscribing = await stripe.checkout.sessions.create({ mode: 'subscription', success_url: back, line_items: [{ price: price.id, quantity: 1 }] });
    const { subscription } = await order('checkout', { session: subscribing.id, card: 'visa' });
    assert.deepEqual((await look('charges')).map(({ amount }) => amount), [1400, 900]);
    const { items } = await stripe.subscriptions.retrieve(subscription);
    await order('clock', { now: items.data[0].current_period_end });
    assert.deepEqual((await look('charges')).map(({ amount }) => amount), [1400, 900, 900]);
    assert.equal((await stripe.checkout.sessions.create({ mode: 'setup', currency: 'eur', success_url: back })).created, items.data[0].current_period_end);
  });
});

// ---- The official command line ----

describe('the command line triggers', () => {
  const run = promisify(execFile);
  const stripeProgram = join(import.meta.dirname, `node_modules/@stripe/cli-${process.platform}-${process.arch}/bin/stripe`);
  let home;
  before(() => { home = mkdtempSync(join(tmpdir(), 'souk-stripe-')); });
  after(() => rmSync(home, { recursive: true }));

  const triggers = ['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted', 'customer.subscription.trial_will_end',
    'invoice.paid', 'invoice.payment_failed', 'payment_method.attached', 'setup_intent.succeeded', 'checkout.session.completed', 'payment_intent.succeeded'];
  for (const type of triggers) {
    test(type, async () => {
      const env = { PATH: process.env.PATH, HOME: home, STRIPE_API_KEY: key, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
      const { stdout, stderr } = await run(stripeProgram, ['trigger', type, '--api-base', it.url], { env, timeout: 20000 });
      assert.match(`${stdout}${stderr}`, /Trigger succeeded/);
      assert.ok((await types()).includes(type), `no event ${type}`);
    });
  }
});
