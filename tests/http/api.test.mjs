// The JSON API of products: the whole way through nginx, worker and database.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask, assertProblem, byToken, draft, fieldsOf, fresh, newProduct, newShop } from './lib/souk.mjs';

const LIST = '/api/v1/vendor/products', TOKEN = '/api/v1/auth/token', REFRESH = '/api/v1/auth/refresh';
let shop, other;
before(async () => {
  [shop, other] = await Promise.all([newShop('api'), newShop('api-other')]);
});
const post = (json, options) => ask(shop, 'POST', LIST, { json, ...options });
const patch = (product, json, headers = { 'If-Match': product.etag }) => ask(shop, 'PATCH', `${LIST}/${product.id}`, { json, headers });
const get = (id, headers) => ask(shop, 'GET', `${LIST}/${id}`, { headers });

describe('tokens', () => {
  const logIn = (json) => ask(null, 'POST', TOKEN, { json });
  const refresh = (token) => ask(null, 'POST', REFRESH, { json: { refresh_token: token } });

  test('a password gives a bearer token for a quarter of an hour and a refresh token', async () => {
    const { status, body, headers } = await logIn({ email: shop.email, password: shop.password });
    assert.equal(status, 200);
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.expires_in, 900);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['set-cookie'], undefined);
    assert.equal((await ask({ token: body.access_token }, 'GET', LIST)).status, 200);
    assertProblem(await ask({ token: body.refresh_token }, 'GET', LIST), 401, 'guard.login');
  });

  test('the address is read in any case, the password is not', async () => {
    assert.equal((await logIn({ email: shop.email.toUpperCase(), password: shop.password })).status, 200);
    assertProblem(await logIn({ email: shop.email, password: `${shop.password} ` }), 401, 'login.wrong');
  });

  test('a wrong password and a person who is not there are one answer', async () => {
    const wrong = await logIn({ email: other.email, password: 'not the password' });
    const nobody = await logIn({ email: `${fresh('nobody')}@shop.example`, password: 'not the password' });
    for (const answer of [wrong, nobody]) {
      assertProblem(answer, 401, 'login.wrong');
      assert.match(answer.headers['www-authenticate'], /^Bearer/);
    }
    assert.equal(wrong.body.detail, nobody.body.detail);
  });

  test('a missing field is named', async () => {
    const answer = await logIn({});
    assertProblem(answer, 422);
    assert.deepEqual(fieldsOf(answer), { email: 'field.needed', password: 'field.needed' });
  });

  test('a refresh token is spent by its use, and its second use ends all that came of it', async () => {
    const first = (await logIn({ email: shop.email, password: shop.password })).body;
    const second = await refresh(first.refresh_token);
    assert.equal(second.status, 200);
    assert.notEqual(second.body.refresh_token, first.refresh_token);
    assert.equal((await ask({ token: second.body.access_token }, 'GET', LIST)).status, 200);
    const third = await refresh(second.body.refresh_token);
    assert.equal(third.status, 200);
    assertProblem(await refresh(first.refresh_token), 401, 'login.refresh');
    assertProblem(await refresh(third.body.refresh_token), 401, 'login.refresh');
  });

  test('of ten that use one refresh token at once, one at most gets a new one', async () => {
    const { body } = await logIn({ email: shop.email, password: shop.password });
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(body.refresh_token)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.ok(answers.every(({ status }) => status === 200 || status === 401));
  });

  test('a refresh token is over after the log-out', async () => {
    const { body } = await logIn({ email: shop.email, password: shop.password });
    const out = await ask({ token: body.access_token }, 'POST', '/api/v1/auth/logout', { json: { refresh_token: body.refresh_token } });
    assert.equal(out.status, 204);
    assertProblem(await refresh(body.refresh_token), 401, 'login.refresh');
    assertProblem(await refresh('nonsense'), 401, 'login.refresh');
  });

  test('a token that was changed in any part opens nothing', async () => {
    const [head, payload, mac] = shop.token.split('.');
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url'));
    const forged = [
      '', 'x', '..', head, `${head}.${payload}`, `${head}.${payload}.`, `${shop.token}=`, `${shop.token}.x`, ` ${shop.token}x`,
      `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`, `${encode({ alg: 'none' })}.${payload}.${mac}`,
      `${head}.${encode({ ...claims, exp: claims.exp + 9999 })}.${mac}`, `${head}.${encode({ ...claims, sub: '1' })}.${mac}`,
      `${head}.${payload}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'Q' : 'A'}`, 'A'.repeat(5000),
    ];
    for (const token of forged) assertProblem(await ask({ token }, 'GET', LIST, token ? {} : { headers: { Authorization: 'Bearer ' } }), 401, 'guard.login', token);
    assertProblem(await ask(null, 'GET', LIST, { headers: { Authorization: `Basic ${shop.token}` } }), 401, 'guard.login');
    assert.equal((await ask(null, 'GET', LIST, { headers: { Authorization: `bearer ${shop.token}` } })).status, 200);
  });
});

describe('a product', () => {
  test('is created with all it has, and read back the same', async () => {
    const json = draft({
      gtin: '4006381333931', brand: 'Ünïcödé & Sons', category: 'Lamps', compare_at_price: { amount: 2500, currency: 'EUR' }, active: true,
      translations: { en: { title: 'Desk lamp <b>', description: 'Two\nlines' }, de: { title: 'Tischlampe' }, fr: { title: 'Lampe “de bureau”' }, lb: { title: 'Dëschluucht' } },
    });
    const made = await post(json);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers['content-type'], 'application/json');
    assert.equal(made.headers.location, `${LIST}/${made.body.id}`);
    assert.match(made.body.id, /^[1-9]\d*$/);
    const { id, created_at: created, updated_at: updated, ...rest } = made.body;
    assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    assert.equal(updated, created);
    assert.deepEqual(rest, {
      ...json, images: [], status: 'active', mpn: '', tags: [], tax_rate: null, weight_g: null, condition: 'new', google_category: '', options: [],
      variants: [{ id: made.body.variants[0].id, sku: json.sku, gtin: json.gtin, options: {}, price: null, compare_at_price: null, available: null, tracked: false, backorder: false, weight_g: null, position: 1 }],
      translations: {
        en: { title: 'Desk lamp <b>', description: 'Two\nlines', slug: 'desk-lamp-b' }, de: { title: 'Tischlampe', description: '', slug: 'tischlampe' },
        fr: { title: 'Lampe “de bureau”', description: '', slug: 'lampe-de-bureau' }, lb: { title: 'Dëschluucht', description: '', slug: made.body.translations.lb.slug },
      },
    });
    const got = await get(id);
    assert.equal(got.status, 200);
    assert.deepEqual(got.body, made.body);
    assert.equal(got.headers.etag, made.headers.etag);
    assert.equal(got.headers['cache-control'], 'no-store');
  });

  test('needs a SKU, a price and a title, and is told so at once', async () => {
    const answer = await post({});
    assertProblem(answer, 422);
    assert.deepEqual(Object.keys(fieldsOf(answer)).sort(), ['price', 'sku']);
    const untitled = await post({ ...draft(), translations: {} });
    assert.deepEqual(fieldsOf(untitled), { 'translations.en.title': 'product.title_needed' });
  });

  test('is not there when one of its values will not do', async () => {
    const cases = [
      [{ gtin: '4006381333932' }, 'gtin', 'gtin.check'], [{ gtin: '123' }, 'gtin', 'gtin.length'], [{ gtin: '40063813339x1' }, 'gtin', 'gtin.digits'],
      [{ gtin: '4.00638E+12' }, 'gtin', 'gtin.spreadsheet'], [{ sku: '' }, 'sku', 'field.needed'], [{ sku: 'x'.repeat(65) }, 'sku', 'field.too_long'],
      [{ price: { amount: -1, currency: 'EUR' } }, 'price', 'field.money'], [{ price: { amount: 1.5, currency: 'EUR' } }, 'price', 'field.money'],
      [{ price: { amount: 100, currency: 'USD' } }, 'price', 'field.money'], [{ price: { amount: '1e3', currency: 'EUR' } }, 'price', 'field.money'],
      [{ price: { amount: 1e30, currency: 'EUR' } }, 'price', 'field.money'], [{ price: null }, 'price', 'field.needed'],
      [{ compare_at_price: { amount: 1995, currency: 'EUR' } }, 'compare_at_price', 'product.compare_at'],
      [{ translations: { en: { title: 'x'.repeat(201) } } }, 'translations.en.title', 'field.too_long'],
      [{ translations: { en: { title: 'x', description: 'x'.repeat(10000) } } }, 'translations.en.description', 'field.too_long'],
      [{ translations: { en: { title: 'x' }, de: { description: 'ohne Titel' } } }, 'translations.de.title', 'product.title_needed'],
      [{ active: 'perhaps' }, 'active', 'field.flag'], [{ sku: {} }, 'sku', 'field.text'], [{ brand: ['a'] }, 'brand', 'field.text'], [{ translations: { en: { title: { a: 1 } } } }, 'translations.en.title', 'field.text'],
    ];
    for (const [more, field, code] of cases) {
      const json = draft(more), answer = await post(json), name = JSON.stringify(more).slice(0, 80);
      assertProblem(answer, 422, undefined, name);
      assert.equal(fieldsOf(answer)[field], code, `${name}: ${answer.text}`);
      if (json.sku && !more.sku) assert.ok((await ask(shop, 'GET', `${LIST}?q=${json.sku}`)).body.data.every((one) => one.sku !== json.sku), name);
    }
    const answer = await post(draft({ translations: { en: { title: 'x' }, xx: { title: 'y' } } }));
    assertProblem(answer, 422);
    assert.ok(Object.values(fieldsOf(answer)).includes('product.language'), answer.text);
  });

  test('takes a GTIN of each length, written with spaces or hyphens', async () => {
    for (const [given, kept] of [['96385074', '96385074'], ['036000291452', '036000291452'], ['400-6381-33393-1', '4006381333931'], ['0 0012345 60001 2', '00012345600012']]) {
      const made = await newProduct(shop, { gtin: given });
      assert.equal(made.gtin, kept);
    }
  });

  test('has a SKU of its own in its shop, and only there', async () => {
    const json = draft();
    assert.equal((await post(json)).status, 201);
    const again = await post(json);
    assertProblem(again, 409, 'product.sku_taken');
    assert.deepEqual(fieldsOf(again), { sku: 'product.sku_taken' });
    assert.equal((await ask(other, 'POST', LIST, { json })).status, 201);
    const second = await newProduct(shop);
    assertProblem(await patch(second, { sku: json.sku }), 409, 'product.sku_taken');
    assert.equal((await get(second.id)).body.sku, second.sku);
  });

  test('of one SKU is made once, however many ask at once', async () => {
    const json = draft();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(json)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
  });

  test('gets a slug of its own where two have one title', async () => {
    const translations = { en: { title: fresh('Same title') } };
    const one = await newProduct(shop, { translations }), two = await newProduct(shop, { translations });
    assert.notEqual(one.translations.en.slug, two.translations.en.slug);
  });

  test('changes only where the change says so', async () => {
    const product = await newProduct(shop, { gtin: '4006381333931', brand: 'B', compare_at_price: { amount: 3000, currency: 'EUR' }, translations: { en: { title: 'Old', description: 'Kept' }, de: { title: 'Alt' } } });
    const changed = await patch(product, { price: { amount: 2000, currency: 'EUR' }, translations: { en: { title: 'New' } } });
    assert.equal(changed.status, 200, changed.text);
    assert.notEqual(changed.headers.etag, product.etag);
    const { etag, updated_at: updated, price, translations, ...kept } = product;
    assert.deepEqual(changed.body, {
      ...kept, price: { amount: 2000, currency: 'EUR' }, updated_at: changed.body.updated_at,
      translations: { en: { ...translations.en, title: 'New', slug: changed.body.translations.en.slug }, de: translations.de },
    });
    assert.ok(changed.body.updated_at > updated);
    const cleared = await patch({ ...product, etag: changed.headers.etag }, { gtin: null, compare_at_price: null, translations: { de: null } });
    assert.equal(cleared.status, 200, cleared.text);
    assert.equal(cleared.body.gtin, null);
    assert.equal(cleared.body.compare_at_price, null);
    assert.deepEqual(Object.keys(cleared.body.translations), ['en']);
    assertProblem(await patch({ ...product, etag: cleared.headers.etag }, { translations: { en: null } }), 422);
  });

  test('is changed by who has read it last, nobody else', async () => {
    const product = await newProduct(shop);
    assertProblem(await patch(product, { brand: 'x' }, {}), 428, 'request.if_match');
    for (const tag of ['"0"', `W/${product.etag}`, 'nonsense']) assertProblem(await patch(product, { brand: 'x' }, { 'If-Match': tag }), 412, 'request.stale', tag);
    assert.deepEqual((await get(product.id)).headers.etag, product.etag);
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((brand) => patch(product, { brand })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
    assert.equal((await patch(product, { brand: 'x' }, { 'If-Match': `"7", ${answers.find(({ status }) => status === 200).headers.etag}` })).status, 200);
    assert.equal((await patch(product, { brand: 'y' }, { 'If-Match': '*' })).status, 200);
  });

  test('that is known already is not sent again', async () => {
    const product = await newProduct(shop);
    const same = await get(product.id, { 'If-None-Match': product.etag });
    assert.equal(same.status, 304);
    assert.equal(same.text, '');
    assert.equal(same.headers.etag, product.etag);
    assert.equal((await get(product.id, { 'If-None-Match': `W/${product.etag}` })).status, 304);
    assert.equal((await get(product.id, { 'If-None-Match': '"0"' })).status, 200);
    const head = await ask(shop, 'HEAD', `${LIST}/${product.id}`);
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(head.headers.etag, product.etag);
  });

  test('is deleted once, unless it was changed meanwhile, and its SKU is free again', async () => {
    const product = await newProduct(shop);
    const remove = (headers) => ask(shop, 'DELETE', `${LIST}/${product.id}`, { headers });
    assertProblem(await remove({ 'If-Match': '"99"' }), 412, 'request.stale');
    const gone = await remove({ 'If-Match': product.etag });
    assert.equal(gone.status, 204);
    assert.equal(gone.text, '');
    for (const answer of [await remove({}), await get(product.id), await patch(product, {})]) assertProblem(answer, 404, 'product.unknown');
    assert.equal((await post(draft({ sku: product.sku }))).status, 201);
  });

  test('that is not there is not found, whatever its id looks like', async () => {
    for (const id of ['0', '-1', '01', '1e3', '999999999999', '9223372036854775808', 'abc', '%ff', '1;2', '%27', '+1', '1%20'])
      assertProblem(await get(id), 404, undefined, id);
  });

  test('keeps every text that Unicode has, and no control character breaks out', async () => {
    const title = 'ﷺ 👩‍👩‍👧 a\u0301 \u202E "quoted" \\ </script> {{mustache}} ${x} %s';
    const made = await newProduct(shop, { translations: { en: { title, description: 'tab\there, line\nthere' } } });
    assert.equal(made.translations.en.title, title);
    assert.equal(made.translations.en.description, 'tab\there, line\nthere');
  });
});

describe('a list', () => {
  let lister;
  const list = async (query = '') => {
    const answer = await ask(lister, 'GET', `${LIST}${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const skus = ({ data }) => data.map(({ sku }) => sku);
  before(async () => {
    lister = await newShop('api-list');
    for (let i = 1; i <= 25; i++)
      await newProduct(lister, { sku: `L-${String(i).padStart(2, '0')}`, active: i % 2 === 1, category: i % 5 ? 'Odd & ends' : 'Fifth', translations: { en: { title: `Thing ${i}` }, de: { title: `Ding ${i}${i === 7 ? ' Größe 100%' : ''}` } } });
  });

  test('comes newest first, page by page, each row once', async () => {
    const seen = [];
    for (let cursor = '', pages = 0; cursor !== null; pages++) {
      assert.ok(pages < 5);
      const page = await list(`?limit=10${cursor && `&cursor=${cursor}`}`);
      seen.push(...skus(page));
      cursor = page.next_cursor;
      if (pages === 0) await newProduct(lister, { sku: 'L-new' }); // what comes meanwhile moves nothing
    }
    assert.deepEqual(seen, Array.from({ length: 25 }, (_, i) => `L-${String(25 - i).padStart(2, '0')}`));
    await ask(lister, 'DELETE', `${LIST}/${(await list('?q=L-new')).data[0].id}`);
  });

  test('ends without a cursor where a page is just full', async () => {
    assert.equal((await list('?limit=25')).next_cursor, null);
    assert.ok((await list('?limit=24')).next_cursor);
    assert.equal((await list()).data.length, 25);
  });

  test('is filtered by text, category and state, together', async () => {
    assert.deepEqual(skus(await list('?q=thing%2025')), ['L-25']);
    assert.deepEqual(skus(await list('?q=l-12')), ['L-12']);
    assert.deepEqual(skus(await list('?q=ding+7')), ['L-07']);
    assert.deepEqual(skus(await list('?category=Fifth')), ['L-25', 'L-20', 'L-15', 'L-10', 'L-05']);
    assert.equal((await list('?category=Odd%20%26%20ends')).data.length, 20);
    assert.deepEqual(skus(await list('?category=Fifth&active=true')), ['L-25', 'L-15', 'L-05']);
    assert.deepEqual(skus(await list('?category=Fifth&active=false&q=l-10')), ['L-10']);
    assert.deepEqual(await list('?q=nothing'), { data: [], next_cursor: null });
    assert.equal((await list('?q=')).data.length, 25);
  });

  test('takes %, _ and \\ in a search for themselves', async () => {
    assert.deepEqual(skus(await list('?q=100%25')), ['L-07']);
    assert.deepEqual(skus(await list('?q=%25')), [], 'there are no words in it');
    for (const q of ['_', '%5C', "%27%20OR%20nothing%3Dnothing"]) assert.deepEqual(skus(await list(`?q=${q}`)), [], q);
  });

  test('refuses a limit or a cursor that is none', async () => {
    for (const limit of ['0', '-1', '201', 'x', '1.5', '99999999999999999999']) assertProblem(await ask(lister, 'GET', `${LIST}?limit=${limit}`), 400, 'request.limit', limit);
    for (const cursor of ['x', '-1', '0', '1%20', '99999999999999999999']) assertProblem(await ask(lister, 'GET', `${LIST}?cursor=${cursor}`), 400, 'request.cursor', cursor);
    assertProblem(await ask(lister, 'GET', `${LIST}?q=%ff`), 400, 'request.encoding');
    assertProblem(await ask(lister, 'GET', `${LIST}?q=%0`), 400, 'request.encoding');
    assertProblem(await ask(lister, 'GET', `${LIST}?q=%00`), 400, 'request.encoding');
  });
});

describe('a shop for anyone', () => {
  const window = (more = '', of = shop) => ask(null, 'GET', `/api/v1/shops/${of.slug}/products${more}`);

  test('shows what is active, without a log-in, to be kept for a minute', async () => {
    const shown = await newProduct(shop, { active: true, translations: { en: { title: fresh('Shown') } } }), hidden = await newProduct(shop, { translations: { en: { title: fresh('Hidden') } } });
    const list = await window(`?q=${shown.sku}`);
    assert.equal(list.status, 200);
    assert.deepEqual(list.body, { data: [(await get(shown.id)).body], next_cursor: null });
    assert.equal(list.headers['cache-control'], 'public, max-age=60');
    assert.equal(list.headers['set-cookie'], undefined);
    assert.ok((await window(`?q=${hidden.sku}`)).body.data.every(({ sku }) => sku !== hidden.sku));
    const one = await window(`/${shown.id}`);
    assert.equal(one.status, 200);
    assert.equal(one.body.sku, shown.sku);
    assert.equal(one.headers.etag, shown.etag);
    assert.equal((await ask(null, 'GET', `/api/v1/shops/${shop.slug}/products/${shown.id}`, { headers: { 'If-None-Match': shown.etag } })).status, 304);
    const other404 = await window(`/${hidden.id}`);
    assertProblem(other404, 404, 'product.unknown');
    assert.doesNotMatch(other404.text, new RegExp(hidden.sku));
    await patch(shown, { active: false });
    assertProblem(await window(`/${shown.id}`), 404, 'product.unknown');
  });

  test("does not show another shop's", async () => {
    const mine = await newProduct(shop, { active: true });
    assertProblem(await window(`/${mine.id}`, other), 404, 'product.unknown');
    assert.deepEqual((await window(`?q=${mine.sku}`, other)).body.data, []);
    assert.ok(!JSON.stringify((await window('?limit=200', other)).body).includes(mine.sku));
  });

  test('that is not there is no empty shop', async () => {
    for (const slug of [fresh('nowhere'), 'x', '%20', shop.slug.toUpperCase()]) assertProblem(await window('', { slug }), 404, undefined, slug);
  });

  test('pages like any list', async () => {
    for (let i = 0; i < 3; i++) await newProduct(other, { active: true });
    const first = (await window('?limit=2', other)).body, second = (await window(`?limit=2&cursor=${first.next_cursor}`, other)).body;
    assert.equal(first.data.length, 2);
    assert.ok(second.data.length >= 1);
    assert.ok(Number(first.data[1].id) > Number(second.data[0].id));
  });
});

describe('a refusal', () => {
  test('of an address that is not there', async () => {
    for (const path of ['/api/v1/nothing', '/api/v1/vendor/products/', '/api/v1/vendor/products/1/', '/api/v1//vendor/products', '/api/', '/api/v1/vendor/products/1/images/2/3'])
      assertProblem(await ask(shop, 'GET', path), 404, 'route.unknown', path);
  });

  test('of a method names those that are allowed', async () => {
    for (const [method, path, allow] of [
      ['PUT', LIST, 'GET, HEAD, POST'], ['DELETE', LIST, 'GET, HEAD, POST'], ['POST', `${LIST}/1`, 'GET, HEAD, PATCH, DELETE'],
      ['GET', TOKEN, 'POST'], ['OPTIONS', LIST, 'GET, HEAD, POST'], ['BREW', LIST, 'GET, HEAD, POST'], ['PATCH', '/api/v1/shops/x/products', 'GET, HEAD'],
    ]) {
      const answer = await ask(shop, method, path);
      assertProblem(answer, 405, 'route.method', `${method} ${path}`);
      assert.equal(answer.headers.allow, allow, `${method} ${path}`);
    }
    assertProblem(await ask(shop, 'BREW', '/api/v1/nothing'), 404, 'route.unknown');
  });

  test('of a type that is not asked for', async () => {
    const body = JSON.stringify(draft());
    for (const type of ['text/plain', 'application/jsonx', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])
      assertProblem(await ask(shop, 'POST', LIST, { body, headers: type ? { 'Content-Type': type } : {} }), 415, 'request.content_type', type);
    assertProblem(await ask(shop, 'POST', LIST, { body, headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } }), 415, 'request.content_encoding');
    for (const type of ['application/json; charset=utf-8', 'Application/JSON'])
      assert.equal((await ask(shop, 'POST', LIST, { json: draft(), headers: { 'Content-Type': type } })).status, 201, type);
  });

  test('of a body that is too large, and only of that', async () => {
    const long = (n) => ({ ...draft(), translations: { en: { title: 'x' } }, note: 'x'.repeat(n) });
    assertProblem(await post(long(1 << 20)), 413, 'request.too_large');
    assert.equal((await post(long((1 << 20) - 300))).status, 201);
    assertProblem(await ask(null, 'POST', TOKEN, { json: { email: 'a@b.example', password: 'x'.repeat(8200) } }), 413, 'request.too_large');
    assertProblem(await ask(shop, 'GET', LIST, { json: {} }), 413, 'request.too_large');
  });

  test('of JSON that is broken says where', async () => {
    const cases = [
      ['', /line 1, column 0/], ['{', /line 1, column 1/], ['{\n  "sku": "a",\n}', /line 3, column 1/], ['{"a": 1}x', /line 1, column 9/], ['[]', /line 1, column 1/],
      ['null', /line 1, column \d/], ['"text"', /line 1, column \d/], ['{"sku": "a", "sku": "b"}', /line 1, column \d+.*duplicate/], ["{'sku': 1}", /line 1, column \d+/],
      ['{"a": NaN}', /line 1, column \d+/], ['{"a": 01}', /line 1, column \d+/], ['{"a": "\\u0000"}', /line 1, column \d+/], ['{"a": "\\ud800"}', /line 1, column \d+/],
      [Buffer.from('{"sku": "\xff"}', 'latin1'), /byte 10/], [Buffer.from([0x7b, 0x22, 0xc0, 0x80]), /byte \d+/],
      ['{"a": "line\nbreak"}', /line \d, column \d+/], [`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, /64 deep/], ['\ufeff{}', /line 1, column \d+/], ['{"a": 1e999}', /line 1, column \d+/],
    ];
    for (const [body, place] of cases) {
      const answer = await ask(shop, 'POST', LIST, { body, headers: { 'Content-Type': 'application/json' } });
      assertProblem(answer, 400, 'request.json', `${body}`.slice(0, 60));
      assert.match(answer.body.detail, place, `${body}`.slice(0, 60));
    }
  });

  test('of a form that is broken says where', async () => {
    for (const [body, place] of [['email=%zz', /byte 7/], ['email=%4', /byte 7/], ['a=1&b=%ff', /byte/], ['a=%00', /byte/], [Buffer.from('a=\xe9', 'latin1'), /byte/]]) {
      const answer = await ask(null, 'POST', '/login', { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
      assert.equal(answer.status, 400, `${body}`);
      assert.match(answer.headers['content-type'], /^text\/html/);
      assert.match(answer.text, place, `${body}`);
    }
  });

  test('of an upload that is broken says where', async () => {
    const product = await newProduct(shop), path = `${LIST}/${product.id}/images`;
    const send = (body, type = 'multipart/form-data; boundary=b') => ask(shop, 'POST', path, { body, headers: { 'Content-Type': type } });
    const file = 'Content-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n';
    for (const [body, name] of [
      ['', 'nothing'], ['no boundary', 'no boundary'], ['--b\r\n', 'headers that do not begin'], [`--b\r\n${file}x`, 'a part without an end'], [`--b\r\n${file}x\r\n--b`, 'an end cut short'],
      ['--b\r\nContent-Type: x\r\n\r\nx\r\n--b--', 'a part without a name'], [`--b\r\n${file}x\r\n--bx\r\n`, 'something behind the boundary'],
      [Buffer.from('--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--', 'latin1'), 'a name that is no UTF-8'],
      [Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--', 'latin1'), 'a field that is no UTF-8'],
      [`--b\r\nX: ${'x'.repeat(9000)}\r\n\r\nx\r\n--b--`, 'headers that are too long'],
    ]) {
      const answer = await send(body);
      assertProblem(answer, 400, 'upload.malformed', name);
      assert.match(answer.body.detail, /at byte \d+/, name);
    }
    for (const type of ['multipart/form-data', 'application/json', 'multipart/mixed; boundary=b']) assertProblem(await send(`--b\r\n${file}x\r\n--b--`, type), 415, 'request.content_type', type);
    for (const type of ['multipart/form-data; boundary=', `multipart/form-data; boundary=${'x'.repeat(71)}`]) assertProblem(await send('x', type), 400, 'upload.boundary', type);
    assertProblem(await send('--b--'), 422, 'image.none');
    assertProblem(await send(`${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(201)}--b--`), 413, 'upload.too_many');
    assert.deepEqual((await ask(shop, 'GET', path)).body.data, []);
  });

  test('comes in the language of who asks', async () => {
    const said = await Promise.all(['en', 'de', 'fr', 'lb'].map(async (lang) => (await ask(shop, 'GET', `${LIST}/0`, { headers: { 'Accept-Language': lang } })).body.detail));
    assert.equal(new Set(said).size, 4, said.join(' | '));
  });
});

describe('headers', () => {
  test('of every answer say how often one may ask', async () => {
    for (const [who, rules] of [[null, ['api-ip']], [shop, ['api-ip', 'api-user', 'api-key']]]) {
      const { headers } = await ask(who, 'GET', who ? LIST : `/api/v1/shops/${shop.slug}/products`);
      assert.deepEqual([...headers['ratelimit-policy'].matchAll(/"([a-z-]+)";q=\d+;w=60/g)].map(([, rule]) => rule), rules);
      const [, rule, left] = /^"([a-z-]+)";r=(\d+);t=\d+$/.exec(headers.ratelimit);
      assert.ok(rules.includes(rule));
      assert.ok(Number(left) > 0);
    }
    const refused = await ask(null, 'GET', LIST);
    assert.ok(refused.headers.ratelimit, 'a refusal too');
  });

  test('forbid a browser to take an answer for anything but data', async () => {
    for (const answer of [await ask(shop, 'GET', LIST), await ask(null, 'GET', LIST), await ask(null, 'GET', '/api/v1/nothing')]) {
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.match(answer.headers['content-security-policy'], /^default-src 'none'; frame-ancestors 'none'/);
      assert.equal(answer.headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
  });
});

test('a token of the operator is of no shop, and one of a shop is not the operator', async () => {
  const { operator } = await import('./lib/souk.mjs');
  const admin = await byToken(operator);
  assertProblem(await ask(admin, 'GET', LIST), 403, 'guard.role');
  assertProblem(await ask(shop, 'GET', '/api/v1/admin/vendors'), 403, 'guard.role');
});
