// The parts of bench/logins: `flood` (one line of JSON), `names` (one line), `report` (markdown of
// all lines).
import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const { URL: url, TOKEN: token, PRODUCT: product, POOL: pool, SECONDS_EACH: seconds = '8' } = process.env;
const { hostname, port } = new URL(url ?? 'http://127.0.0.1:1');
const reading = new Agent({ keepAlive: true, maxSockets: 32 }), guessing = new Agent({ keepAlive: true, maxSockets: 256 });
const READS = 100, GUESSES = 200; // a second

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];
const median = (list) => quantile(list, 0.5);

function ask(agent, method, path, json, from) {
  const body = json && JSON.stringify(json), began = performance.now();
  const headers = { ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }), ...(from && { 'X-Forwarded-For': from }), ...(agent === reading && { Authorization: `Bearer ${token}` }) };
  return new Promise((resolve) => {
    const r = request({ hostname, port, method, path, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, ms: performance.now() - began }));
    });
    r.on('error', () => resolve({ status: 0, ms: performance.now() - began }));
    r.end(body);
  });
}
let guessed = 0;
/** Each from an address of its own. */
function guess(email) {
  const n = process.pid * 997 + ++guessed, from = [10, (n >> 16) & 255, (n >> 8) & 255, n & 255].join('.');
  return ask(guessing, 'POST', '/api/v1/auth/token', { email, password: 'not the password' }, from);
}

/** So many a second, whether or not the ones before are back. */
async function steadily(perSecond, ms, one) {
  const all = [], began = performance.now();
  for (let i = 0; performance.now() - began < ms; i++) {
    all.push(one(i));
    const due = began + ((i + 1) * 1000) / perSecond - performance.now();
    if (due > 0) await wait(due);
  }
  return Promise.all(all);
}
const reads = (ms) => steadily(READS, ms, () => ask(reading, 'GET', `/api/v1/vendor/products/${product}`));

async function flood() {
  const ms = Number(seconds) * 1000;
  await reads(1000);
  const quiet = await reads(ms);
  const guesses = steadily(GUESSES, ms + 500, (i) => guess(`nobody-${process.pid}-${i}@bench.example`));
  await wait(500);
  const busy = await reads(ms - 500);
  const answers = {};
  for (const { status } of await guesses) answers[status] = (answers[status] ?? 0) + 1;
  const of = (list) => ({ p50: quantile(list.map(({ ms }) => ms), 0.5), p95: quantile(list.map(({ ms }) => ms), 0.95), bad: list.filter(({ status }) => status !== 200).length });
  return { kind: 'flood', pool, quiet: of(quiet), busy: of(busy), answers };
}

/** 200 tries each in turns, four a name, so that nobody has to wait. */
async function names() {
  const known = [], unknown = [];
  for (let i = 0; i < 200; i++) {
    known.push((await guess(`known-${1 + (i >> 2)}@bench.example`)).ms);
    unknown.push((await guess(`nobody-${process.pid}-${i >> 2}@bench.example`)).ms);
  }
  return { kind: 'names', known: median(known), unknown: median(unknown) };
}

function report() {
  const rows = readFileSync(0, 'utf8').trim().split('\n').map((line) => JSON.parse(line)), out = [];
  out.push(`Product reads by API, ${READS} a second, while ${GUESSES} wrong log-ins a second, each of another name and from another address, come in; rounds in turns, medians.`, '');
  out.push('| log-ins are done by | p50 quiet, ms | p95 quiet | p50 in the flood | p95 in the flood | p95 ÷ quiet | failed reads | log-ins answered |', '|---|---|---|---|---|---|---|---|');
  const ratio = {};
  for (const [name, words] of [['souk_login', 'workers of their own'], ['souk_web', 'everybody’s workers']]) {
    const mine = rows.filter((row) => row.kind === 'flood' && row.pool === name), of = (f) => median(mine.map(f));
    ratio[name] = of((row) => row.busy.p95 / row.quiet.p95);
    const answers = {};
    for (const row of mine) for (const [status, n] of Object.entries(row.answers)) answers[status] = (answers[status] ?? 0) + n;
    out.push(`| ${words} | ${[of((r) => r.quiet.p50), of((r) => r.quiet.p95), of((r) => r.busy.p50), of((r) => r.busy.p95), ratio[name]].map((n) => n.toFixed(2)).join(' | ')} | ${mine.reduce((sum, r) => sum + r.busy.bad, 0)} | ${Object.entries(answers).map(([status, n]) => `${n} × ${status}`).join(', ')} |`);
  }
  const { known, unknown } = rows.find((row) => row.kind === 'names');
  const apart = Math.abs(known - unknown);
  out.push('', '| figure | goal | measured | |', '|---|---|---|---|');
  const goal = (words, most, n, unit = '') => out.push(`| ${words} | ≤ ${most}${unit} | ${n.toFixed(2)}${unit} | ${n <= most ? 'met' : '**not met**'} |`);
  goal('p95 of reads in the flood, of quiet', 2, ratio.souk_login);
  const noise = Math.max(3, Math.max(known, unknown) / 10);
  goal('median of a wrong password and of an unknown name, apart (200 tries each; 3 ms or a tenth)', noise.toFixed(2), apart, ' ms');
  out.push('', `A wrong password took ${known.toFixed(2)} ms, an unknown name ${unknown.toFixed(2)} ms.`);
  return out.join('\n');
}

const parts = { flood, names };
console.log(process.argv[2] === 'report' ? report() : JSON.stringify(await parts[process.argv[2]]()));
process.exit(0);
