// An afternoon in a warehouse, in a real browser: counted, received, moved, closed; once with script
// and once without.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiOf, inspect, open, product, shop, url } from './lib/browser.mjs';

const english = { locale: 'en-GB', extraHTTPHeaders: { 'Accept-Language': 'en' } };
let turn = 0;

/** A counted product of its own: its SKU, and where its page is. */
async function counted(pieces) {
  const api = await apiOf(shop), sku = `SHELF-${process.pid}-${++turn}`;
  await product(api, { sku });
  const { status, body } = await api('POST', '/vendor/inventory', { json: { reason: 'counted', changes: [{ sku, warehouse: 'main', on_hand: pieces }] } });
  assert.equal(status, 200, JSON.stringify(body));
  return { sku, api, variant: body.data[0].variant };
}
const levelOf = async ({ api, variant }) => (await api('GET', `/vendor/inventory/${variant}`)).body;

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    const options = { ...english, javaScriptEnabled };

    test('a figure is changed in its row, and the filter stays', async (t) => {
      const page = await open(t, shop, options), thing = await counted(7);
      await page.goto(`${url}/vendor/inventory?q=${thing.sku}`);
      assert.equal(await page.locator('tbody tr').count(), 1);
      const box = page.locator('[name=on_hand]');
      assert.equal(await box.inputValue(), '7');
      if (javaScriptEnabled) {
        await box.fill('99');
        await box.press('Escape');
        assert.equal(await box.inputValue(), '7');
        await inspect(page);
      }
      await box.fill('5');
      await page.selectOption('[name=reason]', 'damaged');
      await box.press('Enter');
      await page.waitForURL(/done=stock\.saved/);
      assert.match(page.url(), new RegExp(`q=${thing.sku}`));
      assert.equal(await page.locator('[name=on_hand]').inputValue(), '5');
      assert.equal((await levelOf(thing)).available, 5);
    });

    test('a figure that somebody else changed meanwhile is refused, and what was typed stays', async (t) => {
      const page = await open(t, shop, { ...options, allowed: [412] }), thing = await counted(7);
      await page.goto(`${url}/vendor/inventory?q=${thing.sku}`);
      await thing.api('PATCH', `/vendor/inventory/${thing.variant}`, { json: { warehouse: 'main', adjust: 3, reason: 'found' } });
      await page.fill('[name=on_hand]', '6');
      await page.press('[name=on_hand]', 'Enter');
      await page.waitForSelector('[name=on_hand][aria-invalid=true]');
      assert.equal(await page.inputValue('[name=on_hand]'), '6');
      assert.match(await page.textContent('td .error'), /10/);
      assert.equal((await levelOf(thing)).available, 10);
    });

    test('a delivery is received and part of it moved to another warehouse', async (t) => {
      const page = await open(t, shop, options), thing = await counted(1);
      await page.goto(`${url}/vendor/inventory/${thing.variant}`);
      await page.fill('[name=pieces]', '11');
      await page.fill('[name=note]', 'Delivery 17');
      await page.click('form[action$="/receive"] button');
      await page.waitForURL(/done=stock\.received/);
      await page.selectOption('[name=to]', { index: 1 });
      await page.fill('[name=to_bin]', 'Z9');
      await page.fill('[name=moved]', '4');
      await page.click('form[action$="/move"] button');
      await page.waitForURL(/done=stock\.moved/);
      const { places, available } = await levelOf(thing);
      assert.equal(available, 12);
      assert.equal(places.find(({ bin }) => bin === 'Z9').on_hand, 4);
      assert.match(await page.textContent('.timeline'), /Delivery 17/);
      if (javaScriptEnabled) await inspect(page);
    });

    test('a warehouse is added, and closed after a question that says what happens', async (t) => {
      const page = await open(t, shop, options), code = `e2e-${process.pid}-${++turn}`;
      await page.goto(`${url}/vendor/settings/warehouses`);
      await page.fill('[name=name]', `House ${code}`);
      await page.fill('[name=code]', code);
      await page.click('form.card button.main');
      await page.waitForURL(/done=warehouse\.added/);
      await page.click(`a.button[aria-label$="House ${code}"]`);
      await page.waitForSelector('[data-question]');
      await page.click('[data-question] button.danger');
      await page.waitForURL(/done=warehouse\.deactivated/);
      assert.equal(await page.locator('tr', { hasText: code }).locator('form[action$="/activate"]').count(), 1);
    });
  });
}
