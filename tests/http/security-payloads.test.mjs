// Thousands of hostile texts in every place that takes one. Each is stored and shown as text, or
// refused: a page keeps its skeleton of tags and attributes whatever is written into it, a header
// is never changed, no statement is ever heard of.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { ask, byCookie, csrfOf, draft, fresh, newProduct, newShop, testdata } from './lib/souk.mjs';
import { multipart } from './lib/pictures.mjs';

const folder = join(testdata ?? '', 'security');
const there = existsSync(join(folder, 'payloads'));
const bytesOf = ({ text, b64 }) => (text === undefined ? Buffer.from(b64, 'base64') : Buffer.from(text));
const list = (name) => readFileSync(join(folder, 'payloads', name), 'utf8').trim().split('\n').map((line) => ({ from: name, bytes: bytesOf(JSON.parse(line)) }));
const named = (name) => (there ? list(`${name}.jsonl`) : []);
const all = there ? [
  ...readdirSync(join(folder, 'payloads')).sort().flatMap(list),
  ...JSON.parse(readFileSync(join(folder, 'blns.json'))).map((text) => ({ from: 'blns.json', bytes: Buffer.from(text) })),
] : [];
const isText = ({ bytes }) => Buffer.from(bytes.toString()).equals(bytes) && !bytes.includes(0);
const texts = all.filter(isText).map((one) => ({ ...one, text: one.bytes.toString() }));
const encoded = (bytes) => bytes.toString('latin1').replace(/[^A-Za-z0-9]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

const trimmed = (text) => text.replace(/^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g, ''); // as forms do: white space of ASCII

const WIDTH = 8;
/** Every one of `items` through `check`, some at a time; what it says is wrong, with where from. */
async function each(items, check) {
  const left = [...items], wrong = [];
  await Promise.all(Array.from({ length: WIDTH }, async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const said = await check(one);
      if (said) wrong.push(`${one.from} ${JSON.stringify(one.bytes?.toString() ?? one.texts)?.slice(0, 120)}: ${said}`);
    }
  }));
  assert.equal(wrong.length, 0, `${wrong.length} of ${items.length}:\n${wrong.slice(0, 12).join('\n')}`);
}

const STATEMENT = /SQLSTATE|syntax error at or near|invalid (byte sequence|input syntax)|unterminated quoted|violates \w+[ -]\w+ constraint|PQexec|libpq/i;
const KNOWN_HEADERS = new Set(['server', 'date', 'content-type', 'content-length', 'content-language', 'transfer-encoding', 'connection', 'keep-alive', 'vary', 'content-security-policy',
  'x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'cache-control', 'x-request-id', 'ratelimit', 'ratelimit-policy',
  'location', 'etag', 'allow', 'www-authenticate', 'set-cookie', 'retry-after', 'content-encoding', 'strict-transport-security']);
/** What no answer may be, whatever was asked. */
function harm(answer, sent = '') {
  if (answer.status >= 500) return `status ${answer.status} ${answer.text.slice(0, 200)}`;
  const strange = Object.keys(answer.headers).filter((name) => !KNOWN_HEADERS.has(name));
  if (strange.length) return `headers ${strange}`;
  const cookie = (answer.headers['set-cookie'] ?? []).find((one) => !/^(language|theme|session|__Host-\w+)=[\w-]*;/.test(one));
  if (cookie) return `sets ${cookie}`;
  const heard = STATEMENT.exec(answer.text);
  if (heard && !STATEMENT.test(sent)) return `says "${heard[0]}"`;
  return null;
}

/** Tags with the names of their attributes, in order. */
const skeleton = (html) => [...html.matchAll(/<(\/?[a-z][\w-]*)((?:\s+[^\s"'<>=/]+(?:="[^"]*")?)*)\s*\/?>/gi)]
  .map(([, tag, rest]) => tag + [...rest.matchAll(/([^\s"'<>=/]+)(?:="[^"]*")?/g)].map(([, name]) => ` ${name}`).join('')).join('\n');
const CALM = ['', 'x', 'calm', 'calm and long '.repeat(40), 'calm and longer '.repeat(400), 'two\nlines', '/calm', 'calm@example.org', 'a\u0001b'];
/** The skeletons that a page has with texts which mean no harm. */
async function skeletons(page) {
  return new Set(await Promise.all(CALM.map(async (text) => skeleton((await page(text)).text))));
}

let shop, session, csrf, made = 0;
before(async () => {
  if (!there) return;
  shop = await newShop('payloads');
  session = await byCookie(shop);
  csrf = await csrfOf(session);
});

describe('every hostile text', { skip: there ? false : 'no SOUK_TESTDATA' }, () => {
  test('is there to be sent', () => assert.ok(all.length > 7000 && texts.length > 7000, `${all.length}`));

  test('as a search, a header and a cookie finds what it says and breaks nothing', async () => {
    const page = (text) => ask(session, 'GET', `/vendor/products?q=${encodeURIComponent(text)}`), known = await skeletons(page);
    await each(all, async ({ bytes }) => {
      const value = bytes.toString('latin1').replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ').slice(0, 4000);
      const answer = await ask({ cookie: `${session.cookie}; language=${value}; theme=${value}` }, 'GET', `/vendor/products?q=${encoded(bytes)}`, {
        headers: { 'User-Agent': value, 'Accept-Language': value, Referer: value, 'If-None-Match': value, 'X-Request-Id': value, 'X-Forwarded-For': value },
      });
      if (harm(answer, bytes.toString())) return harm(answer, bytes.toString());
      if (![200, 400].includes(answer.status)) return `status ${answer.status}`;
      if (answer.status === 200 && !known.has(skeleton(answer.text))) return 'changes the page';
    });
  });

  test('as a part of a path leads nowhere', async () => {
    await each(all, async ({ bytes }) => {
      const path = encoded(bytes);
      for (const where of [`/api/v1/shops/${path}/products?cursor=${path}`, `/static/${bytes.toString('latin1').replace(/[^!-~]/g, '').replace(/[?#]/g, '')}`]) {
        if (where.length > 7000) continue;
        const answer = await ask(null, 'GET', where);
        if (harm(answer, bytes.toString())) return `${where} ${harm(answer, bytes.toString())}`;
        if (answer.status < 400 && !where.startsWith('/static/')) return `${where} status ${answer.status}`;
        if (/root:.*:0:0:|\[extensions\]/.test(answer.text)) return `${where} reads a file`;
      }
    });
  });

  test('in the form of the log-in is shown again as it was', async () => {
    const page = (text) => ask(null, 'POST', '/login', { form: { email: text, next: text, password: '' } }), known = await skeletons(page);
    await each(texts, async ({ text }) => {
      const answer = await page(text);
      if (harm(answer, text)) return harm(answer, text);
      if (![400, 413, 422].includes(answer.status)) return `status ${answer.status}`;
      if (answer.status === 422 && !known.has(skeleton(answer.text))) return 'changes the page';
    });
  });

  test('as a text of a product comes back as it went in, and is text on every page', async () => {
    const PLACES = ['en', 'fr', 'de', 'lb'].flatMap((code) => [[code, 'title'], [code, 'description']]), bundles = [];
    for (let at = 0; at < texts.length; at += PLACES.length) bundles.push({ from: texts[at].from, texts: texts.slice(at, at + PLACES.length).map(({ text }) => text) });
    const calm = await newProduct(shop, { active: true, brand: 'calm', translations: Object.fromEntries(['en', 'fr', 'de', 'lb'].map((code) => [code, { title: 'calm', description: 'calm' }])) });
    const pages = [(id) => [session, `/vendor/products/${id}`], (id) => [null, `/shops/${shop.slug}/products/${id}`]];
    const known = await Promise.all(pages.map(async (page) => skeleton((await ask(page(calm.id)[0], 'GET', page(calm.id)[1])).text)));
    let kept = 0;
    await each(bundles, async (bundle) => {
      const translations = Object.fromEntries(['en', 'fr', 'de', 'lb'].map((code) => [code, { title: 'calm', description: 'calm' }]));
      bundle.texts.forEach((text, i) => { translations[PLACES[i][0]][PLACES[i][1]] = text; });
      let answer = await ask(shop, 'POST', '/api/v1/vendor/products', { json: draft({ active: true, brand: 'calm', translations }) });
      if (answer.status === 422) { // what is refused says where, and the rest goes in
        for (const { field } of answer.body.errors) {
          const [, code, name] = field.split('.');
          if (translations[code]?.[name] === undefined) return `refuses ${field}`;
          translations[code][name] = 'calm';
        }
        answer = await ask(shop, 'POST', '/api/v1/vendor/products', { json: draft({ active: true, brand: 'calm', translations }) });
      }
      if (answer.status !== 201) return `status ${answer.status} ${answer.text.slice(0, 300)}`;
      made++;
      for (const [code, name] of PLACES) {
        const back = answer.body.translations[code][name] ?? '';
        if (back !== trimmed(translations[code][name])) return `${code} ${name} came back as ${JSON.stringify(back).slice(0, 200)}`;
        kept += translations[code][name] !== 'calm';
      }
      for (const [i, page] of pages.entries()) {
        const shown = await ask(page(answer.body.id)[0], 'GET', page(answer.body.id)[1]);
        if (harm(shown, bundle.texts.join())) return `${i} ${harm(shown, bundle.texts.join())}`;
        if (shown.status !== 200 || skeleton(shown.text) !== known[i]) return `changes page ${page(answer.body.id)[1]}: ${shown.status}`;
      }
    });
    assert.ok(kept > texts.length * 0.8, `${kept} of ${texts.length} kept`);
  });

  test('has left as many products as were made', async () => {
    let count = 0;
    for (let cursor = ''; cursor !== null;) {
      const { body } = await ask(shop, 'GET', `/api/v1/vendor/products?limit=200${cursor && `&cursor=${cursor}`}`);
      count += body.data.length;
      cursor = body.next_cursor;
    }
    assert.equal(count, made + 1);
  });

  test('as a SKU, a shop and an address of somebody is taken as text or refused', async () => {
    await each(texts, async ({ text }) => {
      const answer = await ask(shop, 'POST', '/api/v1/vendor/products', { json: { sku: text, price: text, currency: text, translations: { [text]: { [text]: text } } } });
      return harm(answer, text) ?? (answer.status < 400 ? 'taken with a price that is none' : null);
    });
  });

  test('as the name of a file is a name and no place', async () => {
    const { id } = await newProduct(shop), bundles = [], names = texts.filter(({ from, text }, i) => /^(filename|crlf|unicode|format)/.test(from) || (i % 8 === 0 && text.length < 250));
    for (let at = 0; at < names.length; at += 10) bundles.push({ from: names[at].from, texts: names.slice(at, at + 10).map(({ text }) => text) });
    await each(bundles, async (bundle) => {
      const parts = bundle.texts.map((text) => ({ bytes: Buffer.from('no picture'), name: text.replace(/[\r\n"]/g, (c) => encodeURIComponent(c)) }));
      const answer = await ask(shop, 'POST', `/api/v1/vendor/products/${id}/images`, multipart(parts));
      return harm(answer, bundle.texts.join()) ?? (answer.status < 400 && answer.body?.data?.length ? `status ${answer.status}` : null);
    });
  });
});

describe('where an address is given to go to', { skip: there ? false : 'no SOUK_TESTDATA' }, () => {
  test('only a path of ours is gone to', async () => {
    const places = [...named('open-redirect'), ...named('crlf'), ...named('path-traversal').slice(0, 200)].filter(isText);
    await each(places, async ({ bytes }) => {
      for (const next of [bytes.toString(), decodeURI_(bytes.toString())]) {
        const answer = await ask(session, 'POST', '/account/look', { form: { csrf, theme: 'light', next } });
        if (harm(answer, next)) return harm(answer, next);
        if (answer.status === 422 || answer.status === 400) continue;
        const { location } = answer.headers;
        if (answer.status !== 303 || !/^\/(?![/\\])[!-~]*$/.test(location)) return `goes to ${location}`;
        if (new URL(location, 'https://shop.example').host !== 'shop.example') return `leads to ${location}`;
      }
    });
  });

  test('nothing of it ends in a header', async () => {
    await each(named('crlf'), async ({ bytes }) => {
      for (const path of [`/login?next=${bytes}`, `/vendor/products?q=${bytes}`, `/${bytes}`, `/login?lang=${bytes}`, `/shops/${bytes}`]) {
        const answer = await ask(null, 'GET', path.replace(/[^!-~]/g, ''));
        if (harm(answer)) return `${path}: ${harm(answer)}`;
        if (answer.headers.crlf || /\n(set-cookie|content-type):/i.test(JSON.stringify(answer.headers))) return `${path} splits the answer`;
      }
    });
  });
});

function decodeURI_(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
