// What can go wrong on the way, on order: { match: 'POST /v1/payment_intents', contains, nth, times, kind, … }. `before` has no
// effect and the others have theirs: only the answer suffers.
import { setTimeout as sleep } from 'node:timers/promises';

const apiError = { error: { type: 'api_error', message: 'Something is wrong on our end.' } };
const status = (code, error) => ({ before: true, send: (res) => answer(res, code, JSON.stringify({ error })) });

function answer(res, code, body, headers = {}) {
  res.writeHead(code, { 'Content-Type': 'application/json', ...headers });
  res.end(body);
}

// Each: what to do with the connection, given the status and text that would have been sent.
export const kinds = {
  429: { before: true, send: (res, { fault }) => answer(res, 429, JSON.stringify({ error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' } }), fault.retry_after ? { 'Retry-After': String(fault.retry_after) } : {}) },
  401: status(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' }),
  409: status(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'There is another request in progress with this key.' }),
  '500_before': { before: true, send: (res) => answer(res, 500, JSON.stringify(apiError)) },
  '500_after': { send: (res) => answer(res, 500, JSON.stringify(apiError)) },
  timeout_before: { before: true, send: (res) => hang(res) },
  timeout_after: { send: (res) => hang(res) },
  cut: { send: (res, { code, text }) => { res.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }); res.write(text.slice(0, text.length / 2), () => res.destroy()); } },
  slow: { send: async (res, { code, text }) => {
    res.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    for (const byte of Buffer.from(text).subarray(0, 200)) { res.write(Buffer.from([byte])); await sleep(2); }
    res.end(Buffer.from(text).subarray(200));
  } },
  truncated_json: { send: (res, { code, text }) => answer(res, code, text.slice(0, text.length / 2)) },
  wrong_length: { send: (res, { code, text }) => { res.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) + 100 }); res.write(text, () => res.destroy()); } },
  short_length: { send: (res, { code, text }) => { res.socket.end(`HTTP/1.1 ${code} OK\r\nContent-Type: application/json\r\nContent-Length: ${Math.floor(Buffer.byteLength(text) / 2)}\r\nConnection: close\r\n\r\n${text}`); } },
  hold: { send: async (res, { code, text, fault }) => { await fault.released; answer(res, code, text); } },
  hold_before: { holds: true, send: (res, { code, text }) => answer(res, code, text) },
};

// No answer until the other side has had enough of it.
function hang(res) {
  const timer = setTimeout(() => res.destroy(), 40000);
  res.on('close', () => clearTimeout(timer));
}

export class Faults {
  ordered = [];

  order(fault) {
    if (!kinds[fault.kind]) throw new Error(`no fault ${fault.kind}`);
    const made = { nth: 1, times: 1, seen: 0, hit: 0, ...fault };
    made.released = new Promise((done) => { made.release = done; });
    this.ordered.push(made);
  }

  clear() {
    for (const fault of this.ordered) fault.release();
    this.ordered = [];
  }

  // The fault that this call meets, if any. `contains`: only calls with that in their body.
  meets(call, body) {
    for (const fault of this.ordered) {
      if (!call.startsWith(fault.match) || fault.hit >= fault.times || !body.includes(fault.contains ?? '')) continue;
      fault.seen++;
      if (fault.seen >= fault.nth) {
        fault.hit++;
        return fault;
      }
    }
    return null;
  }
}
