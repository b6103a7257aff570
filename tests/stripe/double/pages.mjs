// The pages of Stripe's that a person meets: to give a card, to say yes to the bank, to look after the card.
import { wallet } from './payments.mjs';

const page = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1>${body}`;
const buttons = (names, label) => `<form method="post">${names.map((name) => `<button name="choice" value="${name}">${label[name] ?? name}</button> `).join('')}</form>`;

export function pages(store, payments) {
  const rows = [
    { path: /^\/pay\/c\/(\w+)$/, show: () => page('Your card', buttons([...Object.keys(wallet), 'cancel'], {})), choose(id, choice) {
      const session = store.get(id, 'checkout.session');
      if (choice === 'cancel') return session.cancel_url;
      payments.checkOut(id, choice);
      return session.success_url.replace('{CHECKOUT_SESSION_ID}', id);
    } },
    { path: /^\/pay\/3ds\/(\w+)$/, show: () => page('Your bank', buttons(['yes', 'no'], { yes: 'Yes, I pay', no: 'No' })), choose: (id, choice) => `${payments.authenticate(id, choice === 'yes')}&payment_intent=${id}` },
    { path: /^\/pay\/p\/(\w+)$/, show: () => page('Your cards', buttons(['remove', 'visa', 'back'], { visa: 'Another card' })), choose(id, choice) {
      const { customer, return_url: back } = store.get(id, 'billing_portal.session');
      const owner = store.get(customer, 'customer');
      if (choice === 'remove' && owner.invoice_settings.default_payment_method) payments.detach(owner.invoice_settings.default_payment_method);
      if (choice === 'visa') {
        owner.invoice_settings.default_payment_method = payments.attach(wallet.visa, customer).id;
        store.emit('customer.updated', owner);
      }
      return back;
    } },
  ];

  return (req, res, path, body) => {
    const row = rows.find((one) => one.path.test(path));
    if (!row) return false;
    const id = row.path.exec(path)[1];
    if (req.method === 'GET') {
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(row.show(id));
    } else {
      res.writeHead(303, { Location: row.choose(id, new URLSearchParams(body).get('choice')) }).end();
    }
    return true;
  };
}
