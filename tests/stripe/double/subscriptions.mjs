// Subscriptions and their items, as far as the official library and command line exercise them. Nothing of the product
// asks for these: our own engine computes, and only collects here.
import { periodEnd, priceOf } from './catalog.mjs';
import { draft, payInvoice } from './invoices.mjs';
import { creditOf, debitOf, giveBack } from './proration.mjs';
import { phaseBegins } from './schedules.mjs';
import { Refused, invalid, listOf, metadata, one } from './store.mjs';

const DAY = 86400, PENDING = 23 * 3600;
export const TRIAL_NOTICE = 3 * DAY;
const running = ['active', 'trialing', 'past_due'];

export const nowOf = (store, subscription) => store.nowOf(subscription.customer);
export const isRunning = ({ status }) => running.includes(status);

// Of an item: what was charged for it (double/proration.mjs). Of a subscription: lines for its next invoice, and the
// change that waits until an invoice is paid.
const debits = (store, item) => store.hidden.get(item.id);
const waiting = (store, subscription) => store.hidden.get(subscription.id);

// ---- Lines ----

const described = ({ price, quantity }, what) => `${what} ${quantity} × ${price.product}`;

function newItem(store, subscription, { price, quantity = 1 }, period) {
  const made = store.whole('subscription_item', {
    id: store.id('si'), subscription: subscription.id, price, quantity, plan: planOf(store, price), created: period.start,
    current_period_start: period.start, current_period_end: period.end,
  });
  store.hidden.set(made.id, []);
  return made;
}

// What prices were before they were prices; answers still have both.
const planOf = (store, price) => store.whole('plan', {
  id: price.id, active: true, amount: price.unit_amount, amount_decimal: price.unit_amount_decimal, currency: price.currency, product: price.product,
  interval: price.recurring?.interval ?? 'month', interval_count: price.recurring?.interval_count ?? 1, billing_scheme: 'per_unit', usage_type: 'licensed',
});

const periodOf = (item) => ({ start: item.current_period_start, end: item.current_period_end });

/** A line for a whole period of an item. */
function fullLine(item, period, debit = debitOf(item, period)) {
  return { item, debit, price: item.price, quantity: item.quantity, amount: debit.amount, from: period.start, to: period.end, description: described(item, '') };
}

/** What goes back of all that was charged for an item, and the charge for what it becomes ({ price, quantity }; null: gone). */
function changeLines(store, item, next, at) {
  const { price, quantity } = item, unused = described(item, 'Unused time on');
  const back = debits(store, item).map((debit) => creditOf(debit, at)).filter(Boolean)
    .map((credit) => ({ item, credit, proration: true, price, quantity, amount: credit.amount, from: credit.from, to: credit.to, description: unused }));
  if (!next) return back;
  const debit = debitOf(next, periodOf(item), at);
  return [...back, { item, debit, proration: true, ...next, amount: debit.amount, from: at, to: debit.until, description: described(next, 'Remaining time on') }];
}

// The lines came to stand on an invoice: what they say of debits holds from now on.
function book(store, lines) {
  for (const { item, credit, debit } of lines) {
    if (credit) giveBack(credit);
    if (debit) debits(store, item).push(debit);
  }
}

// ---- Create ----

export function subscribe(store, { customer, items, ...params }) {
  const at = store.nowOf(customer), trial = params.trial_period_days ? at + DAY * params.trial_period_days : params.trial_end > at ? params.trial_end : null;
  const owner = store.get(customer, 'customer', 'customer'), anchor = trial ?? params.billing_cycle_anchor ?? at;
  const made = store.add('subscription', 'sub', {
    customer, currency: items[0].price.currency, status: trial ? 'trialing' : 'active', billing_mode: { type: 'flexible' }, test_clock: owner.test_clock ?? null,
    created: at, start_date: at, billing_cycle_anchor: anchor, trial_start: trial && at, trial_end: trial, metadata: metadata(params.metadata),
    collection_method: params.collection_method ?? 'charge_automatically', days_until_due: params.days_until_due ?? null,
    default_payment_method: params.default_payment_method ?? null, cancel_at_period_end: params.cancel_at_period_end ?? false,
  });
  store.hidden.set(made.id, { lines: [], change: null });
  const period = (price) => ({ start: at, end: anchor > at ? anchor : periodEnd(at, price.recurring) });
  const data = items.map((item) => newItem(store, made, item, period(item.price)));
  made.items = { object: 'list', data, has_more: false, url: `/v1/subscription_items?subscription=${made.id}` };
  const lines = data.map((item) => (trial ? fullLine(item, periodOf(item), { ...debitOf(item, periodOf(item)), basis: 0, amount: 0 }) : firstLine(item, at)));
  try {
    bill(store, made, lines, { reason: 'subscription_create', behaviour: params.payment_behavior });
  } catch (no) {
    if (no instanceof Refused && params.payment_behavior === 'error_if_incomplete') store.objects.delete(made.id);
    throw no;
  }
  store.emit('customer.subscription.created', made);
  if (trial && trial - at <= TRIAL_NOTICE) store.emit('customer.subscription.trial_will_end', made);
  return made;
}

// Up to a fixed day of billing, the first charge is a part.
function firstLine(item, at) {
  const whole = { start: periodEnd(item.current_period_end, item.price.recurring, -1), end: item.current_period_end };
  return fullLine(item, periodOf(item), debitOf(item, whole, at));
}

function createSubscription(store, params) {
  const items = (params.items ?? []).map((row) => ({ ...row, price: priceOf(store, row) }));
  if (!items.length) throw invalid('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  store.get(params.customer, 'customer', 'customer');
  return subscribe(store, { ...params, items });
}

/** An invoice with these lines, collected; the subscription is what it is after that. */
function bill(store, subscription, lines, { reason, behaviour, keep = false }) {
  const { customer, currency, collection_method } = subscription;
  const invoice = draft(store, { customer, currency, subscription, lines, billing_reason: reason, collection_method, auto_advance: true });
  store.emit('invoice.created', invoice);
  subscription.latest_invoice = invoice.id;
  if (!keep) book(store, lines);
  if (subscription.collection_method === 'send_invoice') return invoice;
  try {
    payInvoice(store, invoice);
  } catch (no) {
    if (!(no instanceof Refused)) throw no;
    if (behaviour === 'error_if_incomplete') {
      store.objects.delete(invoice.id);
      throw no;
    }
    if (!keep) subscription.status = reason === 'subscription_create' ? 'incomplete' : 'past_due';
  }
  return invoice;
}

// ---- Change ----

// Rows of `items` as changes: { item, next }. An item that is not named stays.
function changesOf(store, subscription, rows = []) {
  return rows.map(({ id, deleted, ...row }) => {
    const item = id ? subscription.items.data.find((held) => held.id === id) : null;
    if (id && !item) throw invalid(`No such subscription_item: '${id}'`, { code: 'resource_missing', param: 'items' });
    const price = row.price || row.price_data ? priceOf(store, row) : item?.price;
    const next = deleted ? null : { price, quantity: row.quantity ?? item?.quantity ?? 1 };
    return { next, item: item ?? newItem(store, subscription, next, periodOf(subscription.items.data[0])) };
  }).filter(({ item, next }) => !next || !subscription.items.data.includes(item) || next.price.id !== item.price.id || next.quantity !== item.quantity);
}

// Another interval begins a period of its own: all that was charged goes back, all is charged whole.
const isOtherInterval = ({ item, next }) => next && next.price.recurring.interval !== item.price.recurring.interval;

function linesOf(store, subscription, changes, at) {
  if (!changes.some(isOtherInterval)) return changes.flatMap(({ item, next }) => changeLines(store, item, next, at));
  const back = subscription.items.data.flatMap((item) => changeLines(store, item, null, at));
  const full = changes.filter(({ next }) => next).map(({ item, next }) => fullLine({ ...item, ...next }, { start: at, end: periodEnd(at, next.price.recurring) }));
  return [...back, ...full];
}

function apply(store, subscription, changes, at) {
  const anew = changes.some(isOtherInterval);
  for (const { item, next } of changes) {
    if (!subscription.items.data.includes(item)) subscription.items.data.push(item);
    if (!next) subscription.items.data = subscription.items.data.filter((held) => held !== item);
    else Object.assign(item, next, { plan: planOf(store, next.price) }, anew && { current_period_start: at, current_period_end: periodEnd(at, next.price.recurring) });
  }
  if (anew) subscription.billing_cycle_anchor = at;
}

function updateSubscription(store, params, id) {
  const subscription = store.get(id, 'subscription');
  if (!isRunning(subscription) && params.items) throw invalid('A canceled subscription can only update its cancellation_details and metadata.');
  const at = params.proration_date ?? nowOf(store, subscription);
  if (params.items) changeItems(store, subscription, changesOf(store, subscription, params.items), at, params);
  if (params.cancel_at_period_end !== undefined) {
    const off = params.cancel_at_period_end;
    const [canceled_at, cancel_at] = off ? [nowOf(store, subscription), subscription.items.data[0].current_period_end] : [null, null];
    Object.assign(subscription, { cancel_at_period_end: off, canceled_at, cancel_at });
  }
  if (params.trial_end === 'now' && subscription.status === 'trialing') renew(store, subscription, nowOf(store, subscription));
  if (params.default_payment_method !== undefined) subscription.default_payment_method = params.default_payment_method || null;
  subscription.metadata = metadata(params.metadata, subscription.metadata);
  return store.emit('customer.subscription.updated', subscription);
}

function changeItems(store, subscription, changes, at, { proration_behavior: how = 'create_prorations', payment_behavior: behaviour = 'allow_incomplete' }) {
  if (!changes.length) return;
  const lines = how === 'none' || subscription.status === 'trialing' ? [] : linesOf(store, subscription, changes, at);
  if (!lines.length || (how === 'create_prorations' && !changes.some(isOtherInterval))) {
    waiting(store, subscription).lines.push(...lines);
    book(store, lines);
    return apply(store, subscription, changes, at);
  }
  const waits = ['pending_if_incomplete', 'error_if_incomplete'].includes(behaviour);
  const invoice = bill(store, subscription, lines, { reason: 'subscription_update', behaviour, keep: waits });
  const then = () => {
    if (waits) book(store, lines);
    apply(store, subscription, changes, at);
  };
  if (!waits || invoice.status === 'paid') return then();
  waiting(store, subscription).change = { invoice: invoice.id, then };
  const update = { expires_at: nowOf(store, subscription) + PENDING, subscription_items: changes.map(({ item, next }) => ({ ...item, ...next })) };
  subscription.pending_update = store.whole('subscription', { pending_update: update }).pending_update;
}

/** An invoice of it was paid: what was due to that. */
export function paidUp(store, id, invoice) {
  const subscription = store.get(id, 'subscription'), { change } = waiting(store, subscription);
  if (change?.invoice === invoice.id) {
    waiting(store, subscription).change = subscription.pending_update = null;
    change.then();
    store.emit('customer.subscription.pending_update_applied', subscription);
  }
  const owed = store.all('invoice', (one) => one.status === 'open' && one.parent?.subscription_details?.subscription === id);
  if (!['incomplete', 'past_due'].includes(subscription.status) || owed.length) return;
  subscription.status = 'active';
  store.emit('customer.subscription.updated', subscription);
}

function preview(store, params) {
  const subscription = store.get(params.subscription, 'subscription', 'subscription'), details = params.subscription_details ?? {};
  const at = details.proration_date ?? nowOf(store, subscription), how = details.proration_behavior ?? 'create_prorations';
  const changes = changesOf(store, subscription, details.items);
  const parts = how === 'none' ? [] : linesOf(store, subscription, changes, at);
  const next = subscription.items.data.map((item) => ({ ...item, ...changes.find((change) => change.item === item)?.next }))
    .map((item) => fullLine(item, periodFrom(subscription, item, item.current_period_end)));
  const lines = how === 'always_invoice' && parts.length ? parts : [...waiting(store, subscription).lines, ...parts, ...next];
  const invoice = draft(store, { customer: subscription.customer, currency: subscription.currency, subscription, lines, billing_reason: 'upcoming' });
  store.objects.delete(invoice.id);
  return { ...invoice, id: `upcoming_${invoice.id}` };
}

// ---- Time ----

// The period of an item that begins when another ends: counted from the anchor, so that the 31st comes back after February.
function periodFrom({ billing_cycle_anchor: anchor }, { price }, start) {
  let n = 1;
  while (periodEnd(anchor, price.recurring, n) <= start) n++;
  return { start, end: periodEnd(anchor, price.recurring, n) };
}

/** Its period is over (or its trial ends now): the next is charged. */
export function renew(store, subscription, at) {
  if (subscription.cancel_at_period_end) return cancel(store, subscription);
  phaseBegins(store, subscription, at);
  if (subscription.status === 'trialing') Object.assign(subscription, { status: 'active', billing_cycle_anchor: at, trial_end: at });
  for (const item of subscription.items.data) {
    const { start, end } = periodFrom(subscription, item, at);
    Object.assign(item, { current_period_start: start, current_period_end: end });
  }
  const lines = subscription.items.data.map((item) => fullLine(item, periodOf(item)));
  const parts = waiting(store, subscription).lines.splice(0);
  bill(store, subscription, [...parts.map(({ debit, credit, ...line }) => line), ...lines], { reason: 'subscription_cycle' });
  return store.emit('customer.subscription.updated', subscription);
}

function cancel(store, subscription, { prorate = false, invoice_now: now = false } = {}) {
  if (subscription.status === 'canceled') throw invalid('No such subscription: it is canceled.', { code: 'resource_missing' });
  const at = nowOf(store, subscription);
  const lines = prorate ? subscription.items.data.flatMap((item) => changeLines(store, item, null, at)) : [];
  if (now && lines.length) bill(store, subscription, lines, { reason: 'subscription_update' });
  Object.assign(subscription, { status: 'canceled', canceled_at: subscription.canceled_at ?? at, ended_at: at });
  return store.emit('customer.subscription.deleted', subscription);
}

/** Replaces what it holds, without proration: how a phase of a schedule begins. */
export function replaceItems(store, subscription, items, at) {
  subscription.items.data = items.map((row, i) => {
    const { id } = subscription.items.data[i] ?? {};
    const item = newItem(store, subscription, row, { start: at, end: at });
    store.hidden.set(id ?? item.id, []);
    return { ...item, id: id ?? item.id };
  });
}

export const operations = {
  'Subscriptions.create': createSubscription,
  'Subscriptions.retrieve': one('subscription'),
  'Subscriptions.update': updateSubscription,
  'Subscriptions.cancel': (store, params, id) => cancel(store, store.get(id, 'subscription'), params),
  'Subscriptions.list': (store, { status, ...params }) => (
    listOf('subscription', '/v1/subscriptions', 'customer', 'status')(store, status && status !== 'all' ? { ...params, status } : params)),
  'SubscriptionItems.list': (store, params) => store.page([...store.get(params.subscription, 'subscription').items.data].reverse(), params, '/v1/subscription_items'),
  'Invoices.createPreview': preview,
};
