// A double of Stripe for the tests: it refuses what Stripe's own library could not send, keeps what it was told, and
// answers as that library declares. On 127.0.0.1 only.
//
//   node double.mjs [--port N] [--webhook URL --secret whsec_…]
//
// Says {"port":…,"api_version":…} when it listens. What tests order, by POST with JSON: /_double/fault (double/faults.mjs),
// /_double/faults/clear, /_double/webhooks {url, secret, mode}, /_double/deliver {mode, state}, /_double/checkout {session,
// card}, /_double/authenticate {payment_intent, ok}, /_double/detach {payment_method}, /_double/dispute {payment_intent},
// /_double/clock {ahead}, /_double/reset. What they look at, by GET: /_double/charges, /_double/requests, /_double/events,
// /_double/violations.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { committed, contract } from './contract.mjs';
import * as billing from './double/billing.mjs';
import { decode, differs, refuses } from './double/check.mjs';
import { Faults, kinds } from './double/faults.mjs';
import { pages } from './double/pages.mjs';
import * as payments from './double/payments.mjs';
import { Refused, Store, invalid } from './double/store.mjs';
import { Webhooks } from './double/webhooks.mjs';

const { values: options } = parseArgs({ options: { port: { type: 'string', default: '0' }, webhook: { type: 'string' }, secret: { type: 'string', default: 'whsec_soukdouble' } } });

// The contract is that of what the double does, no more; so it is asked for by the names that have a row.
const names = [payments, billing].flatMap((room) => Object.keys(room.make(new Proxy({}, { get: () => () => {} }), () => '').operations));
const rules = contract(names);
if (process.argv[1].endsWith('double.mjs') && rules.sha256 !== committed()) {
  console.error(`the contract of this SDK is ${rules.sha256}, not that of contract.sha256: look at what changed, then write it there`);
  process.exit(1);
}

let port;
const where = () => `http://127.0.0.1:${port}`;
const store = new Store(rules);
const faults = new Faults();
const webhooks = new Webhooks({ url: options.webhook, secret: options.secret });
const money = payments.make(store, where);
const operations = { ...money.operations, ...billing.make(store, money).operations };
const show = pages(store, money.pages);
const routes = Object.entries(rules.operations).map(([name, { method, path, params, answer }]) => ({ name, method, params, answer, run: operations[name], pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`) }));
// What the command line does besides: the calls of Stripe's own page, and a parameter that newer versions have renamed.
const unlisted = [
  { method: 'GET', pattern: /^\/v1\/payment_pages\/(\w+)$/, run: (params, id) => ({ id, object: 'checkout.session' }) },
  { method: 'POST', pattern: /^\/v1\/payment_pages\/(\w+)\/confirm$/, run: (params, id) => money.pages.checkOut(id, 'visa') },
].map((row) => ({ ...row, name: 'unlisted', params: { is: 'any' }, answer: { is: 'any' } }));
const renamed = 'payment_method_types';
store.listeners.push((event) => webhooks.take(event));

let requests = [];
let keys = new Map(); // Idempotency-Key → { print, status, text }

// ---- One call ----

const isCommandLine = (req) => /^Stripe\/v1 stripe-cli/.test(req.headers['user-agent'] ?? '');

function permitted(req) {
  if (!/^Bearer (sk|rk)_test_/.test(req.headers.authorization ?? '')) throw new Refused(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' });
  const version = req.headers['stripe-version'];
  if (version !== rules.apiVersion && !isCommandLine(req)) throw invalid(`Invalid Stripe API version: ${version}`);
}

function run(req, url, body) {
  permitted(req);
  const route = [...routes, ...(isCommandLine(req) ? unlisted : [])].find((one) => one.method === req.method && one.pattern.test(url.pathname));
  if (!route) throw new Refused(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${req.method}: ${url.pathname}).` });
  const params = decode(req.method === 'POST' ? body : url.search.slice(1));
  if (isCommandLine(req)) delete params[renamed];
  const why = refuses(rules.types, route.params, params);
  if (why) throw invalid(why.message, { code: why.code, param: why.param });
  const { expand, ...given } = params;
  const answer = store.expanded(route.run(given, ...route.pattern.exec(url.pathname).slice(1)), expand);
  store.violate(differs(rules.types, route.answer, answer, route.name));
  return answer;
}

const answered = (req, url, body) => {
  try {
    return { status: 200, text: JSON.stringify(run(req, url, body)) };
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return { status: refused.status, text: JSON.stringify({ error: refused.body }) };
  }
};

// The first answer under a key is the answer under that key, other parameters are refused with it.
function once(req, url, body) {
  const key = req.method === 'POST' && req.headers['idempotency-key'];
  const print = `${req.method} ${url.pathname}\n${body}`;
  const known = key && keys.get(key);
  if (known && known.print !== print) return { status: 400, text: JSON.stringify({ error: { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.' } }) };
  if (known) return { ...known, replayed: true };
  const made = { print, ...answered(req, url, body) };
  if (key && made.status !== 401) keys.set(key, made);
  return made;
}

async function call(req, res, url, body) {
  const name = `${req.method} ${url.pathname}`;
  const fault = faults.meets(name, body);
  const kind = fault && kinds[fault.kind];
  const seen = { method: req.method, path: url.pathname, key: req.headers['idempotency-key'] ?? null, fault: fault?.kind ?? null, status: 0 };
  requests.push(seen);
  res.setHeader('Request-Id', store.id('req'));
  if (kind && fault.should_retry !== undefined) res.setHeader('Stripe-Should-Retry', String(fault.should_retry));
  if (kind?.before) return kind.send(res, { fault });
  if (kind?.holds) await fault.released;
  const { status, text, replayed } = once(req, url, body);
  seen.status = status;
  if (kind) return kind.send(res, { code: status, text, fault });
  if (replayed) res.setHeader('Idempotent-Replayed', 'true');
  return res.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
}

// ---- What tests order and look at ----

const controls = {
  'POST fault': (given) => faults.order(given),
  'POST faults/clear': () => faults.clear(),
  'POST webhooks': (given) => webhooks.set(given),
  'POST deliver': (given) => webhooks.deliver(given),
  'POST checkout': ({ session, card }) => money.pages.checkOut(session, card),
  'POST authenticate': ({ payment_intent: id, ok }) => money.pages.authenticate(id, ok),
  'POST detach': ({ payment_method: id }) => money.pages.detach(id),
  'POST dispute': ({ payment_intent: id }) => money.pages.dispute(id),
  'POST clock': ({ ahead }) => { store.moved = ahead; },
  'POST reset': () => { faults.clear(); webhooks.queue = []; requests = []; keys = new Map(); store.reset(); },
  'GET charges': () => store.all('charge').map(({ payment_intent: intent, amount, amount_refunded: refunded, currency, customer, metadata }) => ({ payment_intent: intent, amount, refunded, currency, customer, metadata })),
  'GET intents': () => store.all('payment_intent'),
  'GET requests': () => requests,
  'GET events': () => store.events,
  'GET violations': () => store.violations,
};

async function control(req, res, name, body) {
  const run = controls[`${req.method} ${name}`];
  const answer = run ? await run(body ? JSON.parse(body) : {}) : { error: `no ${name}` };
  res.writeHead(run ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? {}));
}

const server = createServer((req, res) => {
  const parts = [];
  req.on('data', (part) => parts.push(part)).on('end', async () => {
    const body = Buffer.concat(parts).toString();
    const url = new URL(req.url, where());
    try {
      if (url.pathname === '/favicon.ico') res.writeHead(204).end();
      else if (url.pathname.startsWith('/_double/')) await control(req, res, url.pathname.slice(9), body);
      else if (!show(req, res, url.pathname, body)) await call(req, res, url, body);
    } catch (broken) {
      console.error(broken);
      store.violate(String(broken));
      if (!res.headersSent) res.writeHead(599);
      res.end(String(broken));
    }
  });
}).listen(Number(options.port), '127.0.0.1', () => {
  port = server.address().port;
  console.log(JSON.stringify({ port, api_version: rules.apiVersion }));
});
process.on('SIGTERM', () => process.exit(store.violations.length ? 1 : 0));
