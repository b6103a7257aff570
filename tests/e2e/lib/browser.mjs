// A browser for the tests: people logged in, pages watched for what must never happen, axe.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { kept } from '../../http/lib/kept.mjs';

export const url = process.env.SOUK_E2E_URL;
export const people = JSON.parse(readFileSync(process.env.SOUK_E2E_CREDENTIALS));
export const shop = people.vendors[0];
export const otherShop = people.vendors[1];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
});
after(() => browser?.close());

/** The looks every page must bear. */
export const looks = ['light', 'dark'].flatMap((colorScheme) => [1280, 320].map((width) => ({ colorScheme, viewport: { width, height: 900 } })));

/**
 * A window of its own, for `who` ({email, password}; null for nobody), closed by `t`. Whatever the
 * console says, a refused policy, a request to another host, or an exception of a script fails the
 * test at its end; answers of `allowed` statuses (404, …) may be reported by the browser;
 * `elsewhere` is the one other origin that may be asked.
 */
export async function open(t, who, { allowed = [], elsewhere = url, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options, storageState: who ? await loggedIn(who) : undefined });
  const page = await context.newPage();
  context.setDefaultTimeout(15000);
  const trouble = [];
  page.on('console', (message) => {
    const refused = /the server responded with a status of (\d+)/.exec(message.text());
    if (!refused || !allowed.includes(Number(refused[1]))) trouble.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`${page.url()}: ${error.message}`));
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (to.protocol.startsWith('http') && ![url, elsewhere].includes(to.origin)) trouble.push(`a request to ${request.url()}`);
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(trouble, []);
  });
  return page;
}

/**
 * A refused form is back: its summary of errors gets the focus by itself. Whoever writes into a
 * field before that takes the focus away, and the browser complains.
 */
export const refusal = (page) => page.locator('.errors:focus').waitFor();

/* The people of the stack log in once for all files of tests: an account may only so often. */
const cookies = new Map(), tokens = new Map();
async function loggedIn(who) {
  if (!cookies.has(who.email)) {
    const context = await browser.newContext();
    cookies.set(who.email, await kept(`cookie ${who.email}`, 300, async () => {
      await logIn(await context.newPage(), who);
      return context.storageState();
    }));
    await context.close();
  }
  return cookies.get(who.email);
}

export async function logIn(page, who) {
  await page.goto(`${url}/login`);
  await page.fill('[name=email]', who.email);
  await page.fill('[name=password]', who.password);
  await page.click('main button');
  await page.waitForURL((at) => at.pathname !== '/login');
}

/**
 * Fails when axe finds something, or when the document is wider than its window. With a `look`, in
 * this one; a dark one is asked for its contrasts only, all that it changes.
 */
export async function inspect(page, look) {
  if (look) {
    await page.setViewportSize(look.viewport);
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' }); // no colour half-way
  }
  const runOnly = look?.colorScheme === 'dark' ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: TAGS };
  const where = `${page.url()} ${look ? JSON.stringify(look) : ''}`;
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
  const found = await page.evaluate((options) => globalThis.axe.run(document, options), { runOnly, resultTypes: ['violations'] });
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`), [], where);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${where} is ${wider} px wider than the window`);
}

/** Every row of the program's own table: {method, path, who, rate}. */
export function routes() {
  const program = `${process.env.SOUK_BUILD}/souk`;
  return execFileSync(program, ['routes'], { encoding: 'utf8' }).trim().split('\n').map((line) => {
    const [method, path, who, rate] = line.split(/\s+/);
    return { method, path, who, rate };
  });
}

/** The API as this person: api('GET', '/vendor/products') gives {status, body, headers}. */
export async function apiOf(who) {
  const send = async (method, path, { token, json, headers = {}, body } = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }), ...(json && { 'Content-Type': 'application/json' }) },
      body: json ? JSON.stringify(json) : body,
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
  };
  if (!who) return send;
  if (!tokens.has(who.email)) {
    tokens.set(who.email, await kept(`api ${who.email}`, 300, async () => {
      const { status, body } = await send('POST', '/auth/token', { json: { email: who.email, password: who.password } });
      assert.equal(status, 200, JSON.stringify(body));
      return body.access_token;
    }));
  }
  return (method, path, options) => send(method, path, { token: tokens.get(who.email), ...options });
}

let made = 0;
/** A product of this shop, made by the API; its id. */
export async function product(api, fields = {}) {
  const { status, body } = await api('POST', '/vendor/products', {
    json: {
      sku: `E2E-${process.pid}-${++made}`, price: '19.95', active: true, translations: { en: { title: `A test of things ${made}` } }, ...fields,
    },
  });
  assert.equal(status, 201, JSON.stringify(body));
  return (body.data ?? body).id;
}

/** Pictures as a camera makes them: of the shared data when it is there, else drawn by the browser. */
export async function photos(page) {
  const folder = `${process.env.SOUK_TESTDATA}/images/good`;
  const names = ['phone-12mp-ori6-p3.jpg', 'nikon-d90-12mp.jpg', 'photo-24mp.jpg'];
  if (names.every((name) => existsSync(`${folder}/${name}`)))
    return names.map((name) => ({ name, mimeType: 'image/jpeg', buffer: readFileSync(`${folder}/${name}`) }));
  const drawn = await page.evaluate(async (wanted) => {
    const out = [];
    for (const [i, name] of wanted.entries()) {
      const canvas = new OffscreenCanvas(3000, 2000), c = canvas.getContext('2d');
      for (let n = 0; n < 400; n++) {
        c.fillStyle = `hsl(${(n * 37 + i * 90) % 360} 70% ${20 + (n * 13) % 60}%)`;
        c.fillRect((n * 677) % 3000, (n * 389) % 2000, 300, 200);
      }
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer());
      out.push({ name, bytes: [...bytes] });
    }
    return out;
  }, names);
  return drawn.map(({ name, bytes }) => ({ name, mimeType: 'image/jpeg', buffer: Buffer.from(bytes) }));
}

/** A PNG of one shade of grey (0 … 255). */
export function greyPng(shade, size = 24) {
  const chunk = (type, data) => {
    const out = Buffer.alloc(data.length + 12);
    out.writeUInt32BE(data.length);
    out.write(type, 4, 'latin1');
    data.copy(out, 8);
    out.writeUInt32BE(crc(out.subarray(4, -4)), data.length + 8);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head[8] = 8; // bits a sample; grey
  const row = Buffer.alloc(size + 1, shade);
  row[0] = 0;
  const rows = deflateSync(Buffer.concat(Array(size).fill(row)));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
