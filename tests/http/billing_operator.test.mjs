// What the operator does to shops' billing, by page and by program; and what a shop may still do after its subscription's end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { sql } from './lib/sender.mjs';
import { ask, assertProblem, byCookie, byToken, csrfOf, draft, fieldsOf, newProduct, newShop, operator, root, souk, state } from './lib/souk.mjs';

const billing = (path) => `/api/v1/vendor/billing/${path}`;
const account = (id, path = '') => `/api/v1/admin/subscriptions/${id}${path}`;
let admin, desk, csrf;

before(async () => {
  admin = await byToken(operator);
  desk = await byCookie(operator);
  csrf = await csrfOf({ ...desk, home: '/admin/billing/rates' });
});

const inEnglish = (path) => `${path}${path.includes('?') ? '&' : '?'}lang=en`;
const look = (who, path) => ask(who, 'GET', inEnglish(path));
const send = (path, fields) => ask(desk, 'POST', path, { form: { csrf, ...fields } });
const subscribe = (shop, tier) => ask(shop, 'POST', billing('subscription'), { json: { tier, interval: 'month' } });
const day = (offset) => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);
const acts = (what) => Number(sql('souk', `SELECT count(*) FROM audit_log WHERE what = '${what}'`));

describe('a credit balance', () => {
  let shop, balance;
  before(async () => {
    shop = await newShop('balance');
    const { body } = await subscribe(shop, 'business');
    await ask(admin, 'POST', `/api/v1/admin/invoices/${body.document.number}/pay`);
    await ask(admin, 'POST', `/api/v1/admin/invoices/${body.document.number}/credit`);
    balance = (await ask(admin, 'GET', account(shop.id))).body.credit_balance.amount;
  });

  test('is shown with a form, and paid back in part', async () => {
    assert.ok(balance > 10000);
    const page = await look(desk, `/admin/subscriptions/${shop.id}`);
    assert.equal(page.status, 200);
    assert.match(page.text, new RegExp(`name="seen" value="${balance}"`));
    const sent = await send(`/admin/subscriptions/${shop.id}/refund`, { amount: '100.00', seen: balance });
    assert.equal(sent.headers.location, `/admin/subscriptions/${shop.id}?done=billing.refunded`);
    assert.equal((await ask(admin, 'GET', account(shop.id))).body.credit_balance.amount, balance - 10000);
    const after = await look(desk, sent.headers.location);
    assert.match(after.text, /role="status">Noted as paid back/);
    assert.equal(sql('souk', `SELECT sum(amount) FROM ledger_posting WHERE vendor_id = ${shop.id} AND account IN ('CREDIT')`), String(10000 - balance));
  });

  test('sent twice it is paid once: the very form, the form of a page that is older, and a program’s call', async () => {
    const left = async () => (await ask(admin, 'GET', account(shop.id))).body.credit_balance.amount;
    const again = await send(`/admin/subscriptions/${shop.id}/refund`, { amount: '100.00', seen: balance });
    assert.deepEqual([again.status, again.headers['idempotent-replayed']], [303, 'true']);
    const older = await csrfOf({ ...desk, home: '/admin/billing/rates' });
    assert.equal((await send(`/admin/subscriptions/${shop.id}/refund`, { csrf: older, amount: '100.00', seen: balance })).status, 409);
    assert.equal(await left(), balance - 10000);
    const call = () => ask(admin, 'POST', account(shop.id, '/refund'), { json: { amount: { amount: 1000, currency: 'EUR' } }, headers: { 'Idempotency-Key': `back-${shop.slug}` } });
    const [first, second] = [await call(), await call()];
    assert.equal(second.text, first.text);
    assert.equal(await left(), balance - 11000);
  });

  test('no more than there is, and no amount that is none', async () => {
    const left = balance - 11000;
    for (const amount of ['999999.00', 'x', '']) {
      const refused = await send(`/admin/subscriptions/${shop.id}/refund`, { amount, seen: left });
      assert.equal(refused.status, 422, amount);
      assert.match(refused.text, /id="amount-error">[^<]+</, amount);
    }
    assertProblem(await ask(admin, 'POST', account(shop.id, '/refund'), { json: { amount: { amount: 0, currency: 'EUR' } } }), 409, 'subscriptions.nothing_left');
    assert.equal((await ask(admin, 'GET', account(shop.id))).body.credit_balance.amount, left);
  });

  test('an account that is not there is not found', async () => {
    assert.equal((await look(desk, '/admin/subscriptions/999999999')).status, 404);
    assert.equal((await send('/admin/subscriptions/999999999/refund', { amount: '1.00' })).status, 404);
    assertProblem(await ask(admin, 'GET', account(999999999)), 404, 'subscriptions.no_account');
    assert.equal((await ask(shop, 'GET', account(shop.id))).status, 403);
  });
});

describe('the check of a VAT id', () => {
  let shop;
  before(async () => {
    shop = await newShop('checked');
    await subscribe(shop, 'essential');
  });

  test('a shop that gave none has none to be checked', async () => {
    assert.match((await look(desk, `/admin/subscriptions/${shop.id}`)).text, /has given no VAT number/);
    assertProblem(await ask(admin, 'POST', account(shop.id, '/vat-check'), { json: { valid: true, source: 'VIES' } }), 409, 'billing.no_vat_id');
  });

  test('is recorded with its source and time, and shown', async () => {
    const owner = await byCookie(shop);
    const details = { csrf: await csrfOf(owner), legal_name: 'Dort GmbH', street: 'Weg 1', postcode: '10115', city: 'Berlin', country: 'DE', vat_id: 'DE123456789', email: '' };
    assert.equal((await ask(owner, 'POST', '/vendor/billing/details', { form: details })).status, 303);
    assert.match((await look(desk, `/admin/subscriptions/${shop.id}`)).text, /Never checked/);
    const fields = { vat_id: 'DE123456789', result: 'valid', source: 'VIES, consultation 4711' };
    assert.equal((await send(`/admin/subscriptions/${shop.id}/vat-check`, fields)).headers.location, `/admin/subscriptions/${shop.id}?done=billing.vat_noted`);
    const { body } = await ask(admin, 'GET', account(shop.id));
    assert.deepEqual({ ...body.vat, checked_at: undefined }, { country: 'DE', vat_id: 'DE123456789', valid: true, checked_at: undefined, source: 'VIES, consultation 4711' });
    assert.ok(Math.abs(Date.parse(body.vat.checked_at) - Date.now()) < 60e3);
    assert.match((await look(desk, `/admin/subscriptions/${shop.id}`)).text, /VIES, consultation 4711/);
    const up = await ask(shop, 'POST', billing('change-tier'), { json: { tier: 'professional', preview: true } });
    assert.ok(up.body.preview.tax_breakdown.some(({ category }) => category === 'AE'));
  });

  test('of a number that the shop does not have any more is refused, and so is half a form', async () => {
    assert.equal((await send(`/admin/subscriptions/${shop.id}/vat-check`, { vat_id: 'DE999999999', result: 'wrong', source: 'VIES' })).status, 409);
    assertProblem(await ask(admin, 'POST', account(shop.id, '/vat-check'), { json: { valid: false, source: 'VIES', vat_id: 'DE999999999' } }), 409, 'subscriptions.changed');
    assert.equal((await ask(admin, 'GET', account(shop.id))).body.vat.valid, true);
    const half = await send(`/admin/subscriptions/${shop.id}/vat-check`, { vat_id: 'DE123456789', result: 'perhaps', source: '' });
    assert.equal(half.status, 422);
    assert.match(half.text, /href="#result"/);
    assert.match(half.text, /href="#source"/);
    assert.equal((await send(`/admin/subscriptions/${shop.id}/vat-check`, { vat_id: 'DE123456789', result: 'wrong', source: 'VIES' })).status, 303);
    assert.equal((await ask(admin, 'GET', account(shop.id))).body.vat.valid, false);
  });
});

describe('the table of VAT rates', () => {
  const rates = async () => (await ask(admin, 'GET', '/api/v1/admin/vat-rates')).body.data;
  const of = async (country, from) => (await rates()).find((one) => one.country === country && one.valid_from === from);
  // A country that the table does not have: rows of the past stay for good.
  const free = async () => {
    const taken = new Set((await rates()).map(({ country }) => country));
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    return letters.flatMap((a) => letters.map((b) => a + b)).find((code) => code > 'XA' && !taken.has(code));
  };

  test('a rate to come is added, shown, and taken away again; each is on record', async () => {
    const from = day(400), before = [acts('billing.rate_added'), acts('billing.rate_removed')];
    const made = await ask(admin, 'POST', '/api/v1/admin/vat-rates', { json: { country: 'LU', valid_from: from, rate_bp: 1850 } });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.body, { country: 'LU', valid_from: from, rate_bp: 1850, state: 'to_come' });
    assert.match((await look(desk, '/admin/billing/rates')).text, new RegExp(`${from}</td><td class="num">18.50`));
    assertProblem(await ask(admin, 'POST', '/api/v1/admin/vat-rates', { json: { country: 'LU', valid_from: from, rate_bp: 1900 } }), 409, 'billing.rate_there');
    assert.equal((await of('LU', from)).rate_bp, 1850);
    assert.equal((await ask(admin, 'DELETE', `/api/v1/admin/vat-rates/LU/${from}`)).status, 204);
    assertProblem(await ask(admin, 'DELETE', `/api/v1/admin/vat-rates/LU/${from}`), 404, 'billing.no_rate');
    assert.deepEqual([acts('billing.rate_added'), acts('billing.rate_removed')], before.map((n) => n + 1));
  });

  test('by page too', async () => {
    const from = day(401), fields = { country: 'LU', valid_from: from, percent: '18,5' };
    assert.equal((await send('/admin/billing/rates', fields)).headers.location, '/admin/billing/rates?done=billing.rate_added');
    assert.equal((await of('LU', from)).rate_bp, 1850);
    const twice = await send('/admin/billing/rates', { ...fields, percent: '19' });
    assert.equal(twice.status, 409);
    assert.match(twice.text, /id="valid_from-error">[^<]+</);
    assert.equal((await send('/admin/billing/rates/remove', fields)).headers.location, '/admin/billing/rates?done=billing.rate_removed');
    assert.equal(await of('LU', from), undefined);
  });

  test('what counts or has counted is neither changed nor taken away, not even by hand', async () => {
    const list = await rates();
    const held = list.find((one) => one.country === 'EE' && one.state === 'in_force'), old = list.find((one) => one.country === 'EE' && one.state === 'past');
    assert.deepEqual([held.rate_bp, old.rate_bp], [2400, 2200]);
    for (const { country, valid_from: from } of [held, old]) assertProblem(await ask(admin, 'DELETE', `/api/v1/admin/vat-rates/${country}/${from}`), 409, 'billing.rate_in_use');
    assert.equal((await send('/admin/billing/rates/remove', { country: 'EE', valid_from: held.valid_from })).status, 409);
    const past = await ask(admin, 'POST', '/api/v1/admin/vat-rates', { json: { country: 'EE', valid_from: day(-1), rate_bp: 100 } });
    assertProblem(past, 422, 'billing.rate_past');
    assert.throws(() => sql('souk', "UPDATE vat_rate SET rate_bp = 1 WHERE country = 'EE'"), /stays/);
    assert.throws(() => sql('souk', "DELETE FROM vat_rate WHERE country = 'EE'"), /stays/);
    assert.deepEqual((await rates()).filter(({ country }) => country === 'EE'), list.filter(({ country }) => country === 'EE'));
  });

  test('a field that is wrong is named', async () => {
    const add = (json) => ask(admin, 'POST', '/api/v1/admin/vat-rates', { json: { country: 'LU', valid_from: day(10), rate_bp: 1700, ...json } });
    for (const [wrong, field] of [[{ country: 'lu' }, 'country'], [{ country: 'LUX' }, 'country'], [{ valid_from: '2027-02-30' }, 'valid_from'], [{ valid_from: 'tomorrow' }, 'valid_from'],
      [{ rate_bp: 10001 }, 'rate_bp'], [{ rate_bp: -1 }, 'rate_bp'], [{ rate_bp: null }, 'rate_bp']]) {
      const answer = await add(wrong);
      assert.equal(answer.status, 422, JSON.stringify(wrong));
      assert.ok(field in fieldsOf(answer), `${JSON.stringify(wrong)}: ${answer.text}`);
    }
    assert.equal((await send('/admin/billing/rates', { country: 'LU', valid_from: day(10), percent: '101' })).status, 422);
    assert.equal(await of('LU', day(10)), undefined);
  });

  test('a country without rates may have its first one from any day on; invoices that are made keep theirs', async () => {
    const country = await free();
    const shop = await newShop('rated'), owner = await byCookie(shop);
    const details = { csrf: await csrfOf(owner), legal_name: 'Elsewhere', street: 'Road 1', postcode: '1', city: 'There', country: 'LU', vat_id: '', email: '' };
    assert.equal((await ask(owner, 'POST', '/vendor/billing/details', { form: details })).status, 303);
    const { body: { document } } = await subscribe(shop, 'essential');
    const first = await ask(admin, 'POST', '/api/v1/admin/vat-rates', { json: { country, valid_from: '2020-01-01', rate_bp: 2000 } });
    assert.deepEqual([first.status, first.body.state], [201, 'in_force'], first.text);
    const from = day(20); // before the next invoice's period begins
    assert.equal((await ask(admin, 'POST', '/api/v1/admin/vat-rates', { json: { country: 'LU', valid_from: from, rate_bp: 2100 } })).status, 201);
    try {
      const xml = (await ask(shop, 'GET', billing(`invoices/${document.number}/xml`))).text;
      assert.match(xml, /<cbc:Percent>17/);
      assert.deepEqual((await ask(shop, 'GET', billing(`invoices/${document.number}`))).body.tax_breakdown, document.tax_breakdown);
      sql('souk', `UPDATE billing_account SET clock_s = clock_s + ${40 * 86400}, wake_at = now() - interval '1 day' WHERE vendor_id = ${shop.id}`);
      souk('jobs', '--once', 'bill_due_subscriptions');
      const { body: { data } } = await ask(shop, 'GET', billing('invoices'));
      assert.equal(data.length, 2);
      const renewed = (await ask(shop, 'GET', billing(`invoices/${data[0].number}`))).body;
      assert.deepEqual(renewed.tax_breakdown.map(({ rate_bp: bp }) => bp), [2100]);
    } finally {
      assert.equal((await ask(admin, 'DELETE', `/api/v1/admin/vat-rates/LU/${from}`)).status, 204);
    }
  });
});

describe('after a subscription has ended', () => {
  let shop, owner, product;
  before(async () => {
    shop = await newShop('ended');
    await subscribe(shop, 'professional');
    product = await newProduct(shop);
    owner = await byCookie(shop);
    owner.csrf = await csrfOf(owner);
    const ended = await ask(shop, 'POST', billing('cancel'), { json: { at: 'now' } });
    assert.equal(ended.status, 200, ended.text);
  });

  test('its work is refused, by program and by page, which says why and how to go on', async () => {
    const writes = [['POST', 'products', draft()], ['PATCH', `products/${product.id}`, { brand: 'x' }], ['DELETE', `products/${product.id}`], ['POST', 'categories', { name: 'x' }],
      ['POST', 'inventory', { reason: 'counted', changes: [] }], ['POST', 'warehouses', { code: 'x', name: 'x' }], ['POST', 'team/invitations', { email: 'x@example.org', role: 'staff' }],
      ['POST', 'api-keys', { name: 'x', scopes: ['products.read'] }], ['POST', 'webhooks', { address: 'https://x.example/', events: ['order.paid'] }]];
    for (const [method, path, json] of writes) {
      const answer = await ask(shop, method, `/api/v1/vendor/${path}`, { json, headers: { 'If-Match': '*' } });
      assert.equal(assertProblem(answer, 403, 'entitle.ended', `${method} ${path}`).action_url, '/vendor/billing');
    }
    const page = await ask(owner, 'POST', inEnglish('/vendor/settings'), { form: { csrf: owner.csrf, name: 'Renamed' } });
    assert.equal(page.status, 403);
    assert.match(page.text, /subscription has ended/);
    assert.match(page.text, /href="\/vendor\/billing">Billing</);
  });

  test('everything is read, exports are made, and the account is one’s own', async () => {
    for (const path of ['products', `products/${product.id}`, 'orders', 'inventory', 'team', 'billing/subscription', 'billing/invoices']) assert.equal((await ask(shop, 'GET', `/api/v1/vendor/${path}`)).status, 200, path);
    for (const path of ['/vendor/', '/vendor/products', '/vendor/billing', '/vendor/settings']) assert.equal((await ask(owner, 'GET', path)).status, 200, path);
    assert.equal((await ask(shop, 'POST', '/api/v1/vendor/exports', { json: {} })).status, 201);
    assert.equal((await ask(owner, 'POST', '/account/look', { form: { csrf: owner.csrf, theme: 'dark', next: '/' } })).status, 303);
    sql('souk', `UPDATE entitlement SET closed_from = now() - interval '88 days' WHERE vendor_id = ${shop.id}`);
    assertProblem(await ask(shop, 'POST', '/api/v1/vendor/exports', { json: {} }), 403, 'entitle.exports_over');
  });

  test('a tier taken anew opens it at once', async () => {
    const again = await subscribe(shop, 'professional');
    assert.equal(again.status, 200, again.text);
    assert.equal((await ask(shop, 'PATCH', `/api/v1/vendor/products/${product.id}`, { json: { brand: 'open' }, headers: { 'If-Match': '*' } })).status, 200);
  });
});

describe('a tier that is too small', () => {
  test('the preview names the newest that are beyond it, ten at most', async () => {
    const shop = await newShop('shrinks');
    await subscribe(shop, 'professional');
    sql('souk', `INSERT INTO product (vendor_id, sku, price_minor, currency) SELECT ${shop.id}, 'N-' || i, 1, 'EUR' FROM generate_series(1, 211) i`);
    const { id } = await newProduct(shop, { translations: { en: { title: 'The <last> lamp' } } });
    const { text } = await look(await byCookie(shop), '/vendor/billing/change/essential');
    assert.match(text, new RegExp(`<a href="/vendor/products/${id}" dir="auto" lang="en">The &lt;last&gt; lamp</a>`));
    assert.equal(text.match(/<li><a href="\/vendor\/products\/\d+"/g).length, 10);
    assert.match(text, /<li>and 2 more<\/li>/);
  });
});

test('the counters that limits go by are proven by a job, which names who is miscounted', async () => {
  const shop = await newShop('counted');
  await newProduct(shop);
  const prove = () => {
    const run = spawnSync(join(root, 'script/souk'), ['jobs', '--once', 'prove_counters'], { encoding: 'utf8', env: { ...process.env, SOUK_STATE: state } });
    assert.equal(run.status, 0, run.stderr);
    return new RegExp(`"entitle.miscounted".*"vendor":"${shop.id}"`).test(run.stderr);
  };
  assert.equal(prove(), false);
  sql('souk', `UPDATE vendor_counter SET products = products + 1 WHERE vendor_id = ${shop.id}`);
  assert.equal(prove(), true);
  sql('souk', `UPDATE vendor_counter SET products = products - 1 WHERE vendor_id = ${shop.id}`);
});
