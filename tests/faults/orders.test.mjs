// A rush on the last pieces while workers die: what is sold is there, each buyer has one order at
// most, however often it was asked for, and the ledger says what the stock says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { sql } from '../http/lib/sender.mjs';
import { ask, draft, fresh, newShop, state, url } from '../http/lib/souk.mjs';

const BUYERS = 1000, PIECES = 100;
const { hostname, port } = new URL(url);
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const pidOf = (name) => Number(readFileSync(join(state, 'pid', `${name}.pid`), 'utf8').split(' ')[0]);
const workers = () => { const pid = pidOf('web'); return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number); };
const figure = (statement) => Number(sql('souk', statement));

let shop;
before(async () => {
  const made = await newShop('rush');
  shop = { ...made, n: figure(`SELECT id FROM vendor WHERE slug = '${made.slug}'`) };
});

/** A product of which so many lie in a warehouse: the id of its variant. */
async function stocked(pieces) {
  const json = draft({ active: true }), made = await ask(shop, 'POST', '/api/v1/vendor/products', { json });
  assert.equal(made.status, 201, made.text);
  const variant = figure(`SELECT id FROM product_variant WHERE vendor_id = ${shop.n} AND product_id = ${made.body.id}`);
  sql('souk', `INSERT INTO warehouse (vendor_id, code, name) VALUES (${shop.n}, 'main', 'Main') ON CONFLICT DO NOTHING`);
  sql('souk', `UPDATE product_variant SET tracked = true WHERE vendor_id = ${shop.n} AND id = ${variant}`);
  sql('souk', `WITH put AS (INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand) SELECT ${shop.n}, ${variant}, id, ${pieces} FROM warehouse WHERE vendor_id = ${shop.n} RETURNING *)
    INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, sku, kind, on_hand, reserved) SELECT vendor_id, variant_id, warehouse_id, 'x', 'receive', on_hand, 0 FROM put`);
  return variant;
}

/** One try to buy; {status: 0} when the connection failed. */
function buyOnce(agent, variant, email, key) {
  const body = JSON.stringify({ items: [{ variant_id: String(variant), quantity: 1 }], customer: { email } });
  return new Promise((resolve) => {
    const r = request({ hostname, port, agent, method: 'POST', path: `/api/v1/shops/${shop.slug}/orders`, timeout: 20_000,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'Idempotency-Key': key } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', () => resolve({ status: 0 }));
      answer.on('end', () => resolve({ status: answer.complete ? answer.statusCode : 0, text: Buffer.concat(parts).toString(), replayed: 'idempotent-replayed' in answer.headers }));
    });
    r.on('timeout', () => r.destroy(new Error('no answer in 20 s')));
    r.on('error', () => resolve({ status: 0 }));
    r.end(body);
  });
}

/** Asks until there is an answer: yes, or sold out. */
async function buy(agent, variant, email, key) {
  for (let tries = 1; tries <= 60; tries++) {
    const answer = await buyOnce(agent, variant, email, key);
    const code = answer.status === 409 ? JSON.parse(answer.text).code : '';
    if (answer.status === 201 || code === 'stock.short') return { ...answer, tries };
    assert.ok(answer.status === 0 || answer.status >= 500 || code === 'idempotency.running', `${answer.status} ${answer.text}`);
    await pause(50 + 20 * tries);
  }
  assert.fail(`${email}: no answer in 60 tries`);
}

function assertBooksAgree(variant, sold) {
  const mine = `vendor_id = ${shop.n} AND variant_id = ${variant}`;
  assert.equal(figure(`SELECT count(DISTINCT order_id) FROM order_item WHERE ${mine}`), sold);
  assert.equal(figure(`SELECT coalesce(sum(quantity), 0) FROM order_item WHERE ${mine}`), sold);
  assert.equal(figure(`SELECT sum(reserved) FROM stock WHERE ${mine}`), sold);
  assert.equal(figure(`SELECT coalesce(sum(quantity), 0) FROM reservation WHERE ${mine}`), sold);
  assert.equal(figure(`SELECT count(*) FROM stock s WHERE ${mine} AND (on_hand, reserved) <> (SELECT sum(m.on_hand), sum(m.reserved) FROM stock_movement m WHERE m.vendor_id = s.vendor_id AND m.variant_id = s.variant_id)`), 0);
}

describe('a rush', () => {
  test(`${BUYERS} buyers of ${PIECES} pieces get ${PIECES} orders, while workers are killed`, async (t) => {
    const variant = await stocked(PIECES), agent = new Agent({ keepAlive: true, maxSockets: 64 }), began = Date.now();
    let going = true, killed = 0;
    const harm = (async () => {
      while (going) {
        await pause(300);
        const pids = workers();
        if (pids.length && going) try { process.kill(pids[killed % pids.length], 'SIGKILL'); killed++; } catch { /* it was faster */ }
      }
    })();
    const answers = await Promise.all(Array.from({ length: BUYERS }, () => buy(agent, variant, `${fresh('buyer')}@example.org`, fresh('key'))));
    going = false;
    await harm;
    agent.destroy();
    t.diagnostic(`${Date.now() - began} ms, ${killed} workers killed, ${answers.filter(({ tries }) => tries > 1).length} buyers asked again, ${answers.filter(({ replayed }) => replayed).length} had their order already`);
    assert.equal(answers.filter(({ status }) => status === 201).length, PIECES);
    assertBooksAgree(variant, PIECES);
    const numbers = answers.filter(({ status }) => status === 201).map(({ text }) => JSON.parse(text).number).sort((a, b) => a - b);
    assert.deepEqual(numbers, Array.from({ length: PIECES }, (_, i) => i + numbers[0]), 'no gap, none twice');
    assert.equal(figure(`SELECT pending FROM order_counter WHERE vendor_id = ${shop.n}`), figure(`SELECT count(*) FROM orders WHERE vendor_id = ${shop.n} AND state = 'pending'`));
  });

  test('an answer that was lost is given again, and the order is one', async (t) => {
    const variant = await stocked(50), agent = new Agent({ keepAlive: false }), rounds = 6, one = () => [`${fresh('lost')}@example.org`, fresh('key')];
    const orders = (email) => figure(`SELECT count(*) FROM orders WHERE vendor_id = ${shop.n} AND buyer_email = '${email}'`);
    const began = Date.now(), [plain, again] = one();
    assert.equal((await buy(agent, variant, plain, again)).status, 201);
    const usual = Date.now() - began;
    assert.ok((await buy(agent, variant, plain, again)).replayed); // whoever threw the answer away gets it again
    assert.equal(orders(plain), 1);
    let lost = 0, replayed = 0;
    for (let i = 0; i < rounds; i++) { // from before the order is written to after it is
      const [email, key] = one(), first = buyOnce(agent, variant, email, key);
      await pause(usual * (i + 1) / rounds);
      for (const pid of workers()) try { process.kill(pid, 'SIGKILL'); } catch { /* gone */ }
      if ((await first).status !== 201) lost++;
      const answer = await buy(agent, variant, email, key);
      if (answer.replayed) replayed++;
      assert.equal(answer.status, 201);
      assert.equal(orders(email), 1);
    }
    t.diagnostic(`${lost} of ${rounds} answers were lost, ${replayed} orders were there already`);
    assertBooksAgree(variant, rounds + 1);
  });
});
