// Every picture of the shared set, uploaded: good ones come out with the right sides, hostile ones
// are refused or salvaged within limits, and no worker dies of any.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { ask, newProduct, newShop, state, testdata, until } from './lib/souk.mjs';
import { multipart } from './lib/pictures.mjs';

const folder = join(testdata ?? '', 'images'), there = testdata && existsSync(join(folder, 'manifest.tsv'));
const rows = there ? readFileSync(join(folder, 'manifest.tsv'), 'utf8').trim().split('\n').slice(1).map((line) => {
  const [file, format, width, height, bytes, kind, expect, note] = line.split('\t');
  const orientation = Number(/orientation[ =](\d)/.exec(note)?.[1] ?? /-ori(\d)/.exec(file)?.[1] ?? 1);
  return { file, format, width: Number(width), height: Number(height), bytes: Number(bytes), kind, expect, note, orientation };
}) : [];
const options = { skip: !there, concurrency: 2 };
if (!there) test('the shared pictures', { skip: 'they are not there' }, () => {});
const SLOWEST_MS = 8000; // on a machine that does much else; the program's own limit is 10 s of CPU

function fit(width, height, most) {
  const share = Math.min(1, most / width, most / height);
  return [width, height].map((side) => Math.max(1, Math.round(side * share)));
}
const watched = () => {
  const pid = readFileSync(join(state, 'pid/media.pid'), 'utf8').split(' ')[0];
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
};
let shop, workers;
before(async () => {
  if (!there) return;
  shop = await newShop('pictures');
  workers = watched();
});
after(() => there && assert.equal(watched(), workers, 'the workers are those of the beginning'));

async function upload(file) {
  const product = await newProduct(shop), began = Date.now();
  const answer = await ask(shop, 'POST', `/api/v1/vendor/products/${product.id}/images`, multipart([{ name: file, bytes: readFileSync(join(folder, file)) }]));
  assert.ok(Date.now() - began < SLOWEST_MS, `${Date.now() - began} ms`);
  assert.ok(answer.body?.data?.length === 1, answer.text);
  return { answer, product, one: answer.body.data[0] };
}
const served = async ({ url }) => {
  const file = await ask(null, 'GET', url);
  assert.equal(file.status, 200, url);
  assert.equal(file.headers['content-type'], 'image/webp');
  return file.bytes;
};

/* What is served: WebP of the sides said, and nothing of what hid in the upload. */
async function assertClean(image, name) {
  for (const size of ['800', '200', ...(image.pending ? [] : ['original'])]) {
    const bytes = await served(image[size]), seen = await sharp(bytes).metadata();
    assert.deepEqual([seen.format, seen.width, seen.height, bytes.length], ['webp', image[size].width, image[size].height, image[size].bytes], `${name} ${size}`);
    assert.deepEqual([seen.exif, seen.xmp, seen.iptc, seen.orientation], [undefined, undefined, undefined, undefined], `${name} ${size}`);
    assert.equal(bytes.readUInt32LE(4) + 8, bytes.length, `${name} ${size}: nothing behind the end`);
    assert.doesNotMatch(bytes.toString('latin1'), /<script|<html|GPSLatitude/i, `${name} ${size}`);
  }
}

describe('a good picture', options, () => {
  for (const row of rows.filter(({ kind }) => kind === 'good'))
    test(`${row.file} comes out upright and with the right sides`, async () => {
      const { answer, one } = await upload(row.file);
      assert.equal(answer.status, 201, answer.text);
      const sides = row.orientation >= 5 ? [row.height, row.width] : [row.width, row.height];
      assert.deepEqual([one.original.width, one.original.height], sides);
      for (const most of [800, 200]) assert.deepEqual([one[most].width, one[most].height], fit(...sides, most), `${most}`);
      await assertClean(one, row.file);
    });

  test('looks the same from all eight ways a camera was held', async () => {
    const seen = [];
    for (let i = 1; i <= 8; i++) {
      const { one } = await upload(`good/orient-landscape-${i}.jpg`);
      seen.push(await sharp(await served(one['200'])).removeAlpha().raw().toBuffer());
    }
    for (const [i, pixels] of seen.entries()) {
      assert.equal(pixels.length, seen[0].length);
      const difference = pixels.reduce((sum, value, k) => sum + Math.abs(value - seen[0][k]), 0) / pixels.length;
      assert.ok(difference < 4, `${i + 1}: ${difference}`);
    }
  });

  test('of many megapixels is whole after a while, in its own colours', async () => {
    for (const file of ['good/sharp-6mp.jpg', 'good/gray-16bit.png', 'good/p3-ring.png']) {
      const { product } = await upload(file), list = `/api/v1/vendor/products/${product.id}/images`;
      const image = await until(async () => (await ask(shop, 'GET', list)).body.data.find(({ pending }) => !pending), `the original of ${file}`, 45_000);
      await assertClean(image, file);
      const [wanted, got] = await Promise.all([readFileSync(join(folder, file)), await served(image.original)].map((bytes) => sharp(bytes).rotate().toColourspace('srgb').flatten({ background: '#fff' }).resize(64, 64, { fit: 'fill' }).removeAlpha().raw().toBuffer()));
      const difference = wanted.reduce((sum, value, i) => sum + Math.abs(value - got[i]), 0) / wanted.length;
      assert.ok(difference < 6, `${file}: ${difference}`);
    }
  });
});

describe('a hostile file', options, () => {
  for (const row of rows.filter(({ kind }) => kind === 'hostile'))
    test(`${row.file} is ${{ accept: 'taken, and cleaned', reject: 'refused', any: 'refused or salvaged' }[row.expect]}`, async () => {
      const { answer, product, one } = await upload(row.file);
      if (row.expect === 'accept') assert.equal(answer.status, 201, answer.text);
      if (row.expect === 'reject') assert.notEqual(answer.status, 201, answer.text);
      if (answer.status === 201) {
        await assertClean(one, row.file);
        if (row.expect === 'accept') {
          const sides = row.orientation >= 5 && row.orientation <= 8 ? [row.height, row.width] : [row.width, row.height];
          assert.deepEqual([one.original.width, one.original.height], sides);
        }
      } else {
        assert.ok([413, 415, 422].includes(answer.status), answer.text);
        assert.deepEqual([one.status, one.type], [answer.status, 'about:blank']);
        assert.match(one.code, /^(image|upload)\./);
        assert.ok(one.detail && !/[/\\]|libpng|libjpeg|0x/.test(one.detail), one.detail);
        assert.deepEqual((await ask(shop, 'GET', `/api/v1/vendor/products/${product.id}/images`)).body.data, []);
      }
    });
});
