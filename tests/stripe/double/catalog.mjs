// What is sold: products and their prices.
import { invalid, listOf, metadata, one } from './store.mjs';

function createProduct(store, params) {
  const made = store.add('product', 'prod', {
    name: params.name, description: params.description ?? null, active: true, metadata: metadata(params.metadata), updated: store.now(), type: 'service',
  });
  if (params.default_price_data) made.default_price = createPrice(store, { product: made.id, ...params.default_price_data }).id;
  store.emit('product.created', made);
  return made;
}

function createPrice(store, params) {
  const product = params.product ? store.get(params.product, 'product', 'product') : params.product_data && createProduct(store, params.product_data);
  if (!product) throw invalid('You must specify either `product` or `product_data` when creating a price.');
  if (params.unit_amount === undefined) throw invalid('Prices require an `unit_amount`.', { code: 'parameter_missing', param: 'unit_amount' });
  const recurring = params.recurring ? { interval: params.recurring.interval, interval_count: params.recurring.interval_count ?? 1, usage_type: 'licensed' } : null;
  const made = store.add('price', 'price', {
    product: product.id, currency: params.currency, unit_amount: params.unit_amount, unit_amount_decimal: String(params.unit_amount), recurring,
    active: true, type: recurring ? 'recurring' : 'one_time', billing_scheme: 'per_unit', metadata: metadata(params.metadata), tax_behavior: 'unspecified',
  });
  return store.emit('price.created', made);
}

/** The price of a row of items: named, or made of what it says. */
export const priceOf = (store, { price, price_data: data }) => (data ? createPrice(store, data) : store.get(price, 'price', 'price'));

/** The end of a period that began at `anchor` and is the n-th since: the day of the anchor, or the last of the month. */
export function periodEnd(anchor, { interval, interval_count: count }, n = 1) {
  const days = { day: 1, week: 7 }[interval];
  if (days) return anchor + n * count * days * 86400;
  const from = new Date(anchor * 1000);
  const month = from.getUTCMonth() + n * count * (interval === 'year' ? 12 : 1);
  const last = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Math.floor(Date.UTC(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), last), from.getUTCHours(), from.getUTCMinutes(), from.getUTCSeconds()) / 1000);
}

export const operations = {
  'Products.create': createProduct,
  'Products.retrieve': one('product'),
  'Prices.create': createPrice,
  'Prices.retrieve': one('price'),
  'Prices.list': listOf('price', '/v1/prices', 'product', 'currency'),
};
