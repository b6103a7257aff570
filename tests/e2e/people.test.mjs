// Logging in and out, who may see what, looks and languages, and the operator's pages, in a real
// browser; what must work without script is done without.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiOf, inspect, logIn, open, otherShop, people, refusal, shop, url } from './lib/browser.mjs';

const english = { extraHTTPHeaders: { 'Accept-Language': 'en' } };
// Different people for what logs in often: an account may only so many times.
const [staff, hasty, eager, leaver] = people.people.filter((one) => one.role !== 'owner' && one.role !== 'admin');

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    const options = { ...english, javaScriptEnabled };

    test('a wrong password is refused without a word on who exists, and the address stays', async (t) => {
      const page = await open(t, null, { ...options, allowed: [422] });
      const said = [];
      for (const email of [hasty.email, 'nobody@nowhere.example']) {
        await page.goto(`${url}/login`);
        await page.fill('[name=email]', email);
        await page.fill('[name=password]', 'not the password');
        await page.click('main button');
        assert.equal(await page.inputValue('[name=email]'), email);
        assert.equal(await page.inputValue('[name=password]'), '');
        said.push((await page.textContent('[role=alert], .errors')).trim());
        if (javaScriptEnabled) await inspect(page);
      }
      assert.ok(said[0]);
      assert.equal(said[0], said[1]);
    });

    test('who is not logged in is asked to, and then sees what was asked for', async (t) => {
      const page = await open(t, null, options);
      await page.goto(`${url}/vendor/products?q=lamp`);
      assert.equal(new URL(page.url()).pathname, '/login');
      await page.fill('[name=email]', eager.email);
      await page.fill('[name=password]', eager.password);
      await page.click('main button');
      await page.waitForURL(`${url}/vendor/products?q=lamp`);
    });

    test('who logs out is out, in that window and with that cookie', async (t) => {
      const page = await open(t, null, options);
      await logIn(page, leaver);
      const [cookie] = (await page.context().cookies()).filter((c) => c.httpOnly);
      assert.equal(cookie.sameSite, 'Lax');
      await page.click('.account > summary');
      await page.click('.account form[action="/logout"] button');
      await page.waitForURL(`${url}/login**`);
      await page.context().addCookies([cookie]);
      await page.goto(`${url}/vendor/`);
      assert.equal(new URL(page.url()).pathname, '/login');
    });

    test('the language that was chosen stays', async (t) => {
      const page = await open(t, shop, options);
      await page.goto(`${url}/vendor/products?q=lamp`);
      await page.click('.look details:first-of-type > summary, .look summary');
      await page.click('.look [hreflang=de]');
      await page.waitForLoadState();
      assert.equal(await page.getAttribute('html', 'lang'), 'de');
      assert.equal(await page.inputValue('[name=q]'), 'lamp', 'the filter stays too');
      await page.goto(`${url}/vendor/`);
      assert.equal(await page.getAttribute('html', 'lang'), 'de');
    });

    test('the operator adds a shop, its owner sets a password by the link shown, and the shop can be paused', async (t) => {
      const page = await open(t, people.admin, { ...options, allowed: [409, 422] });
      const slug = `shop-${process.pid}-${javaScriptEnabled ? 'a' : 'b'}`, email = `owner@${slug}.example`;
      await page.goto(`${url}/admin/vendors`);
      await page.click('.actions a.main');
      await page.fill('[name=name]', 'A shop of this test');
      await page.fill('[name=slug]', shop.slug);
      await page.fill('[name=owner_email]', email);
      await page.click('main form button.main');
      await refusal(page);
      assert.equal(await page.getAttribute('[name=slug]', 'aria-invalid'), 'true');
      assert.equal(await page.inputValue('[name=owner_email]'), email);
      await page.fill('[name=slug]', slug);
      await page.click('main form button.main');
      const link = await page.inputValue('#link'), password = 'a lamp beside my bed';
      if (javaScriptEnabled) await inspect(page);
      await page.click('.buttons a.main');

      const owner = await open(t, null, options);
      await owner.goto(link);
      if (javaScriptEnabled) await inspect(owner);
      await owner.fill('[name=password]', password);
      await owner.click('main button.main');
      assert.equal(await owner.inputValue('[name=email]'), email);
      await owner.fill('[name=password]', password);
      await owner.click('main button.main');
      await owner.waitForURL(`${url}/vendor/`);
      assert.match(await owner.textContent('body'), /A shop of this test/);
      await owner.goto(`${url}/vendor/products`);
      assert.equal(await owner.locator('.empty').count(), 1, 'an empty list teaches');
      if (javaScriptEnabled) await inspect(owner);

      const shopper = async () => (await fetch(`${url}/shops/${slug}`)).status;
      assert.equal(await shopper(), 200);
      await page.click('.actions a.danger');
      await page.locator(javaScriptEnabled ? 'dialog[open] [name=reason]' : 'main [name=reason]').fill('Sells air');
      await page.locator(javaScriptEnabled ? 'dialog[open] button.danger' : 'main button.danger').click();
      await page.waitForURL(/done=/);
      assert.equal(await shopper(), 404);
      await page.click('.actions form button.main');
      await page.waitForURL(/done=/);
      assert.equal(await shopper(), 200);
    });

    test('the operator looks for orphans in the image store', async (t) => {
      const page = await open(t, people.admin, options);
      await page.goto(`${url}/admin/images`);
      await page.click('form[action="/admin/images/scan"] button.main');
      await page.waitForURL(/done=/);
      assert.match(await page.textContent('.flash'), /\S/);
      for (let i = 0; i < 50 && !/0/.test(await page.locator('section.card:last-of-type [role=status]').textContent()); i++) {
        await page.waitForTimeout(100);
        await page.reload();
      }
      assert.match(await page.locator('section.card:last-of-type [role=status]').textContent(), /\d/);
    });
  });
}

test('the health page says the state in its title, draws meters, and refreshes in place', async (t) => {
  const page = await open(t, people.admin, english);
  await page.goto(`${url}/admin/platform-health`);
  assert.ok((await page.title()).startsWith(await page.textContent('.banner strong')));
  assert.ok(await page.locator('meter').count() >= 3);
  const before = await page.textContent('.refresh time');
  await page.focus('[data-pause]');
  await page.waitForFunction((was) => document.querySelector('.refresh time').textContent !== was, before);
  assert.ok(await page.evaluate(() => document.activeElement.matches('[data-pause]')), 'the focus stays');
  await page.click('[data-pause]');
  const paused = await page.textContent('.refresh time');
  await page.waitForTimeout(11_000);
  assert.equal(await page.textContent('.refresh time'), paused);
});

test('staff sees the products and is refused what only owners may', async (t) => {
  const page = await open(t, staff, { ...english, allowed: [403] });
  assert.equal((await page.goto(`${url}/vendor/products`)).status(), 200);
  assert.equal((await page.goto(`${url}/admin/platform-health`)).status(), 403);
  await inspect(page);
});

test('another shop\'s product is not there, by page and by API', async (t) => {
  const api = await apiOf(shop), [theirs] = (await api('GET', '/vendor/products?limit=1')).body.data;
  const page = await open(t, otherShop, { ...english, allowed: [404] });
  assert.equal((await page.goto(`${url}/vendor/products/${theirs.id}`)).status(), 404);
  const stranger = await apiOf(otherShop);
  assert.equal((await stranger('GET', `/vendor/products/${theirs.id}`)).status, 404);
});
