// Writes that are sent twice and done once.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';

const { SOUK_E2E_URL: url, SOUK_E2E_CREDENTIALS: file } = process.env;
const people = JSON.parse(readFileSync(file));
let turn = 0;
const fresh = (word) => `${word}-${process.pid}-${++turn}`;
const product = () => ({ sku: fresh('IDEM'), price: { amount: 100, currency: 'EUR' }, translations: { en: { title: 'Once' } } });

async function ask(token, method, path, { json, key } = {}) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(json && { 'Content-Type': 'application/json' }),
      ...(key && { 'Idempotency-Key': key }),
    },
    body: json && JSON.stringify(json),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text ? JSON.parse(text) : null };
}
const logIn = async ({ email, password }) => (await ask(null, 'POST', '/auth/token', { json: { email, password } })).body.access_token;

let vendor, other, admin;
before(async () => {
  [vendor, other, admin] = await Promise.all([people.vendors[0], people.vendors[1], people.admin].map(logIn));
});

test('a write that is asked again is answered as before and done once', async () => {
  const json = product(), key = fresh('key');
  const first = await ask(vendor, 'POST', '/vendor/products', { json, key });
  const again = await ask(vendor, 'POST', '/vendor/products', { json, key });
  assert.equal(first.status, 201);
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  for (const name of ['location', 'etag', 'content-type']) assert.equal(again.headers.get(name), first.headers.get(name), name);
});

test('ten at once make one product', async () => {
  const json = product(), key = fresh('key');
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(vendor, 'POST', '/vendor/products', { json, key })));
  assert.ok(answers.every(({ status }) => status === 201 || status === 409), answers.map(({ status }) => status).join());
  assert.ok(answers.filter(({ status }) => status === 409).every(({ body }) => body.code === 'idempotency.running'));
  const made = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
  assert.equal(made.size, 1);
  assert.equal((await ask(vendor, 'POST', '/vendor/products', { json, key })).body.id, [...made][0]);
});

test('the same key with another body is refused', async () => {
  const key = fresh('key');
  assert.equal((await ask(vendor, 'POST', '/vendor/products', { json: product(), key })).status, 201);
  const refused = await ask(vendor, 'POST', '/vendor/products', { json: product(), key });
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, 'idempotency.other_request');
});

test('the same key for another call is refused', async () => {
  const key = fresh('key');
  assert.equal((await ask(vendor, 'POST', '/vendor/products', { json: product(), key })).status, 201);
  const refused = await ask(vendor, 'POST', '/vendor/categories', { json: { name: key }, key });
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, 'idempotency.other_request');
});

test('a write that failed may be mended under the same key', async () => {
  const json = product(), key = fresh('key');
  assert.equal((await ask(vendor, 'POST', '/vendor/products', { json: { ...json, gtin: '4006381333932' }, key })).status, 422);
  assert.equal((await ask(vendor, 'POST', '/vendor/products', { json, key })).status, 201);
});

test('another shop\'s key of the same name is another key', async () => {
  const json = product(), key = fresh('key');
  const mine = await ask(vendor, 'POST', '/vendor/products', { json, key });
  const theirs = await ask(other, 'POST', '/vendor/products', { json, key });
  assert.equal(theirs.status, 201);
  assert.notEqual(theirs.body.id, mine.body.id);
  assert.equal(theirs.headers.get('idempotent-replayed'), null);
});

test('a key must be visible and short', async () => {
  for (const key of ['with space', 'x'.repeat(256)]) {
    const refused = await ask(vendor, 'POST', '/vendor/products', { json: product(), key });
    assert.equal(refused.status, 400, key);
    assert.equal(refused.body.code, 'idempotency.key');
  }
});

test('an answer that held a secret is not told twice', async () => {
  const slug = fresh('idem-shop'), key = fresh('key');
  const json = { name: 'Once', slug, owner_email: `owner@${slug}.example`, currency: 'EUR', language: 'en' };
  const first = await ask(admin, 'POST', '/admin/vendors', { json, key });
  assert.equal(first.status, 201, first.text);
  const again = await ask(admin, 'POST', '/admin/vendors', { json, key });
  assert.equal(again.status, 409);
  assert.equal(again.body.code, 'idempotency.secret');
});
