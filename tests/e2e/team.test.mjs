// A colleague is invited, joins and logs in; a program gets a key; the operator acts for a shop. In a real
// browser, with and without script.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, logIn, open, people, shop, url } from './lib/browser.mjs';
import { mailTo } from '../http/lib/mail.mjs';

const english = { extraHTTPHeaders: { 'Accept-Language': 'en' } };
const linkIn = (mail) => /https?:\/\/\S+\/invitation\?token=[\w-]{43}/.exec(mail.text)[0];
const withKey = (key, path, init = {}) => fetch(`${url}/api/v1${path}`, { ...init, headers: { Authorization: `Bearer ${key}`, ...init.headers } });

for (const javaScriptEnabled of [true, false]) {
  const options = { ...english, javaScriptEnabled };
  const look = (page) => (javaScriptEnabled ? inspect(page) : undefined);

  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test('an owner invites a colleague, who joins by the mail, is seen, and is removed', async (t) => {
      const email = `colleague-${process.pid}-${javaScriptEnabled}@example.org`, password = 'a chair under my window';
      const owner = await open(t, shop, options);
      await owner.goto(`${url}/vendor/team`);
      await look(owner);
      await owner.fill('[name=email]', email);
      await owner.selectOption('[name=role]', 'manager');
      await owner.click('form[action="/vendor/team/invitations"] button.main');
      await owner.waitForURL(`${url}/vendor/team?done=team.invited`);
      await owner.getByRole('rowheader', { name: email }).waitFor();

      const colleague = await open(t, null, options);
      await colleague.goto(linkIn(await mailTo(email)));
      await look(colleague);
      await colleague.fill('[name=name]', 'Cleo');
      await colleague.fill('[name=password]', password);
      await colleague.click('main button.main');
      await colleague.waitForURL(`${url}/login?done=team.joined`);
      await logIn(colleague, { email, password });
      await colleague.goto(`${url}/vendor/team`);
      await colleague.getByRole('rowheader', { name: /Cleo/ }).waitFor();

      // Two browsers, and one of them is sent away from the other.
      const phone = await open(t, null, options);
      await logIn(phone, { email, password });
      await colleague.goto(`${url}/vendor/security`);
      assert.equal(await colleague.locator('#sessions tbody tr').count(), 2);
      await colleague.click('#sessions tbody form button');
      await colleague.waitForURL(/done=session_ended/);
      await phone.goto(`${url}/vendor/`);
      assert.equal(new URL(phone.url()).pathname, '/login');

      await owner.goto(`${url}/vendor/team`);
      await owner.locator('tr', { hasText: email }).getByRole('link').click();
      await look(owner);
      await owner.click('form[action$="/remove"] button');
      await owner.waitForURL(`${url}/vendor/team?done=team.removed`);
      await colleague.goto(`${url}/vendor/`);
      assert.equal(new URL(colleague.url()).pathname, '/login');
    });

    test('a key is made, shown once, used, and is nobody from the second it is revoked', async (t) => {
      const page = await open(t, shop, options);
      await page.goto(`${url}/vendor/security`);
      await page.click('a[href="/vendor/security/keys"]');
      await page.click('.actions a.main');
      await look(page);
      const name = `Import ${process.pid} ${javaScriptEnabled}`;
      await page.fill('[name=name]', name);
      await page.check('[name="scope.products.read"]');
      await page.click('main button.main');
      const key = await page.inputValue('#key');
      assert.match(key, /^souk_\d+_[\w-]{43}$/);
      await look(page);
      assert.equal((await withKey(key, '/vendor/products')).status, 200);
      assert.equal((await withKey(key, '/vendor/products', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })).status, 403);
      assert.equal((await withKey(key, '/vendor/team')).status, 403);

      await page.click('.buttons a.main');
      const row = page.locator('tr', { hasText: name });
      assert.ok(!(await page.content()).includes(key));
      await row.getByRole('link').click();
      await page.locator('form[action$="/revoke"] button').click();
      await page.waitForURL(`${url}/vendor/security/keys?done=keys.revoked`);
      assert.equal((await withKey(key, '/vendor/products')).status, 401);
    });

    test('the operator acts for a shop, sees so on every page, and leaves', async (t) => {
      const page = await open(t, null, { ...options, allowed: [403] });
      await logIn(page, people.admin); // by itself: acting changes the session's token
      await page.goto(`${url}/admin/vendors?q=${shop.slug}`);
      await page.locator('main tbody a').first().click();
      const back = page.url();
      await page.click('a[href$="/act"]');
      await page.fill('[name=reason]', 'Help with an import');
      await page.locator('form[action$="/act"] button').click();
      await page.waitForURL(`${url}/vendor/`);
      await look(page);
      for (const path of ['/vendor/products', '/admin/vendors']) {
        await page.goto(url + path);
        assert.equal(await page.locator('.standing form[action="/admin/act/end"]').count(), 1, path);
      }
      await page.click('.standing button');
      await page.waitForURL(back);
      assert.equal((await page.goto(`${url}/vendor/`)).status(), 403);
      await mailTo(shop.email, /operator|Operator|Betreiber|opérateur/);
    });
  });
}
