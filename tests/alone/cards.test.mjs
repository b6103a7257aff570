// Money by card, against a double of Stripe's that is held to Stripe's own library (tests/stripe): whatever the way
// there and back does to a payment, there is one charge and what it was for, or neither; and events are believed by
// their signature alone.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { sql } from '../http/lib/sender.mjs';
import { ask, assertProblem, byToken, fresh, newShop, operator, root, state, until } from '../http/lib/souk.mjs';
import { settings } from '../http/lib/worker.mjs';

const at = process.env.SOUK_STRIPE_DOUBLE;
const program = join(process.env.SOUK_BUILD ?? join(root, 'build'), 'souk');
const billing = (path) => `/api/v1/vendor/billing/${path}`;
const EVENTS = '/api/v1/webhooks/stripe';
const CHARGE = 'POST /v1/payment_intents';
const SECRET = 'whsec_soukdouble';

/** What the double is told, or asked. */
async function double(name, body) {
  const answer = await fetch(`${at}/_double/${name}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  assert.ok(answer.ok, `${name}: ${answer.status}`);
  return answer.json();
}
const figure = (statement) => sql('souk', statement);
const job = (name) => execFileSync(program, ['jobs', '--once', name], { env: { ...process.env, ...settings() }, stdio: 'pipe' });
/** The time after which what is left unfinished is taken up again. */
const later = () => figure("UPDATE billing_operation SET next_at = now(), leased_until = NULL WHERE ended_at IS NULL; UPDATE webhook_inbox SET next_at = now() WHERE state = 'new'");

const digits = { visa: '4242', declined: '0341', lost: '9987', authentication: '3184' };
async function giveCard(shop, card) {
  const { status, body } = await ask(shop, 'POST', billing('payment-method/setup'));
  assert.equal(status, 200);
  await double('checkout', { session: body.url.split('/').pop(), card });
  await until(async () => (await ask(shop, 'GET', billing('payment-method'))).body.card?.includes(digits[card]), 'the card to be there');
}
async function cardShop(word, card = 'visa') {
  const shop = await newShop(word);
  await giveCard(shop, card);
  const [customer, n] = figure(`SELECT customer || ' ' || vendor_id FROM billing_account WHERE vendor_id = (SELECT id FROM vendor WHERE slug = '${shop.slug}')`).split(' ');
  return { ...shop, customer, n };
}
const take = (shop, tier = 'essential', headers = {}) => ask(shop, 'POST', billing('subscription'), { json: { tier, interval: 'month' }, headers });
const charges = async (shop) => (await double('charges')).filter((one) => one.customer === shop.customer && one.refunded < one.amount);

/** One charge for each invoice that is paid, of its very amount; cash in the ledger is just that, and it sums to 0. */
async function assertSquare(shop) {
  const [paid, cash, sum, open] = figure(`SELECT concat_ws(' ', (SELECT coalesce(string_agg(paid::text, ',' ORDER BY paid), '-') FROM billing_document WHERE vendor_id = ${shop.n} AND paid > 0),
    (SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE vendor_id = ${shop.n} AND account = 'CASH'), (SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE vendor_id = ${shop.n}),
    (SELECT count(*) FROM billing_operation WHERE vendor_id = ${shop.n} AND ended_at IS NULL AND state <> 'action'))`).split(' ');
  const taken = (await charges(shop)).map((one) => one.amount).sort((a, b) => a - b);
  assert.equal(taken.join(',') || '-', paid);
  assert.equal(Number(cash), taken.reduce((all, one) => all + one, 0));
  assert.equal(sum, '0');
  assert.equal(open, '0');
}

before(() => assert.ok(at, 'SOUK_STRIPE_DOUBLE says where the double is'));
beforeEach(async () => {
  await double('faults/clear', {});
  await double('webhooks', { mode: 'in_order' });
});

describe('a payment that goes well', () => {
  test('is made before the tier is granted, and once for one key', async () => {
    const shop = await cardShop('paid');
    const key = { 'Idempotency-Key': `take-${shop.slug}` };
    const first = await take(shop, 'essential', key);
    assert.equal(first.status, 200, first.text);
    assert.equal(first.body.document.status, 'paid');
    const again = await take(shop, 'essential', key);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.deepEqual(again.body, first.body);
    const up = await ask(shop, 'POST', billing('change-tier'), { json: { tier: 'professional' } });
    assert.equal(up.status, 200);
    assert.equal((await charges(shop)).length, 2);
    await assertSquare(shop);
  });
});

describe('a card that is refused', () => {
  test('changes nothing, and its 402 is what the key came to', async () => {
    const shop = await cardShop('declined', 'declined');
    const key = { 'Idempotency-Key': `decline-${shop.slug}` };
    assertProblem(await take(shop, 'essential', key), 402, 'subscriptions.payment_failed');
    assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'none');
    await giveCard(shop, 'visa');
    const again = await take(shop, 'essential', key);
    assert.deepEqual([again.status, again.body.code, again.headers['idempotent-replayed']], [402, 'subscriptions.payment_failed', 'true']);
    assert.equal((await take(shop)).status, 200);
    await assertSquare(shop);
  });

  test('waits for the bank where the bank wants to be asked', async () => {
    const shop = await cardShop('bank', 'authentication');
    const answer = await take(shop);
    assertProblem(answer, 402, 'subscriptions.action_required');
    assert.match(answer.body.action_url, /\/pay\/3ds\/pi_/);
    assertProblem(await ask(shop, 'POST', billing('change-tier'), { json: { tier: 'business' } }), 409, 'subscriptions.payment_waits');
    await double('authenticate', { payment_intent: answer.body.action_url.split('/').pop(), ok: true });
    await until(async () => (await ask(shop, 'GET', billing('subscription'))).body.status === 'active', 'the event to make the change');
    await assertSquare(shop);
  });

  test('is given up by the person, and the change with it', async () => {
    const shop = await cardShop('gives-up', 'authentication');
    assertProblem(await take(shop), 402, 'subscriptions.action_required');
    assert.equal((await ask(shop, 'POST', billing('payment-method/give-up'))).status, 204);
    assert.equal((await ask(shop, 'GET', billing('payment-method'))).body.pending, null);
    assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'none');
    await assertSquare(shop);
  });
});

describe('whatever happens on the way', () => {
  // kind, how often, and whether the person already hears of success: the second try finds what the first one did
  const rows = [['429', 1, true], ['409', 1, true], ['500_before', 1, true], ['500_after', 1, true], ['cut', 1, true], ['truncated_json', 1, true], ['wrong_length', 1, true], ['short_length', 1, true], ['slow', 1, true], ['timeout_after', 1, true],
    ['500_after', 4, false], ['cut', 4, false], ['429', 4, false]];
  for (const [kind, times, heard] of rows) {
    test(`${kind}, ${times} times: one charge, and what it was for`, async () => {
      const shop = await cardShop('fault');
      await double('fault', { match: CHARGE, contains: shop.customer, kind, times });
      const answer = await take(shop);
      if (heard) assert.equal(answer.status, 200, answer.text);
      else if (answer.status !== 200) assertProblem(answer, 402, 'subscriptions.payment_pending'); // an event may be faster
      await until(async () => { later(); job('collect_payments'); return (await ask(shop, 'GET', billing('subscription'))).body.status === 'active'; }, 'the job to finish it');
      assert.equal((await charges(shop)).length, 1);
      await assertSquare(shop);
    });
  }

  test('a key that is not taken stops the asking and changes nothing', async () => {
    const shop = await cardShop('locked');
    await double('fault', { match: CHARGE, contains: shop.customer, kind: '401', times: 1 });
    assertProblem(await take(shop), 402, 'subscriptions.payment_pending');
    assert.equal((await charges(shop)).length, 0);
    later();
    job('collect_payments');
    await assertSquare(shop);
  });

  test('every event lost: what the provider has is found by looking', async () => {
    const shop = await cardShop('lost', 'authentication');
    const { body } = await take(shop);
    await until(() => figure(`SELECT count(*) FROM webhook_inbox WHERE customer = '${shop.customer}' AND state = 'new'`) === '0', 'the events before to be applied');
    await double('webhooks', { mode: 'hold' });
    await double('authenticate', { payment_intent: body.action_url.split('/').pop(), ok: true });
    await double('deliver', { mode: 'lost', percent: 100 });
    assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'none');
    job('sync_stripe_status');
    assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'active');
    await assertSquare(shop);
  });

  for (const [mode, more] of [['reversed', {}], ['random', { seed: 7 }], ['twice', {}], ['simultaneous', {}]]) {
    test(`events ${mode}: the same in the end`, async () => {
      const shop = await cardShop('order', 'authentication');
      await double('webhooks', { mode: 'hold' });
      const { body } = await take(shop);
      await double('authenticate', { payment_intent: body.action_url.split('/').pop(), ok: true });
      const statuses = await double('deliver', { mode, ...more });
      assert.ok(statuses.length >= 3 && statuses.every((one) => one === 200), `${statuses}`);
      await until(async () => { job('apply_provider_events'); return (await ask(shop, 'GET', billing('subscription'))).body.status === 'active'; }, 'the events to be applied');
      await assertSquare(shop);
    });
  }
});

describe('two at once', () => {
  test('make one charge for one change', async () => {
    const shop = await cardShop('twice');
    assert.equal((await take(shop)).status, 200);
    const change = () => ask(shop, 'POST', billing('change-tier'), { json: { tier: 'business' } });
    const both = await Promise.all([change(), change(), change()]);
    const made = both.filter(({ status }) => status === 200);
    assert.equal(new Set(made.map(({ body }) => body.document.number)).size, 1); // whoever is told so is told of the same one
    both.filter(({ status }) => status !== 200).forEach(({ status }) => assert.equal(status, 409));
    assert.equal((await charges(shop)).length, 2);
    await assertSquare(shop);
  });
});

describe('kill -9', () => {
  const workers = () => { const pid = Number(readFileSync(join(state, 'pid/web.pid'), 'utf8').split(' ')[0]); return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number); };
  const seen = async (shop) => Number(figure(`SELECT count(*) FROM billing_operation WHERE vendor_id = ${shop.n} AND state = 'asked'`)) > 0;

  for (const kind of ['hold_before', 'hold']) {
    test(`${kind === 'hold' ? 'when the charge is made and its answer on its way' : 'before the charge is made'}: it is finished once`, async () => {
      const shop = await cardShop('killed');
      await double('fault', { match: CHARGE, contains: shop.customer, kind });
      await double('webhooks', { mode: 'hold' }); // no event helps
      const answer = take(shop).catch((error) => error);
      await until(() => seen(shop), 'the operation to be there');
      await until(async () => (await double('requests')).some((one) => one.fault === kind), 'the provider to be asked');
      for (const pid of workers()) process.kill(pid, 'SIGKILL');
      await double('faults/clear', {});
      const { status } = await answer;
      assert.ok(!(status < 500), `nobody was told that it worked: ${status}`);
      await until(async () => (await ask(null, 'GET', '/readyz').catch(() => ({}))).status === 200, 'workers to be back');
      later();
      job('collect_payments');
      assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'active');
      assert.equal((await charges(shop)).length, 1);
      await assertSquare(shop);
      await double('deliver', {});
    });
  }

  test('the job that charges a renewal, while it asks: the invoice is paid once', async () => {
    const shop = await cardShop('runner');
    assert.equal((await take(shop)).status, 200);
    await double('fault', { match: CHARGE, contains: shop.customer, kind: 'hold' });
    const admin = await byToken(operator);
    figure(`UPDATE billing_account SET clock_s = 32 * 86400, wake_at = now() WHERE vendor_id = ${shop.n}`);
    job('bill_due_subscriptions');
    await until(async () => (await double('requests')).filter((one) => one.fault === 'hold').length > 0, 'the runner to ask');
    const runner = Number(readFileSync(join(state, 'pid/jobs.pid'), 'utf8').split(' ')[0]);
    for (const pid of readFileSync(`/proc/${runner}/task/${runner}/children`, 'utf8').trim().split(' ').map(Number)) process.kill(pid, 'SIGKILL');
    await double('faults/clear', {});
    await until(async () => { later(); job('collect_payments'); return Number(figure(`SELECT count(*) FROM billing_document WHERE vendor_id = ${shop.n} AND state = 'paid'`)) === 2; }, 'the renewal to be paid');
    assert.equal((await charges(shop)).length, 2);
    await assertSquare(shop);
    assert.ok(admin);
  });
});

describe('a renewal', () => {
  const renew = (shop, days) => { figure(`UPDATE billing_account SET clock_s = ${days} * 86400, wake_at = now() WHERE vendor_id = ${shop.n}`); job('bill_due_subscriptions'); later(); job('collect_payments'); };

  test('that fails puts the shop in arrears, and another card makes good at once', async () => {
    const shop = await cardShop('arrears');
    assert.equal((await take(shop)).status, 200);
    await giveCard(shop, 'lost');
    renew(shop, 32);
    assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'past_due');
    assert.equal((await ask(shop, 'GET', billing('payment-method'))).body.card_refused, 'lost_card');
    renew(shop, 36); // nothing is tried any more with that card
    assert.equal((await double('requests')).filter(({ key }) => key?.startsWith('pay:')).at(-1).key.split(':').pop(), '1');
    await giveCard(shop, 'visa');
    await until(async () => { later(); job('collect_payments'); return (await ask(shop, 'GET', billing('subscription'))).body.status === 'active'; }, 'the overdue invoice to be paid');
    await assertSquare(shop);
  });

  test('that the bank wants confirmed is paid by the person', async () => {
    const shop = await cardShop('confirm');
    assert.equal((await take(shop)).status, 200);
    await giveCard(shop, 'authentication');
    renew(shop, 32);
    const { number } = (await ask(shop, 'GET', `${billing('invoices')}?status=open`)).body.data[0];
    const answer = await ask(shop, 'POST', billing(`invoices/${number}/pay`));
    assertProblem(answer, 402, 'subscriptions.action_required');
    await double('authenticate', { payment_intent: answer.body.action_url.split('/').pop(), ok: true });
    await until(async () => (await ask(shop, 'GET', billing(`invoices/${number}`))).body.status === 'paid', 'the invoice to be paid');
    await assertSquare(shop);
  });
});

describe('an event', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const body = () => JSON.stringify({ id: `evt_${fresh('x')}`, type: 'customer.updated', created: now(), livemode: false, api_version: 'x', data: { object: { id: 'cus_none', object: 'customer' } } });
  const sign = (text, secret = SECRET, t = now()) => `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${text}`).digest('hex')}`;
  const post = (text, signature) => ask(null, 'POST', EVENTS, { body: Buffer.from(text), headers: { 'Content-Type': 'application/json', ...(signature && { 'Stripe-Signature': signature }) } });
  const kept = () => Number(figure('SELECT count(*) FROM webhook_inbox'));
  const refused = () => Number(figure('SELECT coalesce(sum(refused), 0) FROM provider_note'));

  test('that is forged, stale, ahead, or not the bytes that were signed is 400, and nothing is kept', async () => {
    const [before, turnedAway] = [kept(), refused()];
    const text = body();
    const wrong = [null, sign(text, 'whsec_other'), sign(text, SECRET, now() - 301), sign(text, SECRET, now() + 302), sign(`${text} `), `t=${now()}`, 'v1=00', `t=x,v1=${'0'.repeat(64)}`];
    for (const signature of wrong) assertProblem(await post(text, signature), 400, 'collect.signature');
    assertProblem(await post(JSON.stringify(JSON.parse(text), null, 1), sign(text)), 400, 'collect.signature');
    assert.equal(kept(), before);
    assert.equal(refused() - turnedAway, wrong.length + 1);
  });

  test('that is too large is 413, that is none is 400', async () => {
    const large = JSON.stringify({ padding: 'x'.repeat(257 * 1024) });
    assert.equal((await post(large, sign(large))).status, 413);
    assertProblem(await post('{"id":1', sign('{"id":1')), 400, 'collect.event');
  });

  test('that comes twice is kept once; of real money, or of no use, it is put aside', async () => {
    const before = kept(), text = body();
    assert.equal((await post(text, sign(text))).text, 'kept');
    assert.equal((await post(text, sign(text))).text, 'known');
    assert.equal(kept() - before, 1);
    for (const change of [{ livemode: true }, { type: 'of.next.year' }]) {
      const other = JSON.stringify({ ...JSON.parse(body()), ...change });
      assert.equal((await post(other, sign(other))).status, 200);
      assert.equal(figure(`SELECT state FROM webhook_inbox WHERE event = '${JSON.parse(other).id}'`), 'ignored');
    }
  });

  test('of a card that was taken away leaves the shop without one', async () => {
    const shop = await cardShop('detached');
    const method = figure(`SELECT method FROM billing_account WHERE vendor_id = ${shop.n}`);
    await double('detach', { payment_method: method });
    await until(async () => (await ask(shop, 'GET', billing('payment-method'))).body.card === null, 'the card to be gone');
    assertProblem(await take(shop), 402, 'subscriptions.payment_method_required');
  });

  test('of a dispute is on record for the operator', async () => {
    const shop = await cardShop('dispute');
    assert.equal((await take(shop)).status, 200);
    await double('dispute', { payment_intent: (await charges(shop))[0].payment_intent });
    await until(async () => Number(figure(`SELECT count(*) FROM audit_log WHERE chain = ${shop.n} AND what = 'payment.disputed'`)) === 1, 'the note');
  });
});

test('souk doctor says what is missing at the provider, and --fix makes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'souk-doctor-')), file = join(folder, 'webhook');
  writeFileSync(file, 'whsec_before');
  const env = { SOUK_PUBLIC_URL: `https://${fresh('shop')}.example` };
  const look = (...args) => spawnSync(program, ['doctor', ...args], { encoding: 'utf8', env: { ...process.env, ...settings(), ...env, SOUK_STRIPE_WEBHOOK_FILE: file } }).stdout;
  assert.match(look(), /WRONG +cards +the provider does not send its events here/);
  assert.match(look('--fix'), /look +cards +wrote/);
  assert.match(readFileSync(file, 'utf8'), /^whsec_/);
  assert.equal(statSync(file).mode & 0o77, 0);
  assert.match(look(), /ok +cards +the provider answers/);
  rmSync(folder, { recursive: true });
});

test('the double never answered other than Stripe’s library declares', async () => assert.deepEqual(await double('violations'), []));
