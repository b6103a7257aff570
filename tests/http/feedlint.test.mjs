// The linter of feeds, held to the rules: a good file has no finding, and each rule has a file that breaks it alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { channels, lint, readCsv, told } from './lib/feedlint.mjs';

const good = {
  meta: {
    id: 'v1', title: 'A chair', description: 'Sits well and lasts for a hundred years.', availability: 'in stock', condition: 'new', price: '10.00 EUR', link: 'https://shop.example/p/1', image_link: 'https://shop.example/1.jpg', brand: 'Oak & Sons',
    google_product_category: '443', fb_product_category: 'Home > Furniture > Chairs', quantity_to_sell_on_facebook: '5', sale_price: '9.00 EUR', sale_price_effective_date: '2026-04-30T09:30-08:00/2026-05-30T23:59-08:00', item_group_id: 'p1',
    gender: 'unisex', color: 'red', size: 'L', age_group: 'all ages', material: 'oak', pattern: 'plain', shipping: 'US:CA:Ground:9.99 USD;US::Air:15.99 USD', shipping_weight: '500 g', gtin: '4006381333931', additional_image_link: 'https://shop.example/2.jpg,https://shop.example/3.png',
    'video[0].url': 'https://shop.example/1.mp4', 'product_tags[0]': 'oak', product_type: 'Home > Chairs',
  },
  google: {
    id: 'v1', title: 'A chair', description: 'Sits well.', availability: 'backorder', availability_date: '2026-12-15T00:00+0000', condition: 'new', price: '10.00 EUR', sale_price: '9.00 EUR', link: 'https://shop.example/p/1', image_link: 'https://shop.example/1.gif', additional_image_link: 'https://shop.example/2.jpg',
    brand: 'Oak', gtin: '4006381333931', mpn: 'C-1', identifier_exists: 'yes', google_product_category: 'Furniture > Chairs', product_type: 'Home', item_group_id: 'p1', gender: 'male', age_group: 'adult', color: 'red', size: 'L', material: 'oak', pattern: 'plain', shipping_weight: '1.5 kg',
  },
};
const cell = (channel, text) => (channel === 'meta' && /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** A file of these rows, whose columns are those of the first. */
const file = (channel, ...rows) => [Object.keys(rows[0]), ...rows.map((row) => Object.keys(rows[0]).map((name) => row[name] ?? ''))]
  .map((cells) => `${cells.map((text) => cell(channel, text)).join(channel === 'meta' ? ',' : '\t')}\n`).join('');
const rules = (found) => [...new Set(found.map((one) => `${one.column}: ${one.rule}`))];

const long = (n) => 'word '.repeat(n).slice(0, n - 1) + 'w';
// What breaks a rule: column, value, rule.
const broken = {
  both: [
    ['title', '', 'required'], ['title', 'A <b>bold</b> chair', 'plain'], ['title', 'Chairs &amp; more', 'plain'], ['title', 'LOUD CHAIR', 'not all capitals'],
    ['description', '<p>Sits well and lasts for a hundred years.</p>', 'plain'], ['description', 'SITS WELL AND LASTS FOR A HUNDRED YEARS', 'not all capitals'], ['description', '', 'required'],
    ['availability', 'maybe', 'known'], ['condition', 'like new', 'known'], ['condition', '', 'required'],
    ['price', '10,00 EUR', 'a price'], ['price', '1,000.00 EUR', 'a price'], ['price', '€10.00', 'a price'], ['price', '10.00', 'a price'], ['price', '10.5 EUR', 'a price'], ['price', '1050000.00 JPY', 'a price'], ['price', '', 'required'],
    ['sale_price', '12.00 EUR', 'lower than the price'], ['sale_price', '9.00 USD', 'in the currency of the price'], ['sale_price', 'less', 'a price'],
    ['link', 'shop.example/p/1', 'an address'], ['link', '', 'required'], ['image_link', 'https://shop.example/1.webp', 'a picture'], ['image_link', '', 'required'],
    ['gtin', '4006381333932', 'a GTIN'], ['gtin', '12345', 'a GTIN'], ['gtin', '8.80609E+12', 'a GTIN'], ['google_product_category', 'Furniture', 'an id or two levels'], ['gender', 'men', 'known'],
    ['shipping_weight', '500', 'a weight'], ['additional_image_link', 'https://shop.example/2.webp', 'pictures'], ['product_type', long(760), 'at most 750'], ['color', '#ff0000', 'no code'],
    ['id', '', 'required'], ['id', 'v 1', 'without blanks'], ['title', 'A chair\u0007', 'no control characters'], ['title', ' A chair', 'no blanks around it'], ['title', 'A chair \ufffd', 'whole characters'],
    ['additional_image_link', Array(40).fill('https://shop.example/a-name-that-is-rather-long-for-a-picture.jpg').join(','), 'at most 2,000 characters'],
  ],
  meta: [
    ['id', 'v'.repeat(101), 'at most 100'], ['title', long(201), 'at most 200'], ['description', long(10000), 'at most 9,999'], ['description', 'Sits well.', 'at least 30'], ['brand', '', 'required'], ['brand', long(101), 'at most 100'],
    ['availability', 'in_stock', 'known'], ['item_group_id', 'p'.repeat(101), 'at most 100'], ['color', long(201), 'at most 200'], ['size', long(201), 'at most 200'], ['material', long(201), 'at most 200'], ['pattern', long(101), 'at most 100'],
    ['age_group', 'children', 'known'], ['quantity_to_sell_on_facebook', '0', 'a number from 1'], ['sale_price_effective_date', '2026-04-30', 'two moments'], ['fb_product_category', 'Home > Furniture', 'an id or three levels'], ['shipping', 'anywhere', 'places and prices'],
    ['additional_image_link', Array(21).fill('https://a.example/1.jpg').join(','), 'so many pictures'], ['title', 'Two\nlines', 'on one line'], ['video[0].url', 'video', 'an address'],
  ],
  google: [
    ['id', 'v'.repeat(51), 'at most 50'], ['title', long(151), 'at most 150'], ['description', long(5001), 'at most 5,000'], ['availability', 'in stock', 'known'], ['availability_date', '', 'there when it comes later'], ['availability_date', 'soon', 'a moment'],
    ['brand', long(71), 'at most 70'], ['mpn', long(71), 'at most 70'], ['item_group_id', 'p'.repeat(51), 'at most 50'], ['color', long(101), 'at most 100'], ['size', long(101), 'at most 100'], ['age_group', 'teen', 'known'], ['identifier_exists', 'maybe', 'known'],
    ['additional_image_link', Array(11).fill('https://a.example/1.jpg').join(','), 'so many pictures'],
  ],
};

for (const channel of Object.keys(channels)) {
  describe(channel, () => {
    test('a good file has no finding, and its columns are all that there are', () => {
      assert.equal(told(lint(channel, Buffer.from(file(channel, good[channel])))), '');
      const missing = Object.keys(channels[channel].columns).filter((name) => !(name in good[channel]));
      assert.deepEqual(missing, channel === 'meta' ? ['video[0].tag[0]', 'product_tags[1]', 'style[0]'] : []);
    });

    for (const [column, value, rule] of [...broken.both, ...broken[channel]])
      test(`${column} "${value.slice(0, 30)}" is not ${rule}`, () => {
        const found = rules(lint(channel, Buffer.from(file(channel, { ...good[channel], [column]: value }))));
        assert.ok(found.includes(`${column}: ${rule}`), found.join('; '));
      });

    test('every rule of a column is broken by one of these files', () => {
      const tried = [...broken.both, ...broken[channel]].map(([column, , rule]) => `${column}: ${rule}`);
      const all = Object.entries(channels[channel].columns).flatMap(([column, has]) => Object.keys(has).map((rule) => `${column}: ${rule}`));
      const untried = all.filter((one) => !tried.includes(one) && !/product_tags|description: on one|title: on one|material: at|pattern: at|price: more|sale_price/.test(one));
      assert.deepEqual(untried, []);
    });

    test('an id stands there once', () => {
      assert.ok(rules(lint(channel, Buffer.from(file(channel, good[channel], { ...good[channel], color: 'blue' })))).includes('id: once in the file'));
    });

    test('variants have each attribute, or none has it', () => {
      const found = lint(channel, Buffer.from(file(channel, good[channel], { ...good[channel], id: 'v2', size: '' })));
      assert.deepEqual(rules(found), ['size: filled for every variant']);
      assert.deepEqual(rules(lint(channel, Buffer.from(file(channel, good[channel], { ...good[channel], id: 'v2' })))), ['title: not like another variant in all']);
    });

    test('a column that is missing, unknown or there twice is found', () => {
      const { title, ...rest } = good[channel];
      assert.ok(rules(lint(channel, Buffer.from(file(channel, rest)))).includes('title: a column that is required'));
      assert.ok(rules(lint(channel, Buffer.from(file(channel, { ...good[channel], colour: 'red' })))).includes('colour: a column that is known'));
      const text = file(channel, good[channel]).replace('description', 'title');
      assert.ok(rules(lint(channel, Buffer.from(text))).includes('title: a column once'));
    });

    test('bytes that are no text, and rows of another length, are found', () => {
      assert.deepEqual(rules(lint(channel, Buffer.from([0x69, 0xff, 0x0a]))), [': UTF-8']);
      const text = file(channel, good[channel]).replace(/\n$/, channel === 'meta' ? ',more\n' : '\tmore\n');
      assert.ok(rules(lint(channel, Buffer.from(text))).includes(': as many cells as columns'));
      assert.deepEqual(rules(lint(channel, Buffer.from(''))), [': a header']);
    });
  });
}

test('identifiers are said to be there when they are, and only then', () => {
  const none = { ...good.google, gtin: '', mpn: '' };
  assert.deepEqual(rules(lint('google', Buffer.from(file('google', { ...none, identifier_exists: 'no' })))), []);
  assert.ok(rules(lint('google', Buffer.from(file('google', none)))).includes('identifier_exists: no without identifiers'));
});

test('CSV is read as RFC 4180 has it', () => {
  assert.deepEqual(readCsv('a,"b ""x""","c\nd"\r\n1,,\n').map((row) => row.cells), [['a', 'b "x"', 'c\nd'], ['1', '', '']]);
  for (const text of ['a,"b', 'a,"b"c', 'a,b"c"']) assert.throws(() => readCsv(text));
});
