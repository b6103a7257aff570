// Logging in and staying so, how often one may try, and what the operator does with shops.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { acceptInvitation, ask, assertProblem, byCookie, byToken, csrfOf, fieldsOf, fresh, newProduct, newShop, operator, url } from '../http/lib/souk.mjs';
import { multipart, png } from '../http/lib/pictures.mjs';
import { ownWorker } from '../http/lib/worker.mjs';

let shop, admin, desk;
before(async () => {
  [shop, admin, desk] = await Promise.all([newShop('accounts'), byToken(operator), byCookie(operator)]);
});
const logIn = (form, headers) => ask(null, 'POST', '/login', { form, headers });
const sessionOf = (answer) => (answer.headers['set-cookie'] ?? []).find((one) => one.startsWith('session='));
const home = (who) => ask(who, 'GET', '/vendor/');
const isOut = ({ status, headers }) => status === 303 && headers.location.startsWith('/login');

describe('the log-in form', () => {
  let person;
  before(async () => { person = await newShop('accounts-form'); });
  const right = (more) => ({ email: person.email, password: person.password, ...more });

  test('gives a cookie that only we and no script may read, and leads home', async () => {
    const answer = await logIn(right());
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/vendor/');
    assert.equal(answer.headers['cache-control'], 'no-store');
    const [pair, ...attributes] = sessionOf(answer).split('; ');
    assert.match(pair, /^session=[\w-]{43}$/);
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Path=/', 'SameSite=Lax']);
    assert.equal((await home({ cookie: pair })).status, 200);
  });

  test('ends with the browser unless it is to stay, and the operator\'s after half a day', async () => {
    assert.doesNotMatch(desk.set, /Max-Age/);
    assert.match(sessionOf(await logIn(right({ stay: '1' }))), /; Max-Age=2592000$/);
    assert.match(sessionOf(await logIn({ ...operator, stay: '1' })), /; Max-Age=43200$/);
  });

  test('takes no session that somebody else has chosen', async () => {
    const chosen = `session=${randomBytes(32).toString('base64url')}`;
    assert.ok(isOut(await home({ cookie: chosen })));
    const answer = await logIn(right(), { Cookie: chosen });
    assert.notEqual(sessionOf(answer).split(';')[0], chosen);
    assert.ok(isOut(await home({ cookie: chosen })));
  });

  test('refuses a wrong password and an unknown person with the same page, without a cookie', async () => {
    const wrong = await logIn(right({ password: 'wrong' })), nobody = await logIn({ email: `${fresh('nobody')}@shop.example`, password: 'wrong' });
    const plain = ({ text }, email) => text.replaceAll(email, '').replace(/[0-9a-f]{32}/g, '').replace(/value="[^"]*"/g, '');
    for (const answer of [wrong, nobody]) {
      assert.equal(answer.status, 422);
      assert.equal(sessionOf(answer), undefined);
    }
    assert.equal(plain(wrong, person.email), plain(nobody, '').replace(/nobody-[\w-]+@shop\.example/g, ''));
    assert.doesNotMatch(wrong.text, /value="wrong"/, 'a password is not sent back');
    assert.ok(wrong.text.includes(`value="${person.email}"`), 'the address is');
  });

  test('shows again what was typed as text, never as markup', async () => {
    const answer = await logIn({ email: '"><script>alert(1)</script>', password: 'x', next: '"><script>' });
    assert.equal(answer.status, 422);
    assert.doesNotMatch(answer.text, /<script>alert/);
    assert.match(answer.headers['content-security-policy'], /script-src 'self'/);
  });

  test('says which field is missing', async () => {
    for (const form of [{}, { email: person.email }, { password: 'x' }, { email: person.email, password: '' }]) assert.equal((await logIn(form)).status, 422);
    assert.equal((await logIn({ email: 'x'.repeat(9000), password: 'x' })).status, 413);
  });

  test('is for pages of this site only', async () => {
    for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: `${url}.evil.example` }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }]) {
      const answer = await logIn(right(), headers);
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(sessionOf(answer), undefined);
    }
    assert.equal((await logIn(right(), { Origin: url, 'Sec-Fetch-Site': 'same-origin' })).status, 303);
  });

  test('leads on to a page of ours, and nowhere else', async () => {
    const [one, two] = await Promise.all([newShop('accounts-next'), newShop('accounts-next')]);
    const to = async (next, { email, password } = one) => (await logIn({ email, password, next })).headers.location;
    assert.equal(await to('/vendor/products?q=a%20b'), '/vendor/products?q=a%20b');
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', '/login?next=/login', '/logout']) assert.equal(await to(next), '/vendor/', next);
    for (const next of ['/x\r\nSet-Cookie: a=b', 'vendor/', '', `/${'x'.repeat(600)}`]) assert.ok(!/evil|Set-Cookie/.test(await to(next, two)), next);
  });

  test('is not shown to who is in', async () => {
    const who = await byCookie(person), answer = await ask(who, 'GET', '/login');
    assert.deepEqual([answer.status, answer.headers.location], [303, '/vendor/']);
    assert.equal((await ask(who, 'GET', '/')).headers.location, '/vendor/');
    assert.equal((await ask(null, 'GET', '/')).headers.location, '/login');
  });
});

describe('a session', () => {
  let person;
  before(async () => { person = await newShop('accounts-session'); });
  const sessions = async (who) => (await ask(who, 'GET', '/api/v1/auth/sessions')).body.data;

  test('ends with the log-out, everywhere at once', async () => {
    const who = await byCookie(person), csrf = await csrfOf(who);
    assert.equal((await ask(who, 'POST', '/logout', { form: {} })).status, 403, 'not by a link from elsewhere');
    assert.equal((await home(who)).status, 200);
    const out = await ask(who, 'POST', '/logout', { form: { csrf } });
    assert.equal(out.status, 303);
    assert.match(sessionOf(out), /^session=; .*Max-Age=0$/);
    for (let i = 0; i < 12; i++) assert.ok(isOut(await home(who)), 'each worker knows');
  });

  test('is listed with its device, and ended one by one', async () => {
    const one = await byCookie(person), two = await byCookie(person);
    const list = await sessions(one), current = list.filter((row) => row.current);
    assert.equal(current.length, 1);
    assert.ok(list.length >= 2 && list.every((row) => row.network === '127.0.0.0/24' && Date.parse(row.created_at) <= Date.parse(row.seen_at)));
    const other = (await sessions(two)).find((row) => row.current);
    assert.notEqual(other.id, current[0].id);
    const headers = { 'X-CSRF-Token': await csrfOf(one) };
    assert.equal((await ask(one, 'DELETE', `/api/v1/auth/sessions/${other.id}`, { headers })).status, 204);
    assert.ok(isOut(await home(two)));
    assert.equal((await home(one)).status, 200);
    assertProblem(await ask(one, 'DELETE', `/api/v1/auth/sessions/${other.id}`, { headers }), 404, 'accounts.no_session');
    const stranger = await byCookie(shop), theirs = (await sessions(stranger)).find((row) => row.current);
    assertProblem(await ask(one, 'DELETE', `/api/v1/auth/sessions/${theirs.id}`, { headers }), 404, 'accounts.no_session');
    assert.equal((await home(stranger)).status, 200);
  });

  test('is a whole token of ours or none', async () => {
    const { cookie } = await byCookie(person);
    for (const wrong of [cookie.slice(0, -1), `${cookie}x`, cookie.replace('session', 'Session'), 'session=', `session="${cookie.slice(8)}"`, `session=${'A'.repeat(43)}`, `session=${encodeURIComponent("' OR 1=1 --")}`])
      assert.ok(isOut(await home({ cookie: wrong })), wrong);
    assert.equal((await home({ cookie: `a=b; ${cookie}; c=d` })).status, 200);
  });

  test('keeps the look that was chosen', async () => {
    const who = await byCookie(person), csrf = await csrfOf(who);
    const choose = (form) => ask(who, 'POST', '/account/look', { form: { csrf, ...form } });
    assert.equal((await choose({ theme: 'dark', next: '/vendor/products' })).headers.location, '/vendor/products');
    assert.match((await home(who)).text, /<html[^>]*data-theme="dark"/);
    assert.match((await home(await byCookie(person))).text, /<html[^>]*data-theme="dark"/, 'on each device');
    await choose({ language: 'de' });
    assert.match((await home(who)).text, /<html lang="de"/);
    assert.equal((await choose({ theme: 'pink' })).status, 422);
    assert.equal((await choose({ theme: '', next: 'https://evil.example' })).headers.location, '/');
    assert.doesNotMatch((await home(who)).text, /data-theme="dark"/);
  });
});

describe('how often one may try', () => {
  const guess = (email, password, headers) => ask(null, 'POST', '/api/v1/auth/token', { json: { email, password }, headers });

  const waits = ({ status, body }, name) => assert.deepEqual([status, body.code], [429, 'login.wait'], name);

  test('a known and an unknown address wait alike after five wrong tries, to the byte', async () => {
    const person = await newShop('accounts-guess'), nobody = { email: `${fresh('nobody')}@shop.example` };
    const tries = async ({ email }) => {
      const seen = {};
      for (let i = 0; i < 12 && !(429 in seen); i++) {
        const { status, text, headers } = await guess(i % 2 ? email : email.toUpperCase(), `guess ${i}`);
        assert.ok(i >= 5 || status === 401, `try ${i}: ${status}`);
        seen[status] = [text.replace(/[0-9a-f]{32}/, ''), Number(headers['retry-after'] ?? 0) > 0];
      }
      return seen;
    };
    const known = await tries(person);
    assert.deepEqual(Object.keys(known), ['401', '429']);
    assert.deepEqual(await tries(nobody), known);
    assert.equal((await home(person)).status, 200, 'who is in stays in');
    assert.equal((await logIn({ email: shop.email, password: shop.password })).status, 303, 'others are not concerned');
  });

  test('a browser that was in before gets in while strangers guess, ten times of its own', async () => {
    const person = await newShop('accounts-device'), first = await logIn({ email: person.email, password: person.password });
    const device = first.headers['set-cookie'].find((one) => one.startsWith('device=')).split(';')[0];
    for (let i = 0, status; i < 12 && status !== 429; i++) ({ status } = await guess(person.email, 'guess'));
    waits(await guess(person.email, person.password), 'the right password does not tell that it is right');
    assert.equal((await logIn({ email: person.email, password: person.password }, { Cookie: device })).status, 303);
    const statuses = [];
    for (let i = 0; i < 24 && statuses.at(-1) !== 429; i++) statuses.push((await guess(person.email, 'guess', { Cookie: device })).status);
    assert.ok(statuses.slice(0, 8).every((status) => status === 401) && statuses.at(-1) === 429, statuses.join());
  });

  describe('by network, on a worker with the usual limits', () => {
    let worker;
    before(async () => { worker = await ownWorker({ SOUK_LOGIN_PER_MINUTE: '20', SOUK_API_PER_MINUTE: '40', SOUK_UPLOAD_PER_MINUTE: '20' }); });
    after(() => worker.end());
    const v6 = randomBytes(4).toString('hex').replace(/(.{4})/, '$1:');
    const address = () => `10.${[...randomBytes(3)].join('.')}`;
    const many = async (n, one) => {
      const answers = [];
      for (let i = 0; i < n; i++) answers.push(await one(i));
      return answers;
    };
    const tryOne = (from) => worker.ask(null, 'POST', '/api/v1/auth/token', { address: from, json: { email: `${fresh('nobody')}@shop.example`, password: 'x' } });

    test('log-ins stop after a burst, and say when to come again', async () => {
      const from = address(), answers = await many(8, () => tryOne(from)), refused = answers.filter(({ status }) => status === 429);
      assert.deepEqual(answers.slice(0, 5).map(({ status }) => status), Array(5).fill(401));
      assert.ok(refused.length >= 2);
      for (const answer of refused) {
        assertProblem(answer, 429, 'limit.login-ip');
        assert.ok(Number(answer.headers['retry-after']) >= 1 && Number(answer.headers['retry-after']) <= 60);
        assert.match(answer.headers.ratelimit, /^"login-ip";r=0;t=\d+$/);
        assert.match(answer.headers['ratelimit-policy'], /"login-ip";q=20;w=60/);
      }
      assert.equal((await tryOne(address())).status, 401, 'another network may');
    });

    test('an IPv6 network is one peer, whatever its last half', async () => {
      const answers = await many(8, (i) => tryOne(`2001:${v6}:7::${(i * 977 + 1).toString(16)}`));
      assert.equal(answers.at(-1).status, 429);
      assert.equal((await tryOne(`2001:${v6}:8::1`)).status, 401);
    });

    test('an IPv4 address written as IPv6 is the same', async () => {
      const from = address();
      await many(7, () => tryOne(from));
      assert.equal((await tryOne(`::ffff:${from}`)).status, 429);
    });

    test('the API counts networks and log-ins, and refuses before it works', async () => {
      const from = address(), path = `/api/v1/shops/${shop.slug}/products`;
      const answers = await many(14, () => worker.ask(null, 'GET', path, { address: from }));
      assert.deepEqual(answers.slice(0, 10).map(({ status }) => status), Array(10).fill(200));
      assertProblem(answers.at(-1), 429, 'limit.api-ip');
      const left = answers.slice(0, 10).map(({ headers }) => Number(/;r=(\d+)/.exec(headers.ratelimit)[1]));
      assert.ok(left.every((n, i) => !i || n <= left[i - 1]), left.join());
      const mine = await many(14, () => worker.ask(shop, 'GET', '/api/v1/vendor/products?limit=1', { address: address() }));
      assertProblem(mine.at(-1), 429, 'limit.api-user', 'from many networks with one token');
    });

    test('uploads count by shop, from wherever they come', async () => {
      const person = await newShop('accounts-upload'), product = await newProduct(person);
      const answers = await many(9, () => worker.ask(person, 'POST', `/api/v1/vendor/products/${product.id}/images`, { address: address(), ...multipart([{ bytes: png(3, 3) }]) }));
      assert.deepEqual(answers.slice(0, 5).map(({ status }) => status), Array(5).fill(201));
      assertProblem(answers.at(-1), 429, 'limit.upload-vendor');
      const stored = (await ask(person, 'GET', `/api/v1/vendor/products/${product.id}/images`)).body.data.length;
      assert.equal(stored, answers.filter(({ status }) => status === 201).length);
    });
  });
});

describe('the operator', () => {
  const LIST = '/api/v1/admin/vendors';
  const create = (json) => ask(admin, 'POST', LIST, { json });
  const draft = (more) => { const slug = fresh('made'); return { name: 'Made here', slug, owner_email: `Owner@${slug}.example`, ...more }; };
  const one = async (id) => (await ask(admin, 'GET', `${LIST}/${id}`)).body;

  test('adds a shop with its owner, who sets a password by the link that is told once', async () => {
    const json = draft({ currency: 'CHF', language: 'fr', owner_name: 'Anne' }), made = await create(json);
    assert.equal(made.status, 201, made.text);
    const { vendor, owner_email: email, invitation_url: link } = made.body, password = 'a lamp beside my bed';
    assert.ok(link.startsWith(`${url}/password/reset?token=`));
    assert.doesNotMatch(made.text, /password"/);
    await acceptInvitation(link, password);
    assert.equal(made.headers.location, `${LIST}/${vendor.id}`);
    assert.deepEqual(await one(vendor.id), vendor);
    const { id, created_at: created, ...rest } = vendor;
    assert.ok(id && Date.parse(created));
    assert.deepEqual(rest, { slug: json.slug, name: 'Made here', state: 'active', currency: 'CHF', language: 'fr', products: 0, images: 0, orders: 0 });
    const who = await byToken({ email, password });
    const product = await newProduct(who, { price: { amount: 100, currency: 'CHF' } });
    assert.equal(product.price.currency, 'CHF');
    assertProblem(await ask(who, 'POST', '/api/v1/vendor/products', { json: { sku: 'x', price: { amount: 1, currency: 'EUR' }, translations: { en: { title: 'x' } } } }), 422);
    assert.equal((await one(id)).products, 1);
    assert.match((await ask(await byCookie({ email, password }), 'GET', '/vendor/')).text, /<html lang="fr"/);
  });

  test('is told what will not do, and nothing is half made', async () => {
    const taken = draft();
    assert.equal((await create(taken)).status, 201);
    for (const [more, status, fields] of [
      [{ slug: taken.slug }, 409, { slug: 'vendor.slug_taken' }], [{ owner_email: taken.owner_email.toLowerCase() }, 409, { owner_email: 'account.email_taken' }],
      [{ slug: 'Big' }, 422, { slug: 'vendor.slug' }], [{ slug: '-a' }, 422, { slug: 'vendor.slug' }], [{ slug: 'a/b' }, 422, { slug: 'vendor.slug' }], [{ slug: 'a b' }, 422, { slug: 'field.spaces' }],
      [{ slug: 'x'.repeat(64) }, 422, { slug: 'field.too_long' }], [{ name: '' }, 422, { name: 'field.needed' }], [{ currency: 'XXX' }, 422, { currency: 'vendor.currency' }], [{ language: 'xx' }, 422, { language: 'vendor.language' }],
      [{ owner_email: 'nobody' }, 422, { owner_email: 'account.email' }], [{ owner_email: '@x.example' }, 422, { owner_email: 'account.email' }], [{ owner_email: null }, 422, { owner_email: 'field.needed' }],
    ]) {
      const json = draft(more), answer = await create(json), name = JSON.stringify(more);
      assertProblem(answer, status, undefined, name);
      assert.deepEqual(fieldsOf(answer), fields, name);
      if (!('slug' in more)) assert.deepEqual((await ask(admin, 'GET', `${LIST}?q=${json.slug}`)).body.data, [], name);
    }
  });

  test('finds shops by name, address and state, page by page', async () => {
    const word = fresh('Find'), made = [];
    for (let i = 0; i < 3; i++) made.push((await create(draft({ name: `${word} ${i}` }))).body.vendor);
    const find = async (query) => (await ask(admin, 'GET', `${LIST}?${query}`)).body;
    assert.deepEqual((await find(`q=${word.toUpperCase()}`)).data.map(({ id }) => id), made.map(({ id }) => id).reverse());
    const first = await find(`q=${word}&limit=2`), second = await find(`q=${word}&limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([...first.data, ...second.data].map(({ id }) => id), made.map(({ id }) => id).reverse());
    assert.equal(second.next_cursor, null);
    await ask(admin, 'PATCH', `${LIST}/${made[1].id}`, { json: { state: 'suspended' } });
    assert.deepEqual((await find(`q=${word}&state=suspended`)).data.map(({ id }) => id), [made[1].id]);
    assertProblem(await ask(admin, 'GET', `${LIST}?cursor=x`), 400, 'request.cursor');
    const page = await ask(desk, 'GET', `/admin/vendors?q=${word}`);
    for (const { id } of made) assert.ok(page.text.includes(`/admin/vendors/${id}`));
  });

  test('suspends and reactivates a shop by API', async () => {
    const made = await newShop('accounts-pause'), path = `${LIST}/${made.id}`, window = () => ask(null, 'GET', `/api/v1/shops/${made.slug}/products`);
    const patch = (json) => ask(admin, 'PATCH', path, { json });
    assert.equal((await window()).status, 200);
    assert.equal((await patch({ state: 'suspended' })).body.state, 'suspended');
    for (let i = 0; i < 8; i++) assertProblem(await window(), 404, 'shop.unknown');
    assert.equal((await ask(made, 'GET', '/api/v1/vendor/products')).status, 200, 'its people still see what is theirs');
    assert.deepEqual((await patch({ state: 'active', name: 'Renamed' })).body, { ...await one(made.id), state: 'active', name: 'Renamed' });
    assert.equal((await window()).status, 200);
    for (const [json, field] of [[{ state: 'closed' }, 'state'], [{ state: '' }, 'state'], [{ state: 'on fire' }, 'state'], [{ name: '' }, 'name'], [{ name: 'x'.repeat(201) }, 'name']]) {
      const answer = await patch(json);
      assertProblem(answer, 422, undefined, JSON.stringify(json));
      assert.deepEqual(Object.keys(fieldsOf(answer)), [field], JSON.stringify(json));
    }
    assert.equal((await one(made.id)).name, 'Renamed');
  });

  test('does the same on the pages', async () => {
    const who = desk, csrf = await csrfOf(who), json = draft();
    const made = await ask(who, 'POST', '/admin/vendors', { form: { csrf, name: json.name, slug: json.slug, owner_email: json.owner_email, currency: 'EUR', language: 'en' } });
    assert.equal(made.status, 201, made.text.slice(0, 300));
    assert.equal(made.headers['cache-control'], 'no-store');
    const password = 'a lamp beside my bed';
    await acceptInvitation(/id="link"[^>]*value="([^"]+)"/.exec(made.text)[1], password);
    assert.equal((await ask(null, 'POST', '/api/v1/auth/token', { json: { email: json.owner_email, password } })).status, 200);
    const [, id] = /\/admin\/vendors\/(\d+)/.exec(made.text), path = `/admin/vendors/${id}`;
    const again = await ask(who, 'POST', '/admin/vendors', { form: { csrf, name: 'Kept "name"', slug: json.slug, owner_email: `x@${json.slug}.example` } });
    assert.equal(again.status, 422);
    assert.ok(again.text.includes('value="Kept &quot;name&quot;"'), 'what was typed stays');
    assert.ok((await ask(who, 'GET', path)).text.includes(json.owner_email.toLowerCase()));
    assert.equal((await ask(who, 'GET', `${path}/suspend`)).status, 200);
    assert.equal((await one(id)).state, 'active', 'the question changes nothing');
    assert.equal((await ask(who, 'POST', `${path}/suspend`, { form: { csrf, reason: 'Sells air' } })).status, 303);
    assert.equal((await one(id)).state, 'suspended');
    assert.equal((await ask(null, 'GET', `/shops/${json.slug}`)).status, 404);
    assert.equal((await ask(who, 'POST', `${path}/reactivate`, { form: { csrf } })).status, 303);
    assert.equal((await ask(null, 'GET', `/shops/${json.slug}`)).status, 200);
  });
});
