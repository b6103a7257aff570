// One upload with sharp: three WebP files of the same sizes, quality and method at once, each written
// beside, synced and renamed as souk does. peer_sharp.mjs FILE OUT; says one line of JSON.
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import sharp from 'sharp';

async function keep(path, data) {
  const file = await open(`${path}.new`, 'w');
  await file.writeFile(data);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
}

async function save(image, path) {
  const { data, info } = await image.webp({ quality: 85, effort: 4 }).toBuffer({ resolveWithObject: true });
  await keep(path, data);
  return { path, bytes: data.length, width: info.width, height: info.height };
}

async function convert(bytes, out) {
  const upright = sharp(bytes, { limitInputPixels: 64_000_000 }).rotate();
  const fit = (most) => upright.clone().resize(most, most, { fit: 'inside', withoutEnlargement: true });
  let ready;
  const small = Promise.all([save(fit(800), `${out}/800.webp`), save(fit(200), `${out}/200.webp`)])
    .then((both) => { ready = performance.now(); return both; });
  const [[medium, thumb], original] = await Promise.all([small, save(upright.clone(), `${out}/original.webp`)]);
  return { files: { original, 800: medium, 200: thumb }, ready };
}

const [source, out] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const warm = await sharp({ create: { width: 16, height: 16, channels: 3, background: 'red' } }).jpeg().toBuffer();
await convert(warm, out); // loads the libraries; not measured
const began = performance.now();
const before = process.cpuUsage();
const answer = { status: 'ok' };
try {
  const { files, ready } = await convert(await readFile(source), out);
  answer.files = files;
  answer.small_ms = ready - began;
} catch (e) {
  answer.status = e.message;
}
answer.wall_ms = performance.now() - began;
const used = process.cpuUsage(before);
answer.cpu_ms = (used.user + used.system) / 1000;
// Not maxRSS of the process, which begins with what the parent had.
answer.peak_kib = Number(/^VmHWM:\s+(\d+)/m.exec(await readFile('/proc/self/status', 'utf8'))[1]);
console.log(JSON.stringify(answer));
