// Subscriptions and invoices, as far as the official library and command line exercise them. Nothing of the product
// asks for these: our own engine computes, and only collects here. Proration is that of the vectors (flexible mode):
// amount × seconds left / seconds of the period, half away from zero.
import { Refused, invalid } from './store.mjs';

const months = { month: 1, year: 12 };

function later(at, { interval, interval_count: count }) {
  if (!months[interval]) return at + count * { day: 86400, week: 604800 }[interval];
  const from = new Date(at * 1000);
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months[interval] * count);
  to.setUTCDate(Math.min(from.getUTCDate(), new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()));
  return to.getTime() / 1000;
}

const rounded = (n) => Math.sign(n) * Math.round(Math.abs(n));

export function make(store, payments) {
  const { asMetadata } = payments;
  const clockOf = (customer) => store.objects.get(customer)?.test_clock;
  const now = (customer) => store.objects.get(clockOf(customer))?.frozen_time ?? store.now();

  function createPrice(params) {
    const product = params.product ?? store.add('product', 'prod', { name: params.product_data.name, active: true, metadata: {}, updated: store.now(), type: 'service' }).id;
    const recurring = params.recurring ? { interval: params.recurring.interval, interval_count: Number(params.recurring.interval_count ?? 1), usage_type: 'licensed' } : null;
    return store.add('price', 'price', { product, currency: params.currency, unit_amount: Number(params.unit_amount), recurring, active: true, type: recurring ? 'recurring' : 'one_time', billing_scheme: 'per_unit', metadata: asMetadata(params.metadata) });
  }

  const createProduct = (params) => {
    const made = store.add('product', 'prod', { name: params.name, description: params.description ?? null, active: true, metadata: asMetadata(params.metadata), updated: store.now(), type: 'service' });
    if (params.default_price_data) made.default_price = createPrice({ product: made.id, ...params.default_price_data }).id;
    return made;
  };

  // ---- Invoices ----

  function line(invoice, { amount, description, from, to, price = null, proration = false, subscription = null, item = null }) {
    return {
      ...store.add('line_item', 'il', { amount, subtotal: amount, currency: invoice.currency, description, period: { start: from, end: to }, discountable: !proration, metadata: {}, invoice: invoice.id, subscription,
        quantity: 1, ...(price && { pricing: { type: 'price_details', price_details: { price: price.id, product: price.product }, unit_amount_decimal: String(price.unit_amount) } }),
        parent: subscription ? { type: 'subscription_item_details', invoice_item_details: null, subscription_item_details: { invoice_item: null, proration, proration_details: null, subscription, subscription_item: item } } : null }),
    };
  }

  function draft(customer, currency, more = {}) {
    const at = now(customer);
    return store.add('invoice', 'in', { customer, currency, status: 'draft', collection_method: 'charge_automatically', created: at, period_start: at, period_end: at, auto_advance: false, attempted: false, attempt_count: 0, metadata: {}, lines: { object: 'list', data: [], has_more: false, url: '/v1/invoices/lines' }, ...more });
  }

  function sum(invoice) {
    const total = invoice.lines.data.reduce((all, one) => all + one.amount, 0);
    return Object.assign(invoice, { subtotal: total, total, amount_due: Math.max(0, total), amount_remaining: Math.max(0, total), subtotal_excluding_tax: total, total_excluding_tax: total });
  }

  function finalize(invoice) {
    if (invoice.status !== 'draft') throw invalid('This invoice is already finalized.', { code: 'invoice_not_editable' });
    Object.assign(sum(invoice), { status: 'open', number: `DOUBLE-${store.all('invoice').length}`, status_transitions: { ...invoice.status_transitions, finalized_at: now(invoice.customer) } });
    store.emit('invoice.finalized', invoice);
    return invoice;
  }

  function settled(invoice) {
    Object.assign(invoice, { status: 'paid', amount_paid: invoice.amount_due, amount_remaining: 0, attempted: true, status_transitions: { ...invoice.status_transitions, paid_at: now(invoice.customer) } });
    store.emit('invoice.paid', invoice);
    return invoice;
  }

  function payInvoice(invoice, params) {
    if (invoice.status === 'draft') finalize(invoice);
    if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' });
    const card = params.payment_method ?? params.source ?? store.objects.get(invoice.customer)?.invoice_settings.default_payment_method ?? store.all('payment_method', (one) => one.customer === invoice.customer)[0]?.id;
    invoice.attempt_count++;
    if (!invoice.amount_due) return settled(invoice);
    if (!card) throw invalid('There is no `default_payment_method` set on this Customer or Invoice.', { code: 'resource_missing' });
    try {
      payments.createIntent({ amount: String(invoice.amount_due), currency: invoice.currency, customer: invoice.customer, payment_method: card, confirm: 'true', off_session: 'true' });
    } catch (refused) {
      invoice.attempted = true;
      store.emit('invoice.payment_failed', invoice);
      throw refused;
    }
    return settled(invoice);
  }

  // ---- Subscriptions ----

  const wanted = (items) => Object.values(items ?? {}).map((one) => ({ ...one, price: one.price ? store.get(one.price, 'price') : one.price_data ? createPrice(one.price_data) : undefined }));

  function item(subscription, { price, quantity = '1' }, from) {
    return store.add('subscription_item', 'si', { subscription: subscription.id, price, quantity: Number(quantity), current_period_start: from, current_period_end: later(from, price.recurring), metadata: {}, created: from });
  }

  function createSubscription(params) {
    const at = now(params.customer);
    const items = wanted(params.items);
    const trial = params.trial_period_days ? at + 86400 * Number(params.trial_period_days) : params.trial_end ? Number(params.trial_end) : null;
    store.get(params.customer, 'customer');
    const made = store.add('subscription', 'sub', { customer: params.customer, currency: params.currency ?? items[0].price.currency, status: trial ? 'trialing' : 'active', trial_start: trial && at, trial_end: trial, start_date: at, created: at, billing_cycle_anchor: trial ?? at, collection_method: 'charge_automatically', metadata: asMetadata(params.metadata), test_clock: clockOf(params.customer) ?? null, billing_mode: { type: 'flexible' },
      items: { object: 'list', data: [], has_more: false, url: '/v1/subscription_items' } });
    made.items.data = items.map((one) => item(made, one, at));
    if (trial) for (const one of made.items.data) one.current_period_end = trial;
    const invoice = draft(params.customer, made.currency, { billing_reason: 'subscription_create', parent: { type: 'subscription_details', quote_details: null, subscription_details: { metadata: {}, subscription: made.id } } });
    invoice.lines.data = made.items.data.map((one) => line(invoice, { amount: trial ? 0 : one.price.unit_amount * one.quantity, description: 'Period', from: at, to: one.current_period_end, price: one.price, subscription: made.id, item: one.id }));
    store.emit('invoice.created', invoice);
    made.latest_invoice = invoice.id;
    try {
      payInvoice(invoice, {});
    } catch (refused) {
      if (params.payment_behavior === 'error_if_incomplete') throw refused;
      made.status = 'incomplete';
    }
    store.emit('customer.subscription.created', made);
    return made;
  }

  // What is given back and charged when items change at an instant within their period.
  function proration(invoice, subscription, changes, at) {
    return changes.flatMap(({ before, price, quantity }) => {
      const whole = before.current_period_end - before.current_period_start;
      const left = before.current_period_end - at;
      const part = (amount) => rounded((amount * left) / whole);
      const span = { from: at, to: before.current_period_end, proration: true, subscription: subscription.id, item: before.id };
      return [line(invoice, { ...span, amount: -part(before.price.unit_amount * before.quantity), description: 'Unused time', price: before.price }), line(invoice, { ...span, amount: part(price.unit_amount * quantity), description: 'Remaining time', price })];
    });
  }

  const changesOf = (subscription, items) => wanted(items).map((one) => {
    const before = subscription.items.data.find((held) => held.id === one.id) ?? subscription.items.data[0];
    return { before, price: one.price ?? before.price, quantity: Number(one.quantity ?? before.quantity) };
  });

  function preview(params) {
    const subscription = store.get(params.subscription, 'subscription');
    const details = params.subscription_details ?? {};
    const at = Number(details.proration_date ?? now(subscription.customer));
    const invoice = draft(subscription.customer, subscription.currency, { id: `upcoming_${store.id('in')}` });
    const changes = changesOf(subscription, details.items);
    invoice.lines.data = details.proration_behavior === 'none' ? [] : proration(invoice, subscription, changes, at);
    const next = changes[0] ?? { price: subscription.items.data[0].price, quantity: subscription.items.data[0].quantity };
    const from = subscription.items.data[0].current_period_end;
    if (details.proration_behavior !== 'always_invoice') invoice.lines.data.push(line(invoice, { amount: next.price.unit_amount * next.quantity, description: 'Next period', from, to: later(from, next.price.recurring), price: next.price, subscription: subscription.id, item: subscription.items.data[0].id }));
    store.objects.delete(invoice.id);
    return sum(invoice);
  }

  function updateSubscription(id, params) {
    const subscription = store.get(id, 'subscription');
    const at = Number(params.proration_date ?? now(subscription.customer));
    const changes = changesOf(subscription, params.items);
    if (changes.length && params.proration_behavior === 'always_invoice') {
      const invoice = draft(subscription.customer, subscription.currency, { billing_reason: 'subscription_update' });
      invoice.lines.data = proration(invoice, subscription, changes, at);
      payInvoice(invoice, {});
      subscription.latest_invoice = invoice.id;
    }
    for (const { before, price, quantity } of changes) Object.assign(before, { price, quantity });
    if (params.cancel_at_period_end !== undefined) subscription.cancel_at_period_end = params.cancel_at_period_end === 'true';
    subscription.metadata = asMetadata(params.metadata, subscription.metadata);
    store.emit('customer.subscription.updated', subscription);
    return subscription;
  }

  function cancelSubscription(id) {
    const subscription = store.get(id, 'subscription');
    Object.assign(subscription, { status: 'canceled', canceled_at: now(subscription.customer), ended_at: now(subscription.customer) });
    store.emit('customer.subscription.deleted', subscription);
    return subscription;
  }

  // Periods that ended by then are renewed, one at a time; a trial that ends soon is told of.
  function advance(id, params) {
    const clock = store.get(id, 'test_helpers.test_clock');
    const to = Number(params.frozen_time);
    if (to <= clock.frozen_time) throw invalid('The clock only goes forward.', { param: 'frozen_time' });
    const running = () => store.all('subscription', (one) => one.test_clock === id && ['active', 'trialing', 'past_due'].includes(one.status));
    for (const one of running()) if (one.trial_end && one.trial_end - 3 * 86400 <= to && one.trial_end > clock.frozen_time) store.emit('customer.subscription.trial_will_end', one);
    for (;;) {
      const [next] = running().flatMap((one) => one.items.data.map((held) => ({ one, held }))).filter(({ held }) => held.current_period_end <= to).sort((a, b) => a.held.current_period_end - b.held.current_period_end);
      if (!next) break;
      clock.frozen_time = next.held.current_period_end;
      renew(next.one, next.held);
    }
    clock.frozen_time = to;
    store.emit('test_helpers.test_clock.ready', clock);
    return clock;
  }

  function renew(subscription, held) {
    const from = held.current_period_end;
    if (subscription.cancel_at_period_end) return cancelSubscription(subscription.id);
    Object.assign(held, { current_period_start: from, current_period_end: later(from, held.price.recurring) });
    subscription.status = 'active';
    const invoice = draft(subscription.customer, subscription.currency, { billing_reason: 'subscription_cycle' });
    invoice.lines.data = [line(invoice, { amount: held.price.unit_amount * held.quantity, description: 'Period', from, to: held.current_period_end, price: held.price, subscription: subscription.id, item: held.id })];
    store.emit('invoice.created', invoice);
    try {
      payInvoice(invoice, {});
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      subscription.status = 'past_due';
    }
    subscription.latest_invoice = invoice.id;
    return store.emit('customer.subscription.updated', subscription);
  }

  const list = (object, path, filter = () => ({})) => (params) => store.page(store.all(object, (one) => Object.entries(filter(params)).every(([name, value]) => value === undefined || one[name] === value)), params, path);
  const state = (status, event) => (params, id) => {
    const invoice = Object.assign(store.get(id, 'invoice'), { status });
    store.emit(event, invoice);
    return invoice;
  };

  return {
    operations: {
      'Products.create': createProduct,
      'Prices.create': createPrice,
      'Subscriptions.create': createSubscription,
      'Subscriptions.retrieve': (params, id) => store.get(id, 'subscription'),
      'Subscriptions.update': (params, id) => updateSubscription(id, params),
      'Subscriptions.cancel': (params, id) => cancelSubscription(id),
      'Subscriptions.list': list('subscription', '/v1/subscriptions', ({ customer, status }) => ({ customer, status: status === 'all' ? undefined : status })),
      'Invoices.create': (params) => {
        const invoice = draft(params.customer, params.currency ?? 'usd', { metadata: asMetadata(params.metadata), auto_advance: params.auto_advance === 'true' });
        const waiting = store.all('invoiceitem', (one) => one.customer === params.customer && !one.invoice);
        if (params.pending_invoice_items_behavior !== 'exclude') {
          invoice.lines.data = waiting.map((one) => line(invoice, { amount: one.amount, description: one.description, from: invoice.created, to: invoice.created }));
          for (const one of waiting) one.invoice = invoice.id;
        }
        store.emit('invoice.created', sum(invoice));
        return invoice;
      },
      'Invoices.addLines': (params, id) => {
        const invoice = store.get(id, 'invoice');
        for (const one of Object.values(params.lines)) invoice.lines.data.push(line(invoice, { amount: Number(one.amount), description: one.description ?? null, from: invoice.created, to: invoice.created }));
        return sum(invoice);
      },
      'Invoices.retrieve': (params, id) => store.get(id, 'invoice'),
      'Invoices.list': list('invoice', '/v1/invoices', ({ customer, status }) => ({ customer, status })),
      'Invoices.createPreview': preview,
      'Invoices.finalizeInvoice': (params, id) => finalize(store.get(id, 'invoice')),
      'Invoices.pay': (params, id) => payInvoice(store.get(id, 'invoice'), params),
      'Invoices.voidInvoice': state('void', 'invoice.voided'),
      'Invoices.markUncollectible': state('uncollectible', 'invoice.marked_uncollectible'),
      'InvoiceItems.create': (params) => {
        const made = store.add('invoiceitem', 'ii', { customer: params.customer, currency: params.currency ?? 'usd', amount: Number(params.amount ?? 0), description: params.description ?? null, invoice: params.invoice ?? null, date: store.now(), metadata: {}, period: { start: store.now(), end: store.now() } });
        if (params.invoice) {
          const invoice = store.get(params.invoice, 'invoice');
          invoice.lines.data.push(line(invoice, { amount: made.amount, description: made.description, from: made.date, to: made.date }));
          sum(invoice);
        }
        return made;
      },
      'CreditNotes.create': (params) => {
        const invoice = store.get(params.invoice, 'invoice');
        const amount = Number(params.amount ?? invoice.total);
        return store.add('credit_note', 'cn', { invoice: invoice.id, customer: invoice.customer, currency: invoice.currency, amount, total: amount, subtotal: amount, status: 'issued', type: invoice.status === 'paid' ? 'post_payment' : 'pre_payment', number: `${invoice.number}-CN`, lines: { object: 'list', data: [], has_more: false, url: '/v1/credit_notes/lines' }, metadata: {} });
      },
      'TestHelpers.TestClocks.create': (params) => store.add('test_helpers.test_clock', 'clock', { frozen_time: Number(params.frozen_time), name: params.name ?? null, status: 'ready', deletes_after: store.now() + 2592000 }),
      'TestHelpers.TestClocks.retrieve': (params, id) => store.get(id, 'test_helpers.test_clock'),
      'TestHelpers.TestClocks.advance': (params, id) => advance(id, params),
    },
  };
}
