// Payment methods, and how they behave: by Stripe's own names for its test cards.
import { invalid, listOf, metadata, one } from './store.mjs';

const cards = {
  pm_card_visa: { brand: 'visa', last4: '4242' },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444' },
  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', decline: 'generic_decline' },
  pm_card_chargeDeclinedInsufficientFunds: { brand: 'visa', last4: '9995', decline: 'insufficient_funds' },
  pm_card_chargeDeclinedLostCard: { brand: 'visa', last4: '9987', decline: 'lost_card' },
  pm_card_chargeDeclinedStolenCard: { brand: 'visa', last4: '9979', decline: 'stolen_card' },
  pm_card_authenticationRequired: { brand: 'visa', last4: '3184', authenticates: true },
};
const tokens = { tok_visa: 'pm_card_visa', tok_mastercard: 'pm_card_mastercard', tok_chargeCustomerFail: 'pm_card_chargeCustomerFail' };

/** What a person picks on the pages of the double. */
export const wallet = {
  visa: 'pm_card_visa', declined: 'pm_card_chargeCustomerFail', lost: 'pm_card_chargeDeclinedLostCard', authentication: 'pm_card_authenticationRequired',
};

/** The card of that id; a shared name makes a card of its own each time it is used. */
export function method(store, id) {
  if (!cards[id]) return store.get(id, 'payment_method', 'payment_method');
  const { brand, last4 } = cards[id];
  const card = {
    brand, last4, display_brand: brand, exp_month: 12, exp_year: 2030, funding: 'credit', country: 'US',
    fingerprint: store.id('fp'), networks: { available: [brand], preferred: null },
  };
  const made = store.add('payment_method', 'pm', { type: 'card', card, customer: null });
  store.hidden.set(made.id, { ...cards[id], detached: false });
  return made;
}

/** { decline, authenticates, detached } */
export const behaviour = (store, id) => store.hidden.get(id);

export function attach(store, id, customer) {
  const made = method(store, id);
  store.get(customer, 'customer', 'customer');
  usable(store, made, customer);
  if (made.customer === customer) return made;
  made.customer = customer;
  return store.emit('payment_method.attached', made);
}

export const notHis = (id, param) => invalid(`The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
  { code: 'resource_missing', param });

/** A card of another customer, or one that was taken away from its own, cannot pay. */
export function usable(store, card, customer) {
  if (card.customer && card.customer !== customer) throw notHis(card.id, 'payment_method');
  if (behaviour(store, card.id).detached)
    throw invalid('The provided PaymentMethod was detached from a Customer. It may not be used again.', { param: 'payment_method' });
}

export function detach(store, id) {
  const made = store.get(id, 'payment_method');
  const owner = store.objects.get(made.customer);
  if (!owner) throw invalid('The payment method you provided is not attached to a customer so detachment is impossible.');
  made.customer = null;
  behaviour(store, id).detached = true;
  store.emit('payment_method.detached', made);
  if (owner.invoice_settings?.default_payment_method === id) {
    owner.invoice_settings.default_payment_method = null;
    store.emit('customer.updated', owner);
  }
  return made;
}

/** The network gave the customer a new card number: same id, other digits. */
export function renewCard(store, id) {
  const made = store.get(id, 'payment_method');
  made.card.exp_year += 3;
  made.card.last4 = '4343';
  return store.emit('payment_method.automatically_updated', made);
}

/** The card a customer pays with when nobody names one. */
export const defaultCard = (store, customer) => store.objects.get(customer)?.invoice_settings?.default_payment_method
  ?? store.all('payment_method', (card) => card.customer === customer)[0]?.id ?? null;

// ---- Setup intents: a card is kept for later ----

export function createSetup(store, params) {
  if (params.customer) store.get(params.customer, 'customer', 'customer');
  const made = store.add('setup_intent', 'seti', {
    customer: params.customer ?? null, status: 'requires_payment_method', usage: params.usage ?? 'off_session', payment_method_types: ['card'],
    description: params.description ?? null, metadata: metadata(params.metadata),
  });
  made.client_secret = `${made.id}_secret_double`;
  store.emit('setup_intent.created', made);
  if (params.payment_method) made.payment_method = method(store, params.payment_method).id;
  if (made.payment_method) made.status = 'requires_confirmation';
  return params.confirm ? confirmSetup(store, params, made.id) : made;
}

export function confirmSetup(store, params, id) {
  const made = store.get(id, 'setup_intent');
  if (made.status === 'succeeded' || made.status === 'canceled')
    throw invalid(`You cannot confirm this SetupIntent because it has a status of ${made.status}.`, { code: 'setup_intent_unexpected_state' });
  const given = params.payment_method ?? made.payment_method;
  if (!given) throw invalid('You cannot confirm this SetupIntent because it is missing a payment method.', { code: 'setup_intent_unexpected_state' });
  const card = made.customer ? attach(store, given, made.customer) : method(store, given);
  Object.assign(made, { status: 'succeeded', payment_method: card.id, next_action: null });
  return store.emit('setup_intent.succeeded', made);
}

function cancelSetup(store, params, id) {
  const made = store.get(id, 'setup_intent');
  if (made.status === 'succeeded' || made.status === 'canceled')
    throw invalid(`You cannot cancel this SetupIntent because it has a status of ${made.status}.`, { code: 'setup_intent_unexpected_state' });
  Object.assign(made, { status: 'canceled', cancellation_reason: params.cancellation_reason ?? null });
  return store.emit('setup_intent.canceled', made);
}

export const operations = {
  'PaymentMethods.create': (store, params) => method(store, tokens[params.card?.token] ?? 'pm_card_visa'),
  'PaymentMethods.retrieve': one('payment_method'),
  'PaymentMethods.list': listOf('payment_method', '/v1/payment_methods', 'customer', 'type'),
  'PaymentMethods.attach': (store, params, id) => attach(store, id, params.customer),
  'PaymentMethods.detach': (store, params, id) => detach(store, id),
  'SetupIntents.create': createSetup,
  'SetupIntents.retrieve': one('setup_intent'),
  'SetupIntents.confirm': confirmSetup,
  'SetupIntents.cancel': cancelSetup,
};
