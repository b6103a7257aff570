// Converts each picture with souk, Pillow and sharp in turns, one fresh process an upload, and prints
// what it cost. Times and CPU are the tools' own, from the first byte read to the last file durable:
// the start of Python and Node is not in them.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const { CONVERT, HERE, STATE, TWELVE, TWENTY_FOUR, HOSTILE } = process.env;
const ROUNDS = Number(process.env.SOUK_BENCH_ROUNDS ?? 5);
const pictures = process.argv.slice(2);
const tools = {
  souk: [CONVERT],
  Pillow: ['/usr/bin/python3', `${HERE}/peer_pillow.py`],
  sharp: [process.execPath, `${HERE}/peer_sharp.mjs`],
};
const sizes = ['original', '800', '200'];
const figures = ['cpu_ms', 'wall_ms', 'small_ms'];

/** What there was before would save work. */
function emptyFolder(tool, picture) {
  const out = `${STATE}/out/${tool}/${basename(picture)}`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  return out;
}

async function convert(tool, picture) {
  const out = emptyFolder(tool, picture);
  const [program, ...args] = tools[tool];
  const { stdout } = await run(program, [...args, picture, out], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  return JSON.parse(stdout);
}

/** KiB of a process's children and theirs, what they share counted once. */
function childrenKib(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).reduce((sum, child) =>
      sum + childrenKib(child) + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${child}/smaps_rollup`, 'utf8'))?.[1] ?? 0), 0);
  } catch {
    return 0; // it has ended
  }
}

/** souk's work is done by children of the process that asks; they are looked at while they work, in a run of its own. */
async function peakOfSouk(picture) {
  const child = spawn(CONVERT, [picture, emptyFolder('souk', picture)], { stdio: 'ignore' });
  let peak = 0;
  const timer = setInterval(() => { peak = Math.max(peak, childrenKib(child.pid)); }, 2);
  await new Promise((resolve) => { child.on('exit', resolve); });
  clearInterval(timer);
  return peak;
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const mean = (ratios) => Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length);

/** The medians of one tool's rounds, and its files. */
function middle(rounds) {
  const bad = rounds.find((r) => r.status !== 'ok');
  if (bad) return { status: bad.status };
  return { status: 'ok', files: rounds[0].files, ...Object.fromEntries(figures.map((f) => [f, median(rounds.map((r) => r[f]))])) };
}

async function measure(picture) {
  const rounds = Object.fromEntries(Object.keys(tools).map((t) => [t, []]));
  for (let i = 0; i < ROUNDS; i++)
    for (const tool of Object.keys(tools)) rounds[tool].push(await convert(tool, picture));
  const result = Object.fromEntries(Object.entries(rounds).map(([tool, list]) => [tool, middle(list)]));
  result.souk.peak_kib = Math.max(await peakOfSouk(picture), await peakOfSouk(picture));
  for (const tool of ['Pillow', 'sharp']) result[tool].peak_kib = median(rounds[tool].map((r) => r.peak_kib));
  return result;
}

rmSync(`${STATE}/out`, { recursive: true, force: true });
const results = new Map();
for (const picture of pictures) results.set(basename(picture), await measure(picture));
writeFileSync(`${STATE}/results.json`, JSON.stringify(Object.fromEntries(results), null, 1));

const named = (path) => path && results.get(basename(path));
const all = [...results.values()].filter((r) => Object.values(r).every((t) => t.status === 'ok'));
const ratio = (of, to, figure) => mean(all.map((r) => r[of][figure] / r[to][figure]));
const mib = (r) => r.souk.peak_kib / 1024;

console.log(`An upload to three WebP files (original, 800, 200; quality 85, method 4), written, synced and renamed: \
${ROUNDS} rounds in turns, medians. ${all.length} of ${results.size} pictures, those that all three convert.\n`);
const twelve = named(TWELVE);
console.log(`${basename(TWELVE)} (12 megapixels):\n`);
console.log('| | CPU ms | wall ms | 800 and 200 ready, ms | peak memory MiB | bytes: original | 800 | 200 |');
console.log('|---|---|---|---|---|---|---|---|');
for (const [tool, m] of Object.entries(twelve))
  console.log(`| ${tool} | ${['cpu_ms', 'wall_ms', 'small_ms'].map((f) => m[f].toFixed(0)).join(' | ')} | \
${(m.peak_kib / 1024).toFixed(0)} | ${sizes.map((s) => m.files[s].bytes.toLocaleString('en')).join(' | ')} |`);

const goals = [
  ['CPU of Pillow, of souk\'s', '≥ 1.25', ratio('Pillow', 'souk', 'cpu_ms'), (x) => x >= 1.25],
  ['CPU of sharp, of souk\'s', '≥ 1.25', ratio('sharp', 'souk', 'cpu_ms'), (x) => x >= 1.25],
  ['wall of Pillow, of souk\'s', '≥ 1.35', ratio('Pillow', 'souk', 'wall_ms'), (x) => x >= 1.35],
  ['wall of sharp, of souk\'s', '≥ 1.2', ratio('sharp', 'souk', 'wall_ms'), (x) => x >= 1.2],
  ['peak memory, of Pillow\'s', '≤ 0.333', ratio('souk', 'Pillow', 'peak_kib'), (x) => x <= 1 / 3],
  ['peak memory, of sharp\'s', '≤ 0.2', ratio('souk', 'sharp', 'peak_kib'), (x) => x <= 0.2],
  ['peak memory at 12 megapixels, MiB', '≤ 50', mib(twelve), (x) => x <= 50],
  ['800 and 200 ready at 12 megapixels, ms', '≤ 120', twelve.souk.small_ms, (x) => x <= 120],
  ...sizes.map((s) => [`bytes of ${s}, of Pillow's`, '≤ 1.005',
    mean(all.map((r) => r.souk.files[s].bytes / r.Pillow.files[s].bytes)), (x) => x <= 1.005]),
];
const large = named(TWENTY_FOUR);
if (large) goals.splice(7, 0, ['peak memory at 24 megapixels, MiB', '≤ 120', mib(large), (x) => x <= 120]);

/** Files made to break such programs, by the manifest beside them: `reject` must be refused, `any` may be salvaged. */
async function measureHostile() {
  const rows = readFileSync(`${HOSTILE}/manifest.tsv`, 'utf8').split('\n').map((line) => line.split('\t')).filter((row) => row[5] === 'hostile');
  const all = [];
  for (const [file, , , , , , expect] of rows) {
    const runs = [await convert('souk', `${HOSTILE}/${file}`), await convert('souk', `${HOSTILE}/${file}`)];
    const ms = Math.min(...runs.map((r) => r.wall_ms));
    all.push({ expect, ms, status: runs[0].status, mib: runs[0].child_kib / 1024 });
  }
  writeFileSync(`${STATE}/hostile.json`, JSON.stringify(all.map((r, i) => ({ file: rows[i][0], ...r })), null, 1));
  const reject = all.filter((r) => r.expect === 'reject');
  const most = (list, figure) => Math.max(...list.map((r) => r[figure]));
  return [
    [`hostile: crashed, of ${all.length}`, '0', all.filter((r) => r.status === 'image.crashed').length, (x) => x === 0],
    [`hostile: let in, of ${reject.length} to be refused`, '0', reject.filter((r) => r.status === 'ok').length, (x) => x === 0],
    ['hostile: slowest refusal, ms', '≤ 50', most(reject, 'ms'), (x) => x <= 50],
    ['hostile: largest refusal, MiB', '≤ 32', most(reject, 'mib'), (x) => x <= 32],
    ['hostile: slowest of all, ms', '≤ 2000', most(all, 'ms'), (x) => x <= 2000],
    ['hostile: largest of all, MiB', '≤ 256', most(all, 'mib'), (x) => x <= 256],
  ];
}

/** How much nearer to the picture souk's files are than Pillow's, in mean SSIM. */
async function measureQuality() {
  const { stdout } = await run('/usr/bin/python3', [`${HERE}/quality.py`, `${STATE}/results.json`, `${STATE}/out`, dirname(pictures[0])],
    { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  return Object.entries(JSON.parse(stdout)).flatMap(([size, both]) => ['luma', 'chroma'].map((plane, i) => (
    [`SSIM of ${size}, ${plane}, beyond Pillow's`, '≥ −0.0005', both[i], (x) => x >= -0.0005])));
}
goals.push(...await measureQuality());
if (HOSTILE) goals.push(...await measureHostile());
console.log('\nRatios are geometric means over the pictures.\n\n| figure | goal | measured | |\n|---|---|---|---|');
for (const [name, goal, measured, met] of goals)
  console.log(`| ${name} | ${goal} | ${measured.toFixed(4)} | ${met(measured) ? 'met' : '**not met**'} |`);
