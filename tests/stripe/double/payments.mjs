// Money: payment intents, the charges they end in, refunds and disputes.
import { behaviour, defaultCard, method, usable } from './cards.mjs';
import { Refused, invalid, listOf, metadata, one } from './store.mjs';

const copy = (intent) => structuredClone(intent);
const unexpected = (intent, what, why = `it has a status of ${intent.status}`) => invalid(`You cannot ${what} this PaymentIntent because ${why}.`,
  { code: 'payment_intent_unexpected_state', payment_intent: copy(intent) });

// Stripe takes no less; other currencies are not told apart here.
const LEAST = 50;

// ---- Charges ----

function charge(store, intent, more) {
  const made = store.add('charge', 'ch', {
    amount: intent.amount, currency: intent.currency, customer: intent.customer, payment_intent: intent.id, payment_method: intent.payment_method,
    description: intent.description, metadata: copy(intent.metadata), ...more,
  });
  intent.latest_charge = made.id;
  return made;
}

export function succeed(store, intent) {
  const made = charge(store, intent, { amount_captured: intent.amount, captured: true, paid: true, status: 'succeeded' });
  Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, next_action: null, last_payment_error: null });
  store.emit('charge.succeeded', made);
  return store.emit('payment_intent.succeeded', intent);
}

const words = { card_declined: 'Your card was declined.', authentication_required: 'Your card was declined. This transaction requires authentication.',
  payment_intent_authentication_failure: 'The provided PaymentMethod has failed authentication.' };

/** The intent waits for another card; the answer 402 that says so. */
export function decline(store, intent, code, decline_code) {
  const why = { type: 'card_error', code, ...(decline_code && { decline_code }), message: words[code] };
  const failed = charge(store, intent, { captured: false, paid: false, status: 'failed', failure_code: code, failure_message: words[code] });
  const card = copy(store.objects.get(intent.payment_method));
  const error = { ...why, charge: failed.id, payment_method: card };
  Object.assign(intent, { status: 'requires_payment_method', next_action: null, payment_method: null, last_payment_error: error });
  store.emit('charge.failed', failed);
  store.emit('payment_intent.payment_failed', intent);
  return new Refused(402, { ...error, payment_intent: copy(intent) });
}

// ---- Payment intents ----

/** Pays it, or says 402, or sends the person to the bank's page. */
export function confirm(store, intent, { off_session: off, return_url: back }) {
  if (['succeeded', 'canceled'].includes(intent.status)) throw unexpected(intent, 'confirm');
  if (!intent.payment_method) throw unexpected(intent, 'confirm', 'it is missing a payment method');
  const card = behaviour(store, intent.payment_method);
  if (card.decline) throw decline(store, intent, 'card_declined', card.decline);
  if (!card.authenticates) return succeed(store, intent);
  if (off) throw decline(store, intent, 'authentication_required', 'authentication_required');
  intent.status = 'requires_action';
  intent.next_action = back
    ? { type: 'redirect_to_url', redirect_to_url: { url: `${store.where()}/pay/3ds/${intent.id}`, return_url: back } }
    : { type: 'use_stripe_sdk', use_stripe_sdk: {} };
  return store.emit('payment_intent.requires_action', intent);
}

export function createIntent(store, params) {
  if (params.amount < LEAST) throw invalid('Amount must be at least 50 cents', { code: 'amount_too_small', param: 'amount' });
  for (const name of ['off_session', 'return_url'])
    if (params[name] && !params.confirm) throw invalid(`${name} can only be set when confirm is true.`, { param: name });
  if (params.customer) store.get(params.customer, 'customer', 'customer');
  const card = params.payment_method ? method(store, params.payment_method) : null;
  if (card) usable(store, card, params.customer);
  const intent = store.add('payment_intent', 'pi', {
    amount: params.amount, currency: params.currency.toLowerCase(), customer: params.customer ?? null, description: params.description ?? null,
    payment_method: card?.id ?? null, payment_method_types: ['card'], metadata: metadata(params.metadata), receipt_email: params.receipt_email ?? null,
    status: card ? 'requires_confirmation' : 'requires_payment_method', capture_method: 'automatic_async', confirmation_method: 'automatic',
  });
  intent.client_secret = `${intent.id}_secret_double`;
  store.emit('payment_intent.created', intent);
  return params.confirm ? confirm(store, intent, params) : intent;
}

function updateIntent(store, params, id) {
  const intent = store.get(id, 'payment_intent');
  if (['succeeded', 'canceled'].includes(intent.status) && (params.amount || params.payment_method)) throw unexpected(intent, 'update');
  for (const name of ['amount', 'description', 'receipt_email']) if (params[name] !== undefined) intent[name] = params[name] || null;
  if (params.payment_method) choose(store, intent, params.payment_method);
  intent.metadata = metadata(params.metadata, intent.metadata);
  return intent;
}

function choose(store, intent, id) {
  const card = method(store, id);
  usable(store, card, intent.customer);
  Object.assign(intent, { payment_method: card.id, status: 'requires_confirmation', next_action: null });
}

function confirmIntent(store, params, id) {
  const intent = store.get(id, 'payment_intent');
  if (['succeeded', 'canceled'].includes(intent.status)) throw unexpected(intent, 'confirm');
  if (params.payment_method) choose(store, intent, params.payment_method);
  return confirm(store, intent, params);
}

function cancelIntent(store, params, id) {
  const intent = store.get(id, 'payment_intent');
  if (['succeeded', 'canceled'].includes(intent.status)) throw unexpected(intent, 'cancel');
  Object.assign(intent, { status: 'canceled', canceled_at: store.now(), cancellation_reason: params.cancellation_reason ?? null, next_action: null });
  return store.emit('payment_intent.canceled', intent);
}

/** What the person said on the bank's page; where they go back to. */
export function authenticate(store, id, yes) {
  const intent = store.get(id, 'payment_intent');
  const back = intent.next_action?.redirect_to_url?.return_url ?? null;
  if (intent.status !== 'requires_action') return back;
  if (yes) succeed(store, intent);
  else decline(store, intent, 'payment_intent_authentication_failure');
  return back;
}

/** Charges this customer now, with nobody there: how an invoice is paid. */
export const collect = (store, { amount, currency, customer, card = defaultCard(store, customer), ...more }) => {
  if (!card) throw invalid('There is no `default_payment_method` set on this Customer or Invoice.', { code: 'resource_missing' });
  return createIntent(store, { amount, currency, customer, payment_method: card, confirm: true, off_session: true, ...more });
};

// ---- Back ----

function refund(store, params) {
  const of = params.payment_intent ? store.get(params.payment_intent, 'payment_intent', 'payment_intent').latest_charge : params.charge;
  const paid = of && store.get(of, 'charge', 'charge');
  if (paid?.status !== 'succeeded') throw invalid('This PaymentIntent does not have a successful charge to refund.');
  if (paid.disputed) throw invalid('This charge is disputed.', { code: 'charge_disputed' });
  if (paid.refunded) throw invalid(`Charge ${paid.id} has already been refunded.`, { code: 'charge_already_refunded' });
  const left = paid.amount - paid.amount_refunded, amount = params.amount ?? left;
  if (amount < 1) throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
  if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: 'amount' });
  paid.amount_refunded += amount;
  paid.refunded = paid.amount_refunded === paid.amount;
  const made = store.add('refund', 're', {
    amount, currency: paid.currency, charge: paid.id, payment_intent: paid.payment_intent, status: 'succeeded',
    reason: params.reason ?? null, metadata: metadata(params.metadata),
  });
  store.emit('refund.created', made);
  store.emit('charge.refunded', paid);
  return made;
}

/** The cardholder's bank takes the money back; with `close`: 'won' or 'lost', it has decided. */
export function dispute(store, id, close) {
  const paid = store.get(store.get(id, 'payment_intent').latest_charge, 'charge');
  const open = store.all('dispute', (made) => made.charge === paid.id)[0];
  if (open && close) return store.emit('charge.dispute.closed', Object.assign(open, { status: close }));
  paid.disputed = true;
  return store.emit('charge.dispute.created', store.add('dispute', 'dp', {
    amount: paid.amount, currency: paid.currency, charge: paid.id, payment_intent: id, status: 'needs_response', reason: 'fraudulent',
    evidence_details: { due_by: store.now() + 7 * 86400, has_evidence: false, past_due: false, submission_count: 0 },
  }));
}

export const operations = {
  'PaymentIntents.create': createIntent,
  'PaymentIntents.retrieve': one('payment_intent'),
  'PaymentIntents.update': updateIntent,
  'PaymentIntents.list': listOf('payment_intent', '/v1/payment_intents', 'customer'),
  'PaymentIntents.confirm': confirmIntent,
  'PaymentIntents.cancel': cancelIntent,
  'Charges.retrieve': one('charge'),
  'Charges.list': listOf('charge', '/v1/charges', 'customer', 'payment_intent'),
  'Refunds.create': refund,
  'Refunds.retrieve': one('refund'),
  'Refunds.list': listOf('refund', '/v1/refunds', 'payment_intent', 'charge'),
  'Disputes.retrieve': one('dispute'),
};
