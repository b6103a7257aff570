// What the double knows: objects by id, events in order, and what time it is. In memory; a reset forgets all.
import { randomBytes } from 'node:crypto';
import { differs, fill } from './check.mjs';

export class Refused extends Error {
  constructor(status, body) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}
export const invalid = (message, more = {}) => new Refused(400, { type: 'invalid_request_error', message, ...more });

export class Store {
  constructor(contract) {
    this.contract = contract;
    this.listeners = [];
    this.reset();
  }

  reset() {
    this.objects = new Map();
    this.hidden = new Map(); // what an object's id stands for and no answer shows: how a card behaves
    this.events = [];
    this.violations = [];
    this.moved = 0; // seconds that the clock of all is ahead
  }

  now = () => Math.floor(Date.now() / 1000) + this.moved;

  id = (prefix) => `${prefix}_${randomBytes(12).toString('hex')}`;

  // A new object of that kind, whole by the contract.
  add(object, prefix, given) {
    const made = fill(this.contract.types, this.contract.objects[object], { id: this.id(prefix), object, created: this.now(), livemode: false, ...given });
    if (!('created' in this.fields(object))) delete made.created;
    if (!('livemode' in this.fields(object))) delete made.livemode;
    this.objects.set(made.id, made);
    return made;
  }

  fields = (object) => this.contract.types[this.contract.objects[object].to].fields;

  get(id, object) {
    const found = this.objects.get(id);
    if (!found || (object && found.object !== object)) throw new Refused(404, { type: 'invalid_request_error', code: 'resource_missing', param: 'id', message: `No such ${object}: '${id}'` });
    return found;
  }

  all = (object, keep = () => true) => [...this.objects.values()].filter((one) => one.object === object && keep(one));

  // The newest first, as lists are.
  page(list, { limit = '10', starting_after: after, ending_before: before, created } = {}, url = '/v1/list') {
    const range = typeof created === 'object' ? created : created ? { gte: created, lte: created } : {};
    const kept = list.filter((one) => !(one.created < Number(range.gte ?? -Infinity) || one.created > Number(range.lte ?? Infinity) || one.created <= Number(range.gt ?? -Infinity) || one.created >= Number(range.lt ?? Infinity))).reverse();
    const from = after ? kept.findIndex((one) => one.id === after) + 1 : 0;
    const to = before ? kept.findIndex((one) => one.id === before) : kept.length;
    const data = kept.slice(from, Math.min(to, from + Number(limit)));
    return { object: 'list', data, has_more: from + data.length < to, url };
  }

  emit(type, object, request = null) {
    const event = this.add('event', 'evt', { type, api_version: this.contract.apiVersion, pending_webhooks: 1, request, data: { object: structuredClone(object) } });
    this.violate(differs(this.contract.types, this.contract.objects[object.object] ?? { is: 'any' }, event.data.object, type));
    this.objects.delete(event.id);
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
    return event;
  }

  violate(why) {
    if (why) this.violations.push(why);
  }

  // `expand[]` of a request: ids become what they stand for.
  expanded(value, paths) {
    const copy = structuredClone(value);
    for (const path of Object.values(paths ?? {})) this.open(copy, path.split('.'));
    return copy;
  }

  open(at, [name, ...rest]) {
    if (at === null || typeof at !== 'object') return;
    if (Array.isArray(at)) return at.forEach((one) => this.open(one, [name, ...rest]));
    if (typeof at[name] === 'string' && this.objects.has(at[name])) at[name] = structuredClone(this.objects.get(at[name]));
    if (rest.length) this.open(at[name], rest);
  }
}
