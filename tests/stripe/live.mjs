// Once, by a person with the key of a sandbox: does Stripe itself answer what the product asks as the double does?
//
//   STRIPE_TEST_KEY=sk_test_… make test-stripe-live
//
// Writes the answers, ids made unrecognisable, to tests/stripe/recorded.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiVersion } from './contract.mjs';
import { play } from './scenarios.mjs';

const key = process.env.STRIPE_TEST_KEY;
if (!/^(sk|rk)_test_/.test(key ?? '')) {
  console.error('STRIPE_TEST_KEY is no test key: nothing was asked. Never tried against Stripe itself.');
  process.exit(1);
}
const all = await play({ url: 'https://api.stripe.com', key, version: apiVersion });
const scrubbed = JSON.stringify(all, null, 1).replace(/\b(cus|pm|pi|ch|py|re|cs_test|seti|evt|req|acct|src|txn)_\w+/g, '$1_0').replace(/"(client_secret|url|receipt_url|email)": "[^"]*"/g, '"$1": ""');
writeFileSync(join(import.meta.dirname, 'recorded.json'), `${scrubbed}\n`);
for (const { name, status, wrong } of all) console.log(wrong.length ? 'NOT SO' : 'ok', name, status, wrong.join('; '));
process.exit(all.some(({ wrong }) => wrong.length) ? 1 : 0);
