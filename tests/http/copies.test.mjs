// Answers that are kept in Redis for everybody: whoever asks after a write was acknowledged never
// sees what was before it, however many ask meanwhile.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ask, byToken, newProduct, newShop, operator, redis } from './lib/souk.mjs';

const WRITES = 60, READERS = 6;

let shop;
before(async () => {
  shop = await newShop('copies');
});

const publicPath = (product) => `/api/v1/shops/${shop.slug}/products/${product.id}`;
const isKept = async (product) => (await redis(`EXISTS copy:{${shop.id}}:${publicPath(product)}`)) === ':1';

async function readUntilKept(product) {
  for (let i = 0; i < 50 && !await isKept(product); i++) await ask(null, 'GET', publicPath(product));
  assert.ok(await isKept(product), 'a product that many read is kept');
}

async function setPrice(product, amount) {
  const answer = await ask(shop, 'PATCH', `/api/v1/vendor/products/${product.id}`, {
    headers: { 'If-Match': product.etag }, json: { price: { amount, currency: 'EUR' } },
  });
  assert.equal(answer.status, 200, answer.text);
  product.etag = answer.headers.etag;
}

test('a kept product is the answer that the database gives, with its ETag', async () => {
  const product = await newProduct(shop, { active: true });
  const first = await ask(null, 'GET', publicPath(product));
  await readUntilKept(product);
  const kept = await ask(null, 'GET', publicPath(product));
  assert.equal(kept.text, first.text);
  for (const name of ['etag', 'content-type', 'cache-control']) assert.equal(kept.headers[name], first.headers[name]);
  assert.ok(kept.headers.ratelimit, 'limits count it too');
  const known = await ask(null, 'GET', publicPath(product), { headers: { 'If-None-Match': kept.headers.etag } });
  assert.equal(known.status, 304);
});

test('nobody is shown a price of before one that was acknowledged', async () => {
  const product = await newProduct(shop, { active: true });
  let acknowledged = 1995, done = false, reads = 0;
  await readUntilKept(product);
  const reader = async () => {
    while (!done) {
      const least = acknowledged;
      const { status, body } = await ask(null, 'GET', publicPath(product));
      assert.equal(status, 200);
      assert.ok(body.price.amount >= least, `read ${body.price.amount} after ${least} was acknowledged`);
      reads++;
    }
  };
  const readers = Array.from({ length: READERS }, reader);
  try {
    for (let n = 1; n <= WRITES; n++) {
      await setPrice(product, 2000 + n);
      acknowledged = 2000 + n;
    }
  } finally {
    done = true;
    await Promise.all(readers);
  }
  assert.ok(reads > WRITES, `${reads} reads beside ${WRITES} writes`);
});

test('what is taken off sale, or whose shop is closed, is gone at once', async () => {
  const product = await newProduct(shop, { active: true });
  await readUntilKept(product);
  const off = await ask(shop, 'PATCH', `/api/v1/vendor/products/${product.id}`, { headers: { 'If-Match': product.etag }, json: { active: false } });
  assert.equal(off.status, 200, off.text);
  assert.equal((await ask(null, 'GET', publicPath(product))).status, 404);
  const other = await newProduct(shop, { active: true });
  await readUntilKept(other);
  const admin = await byToken(operator);
  const suspended = await ask(admin, 'PATCH', `/api/v1/admin/vendors/${shop.id}`, { json: { state: 'suspended', reason: 'A test of what is kept' } });
  assert.equal(suspended.status, 200, suspended.text);
  assert.equal((await ask(null, 'GET', publicPath(other))).status, 404);
});
