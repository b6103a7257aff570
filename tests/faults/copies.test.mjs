// Answers that are kept in Redis for everybody, while Redis is slow: a write that was acknowledged is
// what the next one reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, newProduct, newShop, redis, until } from '../http/lib/souk.mjs';

const STALL_MS = 150; /* longer than a request waits for Redis */

test('a Redis that stalls between a commit and its mark keeps nothing of before', async () => {
  const shop = await newShop('stall'), product = await newProduct(shop, { active: true });
  const path = `/api/v1/shops/${shop.slug}/products/${product.id}`, read = () => ask(null, 'GET', path);
  let { etag } = product;
  for (let n = 1; n <= 8; n++) {
    await until(async () => { await read(); return (await redis(`EXISTS copy:{${shop.id}}:${path}`)) === ':1'; }, 'the product to be kept');
    assert.equal(await redis(`CLIENT PAUSE ${STALL_MS} ALL`), '+OK');
    const write = await ask(shop, 'PATCH', `/api/v1/vendor/products/${product.id}`, { headers: { 'If-Match': etag }, json: { price: { amount: 2000 + n, currency: 'EUR' } } });
    assert.equal(write.status, 200, write.text);
    ({ etag } = write.headers);
    for (let i = 0; i < 8; i++) assert.equal((await read()).body.price.amount, 2000 + n);
  }
});
