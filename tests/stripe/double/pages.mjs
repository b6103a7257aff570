// The pages of Stripe's that a person meets: to give a card, to say yes to the bank, to look after the card. Without
// script; a button says what it does.
import { detach, wallet } from './cards.mjs';
import { checkOut, lookAfter } from './checkout.mjs';
import { authenticate } from './payments.mjs';
import { Refused } from './store.mjs';

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><main><h1>${title}</h1>${body}</main></html>`;
const buttons = (name, values, says = {}) => {
  const all = values.map((value) => `<button name="${name}" value="${value}">${says[value] ?? value}</button>`);
  return `<form method="post">${all.join(' ')}</form>`;
};

// The address to go back to, with what Stripe says there.
function withQuery(back, query) {
  const url = new URL(back);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

const checkout = {
  path: /^\/pay\/c\/(\w+)$/,
  object: 'checkout.session',
  show: ({ status }) => page('Your card', status === 'open' ? buttons('card', [...Object.keys(wallet), 'cancel']) : `<p>This page is ${escaped(status)}.</p>`),
  choose(store, session, card) {
    if (card === 'cancel') return session.cancel_url ?? session.success_url;
    checkOut(store, session.id, card);
    return session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
  },
};

const bank = {
  path: /^\/pay\/3ds\/(\w+)$/,
  object: 'payment_intent',
  show: ({ amount, currency, status }) => page('Your bank', status === 'requires_action'
    ? `<p>${amount} ${escaped(currency)}</p>${buttons('answer', ['authenticate', 'refuse'], { authenticate: 'Yes, I pay', refuse: 'No' })}` : `<p>This payment is ${escaped(status)}.</p>`),
  choose(store, intent, answer) {
    const yes = ['authenticate', 'yes'].includes(answer);
    const back = authenticate(store, intent.id, yes);
    const { id, client_secret: secret } = intent;
    return withQuery(back ?? store.where(), { payment_intent: id, payment_intent_client_secret: secret, redirect_status: yes ? 'succeeded' : 'failed' });
  },
};

const portal = {
  path: /^\/pay\/p\/(\w+)$/,
  object: 'billing_portal.session',
  show({ customer, return_url: back }, store) {
    const held = store.objects.get(store.get(customer, 'customer').invoice_settings.default_payment_method);
    const card = held ? `<p>${escaped(held.card.brand)} ${escaped(held.card.last4)}</p>` : '<p>No card</p>';
    return page('Your cards', `${card}${buttons('card', [...Object.keys(wallet), ...(held ? ['remove'] : [])])}${back ? `<a href="${escaped(back)}">back</a>` : ''}`);
  },
  choose(store, session, choice) {
    if (choice !== 'back') lookAfter(store, session.id, choice, detach);
    return session.return_url ?? new URL(session.url).pathname;
  },
};

const rows = [checkout, bank, portal];

/** Whether the path is one of these pages; then the answer is sent. */
export function showPage(store, req, res, path, body) {
  const row = rows.find((one) => one.path.test(path));
  if (!row) return false;
  try {
    const object = store.get(row.path.exec(path)[1], row.object);
    if (req.method === 'GET') {
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(row.show(object, store));
    } else {
      const [choice] = new URLSearchParams(body).values();
      res.writeHead(303, { Location: row.choose(store, object, choice) }).end();
    }
  } catch (no) {
    if (!(no instanceof Refused)) throw no;
    res.writeHead(no.status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page('No', `<p>${escaped(no.message)}</p>`));
  }
  return true;
}
