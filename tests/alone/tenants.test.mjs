// Every route as every kind of person. The routes are the program's own list: a new one is walked
// without a word here, and what must come of it follows from its columns.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask, assertProblem, byCookie, byToken, csrfOf, draft, fresh, newProduct, newShop, operator, people, souk, until } from '../http/lib/souk.mjs';
import { multipart, png } from '../http/lib/pictures.mjs';

const routes = souk('routes').trim().split('\n').map((line) => {
  const [method, path, who, rate, may, csrf, body] = line.split('\t');
  return { name: `${method} ${path}`, method, path, who, rate, may, csrf, body, api: path.startsWith('/api/') };
});
const params = ({ path }) => (path.match(/\{\w+\}/g) ?? []).map((one) => one.slice(1, -1));
const writes = ({ method }) => method !== 'GET';

// Who may what, as the vendor's handbook has it.
const ROLES = {
  all: ['', 'staff', 'manager', 'owner', 'admin'], see_shop: ['staff', 'manager', 'owner'], edit_products: ['staff', 'manager', 'owner'], edit_stock: ['staff', 'manager', 'owner'],
  see_team: ['staff', 'manager', 'owner'], leave_team: ['staff', 'manager', 'owner'], manage_team: ['manager', 'owner'], manage_keys: ['manager', 'owner'], edit_settings: ['manager', 'owner'],
  see_orders: ['staff', 'manager', 'owner'], edit_orders: ['staff', 'manager', 'owner'], erase_persons: ['manager', 'owner'], see_billing: ['manager', 'owner'], buy: ['owner'], operate: ['admin'],
};
const WHO = { anyone: () => true, login: ({ role }) => role, vendor: ({ role }) => role && role !== 'admin', admin: ({ role }) => role === 'admin', local: () => true };

/** What a row's columns say of a person: 'pass', 401 or 403. */
function verdict(row, person) {
  assert.ok(ROLES[row.may] && WHO[row.who], `${row.name}: this test knows neither "${row.who}" nor "${row.may}"`);
  if (!person.role && !['anyone', 'local'].includes(row.who)) return 401;
  return WHO[row.who](person) && ROLES[row.may].includes(person.role) ? 'pass' : 403;
}

/* A body that the right person could send, so that only the guards stand in its way. */
function bodyOf(row, ids, extra = {}) {
  if (!writes(row) || row.body === 'none') return {};
  if (row.body === 'upload') return multipart([{ bytes: png(9, 9) }, ...Object.entries(extra).map(([field, bytes]) => ({ field, bytes }))]);
  if (row.body === 'upload of one file') return multipart([{ field: 'file', name: 'walked.csv', bytes: Buffer.from('sku,title,price\nW-1,Walked,1.00\n') }, ...Object.entries(extra).map(([field, bytes]) => ({ field, bytes }))]);
  const slug = fresh('walked');
  const json = { ...draft({ brand: 'walked', active: true }), name: 'Walked', slug, owner_email: `owner@${slug}.example`, state: 'suspended', email: `a@${slug}.example`, password: 'walked', refresh_token: 'walked' };
  if (row.body.startsWith('json') || row.body.startsWith('raw')) return { json };
  assert.ok(row.body.startsWith('form'), row.body);
  const { price, translations, ...flat } = json;
  return { form: { ...flat, price: '1.00', 'translations.en.title': 'Walked', do: row.path === '/vendor/orders/bulk' ? 'ship' : 'delete', sure: '1', id: ids.product ?? '1', remove: '1', theme: 'dark', next: '/', ...extra } };
}
function send(row, person, ids, { headers = {}, extra, ...more } = {}) {
  const path = row.path.replace(/\{(\w+)\}/g, (_, named) => {
    const name = named === 'import' && row.path.endsWith('/errors.csv') ? 'refused' : named;
    assert.ok(name in ids, `${row.name}: this test has no {${name}}`);
    return ids[name];
  });
  const { headers: type, ...body } = bodyOf(row, ids, extra);
  return ask(person, row.method, path, { ...body, headers: { ...type, ...(row.method === 'PATCH' && { 'If-Match': '*' }), ...(row.path === '/api/v1/shops/{shop}/orders' && { 'Idempotency-Key': fresh('key') }), ...headers }, ...more });
}

function assertRefused(answer, row, status, who) {
  const name = `${row.name} as ${who}`;
  if (row.api) {
    assertProblem(answer, status, undefined, name);
    if (status === 401) assert.match(answer.headers['www-authenticate'], /^Bearer/, name);
  } else if (status === 401) {
    assert.equal(answer.status, 303, name);
    assert.match(answer.headers.location, /^\/login\?next=/, name);
  } else {
    assert.equal(answer.status, status, name);
    assert.match(answer.headers['content-type'], /^text\/html/, name);
  }
}

/* Ids that the operator's addresses take, of things this test has not made. */
const nobodys = { language: 'en', channel: 'meta', tier: 'essential', addon: 'extra_products', rule: 'api-ip', job: '1', schedule: 'x', queue: 'x', mail: '999999999', account: '999999999', address: 'nobody%40example.org', order: '999999999', customer: '999999999', step: 'pay', token: 'x', country: 'XX', day: '2020-01-01' };
let owner, manager, staff, stranger, admin, forged, nobody, closed, closedId, mine, theirs, session, strangerId, everybody;
const uploaded = async (who, product) => {
  const answer = await ask(who, 'POST', `/api/v1/vendor/products/${product.id}/images`, multipart([{ bytes: png(20, 10) }]));
  assert.equal(answer.status, 201, answer.text);
  return answer.body.data[0];
};
const table = (row) => multipart([{ field: 'file', name: 'mine.csv', bytes: Buffer.from(`sku,title,price\n${row}\n`) }]);
/** What jobs make, once for each shop: an export to be fetched, and an import with the file of its refused row. */
const filed = new Map();
const files = (who, slug) => filed.get(slug) ?? filed.set(slug, newFiles(who)).get(slug);
async function newFiles(who) {
  const made = await ask(who, 'POST', '/api/v1/vendor/exports', { json: {} }), given = await ask(who, 'POST', '/api/v1/vendor/imports', table('MINE-2,Mine,cheap'));
  assert.equal(made.status, 201, made.text);
  assert.equal(given.status, 201, given.text);
  const at = `/api/v1/vendor/imports/${given.body.id}`, is = async (path, state) => (await ask(who, 'GET', path)).body.state === state;
  for (const [act, state] of [['check', 'checked'], ['run', 'done']]) {
    const asked = await ask(who, 'POST', `${at}/${act}`, { json: {} });
    assert.ok(asked.status < 300, asked.text);
    await until(() => is(at, state), `the import is ${state}`);
  }
  await until(() => is(`/api/v1/vendor/exports/${made.body.id}`, 'done'), 'the export is done');
  return { export: made.body.id, refused: given.body.id };
}
/** A product with a picture, and the ids of its addresses. */
const things = async (who, slug) => {
  const product = await newProduct(who, { active: true }), image = await uploaded(who, product);
  const given = await ask(who, 'POST', '/api/v1/vendor/imports', table('MINE-1,Mine,1.00'));
  assert.equal(given.status, 201, given.text);
  const code = fresh('w'), house = await ask(who, 'POST', '/api/v1/vendor/warehouses', { json: { code, name: code } });
  assert.equal(house.status, 201, house.text);
  const count = { reason: 'counted', changes: [{ sku: product.sku, warehouse: code, on_hand: 7 }] };
  const counted = await ask(who, 'POST', '/api/v1/vendor/inventory', { json: count });
  assert.equal(counted.status, 200, counted.text);
  const category = await ask(who, 'POST', '/api/v1/vendor/categories', { json: { name: fresh('Walked') } });
  return { product: product.id, image: image.id, category: category.body.id, warehouse: house.body.id, variant: counted.body.data[0].variant, shop: slug, import: given.body.id, ...await files(who, slug) };
};
/** A webhook that has been told something. */
const webhook = async (who) => {
  const { id } = (await ask(who, 'POST', '/api/v1/vendor/webhooks', { json: { address: 'https://walked.example/', events: ['order.paid'] } })).body;
  return { hook: id, delivery: (await ask(who, 'POST', `/api/v1/vendor/webhooks/${id}/test`)).body.id };
};
const vendorOf = async (slug) => (await ask(admin, 'GET', `/api/v1/admin/vendors?q=${slug}`)).body.data.find((one) => one.slug === slug);

/* All that a stranger could harm, as its right owner sees it. */
async function picture() {
  const [list, window, vendor, sessions, stock, houses] = await Promise.all([
    ask(owner, 'GET', '/api/v1/vendor/products?limit=200'), ask(null, 'GET', `/api/v1/shops/${mine.shop}/products?limit=200`),
    ask(admin, 'GET', `/api/v1/admin/vendors/${mine.vendor}`), ask(owner, 'GET', '/api/v1/auth/sessions'),
    ask(owner, 'GET', '/api/v1/vendor/inventory?limit=200'), ask(owner, 'GET', '/api/v1/vendor/warehouses'),
  ]);
  for (const answer of [list, window, vendor, sessions, stock, houses]) assert.equal(answer.status, 200, answer.text);
  const ids = sessions.body.data.map(({ id }) => id).sort(); // when a session was seen is its own affair
  return { products: list.body, window: window.body, vendor: vendor.body, stock: stock.body, warehouses: houses.body, ids };
}

before(async () => {
  const { slug } = people.vendors[2], roles = Object.fromEntries(people.people.filter((one) => one.slug === slug).map((one) => [one.role, one]));
  const as = async (role) => ({ role, ...await byToken(roles[role]) });
  [owner, manager, staff, admin, stranger, closed] = await Promise.all([
    as('owner'), as('manager'), as('staff'), byToken(operator).then((who) => ({ role: 'admin', ...who })),
    newShop('tenants').then((shop) => ({ role: 'owner', ...shop })), newShop('tenants-closed').then((shop) => ({ role: 'owner', ...shop })),
  ]);
  nobody = { role: '' };
  forged = { role: '', token: owner.token.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')).replace(/^./, 'f') };
  session = { role: 'owner', ...await byCookie(roles.owner) };
  const invited = await ask(owner, 'POST', '/api/v1/vendor/team/invitations', { json: { email: `${fresh('invited')}@example.org`, role: 'staff' } });
  const key = await ask(owner, 'POST', '/api/v1/vendor/api-keys', { json: { name: 'walked', scopes: ['products.read'] } });
  const team = await ask(owner, 'GET', '/api/v1/vendor/team');
  const bills = () => ask(owner, 'GET', '/api/v1/vendor/billing/invoices').then(({ body }) => body.data[0]?.number);
  if (!(await bills())) await ask(owner, 'POST', '/api/v1/vendor/billing/start'); // its trial has none yet
  const ours = { number: await bills(), invitation: invited.body.id, key: key.body.id, member: team.body.data.find((one) => one.role === 'staff').id };
  mine = { ...ours, ...nobodys, ...await things(owner, slug), ...await webhook(owner), vendor: (await vendorOf(slug)).id, session: (await ask(session, 'GET', '/api/v1/auth/sessions')).body.data.find((one) => one.current).id };
  for (const shop of [stranger, closed]) await ask(shop, 'POST', '/api/v1/vendor/billing/subscription', { json: { tier: 'enterprise', interval: 'month' } });
  const billed = (await ask(stranger, 'GET', '/api/v1/vendor/billing/invoices')).body.data[0].number;
  theirs = { number: billed, ...await things(stranger, stranger.slug), ...await webhook(stranger) };
  strangerId = (await vendorOf(stranger.slug)).id;
  closedId = (await vendorOf(closed.slug)).id;
  Object.assign(closed, { ids: { ...await things(closed, closed.slug), ...await webhook(closed), token: 'x' } });
  const suspended = await ask(admin, 'PATCH', `/api/v1/admin/vendors/${closedId}`, { json: { state: 'suspended' }, headers: { 'If-Match': '*' } });
  assert.equal(suspended.body.state, 'suspended', suspended.text);
  everybody = { nobody, 'a forged token': forged, owner, manager, staff, 'the owner of another shop': stranger, operator: admin, 'the owner of a suspended shop': closed };
});

test('the list of routes is whole', () => {
  assert.ok(routes.length >= 50);
  for (const row of routes) for (const column of ['who', 'rate', 'may', 'csrf', 'body']) assert.ok(row[column] && !/[?(]/.test(row[column]), `${row.name}: ${column}`);
});

describe('whom its columns do not name', () => {
  for (const row of routes) {
    test(`${row.name} refuses, and nothing changes`, async () => {
      const before = await picture();
      for (const [who, person] of Object.entries(everybody)) {
        const expected = verdict(row, person);
        if (expected !== 'pass') assertRefused(await send(row, person, mine), row, expected, who);
      }
      assert.deepEqual(await picture(), before);
    });
  }
});

describe('an id of somebody else', () => {
  const own = (row) => row.who === 'vendor' || row.who === 'login';
  const names = (row) => params(row).some((name) => !['language', 'channel', 'tier', 'addon'].includes(name)); // these are everybody's
  for (const row of routes.filter((one) => names(one) && own(one))) {
    test(`is not found by ${row.name}, and nothing changes`, async () => {
      const before = await picture();
      const strangers = { 'the owner of another shop': stranger, 'the owner of a suspended shop': closed };
      for (const [who, person] of Object.entries(strangers)) {
        assertRefused(await send(row, person, mine), row, 404, who);
        if (params(row).includes('image')) { // the right product with somebody else's picture, and the other way
          const ids = person === stranger ? theirs : closed.ids;
          assertRefused(await send(row, person, { ...ids, image: mine.image }), row, 404, `${who}, own product`);
          assertRefused(await send(row, person, { ...ids, product: mine.product }), row, 404, `${who}, own image`);
        }
      }
      assert.deepEqual(await picture(), before);
    });
  }

  test('in the address of a public shop is not found there', async () => {
    for (const row of routes.filter((one) => one.who === 'anyone' && params(one).includes('product')))
      for (const person of Object.values(everybody)) assertRefused(await send(row, person, { shop: mine.shop, product: theirs.product }), row, 404, person.role);
  });

  test('among the ticked rows of a form is passed over', async () => {
    const before = await picture();
    for (const act of ['delete', 'deactivate', 'activate'])
      assert.equal((await ask(stranger, 'POST', '/vendor/products/bulk', { form: { do: act, sure: '1', id: mine.product } })).status, 303, act);
    const asked = await ask(stranger, 'POST', '/vendor/products/bulk', { form: { do: 'delete', id: mine.product } });
    assert.ok(!asked.text.includes(before.products.data.find(({ id }) => id === mine.product).sku));
    assert.deepEqual(await picture(), before);
  });

  test('in a list, a search or a cursor shows nothing of another shop', async () => {
    const strange = JSON.stringify((await picture()).products.data.map(({ sku }) => sku));
    for (const path of ['/api/v1/vendor/products?limit=200', `/api/v1/vendor/products?cursor=${Number(mine.product) + 1}`, '/vendor/products', '/vendor/'])
      for (const sku of JSON.parse(strange)) assert.ok(!(await ask(stranger, 'GET', path)).text.includes(sku), `${path} ${sku}`);
  });

  test('that nobody has is not found by the operator', async () => {
    for (const row of routes.filter((one) => one.who === 'admin' && /\{(vendor|rule)\}/.test(one.path)))
      for (const id of ['0', '999999999', 'x', '%ff']) assertRefused(await send(row, admin, Object.fromEntries(params(row).map((name) => [name, id]))), row, 404, id);
  });
});

// They take what the payment provider says, and lead on.
const ONWARD = ['/vendor/billing/payment/back', '/vendor/billing/payment/confirmed'];

describe('a suspended shop', () => {
  test('answers nobody in public, its own people neither', async () => {
    for (const row of routes.filter((one) => params(one).includes('shop')))
      for (const [who, person] of Object.entries(everybody)) assertRefused(await send(row, person, closed.ids), row, 404, who);
  });

  test('still lets its people read what is theirs', async () => {
    for (const row of routes.filter((one) => one.who === 'vendor' && !writes(one) && params(one).every((name) => name in closed.ids))) {
      const answer = await send(row, closed, closed.ids);
      assert.ok(answer.status === 200 || (ONWARD.includes(row.path) && answer.status === 303), `${row.name}: ${answer.text.slice(0, 200)}`);
    }
  });
});

// They end the log-ins that other files of tests share; the walk in process (tests/web) has them too.
const ENDS = ['POST /account/security/sessions/end', 'DELETE /api/v1/auth/sessions'];
// Takes what its sender has signed, which this test has not.
const SIGNED = '/api/v1/webhooks/stripe';
// Pages that the link of a mail leads to, which this test has not.
const LINKS = ['/invitation', '/verify', '/register/again', '/password/reset', '/account/email/confirm', '/account/email/undo'];

describe('who may', () => {
  for (const row of routes) {
    test(`gets something from ${row.name}`, async () => {
      for (const [who, person] of Object.entries({ nobody, staff, manager, owner, stranger, operator: admin })) {
        if (verdict(row, person) !== 'pass' || ENDS.includes(row.name)) continue;
        if (row.path === '/vendor/team/leave' && writes(row) && person.role !== 'owner') continue; // they would
        const shop = person === stranger ? stranger.slug : mine.shop, seller = person === stranger ? stranger : owner;
        let ids = { shop, member: '999999999', invitation: '999999999', key: '999999999', hook: '999999999', delivery: '999999999', vendor: strangerId, session: '0', number: person === stranger ? theirs.number : mine.number, ...nobodys };
        if (['product', 'category', 'import', 'export', 'warehouse', 'variant'].some((one) => params(row).includes(one))) ids = { ...ids, ...await things(seller, shop) };
        if (row.path.endsWith('/bulk')) ids.product = (await newProduct(seller)).id;
        const answer = await send(row, person, ids), name = `${row.name} as ${who}: ${answer.status} ${answer.text.slice(0, 200)}`;
        const unused = LINKS.includes(row.path) && answer.status === 410; // this link is none
        const missing = unused || params(row).some((one) => ['session', 'member', 'invitation', 'key', 'hook', 'mail', 'address', 'account', 'schedule', 'queue', 'order', 'customer', 'token', 'day'].includes(one)) && answer.status === 404; // what is left out here
        assert.ok(answer.status < 400 || missing || [402, 409, 412, 415, 422, 428].includes(answer.status) || (row.path === SIGNED && answer.status === 400) || (row.path.startsWith('/api/v1/auth/') && answer.status === 401), name);
        if (!writes(row)) assert.ok([200, 303].includes(answer.status) || missing, name);
        if (row.path.startsWith('/admin/vendors/{') || row.path.startsWith('/api/v1/admin/vendors/{'))
          assert.equal((await ask(admin, 'PATCH', `/api/v1/admin/vendors/${strangerId}`, { json: { state: 'active' } })).body.state, 'active');
        if (ids.image && row.method !== 'DELETE' && !row.path.endsWith('/delete')) await ask(seller, 'DELETE', `/api/v1/vendor/products/${ids.product}`);
        if (!writes(row)) {
          const head = await ask(person, 'HEAD', row.path.replace(/\{(\w+)\}/g, (_, key) => (key === 'product' ? mine.product : key === 'image' ? mine.image : ids[key])));
          assert.equal(head.text, '', name);
        }
      }
    });
  }
});

describe('by cookie', () => {
  const byCookieOnly = routes.filter((row) => row.csrf === 'token' && ['vendor', 'login'].includes(row.who));

  test('every write that a session may do asks for a token', () => {
    for (const row of routes.filter(writes)) assert.ok(row.csrf === 'token' || row.who === 'anyone', row.name);
    for (const row of routes.filter((one) => !writes(one))) assert.equal(row.csrf, 'none', row.name);
  });

  for (const row of byCookieOnly) {
    test(`${row.name} takes no write without the page's token, with another's, or from another site`, async () => {
      const before = await picture();
      const other = { ...await strangersSession() }, token = await csrfOf(session), their = await csrfOf(other);
      const bad = {
        'no token': {}, 'a made-up token': { 'X-CSRF-Token': 'A'.repeat(86) }, "another session's token": { 'X-CSRF-Token': their }, 'an empty token': { 'X-CSRF-Token': '' },
        'another site': { 'X-CSRF-Token': token, 'Sec-Fetch-Site': 'cross-site' }, 'a sister site': { 'X-CSRF-Token': token, 'Sec-Fetch-Site': 'same-site' },
        'another origin': { 'X-CSRF-Token': token, Origin: 'https://evil.example' }, 'no origin at all': { 'X-CSRF-Token': token, Origin: 'null' },
      };
      for (const [name, headers] of Object.entries(bad)) {
        const answer = await send(row, session, mine, { headers });
        assert.equal(answer.status, 403, `${name}: ${answer.text.slice(0, 200)}`);
        if (row.api) assertProblem(answer, 403, /site|origin/.test(name) ? 'guard.origin' : 'guard.csrf', name);
      }
      assert.deepEqual(await picture(), before);
    });
  }

  let kept;
  const strangersSession = async () => (kept ??= await byCookie(stranger));

  test('a write with the token of the page is done', async () => {
    const token = await csrfOf(session), product = await newProduct(owner);
    const saved = await ask(session, 'POST', `/vendor/products/${product.id}`, { form: { csrf: token, sku: product.sku, price: '2.00', brand: 'By form' } });
    assert.equal(saved.status, 303, saved.text);
    const { etag, brand } = { ...(await ask(owner, 'GET', `/api/v1/vendor/products/${product.id}`)).body, etag: product.etag };
    assert.equal(brand, 'By form');
    const stale = await ask(session, 'DELETE', `/api/v1/vendor/products/${product.id}`, { headers: { 'X-CSRF-Token': token, 'If-Match': etag, 'Sec-Fetch-Site': 'same-origin' } });
    assertProblem(stale, 412, 'request.stale');
    assert.equal((await ask(session, 'DELETE', `/api/v1/vendor/products/${product.id}`, { headers: { 'X-CSRF-Token': token, Origin: process.env.SOUK_E2E_URL } })).status, 204);
  });
});
