// Test clocks: what time brings to the subscriptions that live by one, or by the clock of all.
import { invalid, one } from './store.mjs';
import { TRIAL_NOTICE, isRunning, renew } from './subscriptions.mjs';

const MONTH = 30 * 86400;

// What happens to a subscription next, and when: it is told that its trial ends, or its period is over.
function nextOf(store, subscription, told) {
  const end = Math.min(...subscription.items.data.map((item) => item.current_period_end));
  const notice = subscription.status === 'trialing' && !told.has(subscription.id) ? subscription.trial_end - TRIAL_NOTICE : Infinity;
  return notice < end
    ? { at: notice, run: () => { told.add(subscription.id); store.emit('customer.subscription.trial_will_end', subscription); } }
    : { at: end, run: () => renew(store, subscription, end) };
}

/** All that happens after `from` until `to` inclusive, in the order of time; `set` moves the clock there each time. */
export function pass(store, clock, from, to, set) {
  const told = new Set(store.all('subscription', ({ trial_end: end }) => end && end - TRIAL_NOTICE <= from).map(({ id }) => id));
  for (;;) {
    const next = store.all('subscription', (made) => made.test_clock === clock && isRunning(made)).map((made) => nextOf(store, made, told)).sort((a, b) => a.at - b.at)[0];
    if (!next || next.at > to) break;
    set(Math.max(next.at, from));
    next.run();
  }
  set(to);
}

function create(store, { frozen_time: at, name = null }) {
  return store.add('test_helpers.test_clock', 'clock', { frozen_time: at, name, status: 'ready', deletes_after: store.now() + MONTH });
}

function advance(store, { frozen_time: to }, id) {
  const clock = store.get(id, 'test_helpers.test_clock');
  if (to <= clock.frozen_time) throw invalid('A test clock can only be advanced to a later time.', { param: 'frozen_time' });
  pass(store, id, clock.frozen_time, to, (at) => { clock.frozen_time = at; });
  return store.emit('test_helpers.test_clock.ready', clock);
}

/** The clock of all, and what that brings to subscriptions without one of their own. */
export function move(store, to) {
  const real = Math.floor(Date.now() / 1000);
  const from = store.now();
  if (to < from) store.moved = to - real;
  else pass(store, null, from, to, (at) => { store.moved = at - real; });
}

export const operations = {
  'TestHelpers.TestClocks.create': create,
  'TestHelpers.TestClocks.retrieve': one('test_helpers.test_clock'),
  'TestHelpers.TestClocks.advance': advance,
};
