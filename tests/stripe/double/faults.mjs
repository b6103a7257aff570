// What can go wrong on the way, on order:
//   { match: 'POST /v1/payment_intents', contains: 'cus_1', nth: 1, times: 1, kind, should_retry, retry_after, … }
// the nth call that begins with `match` and has `contains` in its body, and `times` of them. `instead`: nothing happens but this answer. The others have
// their effect, and only the answer suffers; `during` waits before the effect, while the key is in use.
import { setTimeout as sleep } from 'node:timers/promises';

const type = { 'Content-Type': 'application/json' };
const failed = { type: 'api_error', message: 'An unknown error occurred.' };

const error = (status, body) => ({ instead: true, status, send: (res) => res.writeHead(status, type).end(JSON.stringify({ error: body })) });
const sized = (res, { status, text }, length) => res.writeHead(status, { ...type, 'Content-Length': length ?? Buffer.byteLength(text) });
const half = (text) => text.slice(0, Math.floor(text.length / 2));
const whole = (res, { status, text }) => res.writeHead(status, type).end(text);

// No answer until the other side has had enough of it.
function hang(res) {
  const timer = setTimeout(() => res.destroy(), 40000);
  res.on('close', () => clearTimeout(timer));
}

// Byte by byte, all of them unless the order says how many; `ms` apart.
async function drip(res, answer, { ms = 5, bytes = Infinity }) {
  sized(res, answer);
  const all = Buffer.from(answer.text);
  for (let i = 0; i < all.length && !res.destroyed; i++) {
    if (i >= bytes) return res.end(all.subarray(i));
    res.write(all.subarray(i, i + 1));
    await sleep(ms);
  }
  return res.end();
}

// The client may close first, and that is what it should do: more bytes than the length said.
function tooMuch(res, { status, text }) {
  res.socket.end(`HTTP/1.1 ${status} Double\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Math.floor(Buffer.byteLength(text) / 2)}\r\n\r\n${text}`);
}

export const kinds = {
  401: error(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' }),
  409: error(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'There is currently another in-progress request using this Idempotent Key.' }),
  429: error(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests hit the API too quickly.' }),
  '500_before': error(500, failed),
  // With `store`, the key keeps this answer instead of the true one, as Stripe does when its own end failed late.
  '500_after': { answer: () => ({ status: 500, text: JSON.stringify({ error: failed }) }), send: whole },
  timeout_before: { instead: true, send: hang },
  timeout_after: { send: hang },
  cut: { send: (res, answer) => { sized(res, answer); res.write(half(answer.text), () => setTimeout(() => res.destroy(), 5)); } },
  slow: { send: drip },
  truncated_json: { send: (res, { status, text }) => whole(res, { status, text: half(text) }) },
  wrong_length: { send: (res, answer) => { sized(res, answer, Buffer.byteLength(answer.text) + 100); res.write(answer.text, () => setTimeout(() => res.destroy(), 5)); } },
  short_length: { send: tooMuch },
  hang_ms: { during: ({ ms }) => sleep(ms), send: whole },
  // Until /_double/faults/clear.
  hold: { send: async (res, answer, { released }) => { await released; whole(res, answer); } },
  hold_before: { during: ({ released }) => released, send: whole },
};

export class Faults {
  ordered = [];

  order({ kind, ...fault }) {
    const [name, ms] = String(kind).split(':'); // "hang_ms:800"
    if (!kinds[name]) throw new Error(`there is no fault ${kind}`);
    const made = { nth: 1, times: 1, match: '', contains: '', ...(ms && { ms: Number(ms) }), ...fault, kind: name, seen: 0, hit: 0 };
    made.released = new Promise((done) => { made.release = done; });
    this.ordered.push(made);
  }

  clear() {
    for (const fault of this.ordered) fault.release();
    this.ordered = [];
  }

  /** The fault that this call meets, if any. */
  meets(call, body) {
    return this.ordered.find((fault) => {
      if (!call.startsWith(fault.match) || !body.includes(fault.contains) || fault.hit >= fault.times) return false;
      if (++fault.seen < fault.nth) return false;
      fault.hit++;
      return true;
    }) ?? null;
  }
}
