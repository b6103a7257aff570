// The list of what the product asks, against the double; `make test-stripe-live` asks Stripe itself the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { double, key } from './lib/stand.mjs';
import { play } from './scenarios.mjs';

const own = await double();

test('all that the product asks is answered as it expects', async () => {
  for (const { name, wrong } of await play({ url: own.url, key, version: own.version })) assert.deepEqual(wrong, [], name);
});
