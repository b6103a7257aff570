// Runs the limiter's decisions and prints markdown: medians of the rounds.
import { execFileSync } from 'node:child_process';

const { DECIDE, SOCKET, SOUK_BENCH_ROUNDS = '7', SOUK_BENCH_SECONDS = '2' } = process.env;
const PROCESSES = 4, PAIRS = 60000;
const decide = (...args) => execFileSync(DECIDE, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split(' ').map(Number);
const redis = (...args) => execFileSync('redis-cli', ['-s', SOCKET, ...args], { encoding: 'utf8' }).trim();
const memory = () => Number(/^used_memory:(\d+)/m.exec(redis('info', 'memory'))[1]);
const cpu = () => [...redis('info', 'cpu').matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].reduce((sum, [, s]) => sum + Number(s), 0);
const calls = () => [...redis('info', 'commandstats').matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

const by = { wall: [], redis: [], refused: [] };
let asked = 0;
for (let round = 0; round < Number(SOUK_BENCH_ROUNDS); round++) {
  const before = [cpu(), calls()];
  const [wall, each] = decide('redis', `unix:${SOCKET}`, SOUK_BENCH_SECONDS, `${PROCESSES}`);
  const inRedis = ((cpu() - before[0]) * 1e6) / (calls() - before[1]);
  by.wall.push(wall);
  by.redis.push(2e6 / (each + inRedis));
  redis('flushall');
  const [rate, more] = decide('refused', `unix:${SOCKET}`, SOUK_BENCH_SECONDS);
  by.refused.push(rate);
  asked += more;
}

redis('flushall');
const empty = memory();
decide('fill', `unix:${SOCKET}`, `${PAIRS}`);
const keys = Number(redis('dbsize')), each = (memory() - empty) / keys;
const sample = Number(redis('memory', 'usage', redis('randomkey')));

const rows = [
  ['the same by the clock, beside whatever else ran', '', Math.round(median(by.wall)), null],
  ['decisions of three limits a second, on two cores (by their CPU time, Redis included)', '≥ 40,000', Math.round(median(by.redis)), median(by.redis) >= 40000],
  ['refusals out of shared memory a second of one core', '≥ 500,000', Math.round(median(by.refused)), median(by.refused) >= 500000],
  ['of those refusals, how many asked Redis', '0', asked, asked === 0],
  ['bytes a live key, dictionaries included', '≤ 140', each.toFixed(1), each <= 140],
];
console.log(`Decisions as a worker makes them (who is known, rules found, keys hashed, one call), ${PROCESSES} processes and Redis on the same cores: ${SOUK_BENCH_ROUNDS} rounds of ${SOUK_BENCH_SECONDS} s, medians. Memory: ${keys.toLocaleString('en')} live keys; MEMORY USAGE says ${sample} bytes of one.\n`);
console.log('| figure | goal | measured | |\n|---|---|---|---|');
for (const [figure, goal, measured, met] of rows) console.log(`| ${figure} | ${goal} | ${measured.toLocaleString('en')} | ${met === null ? '' : met ? 'met' : '**not met**'} |`);
