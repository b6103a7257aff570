// Connections as no client of good will makes them: to nginx, and straight to a worker. Whatever
// comes is answered or hung up on, and the next request is served.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, testdata, url } from './lib/souk.mjs';
import { ownWorker } from './lib/worker.mjs';

const { hostname, port } = new URL(url);
const nginx = { host: hostname, port };

function rows(name) {
  const file = join(testdata ?? '', 'security/vectors', name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : null;
}

/** Sends the bytes, then listens until the other side ends, says `enough`, or is quiet: for `first` ms before its first word, `quiet` ms after. */
function talk(to, bytes, { enough = () => false, quiet = 400, first = quiet + 2000 } = {}) {
  return new Promise((resolve) => {
    const socket = connect(to), parts = [];
    const end = (closed) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ closed, bytes: Buffer.concat(parts) });
    };
    let timer = setTimeout(end, first, false);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (part) => {
      parts.push(part);
      clearTimeout(timer);
      if (enough(Buffer.concat(parts))) end(false);
      else timer = setTimeout(end, quiet, false);
    });
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
  });
}

const statuses = (bytes) => [...bytes.toString('latin1').matchAll(/(?:^|\n)HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));
const broken = (status) => [500, 502, 504].includes(status);

/** The rows, some at a time; gives what `check` says against each. */
async function each(list, width, check) {
  const wrong = [], left = [...list.entries()];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const said = await check(next[1]);
      if (said) wrong.push(`${next[0]} ${next[1].name}: ${said}`);
    }
  }));
  return wrong;
}

test('requests that are none are refused, and a plain one is answered after each', async (t) => {
  const list = rows('http-raw.jsonl');
  if (!list) return t.skip('no SOUK_TESTDATA');
  const plain = Buffer.from(list[0].b64, 'base64');
  const enough = (bytes) => statuses(bytes).some((status) => status >= 200); // what was refused at once need not be waited for
  const wrong = await each(list, 16, async ({ b64, expect }) => {
    const { bytes, closed } = await talk(nginx, Buffer.from(b64, 'base64'), { enough: expect === 'either' ? undefined : enough, quiet: 150 });
    const got = statuses(bytes).filter((status) => status >= 200), [first] = got;
    if (got.some(broken)) return `status ${got}`;
    if (expect === 'accept' && !(first >= 200 && first < 400)) return `refused: ${first}`;
    if (expect === 'refuse' && !(first === undefined ? closed : first >= 400)) return `not refused: ${first} ${closed}`;
    const next = statuses((await talk(nginx, plain, { enough })).bytes)[0];
    if (!(next >= 200 && next < 400)) return `the next request: ${next}`;
  });
  assert.deepEqual(wrong, []);
});

test('no second request is smuggled in the body of the first', async () => {
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const head = 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  const tries = {
    'length and chunks': `${head}Content-Length: ${5 + inner.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    'chunks under a false name': `${head}Content-Length: ${5 + inner.length}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
    'chunks behind a blank': `${head}Content-Length: ${5 + inner.length}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    'two lengths': `${head}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    'a length with a sign': `${head}Content-Length: +0\r\n\r\n${inner}`,
    'chunks twice': `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
  };
  for (const [name, request] of Object.entries(tries)) {
    const got = statuses((await talk(nginx, Buffer.from(request))).bytes);
    assert.ok(got.length <= 1 && got.every((status) => status >= 400), `${name}: ${got}`);
  }
});

test('methods that ask a server to be something else are refused', async () => {
  for (const line of ['TRACE / HTTP/1.1', 'CONNECT 127.0.0.1:22 HTTP/1.1', 'TRACK / HTTP/1.1', 'PROPFIND / HTTP/1.1', 'DEBUG / HTTP/1.1']) {
    const { bytes } = await talk(nginx, Buffer.from(`${line}\r\nHost: localhost\r\nX-Echo: echoed\r\n\r\n`), { quiet: 300 });
    assert.ok([400, 405, 501].includes(statuses(bytes)[0]), `${line}: ${statuses(bytes)}`);
    assert.doesNotMatch(bytes.toString(), /echoed/);
  }
});

test('many who write slowly hold no worker, and are hung up on in time', { timeout: 40_000 }, async () => {
  const began = Date.now(), open = [];
  for (let i = 0; i < 60; i++) {
    const socket = connect(nginx), one = { ended: new Promise((resolve) => socket.on('close', () => resolve(Date.now() - began))), socket };
    socket.on('error', () => {});
    socket.on('data', () => {});
    const lines = i % 2 ? ['GET / HTTP/1.1\r\nHost: localhost\r\n'] : ['POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000\r\n\r\na'];
    socket.write(lines[0]);
    one.timer = setInterval(() => socket.writable && socket.write(i % 2 ? 'X: y\r\n' : 'b'), 1000);
    open.push(one);
  }
  await new Promise((wake) => setTimeout(wake, 300));
  const asked = Date.now(), answers = await Promise.all(Array.from({ length: 40 }, () => ask(null, 'GET', '/login')));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok(Date.now() - asked < 5000, `answered in ${Date.now() - asked} ms`);
  const headers = await Promise.all(open.filter((_, i) => i % 2).map(({ ended }) => ended));
  for (const one of open) {
    clearInterval(one.timer);
    one.socket.destroy();
  }
  assert.ok(Math.max(...headers) < 15_000, `headers were awaited for ${Math.max(...headers)} ms`);
});

// ---- Straight to a worker ----

let worker;
before(async () => { worker = await ownWorker(); });
after(() => worker.end());

const ended = (bytes) => {
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt16BE(at + 4) + bytes[at + 6]) if (bytes[at + 1] === 3) return true;
  return false;
};

test('records that are no FastCGI end no worker, and a plain request is answered after each', async (t) => {
  const list = rows('fastcgi-raw.jsonl');
  if (!list) return t.skip('no SOUK_TESTDATA');
  const plain = Buffer.from(list[0].b64, 'base64');
  const wrong = await each(list, 1, async ({ b64, expect }) => {
    const { bytes } = await talk({ path: worker.socket }, Buffer.from(b64, 'base64'), { enough: ended, quiet: 30, first: expect === 'answer' ? 5000 : 60 });
    if (/Status: 50[0-24]/.test(bytes.toString('latin1'))) return bytes.toString('latin1').slice(0, 300);
    if (expect === 'answer' && !ended(bytes)) return 'no answer';
    const next = await talk({ path: worker.socket }, plain, { enough: ended, quiet: 2000 });
    if (!ended(next.bytes)) return 'the next request was not answered';
  });
  assert.deepEqual(wrong, []);
  assert.ok(worker.alive(), 'the worker is still the same one');
});
