// A shop moves in, in a real browser: files of a WooCommerce and of a Shopify shop are sent, looked
// through, mended and imported, with script and without. Shared test data where it is there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { open, shop, url } from './lib/browser.mjs';

const english = { locale: 'en-GB', extraHTTPHeaders: { 'Accept-Language': 'en' } };
const formats = `${process.env.SOUK_TESTDATA ?? new URL('../../../shared', import.meta.url).pathname}/catalog/formats`;
const shared = (name, own) => (existsSync(`${formats}/${name}`) ? readFileSync(`${formats}/${name}`) : Buffer.from(own));

const woo = '\ufeffType,SKU,Name,Published,"In stock?",Stock,"Weight (lbs)","Regular price",Parent,"Attribute 1 name","Attribute 1 value(s)"\r\n'
  + 'variable,E2E-HOODIE,Hoodie,1,1,,1.5,,,Colour,"Red, Blue"\r\nvariation,E2E-HOODIE-R,Hoodie - Red,1,1,3,1.5,45,E2E-HOODIE,Colour,Red\r\n'
  + 'variation,E2E-HOODIE-B,Hoodie - Blue,1,1,4,1.5,45,E2E-HOODIE,Colour,Blue\r\nsimple,E2E-BEANIE,Beanie,1,1,7,.2,18,,,\r\n';
const shopify = 'Handle,Title,Body (HTML),Vendor,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price\r\n'
  + 'e2e-shirt,Ocean shirt,"<p>Soft\ncotton</p>",Weber,true,Size,Small,E2E-SHIRT-S,200,1,50.00\r\ne2e-shirt,,,,,,Large,E2E-SHIRT-L,210,2,50.00\r\n';

const send = async (page, name, buffer) => {
  await page.goto(`${url}/vendor/products/import?lang=en`); // whatever the owner reads otherwise
  await page.setInputFiles('[name=file]', { name, mimeType: 'text/csv', buffer });
  await page.click('form[enctype] button.main');
  await page.waitForURL(/\/import\/\d+$/);
};
/** Until the page says so, whatever it takes; without script it is asked again. */
const await_ = async (page, selector, script) => {
  if (script) return page.waitForSelector(selector, { timeout: 60_000 });
  for (let i = 0; i < 120 && !await page.locator(selector).count(); i++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  return assert.ok(await page.locator(selector).count(), selector);
};

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    for (const [name, own, seen] of [['woocommerce-products.csv', woo, 'WooCommerce'], ['shopify-apparel.csv', shopify, 'Shopify']]) {
      test(`${name} is seen for what it is, checked, and imported`, async (t) => {
        const page = await open(t, shop, { ...english, javaScriptEnabled });
        await send(page, name, shared(name, own));
        assert.match(await page.textContent('dl.facts'), new RegExp(seen));
        await page.click('a[href$="?step=columns"].main');
        assert.ok(await page.locator('select[name^="column."]').count() > 5);
        await page.click('form[action$="/columns"] button.main');
        await await_(page, 'form[action$="/run"]', javaScriptEnabled);
        assert.match(await page.textContent('#import'), /Nothing has been written/);
        await page.click('form[action$="/run"] .buttons button');
        await await_(page, 'a.main[href="/vendor/products"]', javaScriptEnabled);
        assert.match(await page.textContent('#import'), /Everything that was right is in your shop/);
      });
    }

    test('what is wrong is told by line and column, and the file of it can be mended and sent again', async (t) => {
      const page = await open(t, shop, { ...english, javaScriptEnabled });
      const sku = `E2E-${process.pid}-${javaScriptEnabled}`;
      await send(page, 'faulty.csv', Buffer.from(`sku,title,price\n${sku}-1,Good,1.00\n${sku}-2,Bad,cheap\n`));
      await page.click('a[href$="?step=columns"].main');
      await page.click('form[action$="/columns"] button.main');
      await await_(page, 'form[action$="/run"]', javaScriptEnabled);
      assert.match(await page.textContent('#import table:last-of-type'), /cheap/);
      await page.click('form[action$="/run"] .buttons button');
      await await_(page, 'a.main[href="/vendor/products"]', javaScriptEnabled);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="errors.csv"]')]);
      const text = readFileSync(await download.path(), 'utf8');
      assert.match(text, /^sku,title,price,souk: error\nE2E-.*,Bad,cheap,/);
      await send(page, 'mended.csv', Buffer.from(text.replace('cheap', '2.00')));
      await page.click('a[href$="?step=columns"].main');
      await page.click('form[action$="/columns"] button.main');
      await await_(page, 'form[action$="/run"]', javaScriptEnabled);
      await page.click('form[action$="/run"] .buttons button');
      await await_(page, 'a.main[href="/vendor/products"]', javaScriptEnabled);
      await page.goto(`${url}/vendor/products?q=${sku}-2`);
      assert.equal(await page.locator('tbody tr').count(), 1);
    });

    test('an export is made and fetched', async (t) => {
      const page = await open(t, shop, { ...english, javaScriptEnabled });
      await page.goto(`${url}/vendor/products/export`);
      await page.click('form[action$="/export"] button.main');
      await page.waitForURL(/\/export\/\d+$/);
      await await_(page, 'a.main[href$="/file"]', javaScriptEnabled);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('a.main[href$="/file"]')]);
      assert.match(readFileSync(await download.path(), 'utf8'), /^product_sku,sku,status/);
    });
  });
}
