// Customers, their cards, and money: what the C client asks for. Each operation goes by its name in the SDK, which
// says its method, path and types; `make(store, where)` gives them over one store. `where` is this server's address.
import { Refused, invalid } from './store.mjs';

// How cards behave; Stripe's own names for test cards.
const cards = {
  pm_card_visa: { brand: 'visa', last4: '4242' },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444' },
  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', decline: 'generic_decline' },
  pm_card_chargeDeclinedInsufficientFunds: { brand: 'visa', last4: '9995', decline: 'insufficient_funds' },
  pm_card_chargeDeclinedLostCard: { brand: 'visa', last4: '9987', decline: 'lost_card' },
  pm_card_authenticationRequired: { brand: 'visa', last4: '3184', authenticates: true },
};
// What a person picks on the page of the double.
export const wallet = { visa: 'pm_card_visa', declined: 'pm_card_chargeCustomerFail', lost: 'pm_card_chargeDeclinedLostCard', authentication: 'pm_card_authenticationRequired' };

export function make(store, where) {
  const behaviour = (id) => store.hidden.get(id) ?? cards[id];

  // A shared name makes a card of its own each time it is used.
  function method(id, customer = null) {
    if (!cards[id]) return store.get(id, 'payment_method');
    const { brand, last4 } = cards[id];
    const made = store.add('payment_method', 'pm', { type: 'card', customer, card: { brand, last4, exp_month: 12, exp_year: 2030, funding: 'credit', country: 'US', fingerprint: store.id('fp') }, metadata: {} });
    store.hidden.set(made.id, cards[id]);
    return made;
  }

  function attach(given, customer) {
    const made = method(given);
    store.get(customer, 'customer');
    if (made.customer !== customer) {
      made.customer = customer;
      store.emit('payment_method.attached', made);
    }
    return made;
  }

  function detach(id) {
    const made = store.get(id, 'payment_method');
    const { customer } = made;
    made.customer = null;
    store.emit('payment_method.detached', made);
    const owner = customer && store.objects.get(customer);
    if (owner?.invoice_settings?.default_payment_method === id) {
      owner.invoice_settings.default_payment_method = null;
      store.emit('customer.updated', owner);
    }
    return made;
  }

  const asMetadata = (given, before = {}) => {
    const all = { ...before, ...(typeof given === 'object' ? given : {}) };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  };

  // ---- Payment intents ----

  function charge(intent) {
    const made = store.add('charge', 'ch', { amount: intent.amount, amount_captured: intent.amount, currency: intent.currency, customer: intent.customer, payment_intent: intent.id, payment_method: intent.payment_method, captured: true, paid: true, status: 'succeeded', description: intent.description, metadata: intent.metadata });
    Object.assign(intent, { status: 'succeeded', latest_charge: made.id, amount_received: intent.amount, next_action: null, last_payment_error: null });
    store.emit('charge.succeeded', made);
    store.emit('payment_intent.succeeded', intent);
    return intent;
  }

  function decline(intent, code, decline_code) {
    const card = store.objects.get(intent.payment_method);
    Object.assign(intent, { status: 'requires_payment_method', next_action: null, last_payment_error: { type: 'card_error', code, ...(decline_code && { decline_code }), message: 'Your card was declined.', payment_method: card } });
    intent.payment_method = null;
    store.emit('payment_intent.payment_failed', intent);
    return new Refused(402, { type: 'card_error', code, ...(decline_code && { decline_code }), message: 'Your card was declined.', payment_intent: structuredClone(intent) });
  }

  function confirm(intent, { off_session: off = 'false', return_url: back }) {
    if (['succeeded', 'canceled'].includes(intent.status)) throw invalid(`This PaymentIntent's status is ${intent.status}.`, { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) });
    if (!intent.payment_method) throw invalid('You cannot confirm this PaymentIntent because it is missing a payment method.', { code: 'payment_intent_unexpected_state' });
    const card = behaviour(intent.payment_method);
    if (card?.decline) throw decline(intent, 'card_declined', card.decline);
    if (!card?.authenticates) return charge(intent);
    if (off === 'true') throw decline(intent, 'authentication_required', 'authentication_required');
    Object.assign(intent, { status: 'requires_action', next_action: { type: 'redirect_to_url', redirect_to_url: { url: `${where()}/pay/3ds/${intent.id}`, return_url: back ?? null } } });
    store.emit('payment_intent.requires_action', intent);
    return intent;
  }

  // The bank's page: the person says yes or no.
  function authenticate(id, yes) {
    const intent = store.get(id, 'payment_intent');
    const back = intent.next_action?.redirect_to_url?.return_url;
    if (intent.status === 'requires_action') yes ? charge(intent) : decline(intent, 'payment_intent_authentication_failure');
    return back;
  }

  function createIntent(params) {
    if (Number(params.amount) < 50) throw invalid('Amount must be at least 50 cents', { code: 'amount_too_small', param: 'amount' });
    if (params.customer) store.get(params.customer, 'customer');
    const card = params.payment_method && method(params.payment_method, params.customer);
    if (card && params.customer && card.customer !== params.customer) throw invalid('The payment method does not belong to that customer.', { code: 'resource_missing', param: 'payment_method' });
    const intent = store.add('payment_intent', 'pi', {
      amount: Number(params.amount), currency: params.currency, customer: params.customer ?? null, description: params.description ?? null, payment_method: card?.id ?? null,
      payment_method_types: ['card'], metadata: asMetadata(params.metadata), status: card ? 'requires_confirmation' : 'requires_payment_method', client_secret: store.id('pi_secret'), capture_method: 'automatic', confirmation_method: 'automatic',
    });
    store.emit('payment_intent.created', intent);
    return params.confirm === 'true' ? confirm(intent, params) : intent;
  }

  function cancelIntent(id, params) {
    const intent = store.get(id, 'payment_intent');
    if (['succeeded', 'canceled'].includes(intent.status)) throw invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) });
    Object.assign(intent, { status: 'canceled', canceled_at: store.now(), cancellation_reason: params.cancellation_reason ?? null, next_action: null });
    store.emit('payment_intent.canceled', intent);
    return intent;
  }

  function refund(params) {
    const intent = params.payment_intent ? store.get(params.payment_intent, 'payment_intent') : store.get(store.get(params.charge, 'charge').payment_intent, 'payment_intent');
    if (intent.status !== 'succeeded') throw invalid('This PaymentIntent has no charge to refund.', { code: 'charge_not_refundable' });
    const paid = store.get(intent.latest_charge, 'charge');
    const amount = Number(params.amount ?? paid.amount - paid.amount_refunded);
    if (paid.amount_refunded === paid.amount) throw invalid('The charge has already been refunded.', { code: 'charge_already_refunded' });
    if (amount > paid.amount - paid.amount_refunded) throw invalid('The refund is greater than what is left of the charge.', { param: 'amount' });
    paid.amount_refunded += amount;
    paid.refunded = paid.amount_refunded === paid.amount;
    const made = store.add('refund', 're', { amount, currency: paid.currency, charge: paid.id, payment_intent: intent.id, status: 'succeeded', reason: params.reason ?? null, metadata: asMetadata(params.metadata) });
    store.emit('charge.refunded', paid);
    return made;
  }

  function dispute(id) {
    const intent = store.get(id, 'payment_intent');
    const made = store.add('dispute', 'dp', { amount: intent.amount, currency: intent.currency, charge: intent.latest_charge, payment_intent: intent.id, status: 'needs_response', reason: 'fraudulent', metadata: {} });
    store.emit('charge.dispute.created', made);
    return made;
  }

  // ---- Customers ----

  function change(customer, params) {
    for (const name of ['name', 'email', 'description', 'tax_exempt', 'phone']) if (params[name] !== undefined) customer[name] = params[name] || null;
    if (params.address !== undefined) customer.address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null, ...params.address };
    customer.metadata = asMetadata(params.metadata, customer.metadata);
    const wanted = params.invoice_settings?.default_payment_method;
    if (wanted !== undefined) {
      if (wanted && store.get(wanted, 'payment_method').customer !== customer.id) throw invalid('The payment method must be attached to the customer.', { param: 'invoice_settings[default_payment_method]' });
      customer.invoice_settings.default_payment_method = wanted || null;
    }
    return customer;
  }

  function createCustomer(params) {
    const customer = change(store.add('customer', 'cus', { balance: 0, invoice_prefix: 'ABC', invoice_settings: { default_payment_method: null }, metadata: {}, tax_exempt: 'none', test_clock: params.test_clock ?? null }), { ...params, invoice_settings: undefined });
    if (params.payment_method) attach(params.payment_method, customer.id);
    if (params.invoice_settings) change(customer, { invoice_settings: { default_payment_method: method(params.invoice_settings.default_payment_method, customer.id).id } });
    store.emit('customer.created', customer);
    return customer;
  }

  function updateCustomer(id, params) {
    const customer = change(store.get(id, 'customer'), params);
    store.emit('customer.updated', customer);
    return customer;
  }

  function deleteCustomer(id) {
    const customer = store.get(id, 'customer');
    store.objects.set(id, { id, object: 'customer', deleted: true });
    store.emit('customer.deleted', customer);
    return { id, object: 'customer', deleted: true };
  }

  // ---- Cards: setup intents, checkout, portal ----

  function finishSetup(intent, card) {
    Object.assign(intent, { status: 'succeeded', payment_method: card, next_action: null });
    store.emit('setup_intent.succeeded', intent);
    return intent;
  }

  function createSetup(params) {
    const intent = store.add('setup_intent', 'seti', { customer: params.customer ?? null, status: 'requires_payment_method', usage: params.usage ?? 'off_session', payment_method_types: ['card'], metadata: asMetadata(params.metadata), client_secret: store.id('seti_secret') });
    store.emit('setup_intent.created', intent);
    if (params.payment_method && params.confirm === 'true') finishSetup(intent, params.customer ? attach(params.payment_method, params.customer).id : method(params.payment_method).id);
    return intent;
  }

  function createSession(params) {
    const setup = params.mode === 'setup' ? createSetup({ customer: params.customer }) : null;
    const made = store.add('checkout.session', 'cs_test', {
      mode: params.mode ?? 'payment', customer: params.customer ?? null, currency: params.currency ?? null, status: 'open', payment_status: setup ? 'no_payment_required' : 'unpaid', setup_intent: setup?.id ?? null,
      success_url: params.success_url ?? null, cancel_url: params.cancel_url ?? null, expires_at: store.now() + 86400, payment_method_types: ['card'], metadata: asMetadata(params.metadata), ui_mode: 'hosted',
    });
    made.url = `${where()}/pay/c/${made.id}`;
    return made;
  }

  // The person gives a card on Stripe's page.
  function checkOut(id, card) {
    const made = store.get(id, 'checkout.session');
    if (made.status !== 'open') return made;
    const attached = made.customer ? attach(wallet[card], made.customer) : method(wallet[card]);
    if (made.setup_intent) finishSetup(store.get(made.setup_intent, 'setup_intent'), attached.id);
    Object.assign(made, { status: 'complete', url: null, payment_status: made.setup_intent ? 'no_payment_required' : 'paid' });
    store.emit('checkout.session.completed', made);
    return made;
  }

  function createPortal(params) {
    store.get(params.customer, 'customer');
    const made = store.add('billing_portal.session', 'bps', { customer: params.customer, return_url: params.return_url ?? null, configuration: 'bpc_1' });
    made.url = `${where()}/pay/p/${made.id}`;
    return made;
  }

  const list = (object, filter) => (params) => store.page(store.all(object, (one) => Object.entries(filter(params)).every(([name, value]) => value === undefined || one[name] === value)), params, `/v1/${object}s`);

  return {
    pages: { authenticate, checkOut, detach, dispute, attach },
    asMetadata,
    attach,
    charge,
    confirm,
    createIntent,
    operations: {
      'Customers.create': createCustomer,
      'Customers.retrieve': (params, id) => store.get(id),
      'Customers.update': (params, id) => updateCustomer(id, params),
      'Customers.del': (params, id) => deleteCustomer(id),
      'Customers.list': list('customer', ({ email }) => ({ email })),
      'Customers.createTaxId': (params, id) => store.add('tax_id', 'txi', { ...params, customer: id, country: params.value.slice(0, 2), verification: { status: 'pending', verified_address: null, verified_name: null } }),
      'PaymentMethods.create': (params) => method(params.type === 'card' ? 'pm_card_visa' : params.payment_method),
      'PaymentMethods.retrieve': (params, id) => store.get(id, 'payment_method'),
      'PaymentMethods.attach': (params, id) => attach(id, params.customer),
      'PaymentMethods.detach': (params, id) => detach(id),
      'PaymentIntents.create': createIntent,
      'PaymentIntents.retrieve': (params, id) => store.get(id, 'payment_intent'),
      'PaymentIntents.list': list('payment_intent', ({ customer }) => ({ customer })),
      'PaymentIntents.confirm': (params, id) => {
        const intent = store.get(id, 'payment_intent');
        if (params.payment_method) intent.payment_method = method(params.payment_method, intent.customer).id;
        return confirm(intent, params);
      },
      'PaymentIntents.cancel': (params, id) => cancelIntent(id, params),
      'SetupIntents.create': createSetup,
      'SetupIntents.retrieve': (params, id) => store.get(id, 'setup_intent'),
      'SetupIntents.confirm': (params, id) => finishSetup(store.get(id, 'setup_intent'), method(params.payment_method ?? 'pm_card_visa').id),
      'Checkout.Sessions.create': createSession,
      'Checkout.Sessions.retrieve': (params, id) => store.get(id, 'checkout.session'),
      'Checkout.Sessions.expire': (params, id) => {
        const made = Object.assign(store.get(id, 'checkout.session'), { status: 'expired', url: null });
        store.emit('checkout.session.expired', made);
        return made;
      },
      'BillingPortal.Sessions.create': createPortal,
      'Refunds.create': refund,
      'Refunds.list': list('refund', ({ payment_intent }) => ({ payment_intent })),
      'Events.list': (params) => store.page(store.events.filter((one) => !params.types || Object.values(params.types).includes(one.type)), params, '/v1/events'),
      'Events.retrieve': (params, id) => {
        const found = store.events.find((one) => one.id === id);
        if (!found) throw new Refused(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such event: '${id}'` });
        return found;
      },
      'WebhookEndpoints.create': (params) => store.add('webhook_endpoint', 'we', { url: params.url, api_version: params.api_version ?? null, enabled_events: Object.values(params.enabled_events), status: 'enabled', secret: store.id('whsec'), metadata: {} }),
      'WebhookEndpoints.list': (params) => {
        const page = store.page(store.all('webhook_endpoint'), params, '/v1/webhook_endpoints');
        return { ...page, data: page.data.map(({ secret, ...one }) => one) };
      },
    },
  };
}
