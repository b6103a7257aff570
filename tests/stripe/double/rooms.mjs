// All that the double does: a row is the name of an operation in Stripe's own library (the contract knows its method, path
// and types by that) and the function that does it: run(store, params, …ids of the path).
import { operations as cards } from './cards.mjs';
import { operations as catalog } from './catalog.mjs';
import { operations as checkout, undeclared } from './checkout.mjs';
import { operations as clocks } from './clocks.mjs';
import { operations as customers } from './customers.mjs';
import { operations as events } from './events.mjs';
import { operations as invoices } from './invoices.mjs';
import { operations as payments } from './payments.mjs';
import { operations as schedules } from './schedules.mjs';
import { operations as subscriptions } from './subscriptions.mjs';

export const operations = { ...customers, ...cards, ...payments, ...checkout, ...events, ...catalog, ...subscriptions, ...schedules, ...invoices, ...clocks };
export { undeclared };
