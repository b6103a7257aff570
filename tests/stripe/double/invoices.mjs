// Invoices, their items, credit notes. Of the states: draft, open, paid, void, uncollectible.
import { defaultCard } from './cards.mjs';
import { collect } from './payments.mjs';
import { priceOf } from './catalog.mjs';
import { Refused, invalid, listOf, metadata, one } from './store.mjs';
import { paidUp } from './subscriptions.mjs';

const listed = (data, url) => ({ object: 'list', data, has_more: false, url });
const within = (invoice) => invoice.parent?.subscription_details?.subscription ?? null;

/** A line: { amount, description, from, to } and, where it has them, price, quantity, item, invoiceitem, proration. */
export function line(store, invoice, { amount, description = null, from, to, price, quantity = 1, item, invoiceitem, proration = false, metadata: more = {} }) {
  const subscription = item?.subscription ?? null;
  const parent = item
    ? { type: 'subscription_item_details', subscription_item_details: { proration, subscription, subscription_item: item.id } }
    : invoiceitem && { type: 'invoice_item_details', invoice_item_details: { invoice_item: invoiceitem, proration, subscription: null } };
  return store.whole('line_item', {
    id: store.id('il'), amount, subtotal: amount, currency: invoice.currency, description, invoice: invoice.id, subscription, quantity, metadata: more,
    period: { start: from, end: to }, discountable: !proration, parent: parent || null,
    pricing: price ? { type: 'price_details', unit_amount_decimal: String(price.unit_amount), price_details: { price: price.id, product: price.product } } : null,
  });
}

/** A draft with these lines; `subscription`: the one it is of. */
export function draft(store, { customer, currency, subscription, lines = [], ...more }) {
  const owner = store.get(customer, 'customer', 'customer'), at = store.nowOf(customer);
  const made = store.add('invoice', 'in', {
    customer, currency, status: 'draft', created: at, period_start: at, period_end: at, collection_method: 'charge_automatically', auto_advance: false,
    customer_email: owner.email, customer_name: owner.name, customer_address: owner.address ?? null, customer_tax_exempt: owner.tax_exempt,
    test_clock: owner.test_clock ?? null, ...more,
    parent: subscription ? { type: 'subscription_details', subscription_details: { subscription: subscription.id, metadata: {} } } : null,
  });
  made.lines = listed(lines.map((spec) => line(store, made, spec)), `/v1/invoices/${made.id}/lines`);
  return total(made, owner.balance);
}

// What the customer has to his credit (a negative balance) is used first; a negative total is added to it.
function total(invoice, balance = invoice.starting_balance) {
  const sum = invoice.lines.data.reduce((all, { amount }) => all + amount, 0);
  const due = Math.max(0, sum + balance);
  return Object.assign(invoice, {
    subtotal: sum, subtotal_excluding_tax: sum, total: sum, total_excluding_tax: sum,
    amount_due: due, amount_remaining: due - invoice.amount_paid, starting_balance: balance,
  });
}

function editable(invoice) {
  if (invoice.status !== 'draft') throw invalid('This invoice is no longer editable.', { code: 'invoice_not_editable' });
  return invoice;
}

export function finalize(store, invoice) {
  if (invoice.status !== 'draft') throw invalid('This invoice is already finalized.', { code: 'invoice_not_editable' });
  const owner = store.get(invoice.customer, 'customer');
  total(invoice, owner.balance);
  owner.balance = Math.min(0, owner.balance + invoice.total);
  const at = store.nowOf(invoice.customer);
  const number = `${owner.invoice_prefix}-${store.all('invoice', (made) => made.number).length + 1}`;
  Object.assign(invoice, { status: 'open', number, ending_balance: owner.balance, effective_at: at });
  invoice.status_transitions.finalized_at = at;
  store.emit('invoice.finalized', invoice);
  return invoice.amount_due ? invoice : settle(store, invoice);
}

function settle(store, invoice) {
  Object.assign(invoice, { status: 'paid', amount_paid: invoice.amount_due, amount_remaining: 0, attempted: true, next_payment_attempt: null });
  invoice.status_transitions.paid_at = store.nowOf(invoice.customer);
  for (const type of ['invoice.paid', 'invoice.payment_succeeded']) store.emit(type, invoice);
  if (within(invoice)) paidUp(store, within(invoice), invoice);
  return invoice;
}

/** Finalizes and collects; the refusal is the card's. */
export function payInvoice(store, invoice, { payment_method: card, paid_out_of_band: outside } = {}) {
  if (invoice.status === 'draft') finalize(store, invoice);
  else if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' });
  if (invoice.status === 'paid') return invoice;
  if (invoice.status === 'void') throw invalid('You cannot pay a voided invoice.');
  if (outside) return settle(store, invoice);
  const method = card ?? invoice.default_payment_method ?? store.objects.get(within(invoice))?.default_payment_method ?? defaultCard(store, invoice.customer);
  invoice.attempt_count++;
  invoice.attempted = true;
  try {
    const { amount_remaining: amount, currency, customer, number, id } = invoice;
    collect(store, { amount, currency, customer, card: method, description: `Invoice ${number}`, metadata: { invoice: id } });
  } catch (no) {
    if (no instanceof Refused) store.emit(no.body.code === 'authentication_required' ? 'invoice.payment_action_required' : 'invoice.payment_failed', invoice);
    throw no;
  }
  return settle(store, invoice);
}

function createInvoice(store, params) {
  const { customer, auto_advance: advance = false, collection_method: how = 'charge_automatically', pending_invoice_items_behavior: behaviour = 'exclude' } = params;
  const waiting = behaviour === 'exclude' ? [] : store.all('invoiceitem', (item) => item.customer === customer && !item.invoice);
  const currency = params.currency ?? waiting[0]?.currency ?? 'usd';
  const made = draft(store, {
    customer, currency, auto_advance: advance, collection_method: how, billing_reason: 'manual', description: params.description ?? null, metadata: metadata(params.metadata),
    default_payment_method: params.default_payment_method ?? null, lines: waiting.map(ofItem),
    due_date: params.days_until_due ? store.nowOf(customer) + params.days_until_due * 86400 : params.due_date ?? null,
  });
  for (const item of waiting) item.invoice = made.id;
  return store.emit('invoice.created', made);
}

function updateInvoice(store, params, id) {
  const made = store.get(id, 'invoice');
  for (const name of ['description', 'auto_advance', 'default_payment_method']) if (params[name] !== undefined) made[name] = params[name];
  made.metadata = metadata(params.metadata, made.metadata);
  return store.emit('invoice.updated', made);
}

function addLines(store, params, id) {
  const made = editable(store.get(id, 'invoice'));
  for (const { amount = 0, description, period, quantity, metadata: more } of params.lines)
    made.lines.data.push(line(store, made, {
      amount, description, quantity, from: period?.start ?? made.created, to: period?.end ?? made.created, metadata: metadata(more),
    }));
  return store.emit('invoice.updated', total(made));
}

// From which states an invoice may go to another, and what is told of it.
const ends = {
  void: { from: ['open', 'uncollectible'], told: 'invoice.voided', at: 'voided_at' },
  uncollectible: { from: ['open'], told: 'invoice.marked_uncollectible', at: 'marked_uncollectible_at' },
};
const end = (status) => (store, params, id) => {
  const made = store.get(id, 'invoice'), { from, told, at } = ends[status];
  if (!from.includes(made.status)) throw invalid(`You can only pass in ${from.join(' or ')} invoices. This invoice isn't open.`);
  made.status = status;
  made.status_transitions[at] = store.nowOf(made.customer);
  return store.emit(told, made);
};

function deleteInvoice(store, params, id) {
  editable(store.get(id, 'invoice'));
  store.objects.delete(id);
  return { id, object: 'invoice', deleted: true };
}

// ---- Items that wait for an invoice, or go to one at once ----

const ofItem = ({ id, amount, description, quantity, period: { start: from, end: to } }) => ({ amount, description, from, to, quantity, invoiceitem: id });

function createItem(store, params) {
  const at = store.nowOf(params.customer);
  const given = (params.price_data || params.pricing) && priceOf(store, { price: params.pricing?.price, price_data: params.price_data });
  const { quantity = 1, amount = (given?.unit_amount ?? 0) * quantity } = params;
  const made = store.add('invoiceitem', 'ii', {
    customer: params.customer, currency: params.currency ?? given?.currency ?? 'usd', amount, quantity, description: params.description ?? null, date: at,
    metadata: metadata(params.metadata), period: params.period ?? { start: at, end: at }, invoice: params.invoice ?? null,
  });
  if (params.invoice) {
    const invoice = editable(store.get(params.invoice, 'invoice', 'invoice'));
    invoice.lines.data.push(line(store, invoice, ofItem(made)));
    total(invoice);
  }
  return store.emit('invoiceitem.created', made);
}

// ---- Credit notes ----

// Of an open invoice a credit note lowers what is due; of a paid one it goes back, to the card or to the balance.
function createNote(store, params) {
  const invoice = store.get(params.invoice, 'invoice', 'invoice'), open = invoice.status === 'open';
  if (!open && invoice.status !== 'paid') throw invalid('Credit notes can only be created for open or paid invoices.');
  const amount = params.amount ?? (params.lines ?? []).reduce((all, { amount: part = 0 }) => all + part, 0);
  const left = open ? invoice.amount_remaining : invoice.amount_paid - invoice.post_payment_credit_notes_amount;
  if (amount < 1 || amount > left) throw invalid(`The credit note's total must be from 1 to ${left}.`, { param: 'amount' });
  const made = store.add('credit_note', 'cn', {
    invoice: invoice.id, customer: invoice.customer, currency: invoice.currency,
    amount, subtotal: amount, subtotal_excluding_tax: amount, total: amount, total_excluding_tax: amount,
    status: 'issued', type: open ? 'pre_payment' : 'post_payment', number: `${invoice.number}-CN-${store.all('credit_note').length + 1}`, reason: params.reason ?? null,
    memo: params.memo ?? null, metadata: metadata(params.metadata), pre_payment_amount: open ? amount : 0, post_payment_amount: open ? 0 : amount,
  });
  made.lines = listed([], `/v1/credit_notes/${made.id}/lines`);
  if (open) {
    invoice.amount_remaining -= amount;
    invoice.amount_due -= amount;
    invoice.pre_payment_credit_notes_amount += amount;
    if (!invoice.amount_remaining) settle(store, invoice);
  } else {
    invoice.post_payment_credit_notes_amount += amount;
    store.get(invoice.customer, 'customer').balance -= params.credit_amount ?? 0;
  }
  return store.emit('credit_note.created', made);
}

function listInvoices(store, params) {
  const wanted = ({ customer, status, parent }) => ({ customer, status, subscription: parent?.subscription_details?.subscription });
  const asked = ['customer', 'status', 'subscription'].filter((name) => params[name] !== undefined);
  return store.page(store.all('invoice', (made) => asked.every((name) => wanted(made)[name] === params[name])), params, '/v1/invoices');
}

export const operations = {
  'Invoices.create': createInvoice,
  'Invoices.update': updateInvoice,
  'Invoices.addLines': addLines,
  'Invoices.retrieve': one('invoice'),
  'Invoices.list': listInvoices,
  'Invoices.listLineItems': (store, params, id) => store.page([...store.get(id, 'invoice').lines.data].reverse(), params, `/v1/invoices/${id}/lines`),
  'Invoices.finalizeInvoice': (store, params, id) => finalize(store, store.get(id, 'invoice')),
  'Invoices.pay': (store, params, id) => payInvoice(store, store.get(id, 'invoice'), params),
  'Invoices.voidInvoice': end('void'),
  'Invoices.markUncollectible': end('uncollectible'),
  'Invoices.del': deleteInvoice,
  'InvoiceItems.create': createItem,
  'InvoiceItems.retrieve': one('invoiceitem'),
  'InvoiceItems.list': listOf('invoiceitem', '/v1/invoiceitems', 'customer', 'invoice'),
  'CreditNotes.create': createNote,
  'CreditNotes.retrieve': one('credit_note'),
  'CreditNotes.list': listOf('credit_note', '/v1/credit_notes', 'customer', 'invoice'),
};
