// Pictures of a product: from an upload through nginx to the files that nginx serves, and to their end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { ask, assertProblem, byToken, newProduct, newShop, operator, souk, state, until, url } from './lib/souk.mjs';
import { heavyPng, jpeg, multipart, png } from './lib/pictures.mjs';
import { ownWorker, settings } from './lib/worker.mjs';

const SIZES = ['original', '800', '200'];
let shop, other;
before(async () => {
  [shop, other] = await Promise.all([newShop('images'), newShop('images-other')]);
});
const at = (product) => `/api/v1/vendor/products/${product.id}/images`;
const upload = (product, files, who = shop) => ask(who, 'POST', at(product), multipart([files].flat().map((one) => (Buffer.isBuffer(one) ? { bytes: one } : one))));
const imagesOf = async (product, who = shop) => (await ask(who, 'GET', at(product))).body.data;
async function uploaded(product, bytes, who = shop) {
  const answer = await upload(product, bytes, who);
  assert.equal(answer.status, 201, answer.text);
  return answer.body.data[0];
}
const served = (variant) => ask(null, 'GET', variant.url);
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const filesOf = (hash) => {
  const folder = join(state, 'media/products', hash.slice(0, 2), hash.slice(2, 4));
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.includes(hash)).map((name) => join(folder, name)) : [];
};
const uploads = () => readdirSync(join(state, 'uploads'));
const sql = (statement) => execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', settings().SOUK_DATABASE_URL, '-c', statement], { encoding: 'utf8' }).trim();
const long = (path, hours) => utimesSync(path, new Date(Date.now() - hours * 3.6e6), new Date(Date.now() - hours * 3.6e6));

function fit(width, height, most) {
  const share = Math.min(1, most / width, most / height);
  return [width, height].map((side) => Math.max(1, Math.round(side * share)));
}

describe('an upload', () => {
  test('gives three WebP files that nginx serves for good', async () => {
    const product = await newProduct(shop), bytes = png(1000, 500, (x, y) => [x >> 2, y >> 1, 90, y < 250 ? 255 : 0]);
    const image = await uploaded(product, bytes);
    assert.match(image.id, /^\d+$/);
    assert.equal(image.position, 1);
    assert.equal(image.alt, '');
    const hash = hashOf(bytes);
    for (const [name, width, height] of [['original', 1000, 500], ['800', 800, 400], ['200', 200, 100]]) {
      const variant = image[name], file = await served(variant);
      assert.deepEqual([variant.width, variant.height, variant.url], [width, height, `/media/products/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}_${name}.webp`]);
      assert.equal(file.status, 200);
      assert.equal(file.headers['content-type'], 'image/webp');
      assert.equal(file.headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(file.headers['x-content-type-options'], 'nosniff');
      assert.equal(file.bytes.length, variant.bytes);
      const seen = await sharp(file.bytes).metadata();
      assert.deepEqual([seen.format, seen.width, seen.height, seen.hasAlpha, seen.exif, seen.icc], ['webp', width, height, true, undefined, undefined]);
      const pixels = await sharp(file.bytes).raw().toBuffer(), middle = (Math.floor(height / 4) * width + width / 2) * 4;
      for (const [i, wanted] of [125, 62, 90, 255].entries()) assert.ok(Math.abs(pixels[middle + i] - wanted) < 12, `${name}: ${[...pixels.subarray(middle, middle + 4)]}`);
      assert.equal(pixels[(height - 2) * width * 4 + 3], 0, 'what was clear stays so');
    }
    const shown = await ask(shop, 'GET', `/api/v1/vendor/products/${product.id}`);
    assert.deepEqual(shown.body.images.map(({ id }) => id), [image.id]);
    assert.notEqual(shown.headers.etag, product.etag, 'the product has changed');
    assert.deepEqual((await imagesOf(product)).map(({ id, position, 800: w800 }) => [id, position, w800.url]), [[image.id, 1, image['800'].url]]);
  });

  test('fits into 800 and 200, never enlarged, never without a side', async () => {
    for (const [width, height] of [[1, 1], [1, 3000], [3000, 1], [200, 200], [201, 200], [800, 801], [1601, 3], [333, 777]]) {
      const image = await uploaded(await newProduct(shop), png(width, height));
      for (const [name, most] of [['original', 16383], ['800', 800], ['200', 200]]) {
        assert.deepEqual([image[name].width, image[name].height], fit(width, height, most), `${width}×${height} ${name}`);
        const seen = await sharp((await served(image[name])).bytes).metadata();
        assert.deepEqual([seen.width, seen.height], fit(width, height, most), `${width}×${height} ${name} as served`);
      }
    }
  });

  test('is turned upright by what the camera says, all eight ways', async () => {
    const product = await newProduct(shop);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = jpeg(64, 32, { orientation, shade: (column, row) => 40 + 20 * column + (row < 2 ? 60 : 0) });
      const image = await uploaded(product, bytes), original = (await served(image.original)).bytes;
      assert.deepEqual([image.original.width, image.original.height], orientation >= 5 ? [32, 64] : [64, 32], `${orientation}`);
      const [wanted, got] = await Promise.all([sharp(bytes).rotate(), sharp(original)].map((one) => one.toColourspace('b-w').raw().toBuffer()));
      const difference = wanted.reduce((sum, value, i) => sum + Math.abs(value - got[i]), 0) / wanted.length;
      assert.ok(difference < 6, `${orientation}: ${difference}`);
    }
  });

  test('of several files says of each what became of it', async () => {
    const product = await newProduct(shop);
    const answer = await upload(product, [
      { name: 'good.png', bytes: png(30, 30) }, { name: 'words.png', bytes: Buffer.from('no picture at all') }, { name: 'cut.png', bytes: png(30, 30).subarray(0, 20) },
      { name: 'nothing.png', bytes: Buffer.alloc(0) }, { name: 'good.jpg', bytes: jpeg(30, 30) },
    ]);
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.body.data.map((one) => one.code ?? one.position), [1, 'image.format', 'image.broken', answer.body.data[3].code, 2], answer.text);
    for (const one of answer.body.data.slice(1, 4)) {
      assert.ok([415, 422].includes(one.status) && one.detail && one.title, answer.text);
      assert.equal(one.type, 'about:blank');
    }
    assert.equal((await imagesOf(product)).length, 2);
    const none = await upload(product, [{ bytes: Buffer.from('words') }, { bytes: png(5, 5).subarray(0, 30) }]);
    assert.equal(none.status, 415);
    assert.deepEqual(none.body.data.map(({ code }) => code), ['image.format', 'image.broken']);
    assert.equal((await imagesOf(product)).length, 2);
  });

  test('of another field, or of none, asks for a picture', async () => {
    const product = await newProduct(shop);
    assertProblem(await upload(product, { field: 'photo', bytes: png(5, 5) }), 422, 'image.none');
    assertProblem(await upload(product, { name: '', bytes: Buffer.alloc(0) }), 422, 'image.none');
  });

  test('is told by its content, whatever name and type it comes under', async () => {
    const product = await newProduct(shop);
    for (const name of ['picture.exe', '../../../etc/passwd', 'a"b\\c.png', 'x'.repeat(300), 'Größe 1.png', '.htaccess', 'picture.svg'])
      assert.equal((await upload(product, { name: name.replace(/["\\]/g, '\\$&'), bytes: png(5, 5), type: 'text/html' })).status, 201, name);
    const answer = await upload(product, { name: 'picture.png', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), type: 'image/png' });
    assert.equal(answer.body.data[0].code, 'image.format');
  });

  test('to a product of another shop, or of none, leaves nothing behind', async () => {
    const theirs = await newProduct(other);
    for (const id of [theirs.id, '999999999', '0']) {
      const bytes = png(20, 20);
      assertProblem(await upload({ id }, bytes), 404, undefined, id);
      assert.deepEqual(filesOf(hashOf(bytes)), []);
    }
    assert.deepEqual(await imagesOf(theirs, other), []);
  });

  test('of a file beyond the limit is refused, the files beside it are not', async () => {
    const product = await newProduct(shop), most = 25 << 20;
    const answer = await upload(product, [heavyPng(most + 1), png(20, 20), heavyPng(most)]);
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual(answer.body.data.map((one) => one.status ?? one.code ?? 'image'), [413, 'image', 'image'], answer.text);
    assert.equal(answer.body.data[0].code, 'upload.too_large');
    const alone = await upload(product, heavyPng(most + 1));
    assert.equal(alone.status, 413);
    assert.equal(alone.body.data[0].code, 'upload.too_large');
  });

  test('beyond every limit is refused before its body has come', async () => {
    const product = await newProduct(shop), { hostname, port } = new URL(url);
    const answer = await new Promise((resolve, reject) => {
      const to = connect(port, hostname, () => to.write(`POST ${at(product)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${shop.token}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 300000000\r\n\r\n--b`));
      to.on('data', (part) => { resolve(part.toString()); to.destroy(); });
      to.on('error', reject);
    });
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /application\/problem\+json/);
  });
});

describe('a product', () => {
  test('has at most as many images as its shop may, however they come', async () => {
    const product = await newProduct(shop);
    const many = await upload(product, Array.from({ length: 12 }, () => png(4, 4)));
    assert.equal(many.status, 201);
    assert.deepEqual(many.body.data.map((one) => one.code ?? 'image'), [...Array(10).fill('image'), 'image.too_many', 'image.too_many']);
    const full = await upload(product, png(4, 4));
    assert.equal(full.status, 409);
    assert.equal(full.body.data[0].code, 'image.too_many');
    const first = (await imagesOf(product))[0];
    assert.equal((await ask(shop, 'DELETE', `${at(product)}/${first.id}`)).status, 204);
    const answers = await Promise.all(Array.from({ length: 5 }, () => upload(product, png(4, 4))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
    assert.equal((await imagesOf(product)).length, 10);
  });

  test('shows one content once, and the same image for it', async () => {
    const product = await newProduct(shop), bytes = png(12, 12);
    const [one, two] = [await uploaded(product, bytes), await uploaded(product, bytes)];
    assert.equal(two.id, one.id);
    const answers = await Promise.all(Array.from({ length: 4 }, () => uploaded(product, bytes)));
    assert.ok(answers.every(({ id }) => id === one.id));
    assert.equal((await imagesOf(product)).length, 1);
  });

  test('keeps the order of its images when one is moved or taken away', async () => {
    const product = await newProduct(shop);
    const ids = (await upload(product, [png(4, 4), png(4, 4), png(4, 4), png(4, 4)])).body.data.map(({ id }) => id);
    const order = async () => (await imagesOf(product)).map(({ id }) => ids.indexOf(id));
    const move = (i, place) => ask(shop, 'POST', `/vendor/products/${product.id}/images/${ids[i]}`, { form: { place } });
    assert.deepEqual(await order(), [0, 1, 2, 3]);
    assert.equal((await move(3, 1)).status, 303);
    assert.deepEqual(await order(), [3, 0, 1, 2]);
    assert.equal((await move(3, 3)).status, 303);
    assert.deepEqual(await order(), [0, 1, 3, 2]);
    assert.equal((await move(0, 99)).status, 303);
    assert.deepEqual(await order(), [1, 3, 2, 0]);
    assert.equal((await ask(shop, 'DELETE', `${at(product)}/${ids[3]}`)).status, 204);
    assertProblem(await ask(shop, 'DELETE', `${at(product)}/${ids[3]}`), 404, 'image.unknown');
    assert.deepEqual(await order(), [1, 2, 0]);
    assert.deepEqual((await ask(shop, 'GET', `/api/v1/vendor/products/${product.id}`)).body.images.map(({ id }) => ids.indexOf(id)), [1, 2, 0]);
  });
});

describe('a content', () => {
  const refs = (hash) => sql(`SELECT refs FROM image_file WHERE hash = decode('${hash}', 'hex')`);
  const idleSince = (hash, interval) => sql(`UPDATE image_file SET unused_since = now() - interval '${interval}' WHERE hash = decode('${hash}', 'hex') AND refs = 0`);

  test('is stored once for all who show it, and freed a day after the last', async () => {
    const bytes = png(50, 40), hash = hashOf(bytes), mine = await newProduct(shop), second = await newProduct(shop), theirs = await newProduct(other);
    const images = [await uploaded(mine, bytes), await uploaded(second, bytes), await uploaded(theirs, bytes, other)];
    assert.equal(new Set(images.map((one) => one.original.url)).size, 1);
    assert.equal(new Set(images.map(({ id }) => id)).size, 3);
    assert.equal(refs(hash), '3');
    assert.equal(filesOf(hash).length, 3);

    await ask(shop, 'DELETE', `${at(mine)}/${images[0].id}`);
    await ask(shop, 'DELETE', `/api/v1/vendor/products/${second.id}`);
    assert.equal(refs(hash), '1', 'a product takes its images with it');
    souk('jobs', '--once', 'images_sweep');
    assert.equal((await served(images[2].original)).status, 200);
    await ask(other, 'DELETE', `${at(theirs)}/${images[2].id}`);
    assert.equal(refs(hash), '0');
    souk('jobs', '--once', 'images_sweep');
    assert.equal((await served(images[2].original)).status, 200, 'for a day more');

    idleSince(hash, '25 hours');
    souk('jobs', '--once', 'images_sweep');
    assert.equal(refs(hash), '');
    assert.deepEqual(filesOf(hash), []);
    for (const size of SIZES) assert.equal((await served(images[0][size])).status, 404);
    await uploaded(mine, bytes);
    assert.equal(filesOf(hash).length, 3, 'and it may come again');
  });

  test('that is uploaded again before it is freed is kept', async () => {
    const bytes = png(50, 41), hash = hashOf(bytes), product = await newProduct(shop);
    const image = await uploaded(product, bytes);
    await ask(shop, 'DELETE', `${at(product)}/${image.id}`);
    idleSince(hash, '25 hours');
    await uploaded(product, bytes);
    souk('jobs', '--once', 'images_sweep');
    assert.equal(refs(hash), '1');
    assert.equal((await served(image.original)).status, 200);
  });

  test('whose files are lost is made anew by the next upload', async () => {
    const bytes = png(50, 42), product = await newProduct(shop);
    await uploaded(product, bytes);
    for (const file of filesOf(hashOf(bytes)).slice(0, 2)) execFileSync('rm', [file]);
    const image = await uploaded(await newProduct(shop), bytes);
    for (const size of SIZES) assert.equal((await served(image[size])).status, 200, size);
  });

  test('that is large is served small at once, and whole a little later', async () => {
    const product = await newProduct(shop), bytes = png(2000, 1500, (x, y) => [(x * 7) & 255, (y * 3) & 255, (x ^ y) & 255, 255]);
    const image = await uploaded(product, bytes);
    assert.equal(image.pending, true);
    assert.deepEqual([image.original.width, image.original.height], [2000, 1500]);
    for (const size of ['800', '200']) assert.equal((await served(image[size])).status, 200);
    const done = await until(async () => (await imagesOf(product)).find(({ pending }) => !pending), 'the original');
    const file = await served(done.original);
    assert.equal(file.bytes.length, done.original.bytes);
    assert.deepEqual((await sharp(file.bytes).metadata()).width, 2000);
    await until(() => filesOf(hashOf(bytes)).length === 3, 'the end of the kept upload');
    assert.equal((await ask(null, 'GET', image.original.url.replace('_original.webp', '_source.bin'))).status, 404);
  });
});

test("the operator's figures are those of the store", async () => {
  const counted = await newShop('images-counted'), product = await newProduct(counted);
  const answer = await upload(product, [png(300, 200), png(301, 200)], counted);
  const bytes = answer.body.data.flatMap((one) => SIZES.map((size) => one[size].bytes)).reduce((a, b) => a + b);
  souk('jobs', '--once', 'images_take_stats');
  const { status, body } = await ask(await byToken(operator), 'GET', '/api/v1/admin/images/stats');
  assert.equal(status, 200);
  assert.equal(body.counted, true);
  assert.equal(body.files, body.contents * 3 - body.pending);
  assert.equal(body.bytes, Object.values(body.bytes_by_variant).reduce((a, b) => a + b));
  assert.equal(body.average_bytes, Math.floor(body.bytes / body.files));
  assert.ok(Date.now() - Date.parse(body.as_of) < 60_000);
  const row = body.vendors.find(({ slug }) => slug === counted.slug);
  if (row) assert.deepEqual([row.images, row.bytes], [2, bytes]);
  else assert.equal(body.vendors.length, 50, 'only the largest are shown');
});

describe('a crash', () => {
  let worker;
  before(async () => { worker = await ownWorker(); });
  after(() => worker.end());

  test('of the client in the middle of an upload leaves nothing', async () => {
    const product = await newProduct(shop), there = uploads(), bytes = heavyPng(400_000), whole = multipart([{ bytes }]);
    for (const sent of [0, 1, 90, 70_000, 300_000, whole.body.length - 3]) assert.notEqual((await worker.ask(shop, 'POST', at(product), { ...whole, sent }))?.status, 201, `${sent} bytes`);
    const { hostname, port } = new URL(url);
    for (const sent of [10, 200_000]) await new Promise((resolve) => { // and through nginx
      const to = connect(port, hostname, () => {
        to.write(`POST ${at(product)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${shop.token}\r\nContent-Type: ${whole.headers['Content-Type']}\r\nContent-Length: ${whole.body.length}\r\n\r\n`);
        to.write(whole.body.subarray(0, sent), () => setTimeout(() => to.destroy(), 50));
      });
      to.on('close', resolve);
    });
    assert.deepEqual(await imagesOf(product), []);
    assert.deepEqual(filesOf(hashOf(bytes)), []);
    await until(() => uploads().every((name) => there.includes(name)), 'an empty folder of uploads');
    assert.equal((await worker.ask(shop, 'POST', at(product), whole)).status, 201, 'the worker goes on');
  });

  test('of the worker in the middle of an upload loses nothing that was acknowledged', async () => {
    const product = await newProduct(shop), there = new Set(uploads()), tried = [];
    for (const wait of [2, 10, 25, 45, 70, 100, 140, 190, 260, null]) { // null: till it is acknowledged
      const bytes = png(700, 600, (x, y) => [(x * y) & 255, x & 255, (y + (wait ?? 7)) & 255, 255]), mortal = await ownWorker();
      const answer = mortal.ask(shop, 'POST', at(product), multipart([{ bytes }]));
      await (wait === null ? answer : new Promise((wake) => setTimeout(wake, wait)));
      await mortal.kill();
      await mortal.end();
      tried.push({ hash: hashOf(bytes), status: (await answer)?.status ?? null });
    }
    assert.ok(tried.some(({ status }) => status === null), 'some were cut short');
    assert.ok(tried.some(({ status }) => status === 201), 'and some were not');
    const shown = (await imagesOf(product)).map((one) => one.original.url.slice(-78, -14));
    for (const { hash, status } of tried) if (status === 201) assert.ok(shown.includes(hash), 'what was acknowledged is there');
    for (const image of await imagesOf(product)) for (const size of SIZES) assert.equal((await served(image[size])).status, 200, 'what is there is whole');

    // What was cut short lies about without a row until the sweep and the scan of the next day.
    const cut = uploads().filter((name) => !there.has(name));
    await new Promise((wake) => setTimeout(wake, 1500)); // children end by themselves, and so do uploads of other tests
    const lost = tried.map(({ hash }) => hash).filter((hash) => !shown.includes(hash)), left = uploads().filter((name) => cut.includes(name));
    for (const hash of lost) for (const file of filesOf(hash)) long(file, 30);
    for (const name of left) long(join(state, 'uploads', name), 2);
    souk('jobs', '--once', 'images_sweep');
    souk('jobs', '--once', 'images_scan_orphans');
    for (const hash of lost) assert.deepEqual(filesOf(hash), []);
    for (const name of left) assert.ok(!uploads().includes(name), name);
    for (const image of await imagesOf(product)) assert.equal((await served(image.original)).status, 200, 'what has a row stays');
    for (const hash of lost) assert.equal(sql(`SELECT count(*) FROM image_file WHERE hash = decode('${hash}', 'hex')`), '0');
  });

  test('leaves to the sweep only uploads, nothing that the workers share', () => {
    const shared = uploads().filter((name) => name.includes('.') && !name.endsWith('.source'));
    assert.ok(shared.length >= 2, shared.join());
    for (const name of shared) long(join(state, 'uploads', name), 2);
    souk('jobs', '--once', 'images_sweep');
    for (const name of shared) assert.ok(uploads().includes(name), name);
  });
});
