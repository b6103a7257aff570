// The operator tries a limit, changes it, sees it in force on all workers, and takes it back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, open, people, url } from '../e2e/lib/browser.mjs';

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    const options = { extraHTTPHeaders: { 'Accept-Language': 'en' }, javaScriptEnabled };

    test('a limit is tried, changed, in force on all workers, and as delivered again', async (t) => {
      const page = await open(t, people.admin, options);
      await page.goto(`${url}/admin/rate-limits`);
      await page.click('a:text-is("search-ip")');
      await page.fill('[name=requests]', '240');
      await page.fill('[name=burst]', '60');
      await page.selectOption('[name=try_class]', 'search');
      await page.click('button[value=try]');
      const samples = page.locator('#samples');
      assert.match(await samples.textContent(), /200\s*→\s*240/);
      assert.match(await samples.textContent(), /search-ip: 60 left at once, of 240/);
      if (javaScriptEnabled) await inspect(page);

      await page.click('button[value=save]');
      await page.waitForURL(/done=limits\.saved/);
      assert.match(await page.locator('main').textContent(), /200\s*→\s*240/, 'the difference');
      const banner = page.locator('#live .banner'), all = /In force on (\d+) of \1 workers\s+\d+ s ago/;
      if (javaScriptEnabled) await banner.filter({ hasText: all }).waitFor();
      else for (let i = 0; i < 10 && !all.test(await banner.textContent()); i++) await page.reload();
      assert.match(await banner.textContent(), all);

      await page.click('form[action$="/reset"] button');
      await page.waitForURL(/done=limits\.reset/);
      assert.equal(await page.inputValue('[name=requests]'), '200');
    });

    test('a rule that would lock out who makes it is refused, and what was typed stays', async (t) => {
      const page = await open(t, people.admin, { ...options, allowed: [422] });
      await page.goto(`${url}/admin/rate-limits/login-ip`);
      await page.fill('[name=requests]', '1');
      await page.fill('[name=burst]', '1');
      await page.click('button[value=save]');
      assert.match(await page.locator('main').textContent(), /This would lock you out/);
      assert.equal(await page.inputValue('[name=requests]'), '1');
      if (javaScriptEnabled) await inspect(page);
    });
  });
}
