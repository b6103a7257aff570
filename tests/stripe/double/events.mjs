// What happened, and where it is told: events and the endpoints of webhooks.
import { invalid, listOf, metadata, missing, one } from './store.mjs';

// "invoice.*" means all that begin so.
const KEPT = 30 * 86400;
const fits = (pattern, type) => (pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type);

function list(store, params) {
  if (params.type && params.types) throw invalid('You may only specify one of these parameters: type, types.');
  const wanted = params.types ?? (params.type ? [params.type] : ['*']);
  const kept = store.events.filter(({ type, created }) => created > store.now() - KEPT && wanted.some((pattern) => fits(pattern, type)));
  return store.page(kept, params, '/v1/events');
}

function retrieve(store, params, id) {
  const found = store.events.find((event) => event.id === id);
  if (!found) throw missing('event', id);
  return found;
}

function createEndpoint(store, params) {
  if (!/^https?:\/\//.test(params.url)) throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', { code: 'url_invalid', param: 'url' });
  const secret = store.id('whsec');
  const { secret: kept, ...made } = store.add('webhook_endpoint', 'we', {
    url: params.url, api_version: params.api_version ?? null, enabled_events: params.enabled_events, description: params.description || null, status: 'enabled',
    metadata: metadata(params.metadata),
  });
  store.objects.set(made.id, made); // the secret is told once
  return { ...made, secret };
}

function updateEndpoint(store, params, id) {
  const made = store.get(id, 'webhook_endpoint');
  for (const name of ['url', 'enabled_events', 'description']) if (params[name] !== undefined) made[name] = params[name];
  if (params.disabled !== undefined) made.status = params.disabled ? 'disabled' : 'enabled';
  made.metadata = metadata(params.metadata, made.metadata);
  return made;
}

function deleteEndpoint(store, params, id) {
  store.get(id, 'webhook_endpoint');
  store.objects.delete(id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

export const operations = {
  'Events.list': list,
  'Events.retrieve': retrieve,
  'WebhookEndpoints.create': createEndpoint,
  'WebhookEndpoints.retrieve': one('webhook_endpoint'),
  'WebhookEndpoints.update': updateEndpoint,
  'WebhookEndpoints.del': deleteEndpoint,
  'WebhookEndpoints.list': listOf('webhook_endpoint', '/v1/webhook_endpoints'),
};
