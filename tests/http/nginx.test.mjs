// What nginx answers by itself: files from disk, refusals, and its own error pages.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, test } from 'node:test';

const { SOUK_E2E_URL: url, SOUK_E2E_STATE: state } = process.env;
const hash = 'ab'.repeat(32);
const folder = `${state}/media/products/ab/ab`;
const image = `/media/products/ab/ab/${hash}_800.webp`;

/** One request as it is: no path is tidied, no header added. */
function ask(method, path, { headers = {}, body } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const r = request({ method, path, hostname, port, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
    });
    r.on('error', reject);
    r.end(body);
  });
}

before(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${hash}_800.webp`, 'RIFF');
  writeFileSync(`${folder}/${hash}_upload`, 'secret');
  writeFileSync(`${folder}/.${hash}_800.webp.new`, 'half');
  mkdirSync(`${state}/feeds/public/nginx-test`, { recursive: true });
  writeFileSync(`${state}/feeds/public/nginx-test/en.csv`, 'id,title\n');
});
after(() => {
  for (const name of [`${hash}_800.webp`, `${hash}_upload`, `.${hash}_800.webp.new`]) rmSync(`${folder}/${name}`);
  rmSync(`${state}/feeds/public/nginx-test`, { recursive: true });
});

test('an image variant is served for good, as an image and nothing else', async () => {
  const got = await ask('GET', image);
  assert.equal(got.status, 200);
  assert.equal(got.headers['content-type'], 'image/webp');
  assert.equal(got.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(got.headers['x-content-type-options'], 'nosniff');
  assert.equal(got.headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'; sandbox");
  const again = await ask('GET', image, { headers: { 'If-None-Match': got.headers.etag } });
  assert.equal(again.status, 304);
});

test('an image can only be read', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const got = await ask(method, image);
    assert.equal(got.status, 405, method);
    assert.equal(got.headers.allow, 'GET, HEAD');
  }
  assert.equal((await ask('HEAD', image)).status, 200);
});

test('of the image store only finished variants are served', async () => {
  for (const path of ['/media/', '/media/products/', '/media/products/ab/ab/', `/media/products/ab/ab/${hash}_upload`,
    `/media/products/ab/ab/.${hash}_800.webp.new`, `/media/products/ab/ab/${hash}_800.webp/`, `/media/products/../products/ab/ab/${hash}_upload`,
    '/media/%2e%2e/secret', '/media/products/ab/ab/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret', '/media../secret']) {
    const got = await ask('GET', path);
    assert.equal(got.status, 404, path);
    assert.doesNotMatch(got.text, /secret|half|Index of/);
  }
});

test('a fingerprinted file is kept for ever and travels compressed', async () => {
  const got = await ask('GET', '/static/app.0123456789ab.css', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(got.status, 200);
  assert.equal(got.headers['content-type'], 'text/css; charset=utf-8');
  assert.equal(got.headers['content-encoding'], 'gzip');
  assert.match(got.headers['cache-control'], /immutable/);
  assert.match((await ask('GET', '/static/app.css')).headers['cache-control'], /max-age=300/);
});

test('the static folder gives nothing away beside its files', async () => {
  for (const path of ['/static/', '/static', '/static/errors/', '/static/errors/error.html', '/errors/error.html', '/static/.hidden',
    '/static/%2e%2e/configure.ac', '/static/../configure.ac', '/static/app.css.gz', '/static/app.css~'])
    assert.equal((await ask('GET', path)).status, 404, path);
});

test('robots.txt and favicon.ico are there', async () => {
  assert.match((await ask('GET', '/robots.txt')).text, /^User-agent/m);
  assert.equal((await ask('GET', '/favicon.ico')).headers['content-type'], 'image/svg+xml');
});

test('a feed is a file made for a cache', async () => {
  const got = await ask('GET', '/feeds/nginx-test/en.csv');
  assert.equal(got.status, 200);
  assert.equal(got.headers['content-type'], 'text/csv; charset=utf-8');
  assert.ok(got.headers.etag);
  assert.match(got.headers['cache-control'], /public, max-age=3600/);
  assert.equal((await ask('GET', '/feeds/nginx-test/')).status, 404);
  assert.equal((await ask('GET', '/feeds/../secret.csv')).status, 404);
});

test('a body past every ceiling is refused before a worker sees it, in the form that was asked for', async () => {
  const body = Buffer.alloc(3 << 20);
  const api = await ask('POST', '/api/v1/auth/token', { body, headers: { 'Content-Type': 'application/json' } });
  assert.equal(api.status, 413);
  assert.match(api.headers['content-type'], /^application\/problem\+json/);
  const problem = JSON.parse(api.text);
  assert.equal(problem.status, 413);
  assert.equal(problem.request_id, api.headers['x-request-id']);

  const page = await ask('POST', '/login', { body });
  assert.equal(page.status, 413);
  assert.match(page.text, /<h1>That is too large<\/h1>/);
  assert.ok(page.text.includes(page.headers['x-request-id']));
});

test("nginx's own errors carry the headers of every answer and no version", async () => {
  const got = await ask('GET', '/media/nothing');
  assert.equal(got.headers.server, 'nginx');
  assert.equal(got.headers['x-content-type-options'], 'nosniff');
  assert.match(got.headers['content-security-policy'], /^default-src 'none'/);
  assert.equal(got.headers['referrer-policy'], 'strict-origin-when-cross-origin');
  assert.equal(got.headers['cache-control'], 'no-store');
  assert.doesNotMatch(got.text, /<script|style=|nginx/);
});

test('headers too large and addresses too long are answered, not hung up on', async () => {
  assert.equal((await ask('GET', '/', { headers: { Cookie: `a=${'x'.repeat(20000)}` } })).status, 400);
  assert.equal((await ask('GET', `/${'x'.repeat(20000)}`)).status, 414);
  assert.equal((await ask('TRACE', '/')).status, 405);
});

test('every answer has its own request id, made here and not by the client', async () => {
  const one = await ask('GET', '/media/x', { headers: { 'X-Request-Id': 'mine' } });
  const two = await ask('GET', '/media/x');
  assert.match(one.headers['x-request-id'], /^[0-9a-f]{32}$/);
  assert.notEqual(one.headers['x-request-id'], two.headers['x-request-id']);
});
