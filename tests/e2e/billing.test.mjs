// A shop's subscription from its trial to its renewal, in a browser: what was shown is what is
// billed, and the PDF says the same amounts as the page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, looks, open, people, url } from './lib/browser.mjs';

const trial = people.vendors[2];
// "€1,234.50" in English.
const amounts = (text) => [...text.matchAll(/-?€[\d,]+\.\d\d/g)].map((m) => m[0]).filter((amount) => amount !== '€0.00');
const main = (page) => page.locator('main').innerText();
const totalOf = (text) => text.match(/Total:?\s*(-?€[\d,]+\.\d\d)/)?.[1];

async function newest(page) {
  await page.goto(`${url}/vendor/billing/invoices`);
  return page.locator('main tbody tr').first().locator('th').innerText();
}

test('trial, payment, upgrade, add-on, downgrade, cancel, reactivate, renewal', async (t) => {
  const page = await open(t, trial), desk = await open(t, people.admin);
  const step = async (path) => page.goto(`${url}${path}${path.includes('?') ? '&' : '?'}lang=en`);

  await step('/vendor/billing');
  assert.match(await main(page), /The trial of Business runs until/);
  for (const look of looks) await inspect(page, look);
  await page.getByRole('button', { name: 'Start paying now' }).click();
  await page.waitForURL(/done=/);
  assert.match(await main(page), /Business renews on/);

  const first = await newest(page);
  await desk.goto(`${url}/admin/invoices/${first}?lang=en`);
  for (const look of looks) await inspect(desk, look);
  await desk.getByRole('button', { name: 'The money came' }).click();
  await desk.waitForURL(/done=/);
  await step(`/vendor/billing/invoices/${first}`);
  assert.match(await main(page), /Paid/);

  // Up, in the middle of the period: the preview is the invoice.
  await step('/vendor/billing/change');
  for (const look of looks) await inspect(page, look);
  await page.getByRole('link', { name: 'Choose Enterprise' }).click();
  await page.waitForURL(/change\/enterprise/);
  const shown = totalOf(await main(page));
  assert.ok(shown);
  for (const look of looks) await inspect(page, look);
  await page.getByRole('button', { name: /^Change it/ }).click();
  await page.waitForURL(/done=/);
  const upgrade = await newest(page);
  await step(`/vendor/billing/invoices/${upgrade}`);
  const issued = await main(page);
  assert.equal(totalOf(issued), shown);
  assert.match(issued, /Credit for Business/);
  for (const look of looks) await inspect(page, look);

  // The files of that invoice.
  const folder = mkdtempSync(join(tmpdir(), 'souk-billing-'));
  const file = async (kind) => {
    const answer = await page.request.get(`${url}/vendor/billing/invoices/${upgrade}/${kind}`);
    assert.equal(answer.status(), 200);
    return answer.body();
  };
  writeFileSync(join(folder, 'invoice.pdf'), await file('pdf'));
  const pdf = execFileSync('pdftotext', ['-layout', join(folder, 'invoice.pdf'), '-'], { encoding: 'utf8' });
  for (const amount of amounts(issued)) assert.ok(pdf.includes(amount), `${amount} is not in the PDF`);
  const xml = (await file('xml')).toString();
  const cents = (name) => [...xml.matchAll(new RegExp(`<cbc:${name} currencyID="EUR">(-?[\\d.]+)<`, 'g'))].map((m) => Math.round(Number(m[1]) * 100));
  const [sum, ...lines] = cents('LineExtensionAmount');
  assert.equal(sum, lines.reduce((a, b) => a + b, 0)); // BR-CO-10
  assert.deepEqual(cents('TaxExclusiveAmount'), [sum]); // BR-CO-13
  assert.deepEqual(cents('TaxInclusiveAmount'), [sum + cents('TaxAmount')[0]]); // BR-CO-15
  assert.equal(Math.round(cents('TaxableAmount')[0] * 0.17), cents('TaxAmount')[1]); // BR-CO-17

  // An add-on counts at once.
  await step('/vendor/billing/addons/extra_products');
  await page.fill('[name=quantity]', '2');
  await page.getByRole('button', { name: 'Work out the price' }).click();
  await page.waitForURL(/quantity=2/);
  const addon = totalOf(await main(page));
  await page.getByRole('button', { name: /^Change it/ }).click();
  await page.waitForURL(/done=/);
  await step(`/vendor/billing/invoices/${await newest(page)}`);
  assert.equal(totalOf(await main(page)), addon);

  // Down waits.
  await step('/vendor/billing/change/professional');
  assert.match(await main(page), /It counts from/);
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.waitForURL(/done=/);
  assert.match(await main(page), /then Professional/);

  // Cancelled, and kept after all.
  await step('/vendor/billing/cancel');
  for (const look of looks) await inspect(page, look);
  await page.getByRole('button', { name: 'Cancel the subscription' }).click();
  await page.waitForURL(/done=/);
  assert.match(await main(page), /Enterprise ends on/);
  await page.getByRole('button', { name: 'Keep the subscription' }).click();
  await page.waitForURL(/done=/);
  assert.match(await main(page), /Enterprise renews on/);
  const before = await newest(page);

  // A month later, by the test clock.
  await desk.goto(`${url}/admin/subscriptions?lang=en`);
  for (const look of looks) await inspect(desk, look);
  const row = desk.locator('tr', { hasText: 'Kaffi Gare' });
  await row.getByRole('button', { name: /31/ }).click();
  await desk.waitForURL(/done=/);
  for (let i = 0; i < 50 && (await newest(page)) === before; i++) await page.waitForTimeout(200);
  const renewal = await newest(page);
  assert.notEqual(renewal, before);
  await step(`/vendor/billing/invoices/${renewal}`);
  assert.match(await main(page), /A new period began/);

  // All is paid: the shop is as free as before, for whoever tests with it next.
  const owed = desk.locator('tr', { hasText: 'Kaffi Gare' });
  for (;;) {
    await desk.goto(`${url}/admin/invoices?state=open&lang=en`);
    if (!(await owed.count())) break;
    await owed.first().getByRole('link').first().click();
    await desk.getByRole('button', { name: 'The money came' }).click();
    await desk.waitForURL(/done=/);
  }
  await step('/vendor/billing');
  assert.match(await main(page), /Enterprise renews on/);
});
