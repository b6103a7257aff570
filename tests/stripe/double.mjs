// A double of Stripe for the tests: it refuses what Stripe's own library could not send, keeps what it was told, and
// answers as that library declares; an answer of its own that is not so is 599, and ends it with a failure. On 127.0.0.1.
//
//   node double.mjs [--port N] [--webhook URL --secret whsec_…]
//
// Says {"port":…,"api_version":…} when it listens; ends on SIGTERM. Faults are ordered as double/faults.mjs says, and what
// else tests may order and see is in double/controls.mjs.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { committed, contract } from './contract.mjs';
import { Api } from './double/api.mjs';
import { controls } from './double/controls.mjs';
import { Faults } from './double/faults.mjs';
import { showPage } from './double/pages.mjs';
import { operations, undeclared } from './double/rooms.mjs';
import { Refused, Store } from './double/store.mjs';
import { Webhooks } from './double/webhooks.mjs';

const { values: options } = parseArgs({
  options: { port: { type: 'string', default: '0' }, webhook: { type: 'string' }, secret: { type: 'string', default: 'whsec_soukdouble' } },
});

const rules = await contract(Object.keys(operations));
if (rules.sha256 !== committed()) {
  console.error(`the contract of this SDK is ${rules.sha256}, not that of contract.sha256: look at what changed, then write it there`);
  process.exit(1);
}

const where = () => `http://127.0.0.1:${server.address().port}`;
const store = new Store(rules, where);
const faults = new Faults();
const webhooks = new Webhooks({ url: options.webhook, secret: options.secret });
const api = new Api({ contract: rules, store, faults, operations, undeclared });
const orders = controls({ store, api, faults, webhooks });
store.listeners.push((event) => webhooks.take(event));

async function control(req, res, name, body) {
  const run = orders[`${req.method} ${name}`];
  const say = (status, answer) => res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  if (!run) return say(404, { error: `there is no ${req.method} ${name}` });
  try {
    return say(200, await run(body ? JSON.parse(body) : {}));
  } catch (no) {
    if (!(no instanceof Refused)) console.error(no);
    return say(400, { error: no.message });
  }
}

async function answer(req, res, body) {
  const url = new URL(req.url, where());
  if (url.pathname === '/favicon.ico') return res.writeHead(204).end();
  if (url.pathname.startsWith('/_double/')) return control(req, res, url.pathname.slice('/_double/'.length), body);
  return showPage(store, req, res, url.pathname, body) || api.call(req, res, url, body);
}

const server = createServer((req, res) => {
  const parts = [];
  req.on('data', (part) => parts.push(part)).on('end', () => answer(req, res, Buffer.concat(parts).toString()).catch((broken) => {
    console.error(broken);
    store.violate(String(broken));
    if (!res.headersSent) res.writeHead(599);
    res.end(String(broken));
  }));
}).listen(Number(options.port), '127.0.0.1', () => {
  console.log(JSON.stringify({ port: server.address().port, api_version: rules.apiVersion }));
});

process.on('SIGTERM', () => process.exit(store.violations.length ? 1 : 0));
