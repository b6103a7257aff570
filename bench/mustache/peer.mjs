// mustache.js: peer.mjs TEMPLATE MODEL.json SECONDS renders as often as it can, after a second to warm
// up, and says how often and in what time; with 0 seconds it says the text.
import { readFileSync } from 'node:fs';
import Mustache from 'mustache';

const [file, model, seconds] = process.argv.slice(2);
const template = readFileSync(file, 'utf8');
const view = JSON.parse(readFileSync(model, 'utf8'));

function renderFor(ms) {
  const began = performance.now();
  let renders = 0, length = 0;
  do {
    for (let i = 0; i < 100; i++) length += Mustache.render(template, view).length;
    renders += 100;
  } while (performance.now() - began < ms);
  return { renders, ms: performance.now() - began, length: length / renders };
}

if (seconds === '0') {
  process.stdout.write(Mustache.render(template, view));
} else {
  renderFor(1000);
  console.log(JSON.stringify(renderFor(seconds * 1000)));
}
