// What tests order (POST, with JSON) and look at (GET), under /_double/. An order that cannot be is 400 with its reason.
import { detach, renewCard } from './cards.mjs';
import { checkOut, expire, lookAfter } from './checkout.mjs';
import { move } from './clocks.mjs';
import { authenticate, dispute } from './payments.mjs';

const paid = (charge) => charge.status === 'succeeded';
const inShort = ({ payment_intent: intent, amount, amount_refunded: refunded, currency, customer, metadata }) => (
  { payment_intent: intent, amount, refunded, currency, customer, metadata });

export const controls = ({ store, api, faults, webhooks }) => ({
  'POST fault': (given) => faults.order(given),
  'POST faults/clear': () => faults.clear(),
  'POST webhooks': (given) => webhooks.set(given), // { url, secret, mode, state, seed, percent, old_secret }
  'POST deliver': (given) => webhooks.deliver(given), // { mode, state }: the statuses that came back
  'POST checkout': ({ session, card }) => (card === 'expire' ? expire(store, session) : checkOut(store, session, card)),
  'POST authenticate': ({ payment_intent: id, ok }) => ({ return_url: authenticate(store, id, ok), payment_intent: store.get(id, 'payment_intent') }),
  'POST portal': ({ session, card }) => lookAfter(store, session, card, detach),
  'POST detach': ({ payment_method: id }) => detach(store, id),
  'POST renew_card': ({ payment_method: id }) => renewCard(store, id),
  'POST dispute': ({ payment_intent: id, close }) => dispute(store, id, close), // close: 'won' or 'lost'
  'POST clock': ({ now, ahead }) => move(store, now ?? Math.floor(Date.now() / 1000) + ahead),
  'POST spoil': ({ id, ...change }) => Object.assign(store.objects.get(id), change), // what no answer may show: the double fails
  'POST reset': () => { for (const one of [faults, webhooks]) one.clear(); api.reset(); store.reset(); },
  'GET charges': () => store.all('charge', paid).map(inShort),
  'GET intents': () => store.all('payment_intent'),
  'GET requests': () => api.requests,
  'GET events': () => store.events,
  'GET violations': () => store.violations,
});
