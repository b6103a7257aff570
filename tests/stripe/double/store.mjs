// What the double knows: objects by id, events in order, and what time it is. In memory; a reset forgets all.
import { randomBytes } from 'node:crypto';
import { differs, fill } from './check.mjs';

/** An answer that is an error: its status, and what stands under "error". */
export class Refused extends Error {
  constructor(status, body) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}
export const refused = (status, type, message, more = {}) => new Refused(status, { type, message, ...more });
export const invalid = (message, more) => refused(400, 'invalid_request_error', message, more);
/** 404 for what the address names, 400 for what a parameter does. */
export const missing = (what, id, param = 'id') => refused(param === 'id' ? 404 : 400, 'invalid_request_error', `No such ${what}: '${id}'`,
  { code: 'resource_missing', param });

/** What POST does to metadata: names are added or replaced, an empty value removes. */
export function metadata(given, before = {}) {
  if (given === '') return {};
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ''));
}

const within = (at, { gte = -Infinity, gt = -Infinity, lte = Infinity, lt = Infinity }) => at >= gte && at > gt && at <= lte && at < lt;

export class Store {
  constructor(contract, where = () => '') {
    this.contract = contract;
    this.where = where; // this server's address
    this.listeners = [];
    this.violations = [];
    this.reset();
  }

  // Violations stay: they are faults of the double, and it ends with them.
  reset() {
    this.objects = new Map();
    this.hidden = new Map(); // what an object's id stands for and no answer shows: how a card behaves, what a line covers
    this.events = [];
    this.moved = 0; // seconds that the clock of all is ahead
    this.request = null; // of the call that is running, for the events it causes
  }

  now = () => Math.floor(Date.now() / 1000) + this.moved;

  /** The time of this customer: that of the test clock it lives by, if any. */
  nowOf(customer) {
    const clock = this.objects.get(customer)?.test_clock;
    return this.objects.get(clock)?.frozen_time ?? this.now();
  }

  id = (prefix) => `${prefix}_${randomBytes(12).toString('hex')}`;

  /** A new object of that kind, whole by the contract; what is not given says nothing (null, '', 0). */
  add(object, prefix, given) {
    const made = this.whole(object, { id: this.id(prefix), ...given });
    this.objects.set(made.id, made);
    return made;
  }

  whole(object, given) {
    const type = this.contract.objects[object];
    const { fields } = this.contract.types[type.to];
    const usual = { object, ...(fields.created && { created: this.now() }), ...(fields.livemode && { livemode: false }) };
    return fill(this.contract.types, type, { ...usual, ...given });
  }

  get(id, object, param) {
    const found = this.objects.get(id);
    if (found?.object !== object || found.deleted) throw missing(object, id, param);
    return found;
  }

  all = (object, keep = () => true) => [...this.objects.values()].filter((one) => one.object === object && keep(one));

  /** A page of a list, the newest first. */
  page(list, { limit = 10, starting_after: after, ending_before: before, created = {} }, url) {
    if (limit < 1 || limit > 100) throw invalid('Limit must be between 1 and 100.', { param: 'limit' });
    const range = typeof created === 'object' ? created : { gte: created, lte: created };
    const kept = list.filter((one) => within(one.created ?? 0, range)).reverse();
    const place = (id, param) => {
      const i = kept.findIndex((one) => one.id === id);
      if (i < 0) throw invalid(`No such object: '${id}'`, { code: 'resource_missing', param });
      return i;
    };
    const to = before ? place(before, 'ending_before') : kept.length;
    const from = after ? place(after, 'starting_after') + 1 : Math.max(0, before ? to - limit : 0);
    const data = kept.slice(from, Math.min(to, from + limit));
    return { object: 'list', data, has_more: before ? from > 0 : from + data.length < to, url };
  }

  emit(type, object) {
    const event = this.whole('event', {
      id: this.id('evt'), type, api_version: this.contract.apiVersion, pending_webhooks: 1, request: this.request, data: { object: structuredClone(object) },
    });
    this.violate(differs(this.contract.types, this.contract.objects[object.object] ?? { is: 'any' }, event.data.object, type));
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
    return object;
  }

  violate(why) {
    if (why) this.violations.push(why);
  }

  /** `expand[]` of a request: ids become what they stand for. */
  expanded(value, paths = []) {
    const copy = structuredClone(value);
    for (const path of paths) this.open(copy, path.split('.'), path);
    return copy;
  }

  open(at, [name, ...rest], path) {
    if (at === null || typeof at !== 'object') return;
    if (Array.isArray(at)) return at.forEach((one) => this.open(one, [name, ...rest], path));
    if (!(name in at) && !at.deleted) throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
    if (typeof at[name] === 'string' && this.objects.has(at[name])) at[name] = structuredClone(this.objects.get(at[name]));
    if (rest.length) this.open(at[name], rest, path);
  }
}

/** GET of a list whose rows have these members as they are given: row('invoice', '/v1/invoices', 'customer', 'status'). */
export const listOf = (object, url, ...filters) => (store, params) => {
  const asked = filters.filter((name) => params[name] !== undefined);
  return store.page(store.all(object, (one) => asked.every((name) => one[name] === params[name])), params, url);
};

/** GET of one. */
export const one = (object) => (store, params, id) => store.get(id, object);
