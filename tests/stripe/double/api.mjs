// One call, as Stripe takes it: the key, the version, the contract, the idempotency key; then what it does, and that what
// it answers is what was declared.
import { decode, differs, refuses, typed } from './check.mjs';
import { kinds } from './faults.mjs';
import { Refused, invalid, refused } from './store.mjs';

const inUse = { code: 'idempotency_key_in_use' };
const KEPT = 86400; // seconds that a key is known
const errorOf = ({ status, body }) => ({ status, text: JSON.stringify({ error: body }) });

const pattern = (path) => new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`);
const unnamed = ({ pattern: { source } }) => source.split('(').length;
const unknown = (method, path) => refused(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${path}).`);

// The command line is older than the library: it gives no version, and parameters that are no more.
const isCommandLine = (req) => /^Stripe\/v1 stripe-cli/.test(req.headers['user-agent'] ?? '');
const gone = ['payment_method_types'];

export class Api {
  constructor({ contract, store, faults, operations, undeclared }) {
    Object.assign(this, { contract, store, faults });
    this.routes = [
      ...Object.entries(contract.operations).map(([name, { path, ...row }]) => ({ name, ...row, pattern: pattern(path), run: operations[name] })),
      ...undeclared.map((row) => ({ ...row, name: row.path, pattern: pattern(row.path), isUndeclared: true })),
    ].sort((a, b) => unnamed(a) - unnamed(b)); // /v1/invoices/create_preview is no invoice
    this.reset();
  }

  reset() {
    this.requests = [];
    this.keys = new Map(); // Idempotency-Key → { print, at, running } or { print, at, status, text }
  }

  async call(req, res, url, body) {
    const fault = this.faults.meets(`${req.method} ${url.pathname}`, body);
    const kind = fault && kinds[fault.kind];
    const seen = {
      id: this.store.id('req'), method: req.method, path: url.pathname, key: req.headers['idempotency-key'] ?? null, fault: fault?.kind ?? null, status: 0, replayed: false,
    };
    this.requests.push(seen);
    res.setHeader('Request-Id', seen.id);
    if (fault?.should_retry !== undefined) res.setHeader('Stripe-Should-Retry', String(fault.should_retry));
    if (fault?.retry_after !== undefined) res.setHeader('Retry-After', String(fault.retry_after));
    if (kind?.instead) {
      seen.status = kind.status ?? 0;
      return kind.send(res, null, fault);
    }

    const answer = await this.once(req, url, body, seen, kind?.during && (() => kind.during(fault)));
    const spoilt = kind?.answer?.() ?? answer;
    if (fault?.store && seen.key) this.keys.set(seen.key, { ...this.keys.get(seen.key), ...spoilt });
    Object.assign(seen, { status: spoilt.status, replayed: Boolean(answer.replayed) });
    if (answer.replayed) res.setHeader('Idempotent-Replayed', 'true');
    if (kind) return kind.send(res, spoilt, fault);
    return res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.text);
  }

  // The first answer under a key is the answer under that key; what never began leaves the key free.
  async once(req, url, body, seen, wait) {
    const key = req.method === 'POST' ? seen.key : null;
    const print = `${req.method} ${url.pathname}\n${body}`;
    try {
      this.permit(req);
      const known = key && this.known(key, print);
      if (known) return { ...known, replayed: true };
      if (key) this.keys.set(key, { print, at: this.store.now(), running: true });
    } catch (no) {
      return this.said(no);
    }
    await wait?.();
    const { began, ...answer } = this.answered(req, url, body, seen);
    if (key && began) this.keys.set(key, { print, at: this.store.now(), ...answer });
    else this.keys.delete(key);
    return answer;
  }

  permit(req) {
    if (!/^Bearer (sk|rk)_test_\w+$/.test(req.headers.authorization ?? '')) throw refused(401, 'invalid_request_error', 'Invalid API Key provided.');
    const version = req.headers['stripe-version'];
    if (version !== this.contract.apiVersion && !isCommandLine(req)) throw invalid(`Invalid Stripe API version: ${version}`);
    const content = req.headers['content-type'] ?? '';
    if (req.method === 'POST' && content && !content.startsWith('application/x-www-form-urlencoded'))
      throw invalid(`The content type ${content} is not that of a form.`);
  }

  known(key, print) {
    if (key.length > 255) throw invalid('Idempotency-Key is longer than 255 characters.');
    const known = this.keys.get(key);
    if (!known || known.at <= this.store.now() - KEPT) return null;
    if (known.print !== print) throw refused(400, 'idempotency_error', 'Keys for idempotent requests can only be used with the same parameters they were first used with.');
    if (known.running) throw refused(409, 'idempotency_error', 'There is currently another in-progress request using this Idempotent Key.', inUse);
    return known;
  }

  said(no) {
    if (!(no instanceof Refused)) throw no;
    return errorOf(no);
  }

  answered(req, url, body, seen) {
    const faults = this.store.violations.length;
    let began = false;
    try {
      const { route, ids, params } = this.understood(req, url, body);
      began = true;
      const text = JSON.stringify(this.run(route, ids, params, seen));
      if (this.store.violations.length > faults) return errorOf({ status: 599, body: { type: 'double', message: this.store.violations.at(-1) } });
      return { began, status: 200, text };
    } catch (no) {
      return { began, ...this.said(no) };
    }
  }

  understood(req, url, body) {
    const route = this.routes.find((one) => one.method === req.method && one.pattern.test(url.pathname) && (!one.isUndeclared || isCommandLine(req)));
    if (!route) throw unknown(req.method, url.pathname);
    const ids = route.pattern.exec(url.pathname).slice(1).map(decodeURIComponent);
    const given = decode(req.method === 'POST' ? body : url.search.slice(1));
    if (!route.params) return { route, ids, params: given };
    if (isCommandLine(req)) for (const name of gone) delete given[name];
    const { types } = this.contract;
    const why = refuses(types, route.params, given);
    if (why) throw invalid(why.message, { ...(why.code && { code: why.code }), param: why.param });
    return { route, ids, params: typed(types, route.params, given) };
  }

  run(route, ids, { expand, ...params }, seen) {
    this.store.request = { id: seen.id, idempotency_key: seen.key };
    try {
      const answer = this.store.expanded(route.run(this.store, params, ...ids), expand);
      if (route.answer) this.store.violate(differs(this.contract.types, route.answer, answer, route.name));
      return answer;
    } finally {
      this.store.request = null;
    }
  }
}
