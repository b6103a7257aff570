// Images by their addresses, from a server of the test's own: what comes becomes an image, what does
// not says why, and the feed's JPEG of one is served like its other files.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { png } from './lib/pictures.mjs';
import { ask, assertProblem, newProduct, newShop, until } from './lib/souk.mjs';

const seen = [];
let server, at, shop, together = 0, most = 0;
const files = {
  '/a.png': (r) => r.end(png(30, 20)), '/b.png': (r) => { r.setHeader('Content-Type', 'image/png'); r.end(png(31, 20)); },
  '/page': (r) => { r.setHeader('Content-Type', 'text/html'); r.end('<p>'); }, '/text.png': (r) => { r.setHeader('Content-Type', 'image/png'); r.end('no picture'); },
  '/gone': (r) => { r.statusCode = 404; r.end(); }, '/busy': (r) => { r.statusCode = 503; r.end(); },
  '/moved': (r) => { r.writeHead(301, { Location: '/a.png' }); r.end(); }, '/inside': (r) => { r.writeHead(302, { Location: 'http://127.0.0.2:1/a.png' }); r.end(); },
};
before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url, at).pathname;
    seen.push(path);
    most = Math.max(most, ++together);
    response.on('close', () => together--);
    const many = /^\/many(\d+)\.png$/.exec(path);
    setTimeout(() => (many ? response.end(png(20 + Number(many[1]), 9)) : (files[path] ?? files['/gone'])(response)), 20);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  at = `http://127.0.0.1:${server.address().port}`;
  shop = await newShop();
});
after(() => { server.closeAllConnections(); server.close(); });

const path = (product) => `/api/v1/vendor/products/${product.id}/images`;
const want = (product, ...addresses) => ask(shop, 'POST', `${path(product)}/addresses`, { json: { addresses: addresses.map((one) => (typeof one === 'string' ? { url: one } : one)) } });
const state = async (product) => Object.fromEntries((await ask(shop, 'GET', `${path(product)}/addresses`)).body.data.map((one) => [one.url, one]));
const settled = (product) => until(async () => {
  const all = Object.values(await state(product));
  return all.every((one) => ['done', 'failed'].includes(one.state) || (one.state === 'waiting' && one.tries)) && all;
}, 'the addresses to be asked', 60_000);

describe('addresses of images', () => {
  test('become images in their order, with their texts, once', async () => {
    const product = await newProduct(shop);
    assert.equal((await want(product, { url: `${at}/b.png`, position: 2 }, { url: `${at}/a.png`, position: 1, alt: 'A lamp' })).status, 202);
    await settled(product);
    const images = (await ask(shop, 'GET', path(product))).body.data;
    assert.deepEqual(images.map((one) => [one.original.width, one.position, one.alt]), [[30, 1, 'A lamp'], [31, 2, '']]);
    const before = seen.length;
    await want(product, `${at}/a.png`, `${at}/b.png`);
    await settled(product);
    assert.equal(seen.length, before);
  });

  test('that fail say why, and only what may come right is asked again', async () => {
    const product = await newProduct(shop);
    const wanted = {
      [`${at}/page`]: ['failed', 'fetch.type'], [`${at}/text.png`]: ['failed', 'image.format'], [`${at}/gone`]: ['failed', 'fetch.status'],
      [`${at}/busy`]: ['waiting', 'fetch.status'], [`${at}/moved`]: ['done', null], [`${at}/inside`]: ['failed', 'fetch.private'],
      'http://169.254.169.254/x.png': ['failed', 'fetch.private'], 'ftp://example.org/x.png': ['failed', 'fetch.scheme'],
    };
    await want(product, ...Object.keys(wanted));
    await settled(product);
    const found = await state(product);
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((url) => [url, [found[url].state, found[url].code]])), wanted);
  });

  test('of one host are asked two at a time, and no more than the product may have are kept', async () => {
    const product = await newProduct(shop);
    most = 0;
    await want(product, ...Array.from({ length: 12 }, (_, i) => `${at}/many${i}.png`));
    const all = await settled(product);
    assert.ok(most <= 2, `${most}`);
    assert.equal(all.filter((one) => one.state === 'done').length, 10);
    assert.ok(all.filter((one) => one.state === 'failed').every((one) => one.code === 'image.too_many'));
  });

  test('are refused by the dozen when there are none, and of a product of another shop', async () => {
    const product = await newProduct(shop), other = await newShop();
    assertProblem(await want(product), 422);
    assertProblem(await ask(other, 'GET', `${path(product)}/addresses`), 404, 'image.no_product');
  });
});
