// Billing for programs: what is bought, limited, credited and paid back, and what two at once may not do.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { sql } from './lib/sender.mjs';
import { ask, assertProblem, byCookie, byToken, csrfOf, draft, newProduct, newShop, operator, souk } from './lib/souk.mjs';

const billing = (path) => `/api/v1/vendor/billing/${path}`;
let shop, admin;

before(async () => {
  shop = await newShop('billing');
  admin = await byToken(operator);
});

describe('a shop that pays by transfer', () => {
  test('has no subscription and no limits before it takes a tier', async () => {
    assert.equal((await ask(shop, 'GET', billing('subscription'))).body.status, 'none');
    assert.deepEqual((await ask(shop, 'GET', billing('usage'))).body.data, []);
    assertProblem(await ask(shop, 'GET', billing('upcoming-invoice')), 404, 'subscriptions.no_upcoming_invoice');
  });

  test('takes a tier, and is billed for it', async () => {
    const { status, body } = await ask(shop, 'POST', billing('subscription'), { json: { tier: 'essential', interval: 'month' } });
    assert.equal(status, 200);
    assert.equal(body.document.net.amount, 4900);
    assert.match(body.document.number, /^INV-\d{4}-\d{6}$/);
    assertProblem(await ask(shop, 'POST', billing('subscription'), { json: { tier: 'business', interval: 'month' } }), 409, 'subscriptions.already_subscribed');
  });

  test('is told what a change costs, and pays just that', async () => {
    const change = { tier: 'professional' };
    const { body: shown } = await ask(shop, 'POST', billing('change-tier'), { json: { ...change, preview: true } });
    const { body: made } = await ask(shop, 'POST', billing('change-tier'), { json: { ...change, quote: shown.quote.id } });
    assert.deepEqual(made.document.total, shown.preview.total);
    assert.deepEqual(shown.over_limits, []);
    assert.deepEqual(made.document.lines.map((line) => line.amount), shown.preview.lines.map((line) => line.amount));
    assertProblem(await ask(shop, 'POST', billing('change-tier'), { json: { ...change, quote: shown.quote.id } }), 409, 'subscriptions.quote_stale');
    assertProblem(await ask(shop, 'POST', billing('change-tier'), { json: { tier: 'business', quote: 'not-a-quote' } }), 409, 'subscriptions.quote_stale');
  });

  test('changes once however often the same request comes', async () => {
    const again = () => ask(shop, 'POST', billing('addons/extra_member/purchase'), { json: { quantity: 2 }, headers: { 'Idempotency-Key': `members-${shop.slug}` } });
    const answers = [await again(), await again()];
    assert.equal(answers[0].status, 200);
    assert.deepEqual(answers[1].body, answers[0].body);
    const both = await Promise.all([1, 2, 3, 4].map(() => ask(shop, 'POST', billing('change-tier'), { json: { tier: 'business' } })));
    assert.equal(both.filter((answer) => answer.status === 200).length, 1);
    both.filter((answer) => answer.status !== 200).forEach((answer) => assertProblem(answer, 409, 'subscriptions.no_change'));
  });

  test('refuses what cannot be', async () => {
    assertProblem(await ask(shop, 'POST', billing('change-tier'), { json: { tier: 'golden' } }), 422, 'subscriptions.unknown_tier');
    assertProblem(await ask(shop, 'POST', billing('addons/golden/purchase'), { json: { quantity: 1 } }), 404, 'subscriptions.not_found');
    assert.equal((await ask(shop, 'POST', billing('addons/extra_member/purchase'), { json: { quantity: -1 } })).status, 422);
    assert.equal((await ask(shop, 'POST', billing('change-tier'), { json: { tier: 'essential', interval: 'week' } })).status, 422);
  });

  test('another shop does not see its invoices', async () => {
    const other = await newShop('nosy');
    const { body: { data: [{ number }] } } = await ask(shop, 'GET', billing('invoices'));
    for (const path of [`invoices/${number}`, `invoices/${number}/pdf`, `invoices/${number}/xml`]) assert.equal((await ask(other, 'GET', billing(path))).status, 404);
    assert.deepEqual((await ask(other, 'GET', billing('invoices'))).body.data, []);
  });
});

describe('value added tax', () => {
  test('a business elsewhere in the Union, with a VAT id that was looked up, pays none', async () => {
    const there = await newShop('there');
    const page = await byCookie(there);
    const details = { csrf: await csrfOf(page), legal_name: 'Dort GmbH', street: 'Weg 1', postcode: '10115', city: 'Berlin', country: 'DE', vat_id: 'DE 123456789', email: '' };
    assert.equal((await ask(page, 'POST', '/vendor/billing/details', { form: details })).status, 303);
    const taxes = ({ body }) => (body.document ?? body.preview).tax_breakdown.map(({ category, tax }) => [category, tax.amount]);
    assert.deepEqual(taxes(await ask(there, 'POST', billing('subscription'), { json: { tier: 'essential', interval: 'month' } })), [['S', 833]]);
    const id = sql('souk', `SELECT id FROM vendor WHERE slug = '${there.slug}'`);
    assert.equal((await ask(admin, 'POST', `/api/v1/admin/subscriptions/${id}/vat-check`, { json: { valid: true, source: 'VIES' } })).status, 200);
    const up = await ask(there, 'POST', billing('change-tier'), { json: { tier: 'business' } });
    assert.deepEqual(taxes(up).map(([category]) => category), ['AE', 'S']); // the credit keeps its tax
    const xml = (await ask(there, 'GET', billing(`invoices/${up.body.document.number}/xml`))).text;
    assert.match(xml, /VATEX-EU-AE/);
  });
});

describe('limits', () => {
  test('twenty at once at the last place: one gets in', async () => {
    const full = await newShop('full');
    await ask(full, 'POST', billing('subscription'), { json: { tier: 'essential', interval: 'month' } });
    sql('souk', `UPDATE entitlement SET products = 3 WHERE vendor_id = (SELECT id FROM vendor WHERE slug = '${full.slug}')`);
    await newProduct(full);
    await newProduct(full);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(full, 'POST', '/api/v1/vendor/products', { json: draft() })));
    assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
    const refused = answers.find((answer) => answer.status !== 201);
    assertProblem(refused, 403, 'limit_exceeded');
    assert.deepEqual([refused.body.used, refused.body.limit, refused.body.about, refused.body.allowed], [3, 3, 'products', ['essential']]);
  });

  test('what is above a smaller tier stays, and only adding is refused', async () => {
    const big = await newShop('big');
    await ask(big, 'POST', billing('subscription'), { json: { tier: 'business', interval: 'month' } });
    const ids = [await newProduct(big), await newProduct(big)];
    sql('souk', `UPDATE entitlement SET products = 1 WHERE vendor_id = (SELECT id FROM vendor WHERE slug = '${big.slug}')`);
    assertProblem(await ask(big, 'POST', '/api/v1/vendor/products', { json: draft() }), 403, 'limit_exceeded');
    const id = ids[0].id ?? ids[0];
    assert.equal((await ask(big, 'GET', `/api/v1/vendor/products/${id}`)).status, 200);
    const { body: { data } } = await ask(big, 'GET', billing('usage'));
    assert.equal(data.find(({ limit }) => limit === 'products').level, 'over');
  });
});

describe('orders of a month', () => {
  test('a tenth above the limit is taken, then the shopper hears no more than that; the shop is told', async () => {
    const busy = await newShop('busy');
    await ask(busy, 'POST', billing('subscription'), { json: { tier: 'essential', interval: 'month' } });
    sql('souk', `UPDATE entitlement SET orders_per_month = 10 WHERE vendor_id = (SELECT id FROM vendor WHERE slug = '${busy.slug}')`);
    const { variants: [variant] } = await newProduct(busy, { status: 'active' });
    const order = (i) => ask(null, 'POST', `/api/v1/shops/${busy.slug}/orders`, {
      json: { items: [{ variant_id: variant.id }], customer: { email: `buyer-${i}@example.org` } }, headers: { 'Idempotency-Key': `${busy.slug}-${i}` },
    });
    for (let i = 0; i < 11; i++) assert.equal((await order(i)).status, 201);
    assertProblem(await order(11), 409, 'shop.takes_no_orders');
    const { body: { data } } = await ask(busy, 'GET', billing('usage'));
    assert.equal(data.find(({ limit }) => limit === 'orders_per_month').used, 11);
    for (let i = 0; i < 2; i++) souk('jobs', '--once', 'alarm_near_limits');
    assert.equal(sql('souk', `SELECT count(*) FROM mail WHERE kind = 'orders_near_limit' AND address LIKE '%${busy.slug}%'`), '1');
  });
});

describe('the operator', () => {
  test('notes money, credits and pays back; the ledger balances', async () => {
    const { body: { data } } = await ask(shop, 'GET', billing('invoices'));
    const [last] = data;
    const act = (number, what) => ask(admin, 'POST', `/api/v1/admin/invoices/${number}/${what}`);
    assert.equal((await act(last.number, 'pay')).body.status, 'paid');
    assertProblem(await act(last.number, 'pay'), 409, 'subscriptions.invoice_not_open');
    const { body: note } = await act(last.number, 'credit');
    assert.equal(note.type, 'credit_note');
    assert.match(note.number, /^CN-/);
    const { body: { credit_balance: balance } } = await ask(shop, 'GET', billing('subscription'));
    assert.ok(balance.amount > 0);
    const id = sql('souk', `SELECT id FROM vendor WHERE slug = '${shop.slug}'`);
    const refund = (amount) => ask(admin, 'POST', `/api/v1/admin/subscriptions/${id}/refund`, { json: { amount } });
    assertProblem(await refund({ amount: balance.amount + 1, currency: 'EUR' }), 409, 'subscriptions.nothing_left');
    assert.equal((await refund(balance)).body.credit_balance.amount, 0);
    const open = data.slice(1).find(({ status }) => status === 'open');
    assert.equal((await act(open.number, 'write-off')).body.status, 'uncollectible');
    assert.equal(sql('souk', `SELECT sum(amount) FROM ledger_posting WHERE vendor_id = ${id}`), '0');
    assert.equal(sql('souk', `SELECT coalesce(sum(amount), 0) - (SELECT coalesce(sum(remaining), 0) FROM billing_document WHERE vendor_id = ${id} AND state = 'open')
        FROM ledger_posting WHERE vendor_id = ${id} AND account = 'AR'`), '0');
  });

  test('sees tiers, subscriptions and invoices of all', async () => {
    for (const path of ['tiers', 'subscriptions', 'invoices']) {
      const { status, body } = await ask(admin, 'GET', `/api/v1/admin/${path}`);
      assert.equal(status, 200);
      assert.ok(body.data.length > 0);
      assert.equal((await ask(shop, 'GET', `/api/v1/admin/${path}`)).status, 403);
    }
  });
});
