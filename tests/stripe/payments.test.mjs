// Money as our client asks for it: customers, cards, payment intents, refunds, events, and the pages a person meets.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { double } from './lib/stand.mjs';

const it = await double();
const { stripe, order, look, call, url } = it;
beforeEach(() => order('reset'));

const BACK = 'https://souk.test/back';
const back = (path = '') => `${BACK}${path}`;

async function customer(card = 'pm_card_visa') {
  const made = await stripe.customers.create({ name: 'Shop', metadata: { vendor_id: '7' } });
  const method = await stripe.paymentMethods.attach(card, { customer: made.id });
  await stripe.customers.update(made.id, { invoice_settings: { default_payment_method: method.id } });
  return { id: made.id, method: method.id };
}

const charge = (who, more = {}, options = {}) => stripe.paymentIntents.create({
  amount: 4900, currency: 'eur', customer: who.id, payment_method: who.method, confirm: true, off_session: true,
  description: 'Invoice 1', metadata: { operation: '12' }, ...more,
}, options);

test('a card that works is charged once', async () => {
  const who = await customer(), intent = await charge(who);
  assert.equal(intent.status, 'succeeded');
  assert.match(intent.latest_charge, /^ch_/);
  assert.equal((await stripe.charges.retrieve(intent.latest_charge)).amount, 4900);
  assert.deepEqual(await look('charges'), [{ payment_intent: intent.id, amount: 4900, refunded: 0, currency: 'eur', customer: who.id, metadata: { operation: '12' } }]);
  await assert.rejects(stripe.paymentIntents.confirm(intent.id), { statusCode: 400, code: 'payment_intent_unexpected_state' });
  await assert.rejects(stripe.paymentIntents.cancel(intent.id), { statusCode: 400, code: 'payment_intent_unexpected_state' });
});

const refusals = [
  { card: 'pm_card_chargeCustomerFail', code: 'card_declined', decline: 'generic_decline' },
  { card: 'pm_card_chargeDeclinedLostCard', code: 'card_declined', decline: 'lost_card' },
  { card: 'pm_card_chargeDeclinedInsufficientFunds', code: 'card_declined', decline: 'insufficient_funds' },
  { card: 'pm_card_authenticationRequired', code: 'authentication_required', decline: 'authentication_required' },
];
for (const { card, code, decline } of refusals) {
  test(`${card} is refused, and the intent waits for another card`, async () => {
    const who = await customer(card);
    const error = await charge(who).then(() => assert.fail(), (no) => no);
    assert.deepEqual([error.type, error.statusCode, error.code, error.decline_code], ['StripeCardError', 402, code, decline]);
    const intent = await stripe.paymentIntents.retrieve(error.payment_intent.id);
    assert.deepEqual([intent.status, intent.payment_method, intent.last_payment_error.decline_code], ['requires_payment_method', null, decline]);
    assert.deepEqual(await look('charges'), []);
    assert.equal((await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })).status, 'succeeded');
    assert.equal((await look('charges')).length, 1);
  });
}

for (const [ok, status] of [[true, 'succeeded'], [false, 'requires_payment_method']]) {
  test(`the bank asks who pays; the answer ${ok} ends in ${status}`, async () => {
    const who = await customer('pm_card_authenticationRequired');
    const intent = await charge(who, { off_session: false, return_url: back('?a=1') });
    assert.equal(intent.status, 'requires_action');
    assert.deepEqual(intent.next_action.redirect_to_url, { url: `${url}/pay/3ds/${intent.id}`, return_url: back('?a=1') });
    const page = intent.next_action.redirect_to_url.url;
    assert.match(await (await fetch(page)).text(), /<button name="answer" value="authenticate">/);
    const answer = await fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer: ok ? 'authenticate' : 'refuse' }) });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.get('location'), new RegExp(`^https://souk.test/back\\?a=1&payment_intent=${intent.id}&`));
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, status);
    assert.equal((await look('charges')).length, ok ? 1 : 0);
  });
}

test('without a way back there is no page to go to, and the order of a test is the same as its button', async () => {
  const who = await customer('pm_card_authenticationRequired');
  assert.equal((await charge(who, { off_session: false })).next_action.type, 'use_stripe_sdk');
  const intent = await charge(who, { off_session: false, return_url: back() });
  assert.equal((await order('authenticate', { payment_intent: intent.id, ok: true })).payment_intent.status, 'succeeded');
});

test('intents are listed newest first, by customer and time, in pages', async () => {
  const who = await customer(), other = await customer();
  const made = [];
  for (let i = 0; i < 5; i++) made.unshift((await charge(who)).id);
  await charge(other);
  const all = await stripe.paymentIntents.list({ customer: who.id, limit: 2, created: { gte: Math.floor(Date.now() / 1000) - 60 } });
  assert.deepEqual(all.data.map(({ id }) => id), made.slice(0, 2));
  assert.ok(all.has_more);
  const next = await stripe.paymentIntents.list({ customer: who.id, limit: 3, starting_after: made[1] });
  assert.deepEqual([next.data.map(({ id }) => id), next.has_more], [made.slice(2), false]);
  assert.equal((await stripe.paymentIntents.list({ created: { gte: Math.floor(Date.now() / 1000) + 60 } })).data.length, 0);
  assert.equal((await call('GET', '/v1/payment_intents?limit=101')).status, 400);
  assert.equal((await call('GET', '/v1/payment_intents?starting_after=pi_nobody')).status, 400);
});

test('what cannot be asked is refused as Stripe does', async () => {
  const who = await customer(), other = await customer();
  await assert.rejects(charge({ ...who, method: other.method }), { statusCode: 400, code: 'resource_missing' });
  await assert.rejects(charge(who, { amount: 49 }), { code: 'amount_too_small' });
  await assert.rejects(charge({ ...who, id: 'cus_nobody' }), { statusCode: 400, code: 'resource_missing', param: 'customer' });
  await assert.rejects(stripe.paymentIntents.retrieve('pi_nobody'), { statusCode: 404, code: 'resource_missing' });
  await stripe.paymentMethods.detach(who.method);
  await assert.rejects(charge(who), { statusCode: 400 });
  assert.equal((await stripe.customers.retrieve(who.id)).invoice_settings.default_payment_method, null);
});

test('money goes back in parts, never more than there was', async () => {
  const intent = await charge(await customer());
  await stripe.refunds.create({ payment_intent: intent.id, amount: 900 });
  await assert.rejects(stripe.refunds.create({ payment_intent: intent.id, amount: 4001 }), { statusCode: 400 });
  assert.equal((await stripe.refunds.create({ payment_intent: intent.id })).amount, 4000);
  await assert.rejects(stripe.refunds.create({ payment_intent: intent.id, amount: 1 }), { code: 'charge_already_refunded' });
  assert.equal((await stripe.refunds.list({ payment_intent: intent.id })).data.length, 2);
  assert.equal((await look('charges'))[0].refunded, 4900);
});

test('the card of a customer comes with the customer', async () => {
  const who = await customer();
  const read = await stripe.customers.retrieve(who.id, { expand: ['invoice_settings.default_payment_method'] });
  const { brand, last4, exp_year: year } = read.invoice_settings.default_payment_method.card;
  assert.deepEqual([brand, last4, year], ['visa', '4242', 2030]);
  const tax = await stripe.customers.createTaxId(who.id, { type: 'eu_vat', value: 'LU12345678' });
  assert.equal(tax.country, 'LU');
  await assert.rejects(stripe.customers.createTaxId(who.id, { type: 'eu_vat', value: 'nonsense' }), { code: 'tax_id_invalid' });
  await stripe.customers.del(who.id);
  assert.equal((await stripe.customers.retrieve(who.id)).deleted, true);
  await assert.rejects(charge(who), { param: 'customer' });
});

test('a card is given on the page of a session', async () => {
  const { id } = await stripe.customers.create({ name: 'Shop' });
  const session = await stripe.checkout.sessions.create({
    mode: 'setup', currency: 'eur', customer: id, success_url: back('?session={CHECKOUT_SESSION_ID}'), cancel_url: back('?no'),
  });
  assert.equal(session.url, `${url}/pay/c/${session.id}`);
  const press = (card) => fetch(session.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ card }) });
  const page = await (await fetch(session.url)).text();
  for (const card of ['visa', 'declined', 'lost', 'authentication', 'cancel']) assert.match(page, new RegExp(`<button name="card" value="${card}">`));
  assert.equal((await press('cancel')).headers.get('location'), back('?no'));
  assert.equal((await press('visa')).headers.get('location'), back(`?session=${session.id}`));
  assert.equal((await press('visa')).status, 400);
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent'] });
  assert.deepEqual([done.status, done.url, done.setup_intent.status], ['complete', null, 'succeeded']);
  const card = await stripe.paymentMethods.retrieve(done.setup_intent.payment_method);
  assert.equal(card.customer, id);
  assert.equal((await stripe.setupIntents.retrieve(done.setup_intent.id)).payment_method, card.id);
  const told = (await stripe.events.list({ types: ['setup_intent.succeeded', 'payment_method.attached', 'checkout.session.completed'] })).data.map(({ type }) => type);
  assert.deepEqual(told, ['checkout.session.completed', 'setup_intent.succeeded', 'payment_method.attached']);
  assert.equal((await fetch(`${url}/pay/c/cs_nobody`)).status, 404);
});

test('a card is replaced and removed in the portal', async () => {
  const who = await customer();
  const session = await stripe.billingPortal.sessions.create({ customer: who.id, return_url: back() });
  const page = async () => (await fetch(session.url)).text();
  const press = async (card) => {
    const answer = await fetch(session.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ card }) });
    assert.equal(answer.headers.get('location'), back());
    return page();
  };
  assert.match(await page(), /visa 4242.*<a href="https:\/\/souk.test\/back">back<\/a>/);
  assert.match(await press('lost'), /visa 9987/);
  assert.match(await press('remove'), /No card/);
  assert.deepEqual((await stripe.events.list({ type: 'payment_method.detached' })).data.length, 2);
});

test('events are the newest first, by time and type, and come one by one', async () => {
  const since = Math.floor(Date.now() / 1000);
  const intent = await charge(await customer());
  await order('dispute', { payment_intent: intent.id });
  await order('dispute', { payment_intent: intent.id, close: 'lost' });
  const { data } = await stripe.events.list({ created: { gte: since }, limit: 100 });
  assert.deepEqual(data.slice(0, 4).map(({ type }) => type), ['charge.dispute.closed', 'charge.dispute.created', 'payment_intent.succeeded', 'charge.succeeded']);
  const [, , paid] = data;
  assert.equal(paid.api_version, it.version);
  assert.equal(paid.data.object.id, intent.id);
  assert.match(paid.request.id, /^req_/);
  assert.deepEqual((await stripe.events.retrieve(paid.id)).data.object.id, intent.id);
  const page = await stripe.events.list({ created: { gte: since }, limit: 2, starting_after: data[1].id });
  assert.deepEqual(page.data.map(({ id }) => id), data.slice(2, 4).map(({ id }) => id));
});

test('an endpoint tells its secret once', async () => {
  const made = await stripe.webhookEndpoints.create({ url: 'https://souk.test/hook', enabled_events: ['charge.refunded'], api_version: it.version });
  assert.match(made.secret, /^whsec_/);
  const [listed] = (await stripe.webhookEndpoints.list({ limit: 100 })).data;
  assert.deepEqual([listed.id, listed.url, listed.status, listed.secret], [made.id, 'https://souk.test/hook', 'enabled', undefined]);
});

test('without a key, with a live one or another version nothing is done', async () => {
  const status = async (headers) => (await call('GET', '/v1/customers', undefined, { headers })).status;
  for (const Authorization of ['', 'Bearer sk_live_x', 'Bearer pk_test_x']) assert.equal(await status({ Authorization }), 401);
  assert.equal(await status({ 'Stripe-Version': '2020-08-27' }), 400);
  assert.equal(await status({ Authorization: 'Bearer rk_test_x' }), 200);
  assert.equal((await call('GET', '/v1/invoices/upcoming')).json.error.code, 'resource_missing');
});
