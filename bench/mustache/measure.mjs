// The health page by our engine and by mustache.js, in turns: the same template with all parents and
// partials in their places, the same model, the same text. And, for itself, the page as it is served.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { flatten } from './flatten.mjs';
import { healthModel } from './model.mjs';

const { RENDER, HERE, STATE, TEMPLATES } = process.env;
const ROUNDS = Number(process.env.SOUK_BENCH_ROUNDS ?? 7);
const PAGE = 'admin/platform-health/index';
const template = `${STATE}/page.mustache`, model = `${STATE}/model.json`;

mkdirSync(STATE, { recursive: true });
// A time is a text and a map at once, which JSON cannot say: its text gets a name.
writeFileSync(template, flatten(TEMPLATES, PAGE).replaceAll('{{taken}}', '{{taken.text}}'));
writeFileSync(model, JSON.stringify(healthModel(TEMPLATES)));

const run = (command, args) => execFileSync(command, args.map(String), { encoding: 'utf8' });
const tools = {
  souk: (seconds) => run(RENDER, [template, model, seconds]),
  'mustache.js': (seconds) => run(process.execPath, [`${HERE}/peer.mjs`, template, model, seconds]),
  'souk, as served': (seconds) => run(RENDER, [PAGE, model, seconds, TEMPLATES]),
};

// mustache.js escapes three characters more.
const plain = (html) => html.replaceAll('&#x2F;', '/').replaceAll('&#x3D;', '=').replaceAll('&#x60;', '`');
const [ours, theirs] = ['souk', 'mustache.js'].map((t) => plain(tools[t](0)));
if (ours !== theirs) {
  writeFileSync(`${STATE}/ours.html`, ours);
  writeFileSync(`${STATE}/theirs.html`, theirs);
  throw new Error(`the two say different things: diff ${STATE}/ours.html ${STATE}/theirs.html`);
}

const rates = Object.fromEntries(Object.keys(tools).map((t) => [t, []]));
for (let i = 0; i < ROUNDS; i++)
  for (const tool of Object.keys(tools)) {
    const { renders, ms } = JSON.parse(tools[tool](1));
    rates[tool].push((renders / ms) * 1000);
  }

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

console.log(`The health page (${ours.length.toLocaleString('en')} characters), rendered to a text in memory: ${ROUNDS} rounds of \
1 s in turns, medians; templates compiled beforehand, mustache.js warmed up for 1 s.\n`);
console.log('| | renders/s |\n|---|---|');
for (const [tool, list] of Object.entries(rates)) console.log(`| ${tool} | ${Math.round(median(list)).toLocaleString('en')} |`);
const ratio = median(rates.souk.map((r, i) => r / rates['mustache.js'][i]));
console.log('\n"As served" has inheritance, partials and words of the language files still to be resolved.');
console.log('\n| figure | goal | measured | |\n|---|---|---|---|');
console.log(`| renders/s, of mustache.js | ≥ 1 | ${ratio.toFixed(2)} | ${ratio >= 1 ? 'met' : '**not met**'} |`);
