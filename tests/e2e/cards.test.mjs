// A card, in a browser: given at the provider, charged before anything is granted, refused, confirmed at the bank,
// taken away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newShop } from '../http/lib/souk.mjs';
import { inspect, looks, open, url } from './lib/browser.mjs';

const main = (page) => page.locator('main').innerText();

/** Gives a card on the provider's own page, from /vendor/billing/payment. */
async function giveCard(page, button, card) {
  await page.goto(`${url}/vendor/billing/payment?lang=en`);
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.waitForURL(/\/pay\/c\//);
  await page.getByRole('button', { name: card }).click();
  await page.waitForURL(/payment\?done=payment\.card_saved/);
  assert.match(await page.locator('body').innerText(), /The card was saved/);
}

async function choose(page, tier) {
  await page.goto(`${url}/vendor/billing/change?lang=en`);
  await page.getByRole('link', { name: `Choose ${tier}` }).click();
  await page.waitForURL(/change\//);
  await page.locator('main form button.main').click();
}

test('a card is given, refused, confirmed, charged and removed', async (t) => {
  const { email, password } = await newShop('browser-card');
  const page = await open(t, { email, password }, { allowed: [402], elsewhere: process.env.SOUK_STRIPE_DOUBLE });
  await page.goto(`${url}/vendor/billing/payment?lang=en`);
  assert.match(await main(page), /Invoices are paid by transfer/);
  for (const look of looks) await inspect(page, look);

  await giveCard(page, 'Add a card', 'declined');
  assert.match(await main(page), /visa 0341/);
  for (const look of looks) await inspect(page, look);
  await choose(page, 'Essential');
  assert.match(await page.locator('body').innerText(), /The payment failed. Nothing was changed/);
  await page.getByRole('link', { name: 'How you pay' }).click();
  await page.waitForURL(/billing\/payment/);

  await giveCard(page, 'Use another card', 'authentication');
  await choose(page, 'Essential');
  assert.match(await page.locator('body').innerText(), /The bank asks you to confirm this payment/);
  await page.goto(`${url}/vendor/billing/payment?lang=en`);
  assert.match(await main(page), /A payment waits/);
  for (const look of looks) await inspect(page, look);
  await page.getByRole('link', { name: 'Confirm at the bank' }).click();
  await page.waitForURL(/\/pay\/3ds\//);
  await page.getByRole('button', { name: 'Yes, I pay' }).click();
  await page.waitForURL(/vendor\/billing\?done=payment\.paid/);
  assert.match(await main(page), /Essential renews on/);

  await giveCard(page, 'Use another card', 'visa');
  await choose(page, 'Business');
  await page.waitForURL(/done=/);
  await page.goto(`${url}/vendor/billing/invoices?lang=en`);
  assert.equal((await main(page)).match(/Paid/g).length >= 2, true);

  await page.goto(`${url}/vendor/billing/payment?lang=en`);
  await page.getByRole('button', { name: 'Look after the card' }).click();
  for (const look of looks) await inspect(page, look);
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'remove' }).click();
  await page.waitForURL(/vendor\/billing\/payment$/);
  assert.match(await main(page), /There is no card to charge/);
  await page.getByRole('button', { name: 'Pay by transfer from now on' }).click();
  await page.waitForURL(/done=payment\.saved/);
  assert.match(await main(page), /Invoices are paid by transfer/);
});
