// What every answer carries, whoever made it: a page, the API, a file, an error of nginx or of souk.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ask, assertProblem, byCookie, byToken, newShop, operator, state } from './lib/souk.mjs';

const hash = 'cd'.repeat(32), media = `${state}/media/products/cd/cd`;
let shop, session, admin;
before(async () => {
  shop = await newShop('headers');
  [session, admin] = await Promise.all([byCookie(shop), byToken(operator)]);
  mkdirSync(media, { recursive: true });
  mkdirSync(`${state}/feeds/public/headers-test`, { recursive: true });
  writeFileSync(`${media}/${hash}_800.webp`, 'RIFF');
  writeFileSync(`${state}/feeds/public/headers-test/en.csv`, 'id,title\n');
});
after(() => {
  rmSync(`${media}/${hash}_800.webp`);
  rmSync(`${state}/feeds/public/headers-test`, { recursive: true });
});

/** An answer of each kind: [who, method, path, more, what it should come to]. */
const kinds = () => [
  [null, 'GET', '/login', {}, 200], [null, 'GET', '/', {}, 303], [session, 'GET', '/vendor/products', {}, 200], [admin, 'GET', '/api/v1/admin/vendors', {}, 200],
  [shop, 'GET', '/api/v1/vendor/products', {}, 200], [null, 'GET', '/healthz', {}, 200], [null, 'GET', '/readyz', {}, 200],
  [null, 'GET', `/shops/${shop.slug}`, {}, 200], [null, 'GET', `/api/v1/shops/${shop.slug}/products`, {}, 200], [admin, 'GET', '/admin/audit/export', {}, 200],
  [null, 'GET', '/nowhere', {}, 404], [null, 'GET', '/api/v1/nowhere', {}, 404], [null, 'GET', '/vendor/', {}, 303], [null, 'GET', '/api/v1/vendor/products', {}, 401],
  [shop, 'GET', '/api/v1/admin/vendors', {}, 403], [null, 'DELETE', '/login', {}, 405], [null, 'DELETE', '/api/v1/auth/token', {}, 405], [null, 'GET', '/login?a=%ff', {}, 400],
  [shop, 'POST', '/api/v1/vendor/products', { json: {} }, 422], [shop, 'POST', '/api/v1/vendor/products', { body: '{', headers: { 'Content-Type': 'application/json' } }, 400],
  [null, 'POST', '/login', { body: Buffer.alloc(20_000, 'a'), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 413],
  [null, 'POST', '/login', { body: Buffer.alloc(3 << 20) }, 413], [null, 'POST', '/api/v1/auth/token', { body: Buffer.alloc(3 << 20) }, 413],
  [null, 'GET', '/static/app.css', {}, 200], [null, 'GET', '/static/app.0123456789ab.css', {}, 200], [null, 'GET', '/static/nothing.css', {}, 404], [null, 'GET', '/robots.txt', {}, 200],
  [null, 'GET', '/favicon.ico', {}, 200], [null, 'GET', '/api/v1/openapi.json', {}, 200], [null, 'GET', `/media/products/cd/cd/${hash}_800.webp`, {}, 200],
  [null, 'GET', '/media/nothing', {}, 404], [null, 'POST', `/media/products/cd/cd/${hash}_800.webp`, {}, 405], [null, 'GET', '/feeds/headers-test/en.csv', {}, 200], [null, 'TRACE', '/', {}, 405],
  [null, 'GET', `/${'x'.repeat(20000)}`, {}, 414], [null, 'GET', '/', { headers: { Cookie: 'x'.repeat(20000) } }, 400], [null, 'GET', '/login', { headers: { Host: 'evil.example' } }, 421],
  [null, 'GET', '/api/v1/auth/sessions', { headers: { Host: 'evil.example' } }, 421], [null, 'GET', '/static/app.css', { headers: { Host: 'evil.example' } }, 421],
];

test('every kind of answer has the headers of all', async () => {
  for (const [who, method, path, more, status] of kinds()) {
    const { headers, text, ...answer } = await ask(who, method, path, more), name = `${method} ${path.slice(0, 60)} ${JSON.stringify(more.headers ?? {}).slice(0, 60)}`;
    assert.equal(answer.status, status, `${name}: ${text.slice(0, 200)}`);
    const policy = headers['content-security-policy'] ?? '', page = /^text\/html/.test(headers['content-type'] ?? '');
    assert.match(policy, /^default-src 'none'/, name);
    assert.match(policy, /frame-ancestors 'none'/, name);
    assert.doesNotMatch(policy, /unsafe-eval|\*|https?:/, name);
    if (page) assert.match(policy, /base-uri 'none'/, name);
    else assert.match(policy, /sandbox/, name);
    assert.equal(headers['x-content-type-options'], 'nosniff', name);
    assert.equal(headers['referrer-policy'], 'strict-origin-when-cross-origin', name);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', name);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', name);
    assert.ok(headers['cache-control'], name);
    assert.equal(headers['x-powered-by'], undefined, name);
    assert.match(headers.server, /^nginx$/, name);
    if (who || status >= 400) assert.match(headers['cache-control'], /no-store/, name);
    assert.doesNotMatch(text, /nginx\/|PostgreSQL|libfcgi/i, name);
  }
});

test('a name that is not ours is not answered for, in the form that was asked for', async () => {
  for (const name of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost@evil.example', '169.254.169.254', '[::1'])
    assert.equal((await ask(null, 'GET', '/login', { headers: { Host: name } })).status, 421, name);
  for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST:1', '[::1]:8080', 'localhost.']) assert.equal((await ask(null, 'GET', '/login', { headers: { Host: name } })).status, 200, name);
  const answer = await ask(null, 'GET', '/api/v1/auth/sessions', { headers: { Host: 'evil.example' } });
  assert.equal(answer.headers['content-type'].split(';')[0], 'application/problem+json');
  assert.equal(answer.body.status, 421);
  for (const header of ['X-Forwarded-Host', 'X-Host', 'Forwarded', 'X-Original-URL', 'X-Rewrite-URL']) {
    const there = await ask(null, 'GET', '/vendor/', { headers: { [header]: header === 'Forwarded' ? 'host=evil.example' : 'evil.example' } });
    assert.equal(there.headers.location, '/login?next=%2Fvendor%2F', header);
  }
});

test('a body is of the type that its route reads, and comes as it is', async () => {
  const body = JSON.stringify({ sku: 'x' });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'text/json', ''])
    assertProblem(await ask(shop, 'POST', '/api/v1/vendor/products', { body, headers: { 'Content-Type': type } }), 415, 'request.content_type', type);
  for (const encoding of ['gzip', 'deflate', 'br', 'gzip, identity', 'x']) {
    assertProblem(await ask(shop, 'POST', '/api/v1/vendor/products', { body, headers: { 'Content-Type': 'application/json', 'Content-Encoding': encoding } }), 415, 'request.content_encoding', encoding);
    assert.equal((await ask(null, 'POST', '/login', { form: { email: 'a' }, headers: { 'Content-Encoding': encoding } })).status, 415, encoding);
  }
});

test('a page with somebody in it is kept by no cache, and its cookie by no script', async () => {
  assert.match(session.set, /; HttpOnly/);
  assert.match(session.set, /; SameSite=(Lax|Strict)/);
  assert.doesNotMatch(session.set, /Domain=/i);
  assert.equal((await ask(session, 'GET', '/vendor/')).headers['cache-control'], 'no-store');
});
