// Events on their way to the product, over real HTTP, signed by Stripe's own library. A mode is either an order (of what
// waits to be sent) or a state (what is wrong with each); { mode, state } names both.
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_signs_only');
const TRIES = 3, APART = 200; // ms
const GATHER = 100; // ms that events wait for others, where an order is made of them

// Numbers from 0 to 1, the same ones for the same seed.
function chances(seed = 1) {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

// So many of them, at random; of a single one, whether.
function lost(list, { chance, percent = 10 }) {
  if (list.length === 1) return chance() * 100 >= percent ? list : [];
  const gone = new Set(orders.random([...list.keys()], { chance }).slice(0, Math.ceil((list.length * percent) / 100)));
  return list.filter((_, i) => !gone.has(i));
}

const orders = {
  in_order: (list) => list,
  reversed: (list) => [...list].reverse(),
  random: (list, { chance }) => list.map((one) => [chance(), one]).sort(([a], [b]) => a - b).map(([, one]) => one),
  twice: (list) => list.flatMap((one) => [one, one]),
  lost,
  simultaneous: (list) => list.flatMap((one) => [one, one]),
};
const gathers = ['reversed', 'random', 'simultaneous'];

const sign = (payload, secret, off = 0) => stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(Date.now() / 1000) + off });
const signature = (header) => header.slice(header.indexOf('v1='));

// What is sent: the very bytes, and the header Stripe-Signature.
const states = {
  plain: (payload, secret) => [payload, sign(payload, secret)],
  delayed: (payload, secret) => [payload, sign(payload, secret, -301)],
  ahead: (payload, secret) => [payload, sign(payload, secret, 302)],
  wrong_secret: (payload) => [payload, sign(payload, 'whsec_another')],
  rolled: (payload, secret, { old_secret: old = 'whsec_before' }) => [payload, `${sign(payload, old)},${signature(sign(payload, secret))}`],
  reserialised: (payload, secret) => [JSON.stringify(JSON.parse(payload), null, 1), sign(payload, secret)],
  oversize(payload, secret) {
    const big = JSON.stringify({ ...JSON.parse(payload), padding: 'x'.repeat(257 * 1024) });
    return [big, sign(big, secret)];
  },
  unsigned: (payload) => [payload, ''],
};
states.stale = states.delayed;
const taken = ['plain', 'rolled']; // the others are refused, and nobody sends them again

/** The bytes and the header of this event in that state, as a delivery would carry them. */
export const parcel = (event, secret, state = 'plain', options = {}) => states[state](JSON.stringify(event), secret, options);

export class Webhooks {
  constructor(options) {
    this.options = options;
    this.queue = [];
    this.last = Promise.resolve();
    this.set({ mode: 'in_order' });
  }

  set({ mode = this.options.mode, ...more }) {
    if (mode !== 'hold' && !orders[mode] && !states[mode]) throw new Error(`there is no mode ${mode}`);
    this.options = { ...this.options, ...more, mode };
    this.chance = chances(this.options.seed);
  }

  take(event) {
    if (!this.options.url) return;
    this.queue.push(event);
    if (this.options.mode === 'hold' || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.flush(this.options);
    }, gathers.includes(this.options.mode) ? GATHER : 0);
  }

  /** Sends what waits, after what is being sent; the status of each, 0 where there was no answer. */
  deliver({ mode = 'in_order', state, ...more } = {}) {
    if (!orders[mode] && !states[mode]) throw new Error(`there is no mode ${mode}`);
    if (more.seed !== undefined) this.chance = chances(more.seed);
    return this.flush({ ...this.options, ...more, mode, state });
  }

  async flush({ mode, state = states[mode] ? mode : 'plain', ...options }) {
    const waiting = (orders[mode] ?? orders.in_order)(this.queue, { ...options, chance: this.chance });
    this.queue = [];
    const before = this.last;
    const sent = (async () => {
      await before;
      if (mode === 'simultaneous') return Promise.all(waiting.map((event) => this.send(event, state, options)));
      const statuses = [];
      for (const event of waiting) statuses.push(await this.send(event, state, options));
      return statuses;
    })();
    this.last = sent.catch(() => []);
    return sent;
  }

  async send(event, state, { url, secret, ...options }) {
    for (let attempt = 1; ; attempt++) {
      const [body, header] = parcel(event, secret, state, options);
      const status = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': header } })
        .then((answer) => answer.status, () => 0);
      if ((status >= 200 && status < 300) || !taken.includes(state) || attempt === TRIES) return status;
      await sleep(APART);
    }
  }

  clear() {
    this.queue = [];
  }
}
