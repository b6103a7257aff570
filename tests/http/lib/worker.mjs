// A worker of the test's own beside the stack's, spoken to in FastCGI: it may be killed, and its
// client may hang up, without anybody else noticing.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { state, until } from './souk.mjs';

/** The settings of the stack's programs, by name. */
export function settings() {
  return Object.fromEntries([...readFileSync(join(state, 'env'), 'utf8').matchAll(/^(\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value.replace(/\\(["\\$`])/g, '$1')]));
}

function record(type, content) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}
const length = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([0x80 | (n >> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255]));
function params(values) {
  return Buffer.concat(Object.entries(values).flatMap(([name, value]) => {
    const [n, v] = [Buffer.from(name), Buffer.from(`${value}`)];
    return [length(n.length), length(v.length), n, v];
  }));
}

/** Reads STDOUT records to the end of the request; null when the worker hung up before it. */
function readAnswer(bytes) {
  const parts = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt16BE(at + 4), end = at + 8 + size;
    if (bytes[at + 1] === 6) parts.push(bytes.subarray(at + 8, end));
    if (bytes[at + 1] === 3) {
      const text = Buffer.concat(parts).toString(), [head, body] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
      const headers = Object.fromEntries([...head.matchAll(/^([\w-]+): (.*?)\r?$/gm)].map(([, name, value]) => [name.toLowerCase(), value]));
      return { status: Number.parseInt(headers.status ?? '200', 10), headers, text: body, body: /json$/.test(headers['content-type']) && body ? JSON.parse(body) : null };
    }
    at = end + bytes[at + 6];
  }
  return null;
}

/**
 * {pid, socket, alive, ask, kill, end}, with settings of its own. `ask` comes from `address`, and gives null when the
 * worker died; `sent` of the body's bytes are sent, then the client hangs up.
 */
export async function ownWorker(own = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'souk-worker-')), socket = join(folder, 's');
  const child = spawn('spawn-fcgi', ['-n', '-s', socket, '-M', '0600', '--', join(process.env.SOUK_BUILD, 'souk'), 'web'], { env: { ...process.env, ...settings(), ...own }, stdio: ['ignore', 'ignore', 'ignore'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await until(() => existsSync(socket), 'a worker of our own');

  function ask(who, method, path, { headers = {}, address = '127.0.0.1', json, body = Buffer.from(json ? JSON.stringify(json) : ''), sent = body.length } = {}) {
    const values = {
      REQUEST_METHOD: method, REQUEST_URI: path, REMOTE_ADDR: address, SERVER_PROTOCOL: 'HTTP/1.1', CONTENT_LENGTH: body.length,
      CONTENT_TYPE: headers['Content-Type'] ?? (json ? 'application/json' : ''), ...(who && { HTTP_AUTHORIZATION: `Bearer ${who.token}` }),
    };
    return new Promise((resolve) => {
      const to = connect(socket), parts = [];
      to.on('data', (part) => parts.push(part));
      to.on('error', () => {});
      to.on('close', () => resolve(readAnswer(Buffer.concat(parts))));
      to.write(record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])));
      to.write(Buffer.concat([record(4, params(values)), record(4, Buffer.alloc(0))]));
      for (let at = 0; at < sent; at += 32768) to.write(record(5, body.subarray(at, Math.min(at + 32768, sent))));
      if (sent < body.length) to.end();
      else to.write(record(5, Buffer.alloc(0)));
    });
  }
  return {
    pid: child.pid,
    socket,
    alive: () => child.exitCode === null && child.signalCode === null,
    ask,
    kill: () => { child.kill('SIGKILL'); return ended; },
    end: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
