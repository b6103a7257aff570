// Schedules, the least of them: what a subscription becomes at the end of its period, without proration.
import { invalid, metadata, one } from './store.mjs';
import { priceOf } from './catalog.mjs';
import { nowOf, replaceItems } from './subscriptions.mjs';

const MONTH = 30 * 86400;
const rowOf = (store) => (row) => ({ price: priceOf(store, row).id, quantity: row.quantity ?? 1 });

// A phase that says no end lasts a month: long enough to begin, which is all that counts here.
function phase(store, { items, ...given }, from) {
  const start = typeof given.start_date === 'number' ? given.start_date : from;
  const end = typeof given.end_date === 'number' ? given.end_date : start + MONTH;
  return { items: items.map(rowOf(store)), start_date: start, end_date: end, currency: 'eur', proration_behavior: 'none' };
}

function create(store, params) {
  const subscription = params.from_subscription && store.get(params.from_subscription, 'subscription', 'from_subscription');
  if (!subscription) throw invalid('The double makes schedules of subscriptions only.', { param: 'from_subscription' });
  if (subscription.schedule) throw invalid('This subscription is already attached to a schedule.', { param: 'from_subscription' });
  const { current_period_start: start_date, current_period_end: end_date } = subscription.items.data[0];
  const items = subscription.items.data.map(({ price, quantity }) => ({ price: price.id, quantity }));
  const made = store.add('subscription_schedule', 'sub_sched', {
    customer: subscription.customer, subscription: subscription.id, status: 'active', end_behavior: 'release', current_phase: { start_date, end_date },
    phases: [phase(store, { items, start_date, end_date })], metadata: metadata(params.metadata),
    created: nowOf(store, subscription), test_clock: subscription.test_clock, billing_mode: { type: 'flexible' },
  });
  subscription.schedule = made.id;
  return store.emit('subscription_schedule.created', made);
}

function update(store, params, id) {
  const made = store.get(id, 'subscription_schedule');
  if (made.status !== 'active') throw invalid(`A schedule that is ${made.status} cannot be updated.`);
  if (params.phases) {
    let from = made.current_phase.start_date;
    const phases = params.phases.map((given) => {
      const next = phase(store, given, from);
      from = next.end_date;
      return next;
    });
    made.phases = store.whole('subscription_schedule', { phases }).phases;
  }
  if (params.end_behavior) made.end_behavior = params.end_behavior;
  return store.emit('subscription_schedule.updated', made);
}

const end = (status, at) => (store, params, id) => {
  const made = store.get(id, 'subscription_schedule'), subscription = store.get(made.subscription, 'subscription');
  Object.assign(made, { status, [at]: nowOf(store, subscription), released_subscription: status === 'released' ? subscription.id : null, current_phase: null });
  subscription.schedule = null;
  return store.emit(`subscription_schedule.${status}`, made);
};

/** A period ends at that time: the phase that begins then, if there is one. */
export function phaseBegins(store, subscription, at) {
  const made = subscription.schedule && store.get(subscription.schedule, 'subscription_schedule');
  const next = made && made.phases.find(({ start_date: start }) => start === at);
  if (!next) return;
  replaceItems(store, subscription, next.items.map(({ price, quantity }) => ({ price: store.get(price, 'price'), quantity })), at);
  made.current_phase = { start_date: next.start_date, end_date: next.end_date };
  if (made.phases.at(-1) === next) end('released', 'released_at')(store, {}, made.id);
}

export const operations = {
  'SubscriptionSchedules.create': create,
  'SubscriptionSchedules.retrieve': one('subscription_schedule'),
  'SubscriptionSchedules.update': update,
  'SubscriptionSchedules.release': end('released', 'released_at'),
  'SubscriptionSchedules.cancel': end('canceled', 'canceled_at'),
};
