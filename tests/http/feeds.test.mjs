// Feeds from a shop's products to what a channel fetches: every rule of both channels holds whatever is
// in the products, and nginx alone answers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ask, assertProblem, byToken, draft, fresh, newShop, people, state, until, url } from './lib/souk.mjs';
import { lint, told } from './lib/feedlint.mjs';
import { multipart, png } from './lib/pictures.mjs';
import { sql } from './lib/sender.mjs';

const types = { meta: 'csv', google: 'tsv' };
const lasting = 'Sits well, lasts for a hundred years, and is made of oak from next door.';
let shop;

async function add(who, more, picture = png(640, 640)) {
  const made = await ask(who, 'POST', '/api/v1/vendor/products', { json: draft({ status: 'active', ...more }) });
  assert.equal(made.status, 201, made.text);
  if (picture) {
    const sent = await ask(who, 'POST', `/api/v1/vendor/products/${made.body.id}/images`, multipart([{ bytes: picture }]));
    assert.equal(sent.status, 201, sent.text);
  }
  return made.body;
}
const texts = (title, description = lasting) => ({ translations: { en: { title, description } } });
/** Nobody asks faster than the limits allow. */
const pause = () => new Promise((wake) => setTimeout(wake, 700));
const all = async (who) => (await ask(who, 'GET', '/api/v1/vendor/feeds')).body;
/** Builds the feeds and waits for it; gives what the API says of them. */
async function build(who) {
  const asked = Date.now();
  assert.equal((await ask(who, 'POST', '/api/v1/vendor/feeds/build')).status, 204);
  return until(async () => {
    await pause();
    const feeds = await all(who);
    return feeds.data.every((one) => Date.parse(one.built_at) >= asked) && feeds;
  }, 'the feeds are built', 60_000);
}
const path = (slug, language, channel) => `/feeds/${slug}/${language}.${types[channel]}`;
const fetched = async (slug, language, channel, headers = {}) => ask(null, 'GET', path(slug, language, channel), { headers });
/** Rows of the feed that is served, linted. */
async function items(slug, language, channel) {
  const file = await fetched(slug, language, channel), rows = [];
  assert.equal(file.status, 200);
  assert.equal(told(lint(channel, file.bytes, rows)), '');
  return rows.map(({ item }) => item);
}
const rejected = async (who, language, channel) => (await ask(who, 'GET', `/api/v1/vendor/feeds/${language}/${channel}/rejected?limit=200`)).body.data;

before(async () => {
  shop = await newShop('feeds');
});

test('a shop without products has feeds without items', async () => {
  const feeds = await build(shop);
  assert.deepEqual([feeds.public, feeds.private, feeds.fallback], [true, false, false]);
  for (const one of feeds.data) assert.deepEqual([one.items, one.rejected], [0, 0]);
  for (const channel of Object.keys(types)) assert.deepEqual(await items(shop.slug, 'en', channel), []);
});

test('whatever is in a product, both channels can read it', async () => {
  const nasty = {
    long: texts('A chair with a very long name '.repeat(7).slice(0, 199).trim(), 'A long story about a chair. '.repeat(350).slice(0, 9900)),
    'no blanks': texts('W'.repeat(100) + 'w'.repeat(99)),
    'astral, with one unit too many': texts(`x${'\u{1F6B2}'.repeat(99)}`),
    emoji: texts('\u{1F468}\u200d\u{1F469}\u200d\u{1F467} family \u{1F1F1}\u{1F1FA} chair', `${lasting} \u{1F600}\ufe0f`),
    html: texts('Chairs &amp; tables <b>bold</b>', '<p>One &eacute;l&eacute;gant <em>chair</em>, with &lt;nothing&gt; wrong.</p><script>alert(1)</script><ul><li>oak</li></ul>'),
    shouting: texts('WOODEN CHAIR WITH ARMS', 'THE BEST CHAIR THAT MONEY CAN BUY AND MORE'),
    'accents shouting': texts('ÉLÉGANTE CHAISE EN CHÊNE'),
    quoted: texts('A "6" board, wide\twith tab', 'First line, "quoted"\r\nsecond line;\n\n\n\nlast one, with, commas'),
    arabic: texts('كرسي خشبي صغير', 'كرسي خشبي صغير ومريح مصنوع من خشب البلوط الجيد'),
    hebrew: texts('כיסא עץ קטן', 'כיסא עץ קטן ונוח שעשוי מעץ אלון מקומי ועמיד מאוד'),
    chinese: texts('木制小椅子'.repeat(40), '一把用当地橡木制成的小椅子，坐起来舒适，可以使用很多年。'.repeat(3)),
    formula: texts('=HYPERLINK("http://x")', `+1 ${lasting}`),
    sale: { ...texts('A chair on sale'), price: { amount: 1000, currency: 'EUR' }, compare_at_price: { amount: 1500, currency: 'EUR' }, brand: 'B'.repeat(200), mpn: 'M'.repeat(100), category: 'Home > Chairs', google_category: '443', tags: ['oak', 'x'.repeat(100)] },
  };
  const made = {};
  for (const [name, more] of Object.entries(nasty)) made[name] = await add(shop, more);
  const feeds = await build(shop);
  for (const channel of Object.keys(types)) {
    const rows = await items(shop.slug, 'en', channel);
    assert.equal(rows.length, Object.keys(nasty).length, channel);
    assert.equal(feeds.data.find((one) => one.language === 'en' && one.channel === channel).items, rows.length);
    const titled = (start) => rows.find((row) => row.title.startsWith(start));
    assert.equal(titled('Chairs').title, 'Chairs & tables bold');
    assert.equal(titled('Chairs').description.includes('élégant chair, with \u2039nothing\u203a wrong.'), true);
    assert.ok(titled('Wooden Chair'), 'quiet');
    assert.ok(titled('=HYPERLINK'), 'no cell is altered for spreadsheets');
    const sale = titled('A chair on sale');
    assert.deepEqual([sale.price, sale.sale_price, sale.google_product_category, sale.product_type], ['15.00 EUR', '10.00 EUR', '443', 'Home > Chairs']);
  }
  for (const language of ['fr', 'de', 'lb']) {
    const left = await rejected(shop, language, 'meta');
    assert.equal(left.length, Object.keys(nasty).length);
    for (const one of left) assert.ok(one.reasons.includes('title.missing'));
  }
});

test('what a channel would not take is left out, with the reason and the field to mend', async () => {
  const none = await add(shop, texts('No picture'), null), small = await add(shop, texts('Small picture'), png(300, 900));
  const short = await add(shop, texts('Short', 'Short.')), free = await add(shop, { ...texts('For nothing'), price: { amount: 0, currency: 'EUR' } });
  await build(shop);
  const why = async (channel) => Object.fromEntries((await rejected(shop, 'en', channel)).map((one) => [one.product_id, one.reasons]));
  assert.deepEqual(await why('meta'), { [none.id]: ['image.missing'], [small.id]: ['image.small'], [short.id]: ['description.short'], [free.id]: ['price.missing'] });
  assert.deepEqual(await why('google'), { [none.id]: ['image.missing'], [small.id]: ['image.small'], [free.id]: ['price.missing'] });
  const { body } = await ask(shop, 'GET', `/api/v1/vendor/products/${short.id}/feed`);
  const said = (channel) => body.data.find((one) => one.language === 'en' && one.channel === channel);
  assert.equal(said('google').ready, true);
  assert.deepEqual([said('meta').ready, said('meta').reasons], [false, [{ reason: 'description.short', field: 'description', rejects: true, variants: 1 }]]);
  const page = await ask(shop, 'GET', '/api/v1/vendor/feeds/en/meta/rejected?limit=1');
  const next = await ask(shop, 'GET', `/api/v1/vendor/feeds/en/meta/rejected?limit=3&cursor=${page.body.next_cursor}`);
  assert.equal(next.body.data.length, 3);
  assert.equal(next.body.next_cursor, null);
  assertProblem(await ask(shop, 'GET', '/api/v1/vendor/feeds/xx/meta/rejected'), 404, 'feed.unknown');
});

test('variants are items of a group, each with its attributes, price and stock', async () => {
  const sku = fresh('SHIRT');
  await add(shop, {
    ...texts('A shirt'), sku, options: ['Farbe', 'Größe', 'Duft'], variants: [
      { sku: `${sku}-1`, options: { Farbe: 'Rot', Größe: 'L', Duft: 'Rose' }, price: { amount: 1100, currency: 'EUR' } }, { sku: `${sku}-2`, options: { Farbe: 'Blau', Größe: 'M', Duft: 'Rose' }, gtin: '4006381333931' },
    ],
  });
  await build(shop);
  for (const channel of Object.keys(types)) {
    const rows = (await items(shop.slug, 'en', channel)).filter((row) => row.item_group_id);
    assert.deepEqual(rows.map((row) => [row.title, row.color, row.size, row.price, row.gtin]), [['A shirt, Rose', 'Rot', 'L', '11.00 EUR', ''], ['A shirt, Rose', 'Blau', 'M', '19.95 EUR', '4006381333931']]);
    assert.equal(new Set(rows.map((row) => row.item_group_id)).size, 1);
  }
});

test('links and pictures of the file answer 200', async () => {
  const [row] = await items(shop.slug, 'en', 'meta');
  for (const [address, type] of [[row.link, /^text\/html/], [row.image_link, /^image\/jpeg/]]) {
    const answer = await fetch(address);
    assert.equal(answer.status, 200, address);
    assert.match(answer.headers.get('content-type'), type);
    await answer.arrayBuffer();
  }
});

describe('a channel that fetches', () => {
  test('gets the file or its gzip, each with a strong ETag of its own, made for a CDN', async () => {
    const plain = await fetched(shop.slug, 'en', 'meta'), packed = await fetched(shop.slug, 'en', 'meta', { 'Accept-Encoding': 'gzip' });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(packed.bytes), plain.bytes);
    for (const one of [plain, packed]) {
      assert.equal(one.status, 200);
      assert.match(one.headers.etag, /^"[^"]+"$/);
      assert.equal(one.headers['content-type'], 'text/csv; charset=utf-8');
      assert.match(one.headers['cache-control'], /^public, max-age=3600/);
      assert.match(one.headers.vary, /Accept-Encoding/);
      assert.equal(one.headers['access-control-allow-origin'], undefined);
      assert.equal(Number(one.headers['content-length']), one.bytes.length);
    }
    assert.notEqual(plain.headers.etag, packed.headers.etag);
    const tsv = await fetched(shop.slug, 'en', 'google', { 'Accept-Encoding': 'gzip', Via: '1.1 a-cdn' });
    assert.equal(tsv.headers['content-type'], 'text/tab-separated-values; charset=utf-8');
    assert.equal(tsv.headers['content-encoding'], 'gzip');
  });

  test('is told that nothing has changed, also after a build that changed nothing', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const headers = { 'Accept-Encoding': encoding };
      const first = await fetched(shop.slug, 'en', 'meta', headers);
      await build(shop);
      const again = await fetched(shop.slug, 'en', 'meta', { ...headers, 'If-None-Match': first.headers.etag });
      assert.equal(again.status, 304);
      assert.equal(again.text, '');
      assert.equal((await fetched(shop.slug, 'en', 'meta', { ...headers, 'If-Modified-Since': first.headers['last-modified'] })).status, 304);
    }
  });

  test('may ask by HEAD, and for a part', async () => {
    const whole = await fetched(shop.slug, 'en', 'meta'), head = await ask(null, 'HEAD', path(shop.slug, 'en', 'meta'));
    assert.deepEqual([head.status, head.text, head.headers.etag], [200, '', whole.headers.etag]);
    const part = await fetched(shop.slug, 'en', 'meta', { Range: 'bytes=0-9' });
    assert.deepEqual([part.status, part.text], [206, whole.text.slice(0, 10)]);
  });

  test('finds nothing for another shop, language, type or method', async () => {
    for (const missing of ['/feeds/no-such-shop/en.csv', `/feeds/${shop.slug}/it.csv`, `/feeds/${shop.slug}/en.xml`, `/feeds/${shop.slug}/`, `/feeds/${shop.slug}/../${shop.slug}/en.csv.gz`, `/feeds/${shop.slug}/en.csv.gz`, `/feeds/${'0'.repeat(32)}/en.csv`, `/feeds/${shop.slug}/${'0'.repeat(32)}/en.csv`, '/feeds/built/1/en.csv', '/feeds/private/x/en.csv'])
      assert.equal((await ask(null, 'GET', missing)).status, 404, missing);
    assert.equal((await ask(null, 'POST', path(shop.slug, 'en', 'meta'))).status, 405);
  });

  test('is answered by nginx alone', async () => {
    const mark = fresh('mark');
    await ask(null, 'GET', `${path(shop.slug, 'en', 'meta')}?${mark}`);
    await ask(null, 'GET', `/shops/${shop.slug}?${mark}`);
    const lines = await until(() => {
      const log = readFileSync(join(state, 'log/access.log'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
      const mine = log.filter((one) => one.path.includes(shop.slug)).slice(-2);
      return mine.length === 2 && mine[1].path === `/shops/${shop.slug}` && mine;
    }, 'the log');
    assert.equal(lines[0].path, `/${shop.slug}/en.csv`);
    assert.ok(['', '-'].includes(lines[0].worker_s), 'no worker');
    assert.ok(Number(lines[1].worker_s) >= 0, 'a worker');
  });
});

test('a private address can be had, renewed and closed, and the public one too', async () => {
  const one = async () => (await all(shop)).data.find((feed) => feed.language === 'en' && feed.channel === 'meta');
  const status = async (address) => (await ask(null, 'GET', address.slice(url.length))).status;
  assert.equal((await one()).private_url, null);
  assert.equal((await ask(shop, 'POST', '/api/v1/vendor/feeds/renew')).status, 200);
  const first = (await one()).private_url;
  assert.match(first, new RegExp(`/feeds/${shop.slug}/[0-9a-f]{32}/en\\.csv$`));
  assert.equal(await status(first), 200);
  await ask(shop, 'POST', '/api/v1/vendor/feeds/renew');
  const second = (await one()).private_url;
  assert.deepEqual([await status(first), await status(second)], [404, 200]);
  const open = (await one()).url;
  assert.equal((await ask(shop, 'PATCH', '/api/v1/vendor/feeds', { json: { public: false }, headers: { 'If-Match': '*' } })).body.public, false);
  assert.deepEqual([await status(open), await status(second)], [404, 200]);
  await ask(shop, 'PATCH', '/api/v1/vendor/feeds', { json: { public: true }, headers: { 'If-Match': '*' } });
  assert.equal(await status(open), 200);
  assertProblem(await ask(shop, 'PATCH', '/api/v1/vendor/feeds', { json: { backorder_days: 366 }, headers: { 'If-Match': '*' } }), 422, 'field.number');
});

test('a feed that would lose over 30 % stays, until somebody says that it is right', async () => {
  const own = await newShop('feeds-drop');
  for (let i = 0; i < 4; i++) await add(own, texts(`Chair ${i}`));
  await build(own);
  assert.equal((await items(own.slug, 'en', 'meta')).length, 4);
  sql('souk', `UPDATE product SET status = 'draft' WHERE vendor_id = ${own.id} AND id <> (SELECT min(id) FROM product WHERE vendor_id = ${own.id})`);
  const held = (await build(own)).data.filter((one) => one.language === 'en');
  for (const one of held) assert.deepEqual([one.items, one.held_items, typeof one.held_at], [4, 1, 'string']);
  assert.equal((await items(own.slug, 'en', 'meta')).length, 4);
  assert.equal((await ask(own, 'POST', '/api/v1/vendor/feeds/en/meta/publish')).status, 204);
  await until(async () => (await pause(), await all(own)).data.find((one) => one.language === 'en' && one.channel === 'meta').items === 1, 'the feed is published', 60_000);
  assert.equal((await items(own.slug, 'en', 'meta')).length, 1);
  assert.equal((await items(own.slug, 'en', 'google')).length, 4);
  assertProblem(await ask(own, 'POST', '/api/v1/vendor/feeds/en/meta/publish'), 409, 'feed.not_held');
});

test('a change is in the feed after a while by itself', { timeout: 240_000 }, async () => {
  const own = await newShop('feeds-change');
  await add(own, texts('Chair'));
  await until(async () => (await pause(), await fetched(own.slug, 'en', 'meta')).text.includes('Chair'), 'the feed is there', 200_000);
});

test('the feeds of the demo shops pass', async () => {
  for (const one of people.vendors) {
    const who = await byToken(one);
    await until(async () => (await pause(), await all(who)).data.every((feed) => feed.built_at), 'the demo feeds are built', 120_000);
    const { data } = await all(who);
    for (const { language, channel, items: count } of data) {
      const rows = await items(one.slug, language, channel);
      assert.equal(rows.length, count);
      assert.ok(rows.length > 10, `${one.slug} ${language} ${channel}: ${rows.length}`);
    }
  }
});
