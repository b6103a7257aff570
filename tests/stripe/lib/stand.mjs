// A double of its own for a test, and the three ways to talk to it: the official library, bare calls, orders.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import Stripe from 'stripe';

export const key = 'sk_test_souk';

/** One for all tests of a file. At its end it must end well: it does not when an answer of its own was wrong. */
export async function double() {
  const it = await start();
  after(async () => {
    assert.deepEqual(await it.look('violations'), []);
    assert.equal(await it.stop(), 0);
  });
  return it;
}

export async function start() {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../double.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { port, api_version: version } = JSON.parse(line);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill();
    return (await once(child, 'exit'))[0];
  };
  const headers = { Authorization: `Bearer ${key}`, 'Stripe-Version': version };

  const order = async (name, body = {}) => {
    const answer = await fetch(`${url}/_double/${name}`, { method: 'POST', body: JSON.stringify(body) });
    const said = await answer.json();
    assert.ok(answer.ok, said.error);
    return said;
  };
  const look = async (name) => (await fetch(`${url}/_double/${name}`)).json();

  // `form` as text, so that tests may write what no library would send.
  const call = async (method, path, form, more = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method, body: form, signal: more.signal,
      headers: { ...headers, ...(form !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }), ...more.headers },
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: json(text) };
  };

  const stripe = new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, timeout: 5000 });
  return { url, port, version, stripe, order, look, call, headers, stop };
}

const json = (text) => {
  try { return JSON.parse(text); } catch { return null; }
};

/** A POST by the bare module: what came until it ended or broke: { status, length, body, broken, ms }. */
export function bare({ url, headers }, path, form, { idempotency, timeout = 2000 } = {}) {
  const began = Date.now();
  return new Promise((done) => {
    let status = 0, length = null, body = '';
    const end = (broken) => done({ status, length, body, broken: broken ?? null, ms: Date.now() - began });
    const asked = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded', ...(idempotency && { 'Idempotency-Key': idempotency }) };
    const req = request(`${url}${path}`, { method: 'POST', agent: false, timeout, headers: asked }, (res) => {
      ({ statusCode: status } = res);
      length = Number(res.headers['content-length']);
      res.setEncoding('utf8');
      res.on('data', (part) => { body += part; }).on('end', () => end()).on('error', (error) => end(error.code));
    });
    req.on('timeout', () => { req.destroy(); end('timeout'); }).on('error', (error) => end(error.code));
    req.end(form);
  });
}

/** Where webhooks come to: what was received, { body, header }; `answers` are the statuses to give, the last for the rest. */
export async function inbox() {
  const received = [], answers = [200];
  const server = createServer((req, res) => {
    const parts = [];
    req.on('data', (part) => parts.push(part)).on('end', () => {
      received.push({ body: Buffer.concat(parts).toString(), header: req.headers['stripe-signature'] });
      res.writeHead(answers.length > 1 ? answers.shift() : answers[0]).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/`, received, answers };
}

/** Waits until it is so. */
export async function until(so, ms = 3000) {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (await so()) return;
    await new Promise((wake) => { setTimeout(wake, 10); });
  }
  assert.fail('it never came to be');
}
