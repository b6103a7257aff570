// A marketplace moves in: products in two languages with their variants, prices by currency and kind,
// stock by warehouse, and vendors who offer what others have. Its files are read as they are; what
// must come of them is counted here, from the same files. Skipped without the shared data.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { multipart } from './lib/pictures.mjs';
import { ask, byCookie, csrfOf, newShop, testdata, until } from './lib/souk.mjs';

const folder = testdata && join(testdata, 'catalog/marketplace');
const skip = (!folder || !existsSync(folder)) && 'no shared data';

/** Rows of a CSV (RFC 4180) by the names of its columns. */
function rowsOf(name) {
  const bytes = readFileSync(join(folder, name)), text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  const [header, ...all] = rows;
  return all.filter((row) => row.length === header.length).map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
}
const bytesOf = (name) => readFileSync(join(folder, name));
const csvOf = (rows) => [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))]
  .map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',')).join('\n');

const PATH = '/api/v1/vendor/imports';
const through = (shop, at) => until(async () => {
  const { body } = await ask(shop, 'GET', at);
  return !['checking', 'running'].includes(body.state) && body;
}, `${at} is through`, 60_000);

/** Brings a file in, checked first; what the API says of it at its end. */
async function bringIn(shop, name, bytes) {
  const made = await ask(shop, 'POST', PATH, multipart([{ field: 'file', name, bytes, type: 'text/csv' }]));
  assert.equal(made.status, 201, made.text);
  const at = `${PATH}/${made.body.id}`;
  assert.equal((await ask(shop, 'POST', `${at}/check`, { json: {} })).status, 202);
  const checked = await through(shop, at);
  assert.equal(checked.state, 'checked', JSON.stringify(checked));
  assert.equal(checked.plan.shape.dialect, 'spryker');
  const run = await ask(shop, 'POST', `${at}/run`, { json: {} });
  assert.equal(run.status, 202, run.text);
  const done = await through(shop, at);
  assert.equal(done.state, 'done');
  for (const what of ['created', 'changed', 'refused']) assert.equal(done.counts[what], checked.counts[what], `${name}: ${what}, as the check said`);
  return done.counts;
}

async function sells(shop, languages) {
  const cookie = await byCookie(shop), csrf = await csrfOf(cookie);
  for (const code of languages) {
    const added = await ask(cookie, 'POST', '/vendor/settings/languages', { form: { csrf, do: 'add', code } });
    assert.equal(added.status, 303, added.text);
  }
}

async function all(shop, path) {
  const rows = [];
  for (let cursor = ''; cursor !== null;) {
    const { body } = await ask(shop, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${cursor}`}`);
    rows.push(...body.data);
    cursor = body.next_cursor;
  }
  return rows;
}

/** By SKU: what the rows of prices in euro say is asked, and what it was before. */
function pricesOf(rows, skuOf) {
  const prices = new Map();
  for (const row of rows.filter(({ currency }) => currency === 'EUR')) {
    const price = prices.get(skuOf(row)) ?? {};
    price[row.price_type] ??= Number(row.value_gross);
    prices.set(skuOf(row), price);
  }
  return prices;
}
const asked = (price) => ({ now: price.DEFAULT, before: price.ORIGINAL > price.DEFAULT ? price.ORIGINAL : null });

describe('a marketplace', { skip }, () => {
  const FILES = ['product_concrete.csv.gz', 'product_abstract.csv.gz', 'DE-product_price.csv', 'product_stock.csv'];
  let shop, products, concrete, abstract;
  before(async () => {
    shop = await newShop('market');
    await sells(shop, ['de']);
    [concrete, abstract] = [rowsOf('product_concrete.csv.gz'), rowsOf('product_abstract.csv.gz')];
  });

  test('comes in file by file, and a second time changes nothing', async () => {
    for (const name of FILES) {
      assert.equal((await bringIn(shop, name, bytesOf(name))).refused, 0, name);
      const again = await bringIn(shop, name, bytesOf(name));
      assert.equal(again.unchanged, again.through, name);
    }
    products = await all(shop, '/api/v1/vendor/products');
    assert.equal(products.length, new Set(concrete.map((row) => row.abstract_sku)).size);
    assert.equal(products.flatMap(({ variants }) => variants).length, concrete.length);
  });

  test('has its texts, categories and options', () => {
    const bySku = new Map(products.flatMap((product) => product.variants.map(({ sku, options }) => [sku, { product, options }])));
    const tidy = (text) => text.replace(/\s+/g, ' ').trim();
    for (const row of concrete) {
      const { product, options } = bySku.get(row.concrete_sku), of = abstract.find(({ abstract_sku }) => abstract_sku === row.abstract_sku);
      assert.equal(tidy(product.translations.en.title), tidy(of['name.en_US']), row.concrete_sku);
      assert.equal(tidy(product.translations.de.title), tidy(of['name.de_DE']), row.concrete_sku);
      assert.equal(product.category, of.category_key.split(',')[0], row.concrete_sku);
      for (const n of [1, 2])
        if (row[`value_${n}`] && !['upcs', 'brand'].includes(row[`attribute_key_${n}`]))
          assert.equal(options[row[`attribute_key_${n}`]], row[`value_${n}`], row.concrete_sku);
    }
  });

  test('has its prices in euro, and what they were before', () => {
    const prices = pricesOf(rowsOf('DE-product_price.csv'), (row) => row.concrete_sku || row.abstract_sku);
    for (const row of concrete) {
      const product = products.find(({ variants }) => variants.some(({ sku }) => sku === row.concrete_sku));
      const variant = product.variants.find(({ sku }) => sku === row.concrete_sku);
      const own = prices.get(row.concrete_sku), price = own ?? prices.get(row.abstract_sku);
      if (!price) continue; // gift cards have none: they are drafts
      const { now, before } = asked(price);
      assert.equal((variant.price ?? product.price).amount, now, row.concrete_sku);
      const was = variant.compare_at_price ?? (own ? null : product.compare_at_price);
      assert.equal(was?.amount ?? null, before, row.concrete_sku);
    }
  });

  test('has its pieces where they lie', async () => {
    const inventory = await all(shop, '/api/v1/vendor/inventory');
    const houses = new Map((await ask(shop, 'GET', '/api/v1/vendor/warehouses')).body.data.map(({ id, name }) => [id, name]));
    const lies = new Map(inventory.map((row) => [`${row.variant.sku} ${houses.get(row.warehouse.id)}`, row.on_hand]));
    for (const row of rowsOf('product_stock.csv'))
      assert.equal(lies.get(`${row.concrete_sku} ${row.name}`), Number(row.quantity), JSON.stringify(row));
  });

  test('shows a product in both languages', async () => {
    const product = products.find(({ translations: { en, de } }) => en.title !== de.title && en.description && de.description && en.description !== de.description);
    const path = `/api/v1/vendor/products/${product.id}`, { etag } = (await ask(shop, 'GET', path)).headers;
    const changed = await ask(shop, 'PATCH', path, { headers: { 'If-Match': etag }, json: { status: 'active' } });
    assert.equal(changed.status, 200, changed.text);
    for (const language of ['en', 'de']) {
      const page = await ask(null, 'GET', `/shops/${shop.slug}/products/${product.id}`, { headers: { 'Accept-Language': language } });
      assert.equal(page.status, 200);
      assert.ok(page.text.includes(product.translations[language].title), language);
    }
  });

  test('lets other vendors offer what it has, at prices and from stock of their own', async () => {
    const offers = rowsOf('merchant_product_offer.csv').filter((row) => row.is_active === '1' && row.approval_status === 'approved');
    const stock = new Map(rowsOf('product_offer_stock.csv').map((row) => [row.product_offer_reference, row]));
    const prices = rowsOf('DE-price_product_offer.csv');
    const kinds = pricesOf(prices, (row) => row.product_offer_reference);
    for (const merchant of new Set(offers.map((row) => row.merchant_reference))) {
      const own = new Map();
      for (const row of offers) if (row.merchant_reference === merchant && kinds.get(row.product_offer_reference)?.DEFAULT && !own.has(row.concrete_sku)) own.set(row.concrete_sku, row);
      const rows = [...own.values()].flatMap(({ concrete_sku, product_offer_reference: offer }) => {
        const of = concrete.find((row) => row.concrete_sku === concrete_sku), { stock_name, quantity, is_never_out_of_stock } = stock.get(offer), seen = new Set();
        return prices.filter((row) => row.product_offer_reference === offer && !seen.has(row.price_type + row.currency) && seen.add(row.price_type + row.currency))
          .map(({ price_type, currency, value_gross }) => ({
            concrete_sku, 'name.en_US': of['name.en_US'], 'name.de_DE': of['name.de_DE'], price_type, currency, value_gross, stock_name, quantity, is_never_out_of_stock,
          }));
      });
      const vendor = await newShop('offers');
      await sells(vendor, ['de']);
      const counts = await bringIn(vendor, `offers-${merchant}.csv`, Buffer.from(csvOf(rows)));
      assert.deepEqual([counts.created, counts.refused], [own.size, 0], merchant);
      const pieces = new Map((await all(vendor, '/api/v1/vendor/inventory')).map((row) => [row.variant.sku, row.on_hand]));
      for (const product of await all(vendor, '/api/v1/vendor/products')) {
        const offer = own.get(product.sku).product_offer_reference, { now, before } = asked(kinds.get(offer));
        assert.deepEqual([product.price.amount, product.compare_at_price?.amount ?? null], [now, before], `${merchant} ${offer}`);
        assert.equal(pieces.get(product.sku), Number(stock.get(offer).quantity), `${merchant} ${offer}`);
      }
    }
  });
});
