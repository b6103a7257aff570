// What people write, in any script: in by a table, out on pages, in JSON, feeds, a table and mail, and
// the same at every end.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { lint } from './lib/feedlint.mjs';
import { mailTo } from './lib/mail.mjs';
import { multipart, png } from './lib/pictures.mjs';
import { ask, byCookie, csrfOf, newShop, until } from './lib/souk.mjs';

const SCRIPTS = [
  { language: 'ar', title: 'قميص قطني أزرق ١٢', value: 'كبير', buyer: 'فاطمة الزهراء' },
  { language: 'he', title: 'חוּלצת כותנה כחולה', value: 'גדול', buyer: 'שָׂרָה כהן' },
  { language: 'zh', title: '蓝色纯棉衬衫𠮷', value: '大号', buyer: '王小明' },
  { language: 'ja', title: '青い木綿のシャツ（㈱）', value: '大きい', buyer: '髙橋 花子' },
  { language: 'ko', title: '파란 면 셔츠', value: '라지', buyer: '김민준' },
  { language: 'th', title: 'เสื้อผ้าฝ้ายสีน้ำเงิน', value: 'ใหญ่', buyer: 'สมชาย ใจดี' },
  { language: 'el', title: 'Μπλε βαμβακερό πουκάμισο', value: 'Μεγάλο', buyer: 'Ελένη Ἀθηνᾶ' },
  { language: 'ru', title: 'Синяя хлопковая рубашка ё', value: 'Большая', buyer: 'Алёна Щёлокова' },
  { language: 'hi', title: 'नीली सूती क़मीज़', value: 'बड़ा', buyer: 'प्रिया शर्मा' },
  { language: 'en', title: 'Shirt 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 for Zoë 🧶', value: 'L 🐘', buyer: 'Zoë 🦄 O’Neill' },
];
const html = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
const skuOf = (language) => `SCRIPT-${language}`;
const cell = (text) => `"${text.replaceAll('"', '""')}"`;
const about = ({ language, title }) => `${title} — ${language}. ${'Lasting & "fine" <quality>. '.repeat(3)}${title}`;

/** A table as ours is: a product a script, its texts in its own language only. */
function table() {
  const texts = SCRIPTS.flatMap(({ language }) => [`title.${language}`, `description.${language}`]);
  const header = ['product_sku', 'sku', ...texts, 'brand', 'status', 'price', 'option.1.name', 'option.1.value', 'tags'];
  const rows = SCRIPTS.map((one) => [skuOf(one.language), `${skuOf(one.language)}-1`,
    ...SCRIPTS.flatMap((other) => (other === one ? [one.title, about(one)] : ['', ''])), one.buyer, 'active', '19.95', one.value, one.value, one.value]);
  return Buffer.from([header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n'));
}

const IMPORTS = '/api/v1/vendor/imports', EXPORTS = '/api/v1/vendor/exports';
const ended = (shop, at) => until(async () => {
  const { body } = await ask(shop, 'GET', at);
  return !['waiting', 'checking', 'running', 'queued'].includes(body.state) && body;
}, `${at} is through`, 60_000);
async function bringIn(shop, bytes) {
  const made = await ask(shop, 'POST', IMPORTS, multipart([{ field: 'file', name: 'scripts.csv', bytes, type: 'text/csv' }]));
  assert.equal(made.status, 201, made.text);
  const at = `${IMPORTS}/${made.body.id}`;
  for (const step of ['check', 'run']) {
    assert.equal((await ask(shop, 'POST', `${at}/${step}`, { json: {} })).status, 202);
    const { state, counts, errors } = await ended(shop, at);
    assert.equal(state, step === 'check' ? 'checked' : 'done');
    assert.equal(counts.refused, 0, JSON.stringify(errors));
  }
  return (await ask(shop, 'GET', at)).body.counts;
}
async function takeOut(shop) {
  const made = await ask(shop, 'POST', EXPORTS, { json: {} });
  assert.ok([201, 202].includes(made.status), made.text);
  const at = `${EXPORTS}/${made.body.id}`;
  assert.equal((await ended(shop, at)).state, 'done');
  return (await ask(shop, 'GET', `${at}/file`)).bytes;
}

describe('texts in any script', () => {
  let shop, cookie, products;
  const productOf = ({ language }) => products.find(({ sku }) => sku === skuOf(language));

  before(async () => {
    shop = await newShop('scripts');
    cookie = await byCookie(shop);
    const csrf = await csrfOf(cookie);
    for (const { language } of SCRIPTS.filter(({ language: code }) => code !== 'en'))
      assert.equal((await ask(cookie, 'POST', '/vendor/settings/languages', { form: { csrf, do: 'add', code: language } })).status, 303);
    assert.equal((await bringIn(shop, table())).created, SCRIPTS.length);
    products = (await ask(shop, 'GET', '/api/v1/vendor/products?limit=100')).body.data;
    for (const { id } of products)
      assert.equal((await ask(shop, 'POST', `/api/v1/vendor/products/${id}/images`, multipart([{ bytes: png(640, 640) }]))).status, 201);
  });

  test('are the same in JSON, for the shop and for those who buy', async () => {
    const shown = (await ask(null, 'GET', `/api/v1/shops/${shop.slug}/products?limit=100`)).body.data;
    for (const one of SCRIPTS) {
      const product = productOf(one), { title, description } = product.translations[one.language];
      assert.deepEqual([title, description, product.brand, product.tags], [one.title, about(one), one.buyer, [one.value]], one.language);
      assert.deepEqual(product.variants[0].options, { [one.value]: one.value });
      assert.ok(JSON.stringify(shown).includes(JSON.stringify(one.title)), one.language);
    }
  });

  test('are the same on pages, which say their language and direction', async () => {
    for (const one of SCRIPTS) {
      const { id } = productOf(one), places = [[cookie, `/vendor/products?q=${skuOf(one.language)}`], [cookie, `/vendor/products/${id}?in=${one.language}`], [null, `/shops/${shop.slug}/products/${id}`]];
      for (const [who, path] of places) {
        const page = await ask(who, 'GET', path);
        assert.equal(page.status, 200, path);
        assert.ok(page.text.includes(html(one.title)) || page.text.includes(one.title), `${one.language}: ${path}`);
      }
      if (one.language === 'en') continue;
      const { text } = await ask(null, 'GET', `/shops/${shop.slug}/products/${id}`);
      const direction = ['ar', 'he'].includes(one.language) ? 'rtl' : 'ltr';
      assert.match(text, new RegExp(`<h1[^>]*>\\s*<span lang="${one.language}" dir="${direction}">`));
    }
  });

  test('are found by their words', async () => {
    for (const one of SCRIPTS) {
      const word = one.title.split(/[ （]/)[0], found = await ask(null, 'GET', `/api/v1/shops/${shop.slug}/products?q=${encodeURIComponent(word)}`);
      assert.ok(found.body.data.some(({ id }) => id === productOf(one).id), `${one.language}: ${word}`);
    }
  });

  test('come out as a table that comes in again and out again byte for byte', async () => {
    const first = await takeOut(shop);
    for (const { title, buyer, value } of SCRIPTS) for (const text of [title, buyer, value]) assert.ok(first.includes(Buffer.from(text)), text);
    assert.equal((await bringIn(shop, first)).unchanged, SCRIPTS.length);
    assert.deepEqual(await takeOut(shop), first);
  });

  test('are in the feeds of their language', async () => {
    assert.equal((await ask(shop, 'POST', '/api/v1/vendor/feeds/build')).status, 204);
    for (const one of SCRIPTS)
      for (const [channel, type] of [['meta', 'csv'], ['google', 'tsv']]) {
        const rows = [];
        const item = await until(async () => {
          const file = await ask(null, 'GET', `/feeds/${shop.slug}/${one.language}.${type}`);
          await new Promise((wake) => setTimeout(wake, 300));
          rows.length = 0;
          if (file.status !== 200) return null;
          assert.equal(lint(channel, file.bytes, rows).filter(({ level }) => level === 'error').length, 0);
          return rows.map((row) => row.item).find(({ title }) => title.includes(one.title));
        }, `${one.language} ${channel}`, 60_000);
        assert.ok(item.description.includes(one.title), one.language);
      }
  });

  test('reach the buyer by mail', async () => {
    for (const one of SCRIPTS) {
      const email = `${one.language}@${shop.slug}.example`;
      const bought = await ask(null, 'POST', `/api/v1/shops/${shop.slug}/orders`, {
        headers: { 'Idempotency-Key': `${shop.slug}-${one.language}` },
        json: {
          items: [{ variant_id: productOf(one).variants[0].id, quantity: 1 }], note: one.title,
          customer: { email, name: one.buyer }, shipping_address: { name: one.buyer, street: one.title, postcode: '1234', city: one.value, country: 'LU' },
        },
      });
      assert.equal(bought.status, 201, bought.text);
      const mail = await mailTo(email);
      assert.ok(mail.headers.to.includes(one.buyer), `${one.language}: ${mail.headers.to}`);
      for (const part of [mail.text, mail.html]) assert.ok(part.includes(one.title) || part.includes(html(one.title)), `${one.language}: ${part}`);
      const order = (await ask(shop, 'GET', `/api/v1/vendor/orders?email=${encodeURIComponent(email)}`)).body.data[0];
      const page = await ask(cookie, 'GET', `/vendor/orders/${order.id}`);
      for (const text of [one.title, one.buyer, one.value]) assert.ok(page.text.includes(html(text)) || page.text.includes(text), `${one.language}: ${text}`);
    }
  });
});
