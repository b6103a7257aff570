// A shop moves in and sells the same day, in a real browser: what two other shop systems exported comes
// in (with the shared data), a file with a fault is looked through, mended and imported, the products are put on sale, found in spite of a typing error, bought on the
// public page, paid, packed and sent; and the feed that a channel fetches breaks none of its rules.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, newShop, testdata, until } from '../http/lib/souk.mjs';
import { lint, told } from '../http/lib/feedlint.mjs';
import { multipart, png } from '../http/lib/pictures.mjs';
import { mailTo } from '../http/lib/mail.mjs';
import { open, url } from './lib/browser.mjs';

const english = { locale: 'en-GB', extraHTTPHeaders: { 'Accept-Language': 'en' } };
const description = 'Woven in the village below the castle, from wool that never saw a ship.';
const file = (price) => 'Handle,Title,Body (HTML),Vendor,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price\r\n'
  + `lake-blanket,Lake blanket,"<p>${description}</p>",Weber,false,Size,Small,LAKE-S,900,3,49.00\r\nlake-blanket,,,,,,Large,LAKE-L,1400,5,79.00\r\n`
  + `hill-cushion,Hill cushion,"<p>${description}</p>",Weber,false,Title,Default Title,HILL,400,2,${price}\r\n`;

/** Sends a file and goes through the steps to the end. */
async function bringIn(page, name, text) {
  await page.goto(`${url}/vendor/products/import`);
  await page.setInputFiles('[name=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.click('form[enctype] button.main');
  await page.click('a[href$="?step=columns"].main');
  await page.click('form[action$="/columns"] button.main');
  await page.waitForSelector('form[action$="/run"]', { timeout: 60_000 });
}
async function run(page) {
  await page.click('form[action$="/run"] .buttons button');
  await page.waitForSelector('a.main[href="/vendor/products"]', { timeout: 60_000 });
}

test('a shop moves in, and sells the same day', async (t) => {
  const shop = await newShop('story');
  const page = await open(t, shop, english);

  const exported = ['woocommerce-products.csv', 'shopify-apparel.csv'].map((name) => [name, join(testdata ?? '', 'catalog/formats', name)]).filter(([, path]) => existsSync(path));
  for (const [name, path] of exported) {
    await bringIn(page, name, readFileSync(path));
    assert.match(await page.textContent('#import'), /Nothing has been written/);
    await run(page);
  }
  if (exported.length) {
    await page.goto(`${url}/vendor/products?q=hodie`);
    assert.match(await page.textContent('main'), /Showing results for “hoodie” instead\.[^]*Hoodie/);
  }

  await bringIn(page, 'shop.csv', file('cheap'));
  assert.match(await page.textContent('#import'), /cheap/, 'the dry run says what is wrong');
  await bringIn(page, 'mended.csv', file('25.00'));
  assert.match(await page.textContent('#import'), /Nothing has been written/);
  await run(page);

  await page.goto(`${url}/vendor/products?status=draft`);
  for (const box of await page.locator('tbody input[name=id]').all()) await box.check();
  await page.click('button[name=do][value=activate]');
  await page.click('form.question button.main, form[action$="/bulk"] button.main');
  await page.goto(`${url}/vendor/products?q=lake+blnaket`);
  assert.match(await page.textContent('main'), /Lake blanket/, 'found in spite of a typing error');

  const { body } = await ask(shop, 'GET', '/api/v1/vendor/products?limit=100&status=active');
  const own = body.data.filter(({ brand }) => brand === 'Weber');
  assert.equal(own.length, 2);
  for (const { id } of own) {
    const sent = await ask(shop, 'POST', `/api/v1/vendor/products/${id}/images`, multipart([{ bytes: png(640, 640) }]));
    assert.equal(sent.status, 201, sent.text);
  }

  const buyer = await open(t, null, english), email = `buyer@${shop.slug}.example`;
  await buyer.goto(`${url}/shops/${shop.slug}?q=blanket`);
  await buyer.click('main .tiles a');
  await buyer.selectOption('#variant', { index: 1 });
  await buyer.fill('#quantity', '2');
  await buyer.click('form.buy button.main');
  await buyer.waitForURL(/\/orders/);
  await buyer.fill('[name="customer.email"]', email);
  await buyer.fill('[name="shipping_address.name"]', 'Nóra Müller 🧶');
  await buyer.fill('[name="shipping_address.street"]', '1 Rue du Château');
  await buyer.fill('[name="shipping_address.postcode"]', '1234');
  await buyer.fill('[name="shipping_address.city"]', 'Vianden');
  const country = buyer.locator('[name="shipping_address.country"]');
  if (await country.evaluate((field) => field.tagName) === 'SELECT') await country.selectOption('LU');
  else await country.fill('LU');
  await buyer.click('form[action$="/orders"] button.main');
  await buyer.waitForURL(/\/orders\/[\w-]{20,}/);
  assert.match(await buyer.textContent('main'), /158\.00/);
  assert.match((await mailTo(email)).text, /158\.00/);

  await page.goto(`${url}/vendor/orders`);
  await page.click('tbody th a');
  assert.match(await page.textContent('main'), /Nóra Müller 🧶/);
  await page.click('a.button.main[href$="/pay"]');
  await page.click('form[action$="/pay"] button.main');
  await page.click('a.button.main[href$="/ship"]');
  await page.fill('[name=tracking]', 'LU 1234 5678');
  await page.click('form[action$="/ship"] button.main');
  await page.waitForURL(/done=orders\.ship/);
  assert.match((await mailTo(email, /on its way/)).text, /LU 1234 5678/);
  await page.click('a[href$="/packing-slip"]');
  assert.match(await page.textContent('body'), /LAKE-L/);
  const left = await ask(shop, 'GET', '/api/v1/vendor/inventory?q=LAKE-L');
  assert.equal(left.body.data[0].on_hand, 3, 'five came, two went');

  await page.goto(`${url}/vendor/settings/feeds`);
  await page.click('form[action$="/feeds/build"] button');
  // The two files of a language take their places one after the other: each is waited for.
  const items = async (channel, file) => until(async () => {
    const feed = await ask(null, 'GET', `/feeds/${shop.slug}/${file}`), found = [];
    if (feed.status !== 200) return null;
    assert.equal(told(lint(channel, feed.bytes, found)), '');
    return found.length === 3 && found;
  }, `${file} has all three variants`, 60_000);
  assert.ok((await items('meta', 'en.csv')).some(({ item }) => item.title.startsWith('Lake blanket')));
  assert.ok((await items('google', 'en.tsv')).some(({ item }) => item.title.startsWith('Lake blanket')));
});
