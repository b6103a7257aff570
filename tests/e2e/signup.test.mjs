// Opening a shop by oneself, a forgotten password and another address, by the links that the stack's
// own mail server received, in a real browser, with script and without.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mailTo } from '../http/lib/mail.mjs';
import { inspect, open, refusal, shop, url } from './lib/browser.mjs';

const english = { extraHTTPHeaders: { 'Accept-Language': 'en' } };
const run = `${process.pid}${Date.now().toString(36)}`;

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    const options = { ...english, javaScriptEnabled, allowed: [410, 422] };
    const look = (page) => (javaScriptEnabled ? inspect(page) : null);
    const slug = `new-${run}-${javaScriptEnabled ? 'a' : 'b'}`, email = `anna@${slug}.example`;
    const first = 'a lamp beside my bed', second = 'two lamps beside it';
    const button = (page) => page.click('main form button');

    async function logIn(page, address, password) {
      await page.goto(`${url}/login`);
      await page.fill('[name=email]', address);
      await page.fill('[name=password]', password);
      await button(page);
    }

    test('somebody opens a shop: what will not do is said, the mail is read, its link used once, and the log-in works', async (t) => {
      const page = await open(t, null, options);
      await page.goto(`${url}/login`);
      await page.click('.after a[href="/register"]');
      for (const [name, value] of Object.entries({ shop: 'Tea and Tins', slug: shop.slug, name: 'Anna', email, password: 'password1' })) await page.fill(`[name=${name}]`, value);
      await page.selectOption('[name=currency]', 'CHF');
      await button(page);
      await refusal(page);
      assert.equal(await page.getAttribute('[name=password]', 'aria-invalid'), 'true');
      assert.equal(await page.inputValue('[name=password]'), '', 'a password is not sent back');
      assert.equal(await page.inputValue('[name=currency]'), 'CHF', 'what was chosen stays');
      await look(page);
      await page.fill('[name=password]', first);
      await button(page);
      await refusal(page);
      assert.equal(await page.getAttribute('[name=slug]', 'aria-invalid'), 'true');
      assert.match(await page.inputValue('[name=slug]'), new RegExp(`^${shop.slug}-\\d+$`), 'a free one is offered');
      await page.fill('[name=slug]', slug);
      await page.fill('[name=password]', first);
      await button(page);
      assert.match(await page.textContent('main'), new RegExp(email));
      await look(page);

      const { link } = await mailTo(email, /Confirm/);
      await page.goto(link);
      await look(page);
      assert.equal((await fetch(`${url}/shops/${slug}`)).status, 404, 'looking opens nothing');
      await button(page);
      assert.equal(await page.inputValue('[name=email]'), email, 'the log-in knows the address');
      await page.fill('[name=password]', first);
      await button(page);
      await page.waitForURL(`${url}/vendor/`);
      assert.equal((await fetch(`${url}/shops/${slug}`)).status, 200);
      assert.equal((await page.goto(link)).status(), 410);
      await look(page);
    });

    test('who forgot the password sets another by the mail, and the old one is no good any more', async (t) => {
      const page = await open(t, null, options);
      await page.goto(`${url}/login`);
      await page.click('.after a[href="/password/forgot"]');
      await page.fill('[name=email]', email);
      await look(page);
      await button(page);
      await look(page);
      const { link } = await mailTo(email, /new password/);
      await page.goto(link);
      await look(page);
      await page.fill('[name=password]', second);
      await button(page);
      await page.waitForURL(/\/login\?done=password\.set/);
      await logIn(page, email, first);
      await refusal(page);
      assert.equal(await page.getAttribute('[name=email]', 'aria-invalid'), 'true');
      await logIn(page, email, second);
      await page.waitForURL(`${url}/vendor/`);
      assert.match((await mailTo(email, /was changed/)).text, /password/);
    });

    test('another address is confirmed by its own mail, and the old one takes it back', async (t) => {
      const page = await open(t, null, options), there = `bert@${slug}.example`;
      await logIn(page, email, second);
      await page.waitForURL(`${url}/vendor/`);
      await page.click('.account > summary');
      await page.click('.account a[href="/account/email"]');
      await page.fill('[name=email]', there);
      await page.fill('[name=current]', second);
      await look(page);
      await page.click('main form button.main');
      await look(page);
      await page.goto((await mailTo(there, /new e-mail address/)).link);
      await look(page);
      await button(page);
      await page.waitForURL(/done=email\.changed/);
      assert.match(await page.textContent('main form'), new RegExp(there));
      await page.goto((await mailTo(email, /e-mail address was changed/)).link);
      await look(page);
      await button(page);
      await page.waitForURL(/\/login\?done=email\.undone/);
      await page.goto(`${url}/vendor/`);
      assert.equal(new URL(page.url()).pathname, '/login', 'every log-in has ended');
    });
  });
}
