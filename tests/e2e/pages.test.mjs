// Every page of the program's own table, as those who may see it, in every look: axe finds nothing,
// the policy refuses nothing, nothing is wider than the window, and the HTML is valid.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { sql } from '../http/lib/sender.mjs';
import { apiOf, inspect, looks, open, people, product, routes, shop, url } from './lib/browser.mjs';

const checker = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: { 'long-title': 'off', 'no-raw-characters': 'off', 'valid-autocomplete': 'off', 'prefer-native-element': 'off', 'no-implicit-button-type': 'off' },
});

// Addresses that no row alone names: filters, an error, an empty list, another language, nasty words.
const more = [
  { who: 'vendor', path: '/vendor/products?q=nothing-has-this-name' },
  { who: 'vendor', path: '/vendor/products/import/{import}?step=columns' },
  { who: 'vendor', path: '/vendor/products?status=draft&stock=out&sort=-price' },
  { who: 'vendor', path: '/vendor/products?missing=gtin&sort=title' },
  { who: 'vendor', path: '/vendor/products/{shirt}?in=ar' },
  { who: 'vendor', path: '/vendor/products/{shirt}?in=fr&copy=en' },
  { who: 'anyone', path: '/shops/{shop}/products/{shirt}' },
  { who: 'anyone', path: '/shops/{shop}?q=nothing-has-this-name' },
  { who: 'vendor', path: '/vendor/products?lang=de' },
  { who: 'vendor', path: '/vendor/products/{nasty}' },
  { who: 'anyone', path: '/shops/{shop}/products/{nasty}' },
  { who: 'anyone', path: '/shops/{shop}?lang=lb' },
  { who: 'vendor', path: '/vendor/orders?q=nothing-has-this-name' },
  { who: 'vendor', path: '/vendor/orders?state=paid&lang=fr' },
  { who: 'vendor', path: '/vendor/orders/{order}/cancel' },
  { who: 'vendor', path: '/vendor/orders/{order}/ship', status: 409 },
  { who: 'vendor', path: '/vendor/customers?q=nothing-has-this-name' },
  { who: 'vendor', path: '/vendor/settings/webhooks/{hook}?lang=de' },
  { who: 'vendor', path: '/vendor/settings/webhooks/{hook}/deliveries?state=failed' },
  { who: 'vendor', path: '/vendor/inventory?q=nothing-has-this-name' },
  { who: 'vendor', path: '/vendor/inventory?state=uncounted&lang=de' },
  { who: 'vendor', path: '/vendor/inventory?state=low&lang=fr' },
  { who: 'vendor', path: '/vendor/billing?lang=de' },
  { who: 'vendor', path: '/vendor/billing/change?interval=year&lang=fr' },
  { who: 'vendor', path: '/vendor/billing/change/business?interval=year' },
  { who: 'vendor', path: '/vendor/billing/addons/extra_products?quantity=2' },
  { who: 'admin', path: '/admin/invoices?state=open&lang=de' },
  { who: 'admin', path: '/admin/subscriptions?state=expired' },
  { who: 'admin', path: '/admin/billing?as_of=2026-01-31' },
  { who: 'admin', path: '/admin/billing/rates?lang=fr' },
  { who: 'admin', path: '/admin/subscriptions/{vendor}?lang=de' },
  { who: 'anyone', path: '/there-is-no-such-page', status: 404 },
  { who: 'vendor', path: '/vendor/products/999999999', status: 404 },
  { who: 'vendor', path: '/admin/vendors', status: 403 },
  { who: 'admin', path: '/admin/platform-health?lang=fr' },
  { who: 'admin', path: '/admin/jobs?state=done' },
  { who: 'admin', path: '/admin/jobs?state=done&kind=nothing-has-this-name' },
];
// The link of a mail leads to these; without one they say that it is over.
const links = ['/invitation', '/verify', '/password/reset', '/account/email/confirm', '/account/email/undo'];
// What is saved, what the page of a mail shows in its frame, and what only leads on are no pages.
const rows = [...routes().filter((row) => row.method === 'GET' && !/^\/(api|healthz|readyz)|\/(audit\/export|\{customer\}\/export|html|file|pdf|xml|back|confirmed|[a-z]+\.csv)$/.test(row.path)).map((row) => (links.includes(row.path) ? { ...row, status: 410 } : row)), ...more];
const somebody = { anyone: null, vendor: shop, login: shop, admin: people.admin };
const fill = { shop: shop.slug, rule: 'api-ip', language: 'en', channel: 'meta', step: 'pay', tier: 'business', addon: 'extra_products' };

before(async () => {
  const api = await apiOf(shop);
  fill.product = await product(api);
  fill.number = (await api('GET', '/vendor/billing/invoices')).body.data[0].number;
  fill.category = (await api('POST', '/vendor/categories', { json: { name: `W & <b ${process.pid}` } })).body.id;
  fill.shirt = await product(api, {
    options: ['Size', 'Colour & <b>'], tags: ['<i>'], status: 'active', translations: { en: { title: 'A shirt' }, ar: { title: 'قميص' } },
    variants: ['S', 'M', 'L'].map((size) => ({ sku: `${size}-${process.pid}`, options: { Size: size, 'Colour & <b>': '🔴 <b>' }, tracked: size === 'S' })),
  });
  fill.nasty = await product(api, {
    price: '0.00',
    translations: {
      en: { title: 'W'.repeat(200), description: '<script>alert(1)</script> & "quotes" \u{1F6B2}' },
      fr: { title: 'كرسي خشبي صغير' },
      de: { title: '木制小椅子 <b>bold</b>' },
    },
  });
  const form = new FormData();
  form.append('image', new Blob([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==', 'base64')], { type: 'image/png' }), 'dot.png');
  const sent = await api('POST', `/vendor/products/${fill.product}/images`, { body: form });
  fill.image = sent.body.data[0].id;
  const bought = await fetch(`${url}/api/v1/shops/${shop.slug}/orders`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({
      items: [{ product_id: fill.product, quantity: 2 }, { product_id: fill.nasty }], note: 'W'.repeat(300), language: 'fr',
      customer: { email: `${crypto.randomUUID()}@example.org`, name: 'سارة & <b>' },
      shipping_address: { street: '1, rue du <script>', city: '北京', country: 'LU' },
    }),
  });
  assert.equal(bought.status, 201, await bought.clone().text());
  fill.token = (await bought.json()).token;
  fill.order = (await api('GET', '/vendor/orders?state=pending&limit=1')).body.data[0].id;
  fill.customer = (await api('GET', '/vendor/customers?limit=1')).body.data[0].id;
  const table = new FormData();
  table.append('file', new Blob(['sku,title,price\nPAGE-1,"<b>Pages</b> & كرسي",1.00\nPAGE-2,木制小椅子,x\n']), 'W & <b>.csv');
  fill.import = (await api('POST', '/vendor/imports', { body: table })).body.id;
  fill.export = (await api('POST', '/vendor/exports', { json: {} })).body.id;
  fill.warehouse = (await api('POST', '/vendor/warehouses', { json: { code: `pages-${process.pid}`, name: 'W & <b>' } })).body.id;
  const sku = (await api('GET', `/vendor/products/${fill.nasty}`)).body.sku;
  const count = { reason: 'counted', note: '<script>', changes: [{ sku, warehouse: fill.warehouse, bin: '<i>', on_hand: 12, low_at: 12 }] };
  fill.variant = (await api('POST', '/vendor/inventory', { json: count })).body.data[0].variant;
  fill.member = (await api('GET', '/vendor/team')).body.data[0].id;
  const hook = (await api('POST', '/vendor/webhooks', { json: { address: `https://example.org/${'w'.repeat(200)}`, events: ['order.paid', 'stock.low'], description: 'سارة & <b>' } })).body;
  fill.hook = hook.id;
  fill.delivery = (await api('POST', `/vendor/webhooks/${hook.id}/test`)).body.id;
  fill.key = (await api('POST', '/vendor/api-keys', { json: { name: 'W & <b>', scopes: ['products.read'] } })).body.id;
  const admin = await apiOf(people.admin);
  fill.vendor = (await admin('GET', '/admin/vendors')).body.data[0].id;
  fill.job = (await admin('GET', '/admin/jobs?state=done&limit=1')).body.data[0].id;
  sql('souk', `SELECT mail_put('new_device', 'pages@example.org', 'W & <b>', 'de', '{"device": "Firefox"}', NULL, 'pages')`);
  fill.mail = (await admin('GET', '/admin/mail?q=pages@')).body.data[0].id;
});

// A page is opened once, as a narrow window opens it, and bears every look in turn.
for (const who of Object.keys(somebody)) {
  const mine = rows.filter((row) => row.who === who);
  if (!mine.length) continue;
  test(`the pages of ${who}`, async (t) => {
    const page = await open(t, somebody[who], { ...looks[0], allowed: [403, 404, 409, 410] });
    for (const { path, status = 200 } of mine) {
      const address = path.replace(/\{(\w+)\}/g, (_, name) => fill[name]);
      const answer = await page.goto(url + address);
      assert.equal(answer.status(), status, address);
      assert.equal(await page.locator('h1').count(), 1, `${address}: one h1`);
      const report = await checker.validateString(await answer.text(), address);
      assert.deepEqual(report.results.flatMap((r) => r.messages.map((m) => `${address}:${m.line} ${m.ruleId} ${m.message}`)), []);
      for (const look of looks) await inspect(page, look);
    }
  });
}
