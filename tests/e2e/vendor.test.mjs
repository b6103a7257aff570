// A day in a shop, in a real browser: products made, mended and removed, photos sent and seen by
// shoppers; once with script and once without.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiOf, greyPng, inspect, open, otherShop, photos, product, refusal, shop, url } from './lib/browser.mjs';
import { until } from '../http/lib/souk.mjs';

const english = { locale: 'en-GB', extraHTTPHeaders: { 'Accept-Language': 'en' } };
const done = /\?done=/;
let turn = 0;
const sku = () => `DAY-${process.pid}-${++turn}`;

/** The words of the page's own language do not matter to a test; its fields and addresses do. */
const save = (page) => page.click('form:not(.upload) .buttons button.main');

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    const options = { ...english, javaScriptEnabled };

    test('a product is made, a mistake is shown beside its field, and what was typed stays', async (t) => {
      const page = await open(t, shop, { ...options, allowed: [422] });
      const mine = sku();
      await page.goto(`${url}/vendor/products`);
      await page.click('.actions a.main');
      assert.equal(new URL(page.url()).pathname, '/vendor/products/new');
      await page.fill('[name=sku]', mine);
      await page.fill('[name=gtin]', '4006381333932');
      await page.fill('[name=price]', '12.50');
      await page.fill('[name^="translations."][name$=".title"]', 'A lamp that was mistyped');
      await save(page);
      assert.equal(await page.inputValue('[name^="translations."][name$=".title"]'), 'A lamp that was mistyped');
      await refusal(page);
      assert.equal(await page.getAttribute('[name=gtin]', 'aria-invalid'), 'true');
      assert.match(await page.textContent('#gtin-error'), /\S/);
      assert.equal(await page.locator('.errors a[href="#gtin"]').count(), 1);
      if (javaScriptEnabled) await inspect(page);
      await page.fill('[name=gtin]', '4006381333931');
      await page.selectOption('[name=status]', 'active');
      await save(page);
      await page.waitForURL(done);
      assert.match(await page.textContent('.flash'), /\S/);
      assert.match(await page.textContent('h1'), /A lamp that was mistyped/);
      await page.goto(`${url}/vendor/products?q=${mine}`);
      assert.equal(await page.locator('tbody tr').count(), 1);
    });

    test('a double click makes one product', async (t) => {
      const page = await open(t, shop, options);
      const mine = sku();
      await page.goto(`${url}/vendor/products/new`);
      await page.fill('[name=sku]', mine);
      await page.fill('[name=price]', '1');
      await page.fill('[name^="translations."][name$=".title"]', 'Clicked twice');
      await page.dblclick('form:not(.upload) .buttons button.main');
      await until(() => done.test(page.url()), 'the product is saved'); // the second click ends the first one's way there
      await page.goto(`${url}/vendor/products?q=${mine}`);
      assert.equal(await page.locator('tbody tr').count(), 1);
    });

    test('a number that another product has is refused with that said', async (t) => {
      const page = await open(t, shop, { ...options, allowed: [409, 422] });
      const api = await apiOf(shop), taken = sku();
      await product(api, { sku: taken });
      await page.goto(`${url}/vendor/products/new`);
      await page.fill('[name=sku]', taken);
      await page.fill('[name=price]', '1');
      await page.fill('[name^="translations."][name$=".title"]', 'Twin');
      await save(page);
      await refusal(page);
      assert.equal(await page.getAttribute('[name=sku]', 'aria-invalid'), 'true');
      assert.match(await page.textContent('#sku-error'), /\S/);
    });

    test('when somebody else saved meanwhile, both versions are shown and one is chosen', async (t) => {
      const page = await open(t, shop, { ...options, allowed: [409, 412] });
      const api = await apiOf(shop), id = await product(api);
      await page.goto(`${url}/vendor/products/${id}`);
      const { headers } = await api('GET', `/vendor/products/${id}`);
      const changed = await api('PATCH', `/vendor/products/${id}`, { headers: { 'If-Match': headers.get('etag') }, json: { price: '21.00' } });
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
      await page.fill('[name=price]', '22.00');
      await save(page);
      const words = await page.textContent('table');
      assert.match(words, /21[.,]00/);
      assert.match(words, /22[.,]00/);
      if (javaScriptEnabled) await inspect(page);
      await save(page);
      await page.waitForURL(done);
      assert.equal((await api('GET', `/vendor/products/${id}`)).body.price.amount, 2200);
    });

    test('several products are switched off at once, after a question that names them', async (t) => {
      const page = await open(t, shop, options);
      const api = await apiOf(shop), ids = [await product(api), await product(api)];
      await page.goto(`${url}/vendor/products`);
      for (const id of ids) await page.check(`[name=id][value="${id}"]`);
      await page.click('[name=do][value=deactivate]');
      await page.waitForSelector('input[name=sure]', { state: 'attached' });
      if (javaScriptEnabled) await inspect(page);
      await page.click('form:has([name=sure]) button.main, form:has([name=sure]) button.danger');
      await page.waitForURL(done);
      for (const id of ids) assert.equal((await api('GET', `/vendor/products/${id}`)).body.active, false);
    });

    test('a product goes only after the question', async (t) => {
      const page = await open(t, shop, { ...options, allowed: [404] });
      const api = await apiOf(shop), id = await product(api);
      await page.goto(`${url}/vendor/products/${id}`);
      await page.click('.actions a.danger');
      const question = javaScriptEnabled ? page.locator('dialog[open]') : page.locator('main');
      await question.locator('button.danger').waitFor();
      assert.equal((await api('GET', `/vendor/products/${id}`)).status, 200);
      if (javaScriptEnabled) {
        await inspect(page);
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('dialog[open]').count(), 0);
        assert.ok(await page.evaluate(() => document.activeElement.matches('.actions a.danger')), 'focus returns to the opener');
        await page.click('.actions a.danger');
      }
      await question.locator('button.danger').click();
      await page.waitForURL(done);
      assert.equal((await api('GET', `/vendor/products/${id}`)).status, 404);
    });

    test('three photos are sent at once and shoppers see them as WebP', async (t) => {
      const page = await open(t, shop, options);
      const api = await apiOf(shop), id = await product(api, { price: '43519.95' });
      const sent = await photos(javaScriptEnabled ? page : await open(t, null));
      await page.goto(`${url}/vendor/products/${id}`);
      if (javaScriptEnabled) {
        // Every state a row passes through, as a person would see it.
        await page.evaluate(() => {
          globalThis.seen = [];
          new MutationObserver(() => {
            for (const row of document.querySelectorAll('.uploads li'))
              globalThis.seen.push(`${row.querySelector('bdi').textContent}: ${row.querySelector('[data-state]').textContent}`);
          }).observe(document.querySelector('.uploads'), { childList: true, subtree: true, characterData: true });
        });
      }
      await page.setInputFiles('[name=image]', sent);
      if (!javaScriptEnabled) await page.click('form.upload button.main');
      if (javaScriptEnabled) {
        await page.waitForFunction(() => document.querySelectorAll('#images .tile img').length === 3);
        const seen = await page.evaluate(() => globalThis.seen);
        for (const { name } of sent)
          assert.ok(seen.some((line) => line.startsWith(name) && /\d+\s?%/.test(line)), `${name} showed its progress`);
        await inspect(page);
      } else
        await page.waitForSelector('main a[href^="/vendor/products/"]');

      const shopper = await open(t, null);
      const types = [];
      shopper.on('response', async (answer) => {
        if (answer.url().includes('/media/')) types.push(`${answer.status()} ${answer.headers()['content-type']}`);
      });
      await shopper.goto(`${url}/shops/${shop.slug}/products/${id}`, { waitUntil: 'networkidle' });
      const pictures = shopper.locator('.product img');
      assert.equal(await pictures.count(), 3);
      for (let i = 0; i < 3; i++) await pictures.nth(i).scrollIntoViewIfNeeded();
      await shopper.waitForFunction(() => [...document.querySelectorAll('.product img')].every((img) => img.complete && img.naturalWidth > 100));
      assert.ok(types.length >= 3 && types.every((type) => /^200 image\/webp$/.test(type)), types.join());

      const stranger = await apiOf(otherShop), images = (await api('GET', `/vendor/products/${id}/images`)).body.data;
      assert.equal(images.length, 3);
      assert.equal((await stranger('GET', `/vendor/products/${id}/images`)).status, 404);
      for (const image of images)
        assert.equal((await stranger('DELETE', `/vendor/products/${id}/images/${image.id}`)).status, 404);
      assert.equal((await api('GET', `/vendor/products/${id}/images`)).body.data.length, 3);
    });

    test('pictures change places and go', async (t) => {
      const page = await open(t, shop, options);
      const api = await apiOf(shop), id = await product(api);
      for (const colour of [0x20, 0x80, 0xd0]) {
        const form = new FormData();
        form.append('image', new Blob([greyPng(colour)], { type: 'image/png' }), `${colour}.png`);
        assert.equal((await api('POST', `/vendor/products/${id}/images`, { body: form })).status, 201);
      }
      const order = async () => (await api('GET', `/vendor/products/${id}/images`)).body.data.map((image) => image.id);
      const [first, second, third] = await order();
      await page.goto(`${url}/vendor/products/${id}`);
      await page.click('#images .tile:nth-child(3) form:first-child button');
      await page.waitForURL(done);
      assert.deepEqual(await order(), [third, first, second]);
      await page.click('#images .tile:nth-child(1) a.danger');
      await page.locator(javaScriptEnabled ? 'dialog[open] button.danger' : 'main button.danger').click();
      await page.waitForURL(done);
      assert.deepEqual(await order(), [first, second]);
    });
  });
}
