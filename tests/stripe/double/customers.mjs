// Customers and their tax ids.
import { attach, notHis } from './cards.mjs';
import { invalid, listOf, metadata, missing } from './store.mjs';

const plain = ['name', 'email', 'phone', 'description', 'tax_exempt'];
const address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
// As far as anybody types them wrong: the country, then what follows it.
const vat = /^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{7,12}$/;

function change(store, customer, params) {
  for (const name of plain) if (params[name] !== undefined) customer[name] = params[name] || null;
  if (params.address !== undefined) customer.address = params.address && { ...address, ...params.address };
  customer.metadata = metadata(params.metadata, customer.metadata);
  const card = params.invoice_settings?.default_payment_method;
  if (card !== undefined) customer.invoice_settings.default_payment_method = card && ownCard(store, card, customer);
  return customer;
}

function ownCard(store, id, customer) {
  const param = 'invoice_settings[default_payment_method]';
  const card = /^pm_card_/.test(id) ? attach(store, id, customer.id) : store.get(id, 'payment_method', param);
  if (card.customer !== customer.id) throw notHis(id, param);
  return card.id;
}

function createCustomer(store, params) {
  const made = store.add('customer', 'cus', {
    balance: 0, invoice_settings: { default_payment_method: null }, tax_exempt: 'none', delinquent: false, invoice_prefix: store.id('').slice(1, 9).toUpperCase(),
  });
  if (params.test_clock) made.test_clock = store.get(params.test_clock, 'test_helpers.test_clock', 'test_clock').id;
  made.created = store.nowOf(made.id);
  const card = params.payment_method && attach(store, params.payment_method, made.id).id;
  for (const id of params.tax_id_data ?? []) createTaxId(store, id, made.id);
  const same = card && params.invoice_settings?.default_payment_method === params.payment_method;
  return store.emit('customer.created', change(store, made, { ...params, ...(same && { invoice_settings: { default_payment_method: card } }) }));
}

function updateCustomer(store, params, id) {
  return store.emit('customer.updated', change(store, store.get(id, 'customer'), params));
}

function deleteCustomer(store, params, id) {
  store.emit('customer.deleted', store.get(id, 'customer'));
  const gone = { id, object: 'customer', deleted: true };
  store.objects.set(id, gone);
  return gone;
}

function createTaxId(store, { type, value }, customer) {
  store.get(customer, 'customer', 'customer');
  if (type === 'eu_vat' && !vat.test(value)) throw invalid('Invalid value for eu_vat.', { code: 'tax_id_invalid', param: 'value' });
  const made = store.add('tax_id', 'txi', {
    type, value, customer, country: value.slice(0, 2), owner: { type: 'customer', customer },
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  return store.emit('customer.tax_id.created', made);
}

function deleteTaxId(store, params, customer, id) {
  const made = store.get(id, 'tax_id');
  if (made.customer !== customer) throw missing('tax_id', id);
  store.objects.delete(id);
  store.emit('customer.tax_id.deleted', made);
  return { id, object: 'tax_id', deleted: true };
}

export const operations = {
  'Customers.create': createCustomer,
  'Customers.retrieve': (store, params, id) => (store.objects.get(id)?.deleted ? store.objects.get(id) : store.get(id, 'customer')),
  'Customers.update': updateCustomer,
  'Customers.del': deleteCustomer,
  'Customers.list': (store, params) => store.page(store.all('customer', (one) => !one.deleted && (!params.email || one.email === params.email)), params, '/v1/customers'),
  'Customers.listPaymentMethods': (store, params, id) => listOf('payment_method', `/v1/customers/${id}/payment_methods`, 'customer')(store, { ...params, customer: id }),
  'Customers.createTaxId': createTaxId,
  'Customers.retrieveTaxId': (store, params, customer, id) => store.get(id, 'tax_id'),
  'Customers.deleteTaxId': deleteTaxId,
  'Customers.listTaxIds': (store, params, id) => listOf('tax_id', `/v1/customers/${id}/tax_ids`, 'customer')(store, { ...params, customer: id }),
};
