// Loads the four programs in turns and prints what each request cost. CPU is what the kernel counted
// for the processes (utime + stime), so time spent waiting is not in it.
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { isDeepStrictEqual, promisify } from 'node:util';

const run = promisify(execFile);
const { STACK, PG_PID, SOUK_URL, PEER_URL, PRODUCT, TOKEN } = process.env;
const ROUNDS = Number(process.env.SOUK_BENCH_ROUNDS ?? 7);
const SECONDS = Number(process.env.SOUK_BENCH_SECONDS ?? 4);
const TICKS = 100; // a second, on every Linux that Debian ships

const pidOf = (file) => Number(readFileSync(file, 'utf8').split(' ')[0]);
const ours = (name) => pidOf(`${STACK}/pid/${name}.pid`);
const peer = (name) => ({
  url: `${PEER_URL}/${name}/products/${PRODUCT}`, header: 'Cookie: session=7f3a9c', workers: ours(`peer-${name}`),
});
const targets = [
  { name: 'souk', url: SOUK_URL, header: `Authorization: Bearer ${TOKEN}`, workers: ours('web') },
  { name: 'bare loop', ...peer('loop') },
  { name: 'FastAPI + asyncpg', ...peer('asyncpg') },
  { name: 'FastAPI + SQLAlchemy ORM', ...peer('orm') },
];
const beneath = { PostgreSQL: [pidOf(PG_PID)], Redis: [ours('redis')], nginx: [ours('nginx'), ours('peer-nginx')] };

/** Every process's parent and ticks of CPU. */
function processes() {
  const all = new Map();
  for (const pid of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      all.set(Number(pid), { parent: Number(words[1]), ticks: Number(words[11]) + Number(words[12]) });
    } catch { /* it has ended */ }
  }
  return all;
}

function family(all, root) {
  const members = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, p] of all)
      if (members.has(p.parent) && !members.has(pid)) {
        members.add(pid);
        grown = true;
      }
  }
  return [...members];
}

const seconds = (roots) => {
  const all = processes();
  return roots.flatMap((r) => family(all, r)).reduce((sum, pid) => sum + (all.get(pid)?.ticks ?? 0), 0) / TICKS;
};

async function wrk(target, duration) {
  // The shell's `times`: its own CPU, then that of what it ran.
  const { stdout } = await run('sh', ['-c', '"$@"; times', 'sh',
    'wrk', '-t2', '-c32', `-d${duration}s`, '--latency', '-H', target.header, target.url]);
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  if (bad) throw new Error(`${target.name}: ${bad[1]} answers were no 2xx`);
  const ms = (text) => {
    const [, n, unit] = /([\d.]+)(us|ms|s)/.exec(text);
    return Number(n) * { us: 0.001, ms: 1, s: 1000 }[unit];
  };
  const requests = Number(/(\d+) requests in/.exec(stdout)[1]);
  const cpu = [...stdout.trimEnd().split('\n').at(-1).matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce((sum, [, m, s]) => sum + 60 * m + Number(s), 0);
  return {
    requests, load: (cpu / requests) * 1000,
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p50: ms(/^\s+50%\s+(\S+)/m.exec(stdout)[1]), p99: ms(/^\s+99%\s+(\S+)/m.exec(stdout)[1]),
  };
}

async function round(target) {
  const roots = { workers: [target.workers], ...beneath };
  const before = Object.fromEntries(Object.entries(roots).map(([k, v]) => [k, seconds(v)]));
  const result = await wrk(target, SECONDS);
  for (const [k, v] of Object.entries(roots)) result[k] = ((seconds(v) - before[k]) / result.requests) * 1000;
  result.all = Object.keys(roots).reduce((sum, k) => sum + result[k], 0);
  return result;
}

/** Proportional set sizes of a pool's workers, in MiB; the watcher itself is not one. */
function sizes(watcher) {
  return family(processes(), watcher).filter((pid) => pid !== watcher).map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024);
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** All four must say the same of the product, or the comparison means nothing. */
async function sameAnswers() {
  const answers = [];
  for (const t of targets) {
    const at = t.header.indexOf(':');
    const got = await fetch(t.url, { headers: { [t.header.slice(0, at)]: t.header.slice(at + 2) } });
    if (!got.ok) throw new Error(`${t.name} answers ${got.status}`);
    answers.push(await got.json());
  }
  // Microseconds may be cut at the end or filled up with zeros.
  const plain = (a) => ({ ...a, created_at: Date.parse(a.created_at), updated_at: Date.parse(a.updated_at) });
  for (const [i, a] of answers.entries())
    if (!isDeepStrictEqual(plain(a), plain(answers[0])))
      throw new Error(`${targets[i].name} says ${JSON.stringify(a)}\nsouk says ${JSON.stringify(answers[0])}`);
  return JSON.stringify(answers[0]).length;
}

const bytes = await sameAnswers();
const rest = { web: sizes(ours('web')), media: sizes(ours('media')) };
for (const t of targets) await wrk(t, 2);
const rounds = new Map(targets.map((t) => [t.name, []]));
for (let i = 0; i < ROUNDS; i++)
  for (const t of targets) rounds.get(t.name).push(await round(t));
const after = sizes(ours('web'));

const figures = ['rate', 'p50', 'p99', 'workers', 'PostgreSQL', 'Redis', 'nginx', 'all', 'load'];
const middle = new Map([...rounds].map(([name, list]) =>
  [name, Object.fromEntries(figures.map((f) => [f, median(list.map((r) => r[f]))]))]));

console.log(`A vendor's product with its texts and images as JSON (${bytes} bytes), log-in and rate limits checked, through nginx: \
32 connections, ${ROUNDS} rounds of ${SECONDS} s in turns, medians. CPU in seconds for 1,000 requests. Load when it began: ${process.env.LOAD}; \
above the number of cores, what a clock measures is not judged.\n`);
console.log('| | requests/s | p50 ms | p99 ms | workers | PostgreSQL | Redis | nginx | all CPU | wrk |');
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const [name, m] of middle)
  console.log(`| ${name} | ${Math.round(m.rate).toLocaleString('en')} | ${m.p50.toFixed(1)} | ${m.p99.toFixed(1)} | \
${['workers', 'PostgreSQL', 'Redis', 'nginx', 'all', 'load'].map((f) => m[f].toFixed(3)).join(' | ')} |`);

// Ratios of one round to the other's same round; the median of these is steadier than that of medians.
const ratio = (a, b, figure) => median(rounds.get(a).map((r, i) => r[figure] / rounds.get(b)[i][figure]));
const first = process.env.FIRST_MS.trim().split(/\s+/).map(Number);
// Beside other work a clock measures that work too; CPU a request and sizes still say something.
const load = Number(process.env.LOAD);
const timed = (met) => (load > cpus().length ? undefined : met);
const goals = [
  ['worker CPU a request, of the bare loop\'s', '≤ 1.3', ratio('souk', 'bare loop', 'workers'), (x) => x <= 1.3],
  ['all CPU a request, of the bare loop\'s', '', ratio('souk', 'bare loop', 'all')],
  ['requests/s, of the bare loop\'s', '', ratio('souk', 'bare loop', 'rate')],
  ['requests/s, of FastAPI + asyncpg', '≥ 3', ratio('souk', 'FastAPI + asyncpg', 'rate'), timed((x) => x >= 3)],
  ['the bare loop\'s requests/s, of FastAPI + asyncpg', '', ratio('bare loop', 'FastAPI + asyncpg', 'rate')],
  ['requests/s, of FastAPI + ORM', '≥ 12', ratio('souk', 'FastAPI + SQLAlchemy ORM', 'rate'), timed((x) => x >= 12)],
  ['the bare loop\'s requests/s, of FastAPI + ORM', '', ratio('bare loop', 'FastAPI + SQLAlchemy ORM', 'rate')],
  ['worker CPU a request of FastAPI + asyncpg, of souk\'s', '', ratio('FastAPI + asyncpg', 'souk', 'workers')],
  ['worker CPU a request of FastAPI + ORM, of souk\'s', '', ratio('FastAPI + SQLAlchemy ORM', 'souk', 'workers')],
  ['largest web worker at rest, MiB (PSS)', '≤ 8', Math.max(...rest.web), (x) => x <= 8],
  ['largest media worker at rest, MiB (PSS)', '≤ 8', Math.max(...rest.media), (x) => x <= 8],
  ['largest web worker after the load, MiB (PSS)', '', Math.max(...after)],
  ['start of a worker to its first answer, ms', '≤ 50', median(first), timed((x) => x <= 50)],
];
const clone = Number(process.env.CLONE_MS) / 1000;
if (clone) goals.push(['script/server ready on a clean clone, build and demo included, s', '≤ 60', clone, timed((x) => x <= 60)]);
console.log('\n| figure | goal | measured | |\n|---|---|---|---|');
for (const [name, goal, measured, met] of goals)
  console.log(`| ${name} | ${goal} | ${measured.toFixed(2)} | ${met ? (met(measured) ? 'met' : '**not met**') : ''} |`);
