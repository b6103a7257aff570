// One's own log-in in a real browser: the second factor from the QR code to the code at the door, and
// the end of a session elsewhere; all of it without script too.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { apiOf, inspect, logIn, open, people, url } from './lib/browser.mjs';

const english = { extraHTTPHeaders: { 'Accept-Language': 'en' } };

/** A person of a new shop: nobody else's second factor is touched. */
async function somebody() {
  const slug = `secure-${randomBytes(6).toString('hex')}`, admin = await apiOf(people.admin);
  const made = await admin('POST', '/admin/vendors', { json: { name: 'Secured', slug, owner_email: `owner@${slug}.example` } });
  const who = { email: made.body.owner_email, password: randomBytes(12).toString('base64url') };
  const token = new URL(made.body.invitation_url).searchParams.get('token');
  await fetch(`${url}/password/reset`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ token, password: who.password }) });
  return who;
}

function code(key, step) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', bits = [...key.replace(/ /g, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2))), counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest(), at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
const now = () => Math.floor(Date.now() / 30_000);

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    const options = { ...english, javaScriptEnabled };

    test('the second factor is turned on, asked for at the door, and replaced by a recovery code', async (t) => {
      const who = await somebody(), page = await open(t, null, { ...options, allowed: [422] });
      await logIn(page, who);
      await page.goto(`${url}/vendor/security`);
      if (javaScriptEnabled) await inspect(page);
      await page.click('#factor button.main');
      const key = await page.inputValue('#key');
      assert.match(key, /^([A-Z2-7]{4} ?){8}$/);
      assert.equal(await page.locator('svg.qr path').count(), 1);
      if (javaScriptEnabled) await inspect(page);
      await page.fill('[name=code]', '000000');
      await page.click('form[action$="/totp/on"] button.main');
      assert.ok(await page.textContent('#code-error'));
      await page.fill('[name=code]', code(key, now()));
      await page.click('form[action$="/totp/on"] button.main');
      const codes = await page.locator('.codes code').allTextContents();
      assert.equal(new Set(codes).size, 10);
      if (javaScriptEnabled) await inspect(page);

      const door = await open(t, null, { ...options, allowed: [422] });
      for (const given of [code(key, now() + 1), codes[3]]) {
        await door.context().clearCookies();
        await logIn(door, who);
        assert.equal(new URL(door.url()).pathname, '/login/code');
        if (javaScriptEnabled) await inspect(door);
        await door.fill('[name=code]', given);
        await door.click('main button.main');
        await door.waitForURL(`${url}/vendor/`);
      }
      await door.context().clearCookies();
      await logIn(door, who);
      await door.fill('[name=code]', codes[3]);
      await door.click('main button.main');
      assert.ok(await door.textContent('#code-error'), 'each of them once');
    });

    test('a session elsewhere is seen with its device and ended', async (t) => {
      const who = await somebody(), here = await open(t, null, options);
      const there = await open(t, null, { ...options, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1' });
      await logIn(here, who);
      await logIn(there, who);
      await here.goto(`${url}/vendor/security`);
      const row = here.locator('#sessions tr', { hasText: 'Safari, iPhone' });
      await row.locator('button').click();
      await here.waitForURL(`${url}/vendor/security?done=session_ended`);
      assert.equal(await here.locator('#sessions tr', { hasText: 'Safari, iPhone' }).count(), 0);
      await there.goto(`${url}/vendor/`);
      assert.equal(new URL(there.url()).pathname, '/login');
    });
  });
}
