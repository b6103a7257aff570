// The stack under test: its people, one request as it is, and shops made for one test file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kept } from './kept.mjs';

export const { SOUK_E2E_URL: url, SOUK_E2E_STATE: state, SOUK_TESTDATA: testdata } = process.env;
export const people = JSON.parse(readFileSync(process.env.SOUK_E2E_CREDENTIALS));
export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const { hostname, port } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/**
 * One request as it is: no path is tidied. `who`: {token} sends a bearer token, {cookie} a cookie;
 * `json` and `form` set body and type. Gives status, headers (lower case), text, and body when the
 * answer is JSON.
 */
export function ask(who, method, path, { headers = {}, json, form, body } = {}) {
  const all = { ...headers };
  let bytes = body;
  if (json !== undefined) [bytes, all['Content-Type']] = [JSON.stringify(json), all['Content-Type'] ?? 'application/json'];
  if (form !== undefined) [bytes, all['Content-Type']] = [new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded'];
  if (bytes !== undefined) all['Content-Length'] = Buffer.byteLength(bytes);
  if (who?.token) all.Authorization = `Bearer ${who.token}`;
  if (who?.cookie) all.Cookie = who.cookie;
  return new Promise((resolve, reject) => {
    const r = request({ method, path, hostname, port, agent, headers: all }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const bytes = Buffer.concat(parts), text = bytes.toString();
        const isJson = /^application\/(problem\+)?json/.test(answer.headers['content-type'] ?? '');
        resolve({ status: answer.statusCode, headers: answer.headers, bytes, text, body: isJson && text ? JSON.parse(text) : null });
      });
    });
    r.on('error', reject);
    r.end(bytes);
  });
}

/** `who` as ask() takes it. The people of the stack are logged in once for all files of tests. */
const tokens = new Map();
const everybody = new Set([...(people.people ?? []), ...(people.admins ?? [people.admin])].map(({ email }) => email));
export function byToken({ email, password }) {
  const works = async (who) => (await ask(who, 'GET', '/api/v1/auth/sessions')).status === 200;
  const logIn = async () => {
    const answer = await ask(null, 'POST', '/api/v1/auth/token', { json: { email, password } });
    assert.equal(answer.status, 200, answer.text);
    return { token: answer.body.access_token, refresh: answer.body.refresh_token };
  };
  if (!tokens.has(email)) tokens.set(email, everybody.has(email) ? kept(`token ${email}`, 300, logIn, works) : logIn());
  return tokens.get(email);
}

/** A browser's log-in by the form: {cookie, home, set}, `set` as the answer sets it. */
export async function byCookie({ email, password }) {
  const answer = await ask(null, 'POST', '/login', { form: { email, password } });
  assert.equal(answer.status, 303, answer.text);
  const set = answer.headers['set-cookie'].find((one) => /^(__Host-)?session=/.test(one));
  return { cookie: set.split(';')[0], home: answer.headers.location, set };
}

/** The CSRF token of the forms that `who` is shown. */
export async function csrfOf(who) {
  const page = await ask(who, 'GET', who.home);
  return /name="csrf" value="([^"]+)"/.exec(page.text)[1];
}

/** The operator that these tests act as; the tests in a browser are the other one. */
export const operator = people.admins?.[1] ?? people.admin;

const run = `${process.pid}-${Date.now().toString(36)}`;
let turn = 0;
/** A word that no other test has. */
export const fresh = (word) => `${word}-${run}-${++turn}`;

/** The first password of somebody who was invited, set by the link of the mail. */
export async function acceptInvitation(link, password) {
  const set = await ask(null, 'POST', '/password/reset', { form: { token: new URL(link).searchParams.get('token'), password } });
  assert.equal(set.status, 303, set.text);
}

/** A new shop with its owner: {id, slug, email, password, token}. */
export async function newShop(word = 'shop') {
  const slug = fresh(word);
  const made = await ask(await byToken(operator), 'POST', '/api/v1/admin/vendors', {
    json: { name: `Shop ${slug}`, slug, owner_email: `owner@${slug}.example` },
  });
  assert.equal(made.status, 201, made.text);
  const owner = { email: made.body.owner_email, password: randomBytes(12).toString('base64url') };
  await acceptInvitation(made.body.invitation_url, owner.password);
  return { ...made.body.vendor, ...owner, ...await byToken(owner) };
}

/** What a product needs, and what a test adds to it. */
export const draft = (more = {}) => ({ sku: fresh('SKU'), price: { amount: 1995, currency: 'EUR' }, translations: { en: { title: 'A lamp' } }, ...more });

export async function newProduct(who, more) {
  const made = await ask(who, 'POST', '/api/v1/vendor/products', { json: draft(more) });
  assert.equal(made.status, 201, made.text);
  return { ...made.body, etag: made.headers.etag };
}

const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/** A refusal as RFC 9457 has it, with this status and code. */
export function assertProblem(answer, status, code, name = code) {
  assert.equal(answer.status, status, `${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
  assert.equal(answer.headers['content-type'], 'application/problem+json', name);
  assert.equal(answer.headers['cache-control'], 'no-store', name);
  const { body } = answer;
  if (status === 429) assert.deepEqual([body.type, body['violated-policies']], [quotaExceeded, [code.replace('limit.', '')]], name);
  else assert.equal(body.type, 'about:blank', name);
  assert.equal(body.status, status, name);
  assert.ok(body.title && body.detail, name);
  assert.match(body.request_id, /^[0-9a-f]{32}$/, name);
  assert.equal(body.request_id, answer.headers['x-request-id'], name);
  if (code) assert.equal(body.code, code, `${name}: ${answer.text}`);
  return body;
}

/** The fields that a refusal names, with their codes. */
export const fieldsOf = (answer) => Object.fromEntries((answer.body.errors ?? []).map(({ field, code }) => [field, code]));

/** Redis' own answer to one command without arguments that need quoting. */
export function redis(command) {
  const env = readFileSync(join(state, 'env'), 'utf8');
  const path = /^SOUK_REDIS_URL="?unix:([^"\n]+)/m.exec(env)[1];
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(`${command}\r\n`));
    socket.once('data', (answer) => { socket.destroy(); resolve(answer.toString().trim()); });
    socket.once('error', reject);
  });
}

/** The built program with the stack's settings. */
export function souk(...args) {
  return execFileSync(join(root, 'script/souk'), args, { encoding: 'utf8', env: { ...process.env, SOUK_STATE: state }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Until `look` gives something, asked every 50 ms. */
export async function until(look, what, ms = 10_000) {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const found = await look();
    if (found) return found;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  assert.fail(`waited for ${what}`);
}
