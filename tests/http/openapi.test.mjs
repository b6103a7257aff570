// The API's description says what the program does: every route, no other, and answers of that shape.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';

const { SOUK_E2E_URL: url, SOUK_E2E_CREDENTIALS: file, SOUK_BUILD: build } = process.env;
const people = JSON.parse(readFileSync(file));
let document;
before(async () => {
  const answer = await fetch(`${url}/api/v1/openapi.json`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.ok(answer.headers.get('etag'));
  document = await answer.json();
});

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const operations = () => Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({ name: `${method.toUpperCase()} ${path}`, path, method, ...item[method] })));
const resolve = (at) => (at?.$ref ? at.$ref.slice(2).split('/').reduce((here, part) => here[part], document) : at);

test('every route is described, and nothing else', () => {
  const routes = execFileSync(`${build}/souk`, ['routes'], { encoding: 'utf8' }).trim().split('\n')
    .map((line) => line.split(/\s+/)).filter(([, path]) => path.startsWith('/api/v1/'))
    .map(([method, path]) => `${method} ${path.slice('/api/v1'.length)}`);
  assert.deepEqual(operations().map(({ name }) => name).sort(), routes.sort());
});

test('every operation has a name of its own, its parameters, problems, and references that lead somewhere', () => {
  const names = operations().map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, names.length);
  for (const { name, path, operationId, responses, parameters = [] } of operations()) {
    assert.ok(operationId, name);
    assert.ok(resolve(responses['4XX']).content['application/problem+json'], `${name}: 4XX`);
    const inPath = parameters.map(resolve).filter((one) => one.in === 'path').map((one) => `{${one.name}}`);
    assert.deepEqual(inPath, path.match(/\{\w+\}/g) ?? [], name);
  }
  JSON.stringify(document, (key, value) => {
    if (key === '$ref') assert.ok(resolve({ $ref: value }), value);
    return value;
  });
});

/* A schema with what it takes over from others by allOf. */
function whole(schema) {
  const s = resolve(schema), parts = (s.allOf ?? []).map(whole);
  const required = [...parts, s].flatMap((one) => one.required ?? []);
  return parts.length ? { ...s, required, properties: Object.assign({}, ...[...parts, s].map((one) => one.properties)) } : s;
}

/* What a value breaks of a schema: the parts of JSON Schema that the document uses. */
function breaks(schema, value, at = '$') {
  const s = whole(schema);
  if (s.oneOf) return s.oneOf.some((one) => !breaks(one, value, at).length) ? [] : [`${at}: none of its shapes`];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const types = [s.type ?? []].flat();
  if (types.length && !types.includes(type) && !(type === 'integer' && types.includes('number'))) return [`${at}: ${type}, not ${types}`];
  if (type === 'array') return value.flatMap((one, i) => breaks(s.items ?? {}, one, `${at}[${i}]`));
  if (type === 'string' && s.pattern && !new RegExp(s.pattern).test(value)) return [`${at}: ${value}`];
  if (type === 'string' && s.enum && !s.enum.includes(value)) return [`${at}: ${value}`];
  if (type !== 'object') return [];
  const missing = (s.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const unknown = s.properties && !s.additionalProperties ? Object.keys(value).filter((name) => !(name in s.properties)).map((name) => `${at}.${name} is not described`) : [];
  const inner = Object.entries(value).flatMap(([name, one]) => {
    const of = s.properties?.[name] ?? (typeof s.additionalProperties === 'object' ? s.additionalProperties : null);
    return of ? breaks(of, one, `${at}.${name}`) : [];
  });
  return [...missing, ...unknown, ...inner];
}

test('answers have the shape that is described', async () => {
  const tokens = {};
  for (const [who, person] of Object.entries({ vendor: people.vendors[0], admin: people.admin })) {
    const answer = await fetch(`${url}/api/v1/auth/token`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: person.email, password: person.password }),
    });
    const body = await answer.json();
    assert.deepEqual(breaks({ $ref: '#/components/schemas/Tokens' }, body), []);
    tokens[who] = body.access_token;
  }
  const ask = async (path, who) => (await fetch(`${url}/api/v1${path}`, { headers: { Authorization: `Bearer ${tokens[who]}` } })).json();
  const [product] = (await ask('/vendor/products?limit=1', 'vendor')).data, [vendor] = (await ask('/admin/vendors', 'admin')).data;
  const [seen] = (await ask(`/shops/${people.vendors[0].slug}/products`)).data;
  const [job] = (await ask('/admin/jobs?state=done&limit=1', 'admin')).data;
  const [order] = (await ask('/vendor/orders?limit=1', 'vendor')).data, [customer] = (await ask('/vendor/customers?limit=1', 'vendor')).data;
  const bought = await (await fetch(`${url}/api/v1/shops/${people.vendors[0].slug}/orders`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({ items: [{ variant_id: seen.variants[0].id }], customer: { email: 'shape@example.org' } }),
  })).json();
  const [mail] = (await ask('/admin/mail?limit=1', 'admin')).data; // the buyer is written to
  const file = new FormData();
  file.append('file', new Blob(['sku,title,price\nDESCRIBED-1,Described,1.00\n']), 'described.csv');
  const given = await (await fetch(`${url}/api/v1/vendor/imports`, { method: 'POST', headers: { Authorization: `Bearer ${tokens.vendor}` }, body: file })).json();
  const made = await (await fetch(`${url}/api/v1/vendor/exports`, { method: 'POST', headers: { Authorization: `Bearer ${tokens.vendor}`, 'Content-Type': 'application/json' }, body: '{}' })).json();
  const [category] = (await ask('/vendor/categories', 'vendor')).data, [warehouse] = (await ask('/vendor/warehouses', 'vendor')).data;
  const write = async (path, json) => (await fetch(`${url}/api/v1${path}`, { method: 'POST', headers: { Authorization: `Bearer ${tokens.vendor}`, ...(json && { 'Content-Type': 'application/json' }) }, body: json && JSON.stringify(json) })).json();
  const hook = await write('/vendor/webhooks', { address: 'https://described.example/', events: ['order.paid'] }), delivery = await write(`/vendor/webhooks/${hook.id}/test`);
  const [{ number }] = (await ask('/vendor/billing/invoices', 'vendor')).data;
  const values = { number, hook: hook.id, delivery: delivery.id, warehouse: warehouse.id, category: category.id, variant: product.variants[0].id, import: given.id, export: made.id, order: order.id, customer: customer.id, token: bought.token, mail: mail.id, product: product.id, vendor: vendor.id, job: job.id, rule: 'api-ip', language: 'en', channel: 'meta', shop: people.vendors[0].slug };
  for (const { name, path, method, responses } of operations()) {
    if (method !== 'get') continue;
    const ids = path.startsWith('/shops') ? { ...values, product: seen.id } : values;
    const shape = responses['200'].content['application/json'];
    if (!shape) continue; // a file
    const body = await ask(path.replace(/\{(\w+)\}/g, (_, key) => ids[key]), path.startsWith('/admin') ? 'admin' : 'vendor');
    assert.deepEqual(breaks(shape.schema, body), [], name);
  }
  const problem = await ask('/vendor/products/0', 'vendor');
  assert.deepEqual(breaks({ $ref: '#/components/schemas/Problem' }, problem), []);
});
