// Stripe's own pages: checkout sessions (a card for later, a payment, a subscription) and the portal.
import { attach, behaviour, confirmSetup, createSetup, method, wallet } from './cards.mjs';
import { collect } from './payments.mjs';
import { invalid, listOf, metadata, one } from './store.mjs';
import { subscribe } from './subscriptions.mjs';
import { priceOf } from './catalog.mjs';

const DAY = 86400;

function createSession(store, params) {
  const { mode = 'payment' } = params;
  if (params.customer) store.get(params.customer, 'customer', 'customer');
  if (!params.success_url) throw invalid('Missing required param: success_url.', { code: 'parameter_missing', param: 'success_url' });
  if (mode === 'setup' && !params.currency && !params.allowed_payment_method_types && !params.payment_method_types)
    throw invalid('Missing required param: currency.', { code: 'parameter_missing', param: 'currency' });
  const items = (params.line_items ?? []).map(({ quantity = 1, ...item }) => ({ quantity, price: priceOf(store, item) }));
  if (mode !== 'setup' && !items.length) throw invalid('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' });
  const total = items.reduce((all, { price, quantity }) => all + price.unit_amount * quantity, 0);
  const made = store.add('checkout.session', 'cs_test', {
    mode, customer: params.customer ?? null, currency: params.currency ?? items[0]?.price.currency ?? null, status: 'open',
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid', amount_total: mode === 'setup' ? null : total, amount_subtotal: mode === 'setup' ? null : total,
    setup_intent: mode === 'setup' ? createSetup(store, { customer: params.customer, metadata: params.setup_intent_data?.metadata }).id : null,
    success_url: params.success_url, cancel_url: params.cancel_url ?? null, client_reference_id: params.client_reference_id ?? null,
    expires_at: params.expires_at ?? store.now() + DAY, payment_method_types: ['card'], metadata: metadata(params.metadata), ui_mode: 'hosted_page',
  });
  made.url = `${store.where()}/pay/c/${made.id}`;
  store.hidden.set(made.id, { items });
  return made;
}

/** The person gives this card (a name of the wallet) on the page. */
export function checkOut(store, id, name) {
  const made = store.get(id, 'checkout.session');
  if (made.status !== 'open') throw invalid(`This session is ${made.status}.`);
  if (!wallet[name]) throw invalid(`There is no card ${name}.`);
  const card = made.customer ? attach(store, wallet[name], made.customer) : method(store, wallet[name]);
  ends[made.mode](store, made, card);
  Object.assign(made, { status: 'complete', url: null, payment_status: made.mode === 'setup' ? 'no_payment_required' : 'paid' });
  return store.emit('checkout.session.completed', made);
}

const ends = {
  setup: (store, made, card) => confirmSetup(store, { payment_method: card.id }, made.setup_intent),
  payment(store, made, card) {
    made.payment_intent = collect(store, { amount: made.amount_total, currency: made.currency, customer: made.customer ?? undefined, card: card.id }).id;
  },
  subscription(store, made, card) {
    made.customer ??= store.add('customer', 'cus', { balance: 0, invoice_settings: { default_payment_method: card.id } }).id;
    if (!card.customer && !behaviour(store, card.id).detached) attach(store, card.id, made.customer);
    const subscription = subscribe(store, { customer: made.customer, items: store.hidden.get(made.id).items, default_payment_method: card.id });
    Object.assign(made, { subscription: subscription.id, invoice: subscription.latest_invoice });
  },
};

export function expire(store, id) {
  const made = store.get(id, 'checkout.session');
  if (made.status !== 'open') throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${made.status}.`);
  return store.emit('checkout.session.expired', Object.assign(made, { status: 'expired', url: null }));
}

function createPortal(store, params) {
  store.get(params.customer, 'customer', 'customer');
  const made = store.add('billing_portal.session', 'bps', { customer: params.customer, return_url: params.return_url ?? null, configuration: 'bpc_double' });
  made.url = `${store.where()}/pay/p/${made.id}`;
  return made;
}

/** What a person does in the portal: 'remove', or a card of the wallet instead of the present one. */
export function lookAfter(store, id, choice, detach) {
  const owner = store.get(store.get(id, 'billing_portal.session').customer, 'customer');
  const before = owner.invoice_settings.default_payment_method;
  if (wallet[choice]) {
    owner.invoice_settings.default_payment_method = attach(store, wallet[choice], owner.id).id;
    store.emit('customer.updated', owner);
  }
  if (before && (wallet[choice] || choice === 'remove')) detach(store, before);
}

export const operations = {
  'Checkout.Sessions.create': createSession,
  'Checkout.Sessions.retrieve': one('checkout.session'),
  'Checkout.Sessions.list': listOf('checkout.session', '/v1/checkout/sessions', 'customer', 'payment_intent', 'subscription', 'status'),
  'Checkout.Sessions.expire': (store, params, id) => expire(store, id),
  'BillingPortal.Sessions.create': createPortal,
};

/** What only the command line asks for: the page of a session, and its button. No library declares these. */
export const undeclared = [
  { method: 'GET', path: '/v1/payment_pages/{session}', run: (store, params, id) => pageOf(store, id) },
  { method: 'POST', path: '/v1/payment_pages/{session}/confirm', run: (store, params, id) => { checkOut(store, id, 'visa'); return pageOf(store, id); } },
];

const pageOf = (store, id) => {
  const { amount_total: due, currency, status } = store.get(id, 'checkout.session');
  return { id, object: 'payment_page', session_id: id, status, currency, line_item_group: { total: due, due }, total_summary: { due, total: due } };
};
