// Events on their way to the product, over real HTTP, signed by Stripe's own library; in whatever order and state a
// test asks for.
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_signs_only');

const shuffled = (list, seed) => {
  let state = seed;
  const next = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  return list.map((one) => [next(), one]).sort(([a], [b]) => a - b).map(([, one]) => one);
};

const orders = { reversed: (list) => [...list].reverse(), random: (list, { seed = 1 }) => shuffled(list, seed), twice: (list) => list.flatMap((one) => [one, one]), lost: (list, { percent = 10, seed = 1 }) => shuffled(list.map((_, i) => i), seed).slice(Math.ceil((list.length * percent) / 100)).sort((a, b) => a - b).map((i) => list[i]) };

// What may be wrong with one: its signature, its time, its very bytes.
const states = {
  plain: (payload, secret) => ({ payload, header: sign(payload, secret) }),
  stale: (payload, secret) => ({ payload, header: sign(payload, secret, -301) }),
  ahead: (payload, secret) => ({ payload, header: sign(payload, secret, 301) }),
  wrong_secret: (payload) => ({ payload, header: sign(payload, 'whsec_another') }),
  rolled: (payload, secret) => ({ payload, header: `${sign(payload, 'whsec_before')},${sign(payload, secret).split(',')[1]}` }),
  reserialised: (payload, secret) => ({ payload: JSON.stringify(JSON.parse(payload), null, 1), header: sign(payload, secret) }),
  oversize: (payload, secret) => { const big = JSON.stringify({ ...JSON.parse(payload), padding: 'x'.repeat(257 * 1024) }); return { payload: big, header: sign(big, secret) }; },
  unsigned: (payload) => ({ payload, header: '' }),
};

const sign = (payload, secret, off = 0) => stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(Date.now() / 1000) + off });

export class Webhooks {
  constructor(options) {
    this.options = { mode: 'in_order', ...options };
    this.queue = [];
    this.sending = Promise.resolve();
  }

  set(options) {
    this.options = { ...this.options, ...options };
  }

  take(event) {
    if (!this.options.url) return;
    this.queue.push(event);
    if (this.options.mode !== 'hold') this.deliver(this.options);
  }

  // Sends what waits, and says which statuses came back.
  async deliver({ mode, state = 'plain', ...more } = {}) {
    const waiting = (orders[mode] ?? ((list) => list))(this.queue, more);
    const before = this.sending;
    this.queue = [];
    const all = (async () => {
      await before;
      if (mode === 'simultaneous') return Promise.all(waiting.flatMap((one) => [this.send(one, state), this.send(one, state)]));
      const statuses = [];
      for (const one of waiting) statuses.push(await this.send(one, state));
      return statuses;
    })();
    this.sending = all.catch(() => []);
    return all;
  }

  async send(event, state) {
    const { payload, header } = states[state](JSON.stringify(event), this.options.secret);
    for (let attempt = 1; ; attempt++) {
      const status = await fetch(this.options.url, { method: 'POST', body: payload, headers: { 'Content-Type': 'application/json', 'Stripe-Signature': header } }).then((answer) => answer.status, () => 0);
      if (status === 200 || state !== 'plain' || attempt === 3) return status;
      await sleep(200);
    }
  }
}
