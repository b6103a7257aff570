// What the product asks, as bare calls, and what must come of each: the same list for the double (live.test.mjs) and, by a
// person with a key of a sandbox, for Stripe itself (live.mjs). `{name}` in a path or form stands for the id that the call of
// that name gave.
export const scenarios = [
  { name: 'customer', path: '/v1/customers', form: 'name=Tea+%26+Tins&metadata[vendor_id]=1&tax_exempt=none', status: 200 },
  { name: 'visa', path: '/v1/payment_methods/pm_card_visa/attach', form: 'customer={customer}', status: 200 },
  { name: 'declined', path: '/v1/payment_methods/pm_card_chargeCustomerFail/attach', form: 'customer={customer}', status: 200 },
  { name: 'bank', path: '/v1/payment_methods/pm_card_authenticationRequired/attach', form: 'customer={customer}', status: 200 },
  { name: 'default', path: '/v1/customers/{customer}', form: 'invoice_settings[default_payment_method]={visa}&expand[0]=invoice_settings.default_payment_method', status: 200, has: { 'invoice_settings.default_payment_method.card.last4': '4242' } },
  { name: 'paid', path: '/v1/payment_intents', form: charge('visa', 'off_session=true'), status: 200, has: { status: 'succeeded', amount: 5880, 'metadata.operation': '1' } },
  { name: 'refused', path: '/v1/payment_intents', form: charge('declined', 'off_session=true'), status: 402, has: { 'error.type': 'card_error', 'error.code': 'card_declined', 'error.payment_intent.status': 'requires_payment_method' } },
  { name: 'absent', path: '/v1/payment_intents', form: charge('bank', 'off_session=true'), status: 402, has: { 'error.code': 'authentication_required' } },
  { name: 'present', path: '/v1/payment_intents', form: charge('bank', 'off_session=false&return_url=https%3A%2F%2Fexample.org%2F'), status: 200, has: { status: 'requires_action', 'next_action.type': 'redirect_to_url' } },
  { name: 'abandoned', path: '/v1/payment_intents/{present}/cancel', form: 'cancellation_reason=abandoned', status: 200, has: { status: 'canceled' } },
  { name: 'back', path: '/v1/refunds', form: 'payment_intent={paid}&amount=880', status: 200, has: { amount: 880, status: 'succeeded' } },
  { name: 'setup', path: '/v1/checkout/sessions', form: 'mode=setup&customer={customer}&currency=eur&allowed_payment_method_types[0]=card&success_url=https%3A%2F%2Fexample.org%2F%3Fsession%3D%7BCHECKOUT_SESSION_ID%7D&cancel_url=https%3A%2F%2Fexample.org%2F', status: 200, has: { status: 'open', mode: 'setup' } },
  { name: 'listed', path: '/v1/payment_intents?limit=100&customer={customer}', status: 200, has: { object: 'list', has_more: false } },
  { name: 'events', path: '/v1/events?limit=1', status: 200, has: { object: 'list' } },
  { name: 'nobody', path: '/v1/customers/cus_0', status: 404, has: { 'error.code': 'resource_missing' } },
  { name: 'misspelt', path: '/v1/customers', form: 'nmae=A', status: 400, has: { 'error.code': 'parameter_unknown', 'error.param': 'nmae' } },
];

function charge(card, more) {
  return `amount=5880&currency=eur&customer={customer}&payment_method={${card}}&confirm=true&description=Invoice&allowed_payment_method_types[0]=card&metadata[operation]=1&metadata[vendor_id]=1&${more}`;
}

/** Asks all of them, one after the other; what came of each: { name, status, body, wrong }, wrong being what was expected and is not so. */
export async function play({ url, key, version }) {
  const ids = {}, run = `souk-${Date.now()}`;
  const filled = (text) => text.replace(/\{(\w+)\}/g, (all, name) => ids[name] ?? all);
  const all = [];
  for (const { name, path, form, status, has = {} } of scenarios) {
    const headers = { Authorization: `Bearer ${key}`, 'Stripe-Version': version, 'Content-Type': 'application/x-www-form-urlencoded', ...(form && { 'Idempotency-Key': `${run}-${name}` }) };
    const answer = await fetch(url + filled(path), { method: form ? 'POST' : 'GET', headers, body: form && filled(form) });
    const body = await answer.json();
    ids[name] = body.id;
    const seen = { status: answer.status, ...Object.fromEntries(Object.keys(has).map((place) => [place, place.split('.').reduce((at, part) => at?.[part], body)])) };
    const wrong = Object.entries({ status, ...has }).filter(([place, wanted]) => seen[place] !== wanted).map(([place, wanted]) => `${place}: ${seen[place]}, not ${wanted}`);
    all.push({ name, status: answer.status, body, wrong });
  }
  return all;
}
