// A sender of the test's own over a database of its own on the stack's server, so that nobody else
// sends what it should; and SMTP servers that do as the test says.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { readMail } from './mail.mjs';
import { root, state, url } from './souk.mjs';
import { settings } from './worker.mjs';

const run = promisify(execFile);
const program = join(process.env.SOUK_BUILD ?? join(root, 'build'), 'souk');
const superuser = `. "$root/script/lib/all.sh"; stack_at; postgres_sql "$(postgres_home "$state")" "$1"`;

/** Runs statements as the superuser. */
export function sql(database, statements) {
  return execFileSync('sh', ['-euc', superuser, 'sql', database], {
    input: statements, encoding: 'utf8', env: { ...process.env, root, SOUK_STATE: state, SOUK_PORT: new URL(url).port },
  }).trim();
}

/** {sql, add, states, once, start}: an outbox and who sends from it. `set`: settings of the sender. */
export function newOutbox(word) {
  const name = `${word}_${process.pid}`;
  const on = (conninfo) => conninfo.replace('dbname=souk', `dbname=${name}`);
  const stack = settings();
  const env = { ...process.env, ...stack, SOUK_DATABASE_URL: on(stack.SOUK_DATABASE_URL), SOUK_DATABASE_OWNER_URL: on(stack.SOUK_DATABASE_OWNER_URL), SOUK_MAIL_RATE: '10000' };
  sql('souk', `CREATE DATABASE ${name} OWNER souk_owner`);
  execFileSync(program, ['migrate'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const here = (statements) => sql(name, statements);
  const with_ = (set) => ({ ...env, SOUK_SMTP_TLS: 'none', ...set });
  return {
    sql: here,
    /** Mails to names@example.org, in this order. */
    add: (...names) => here(names.map((who) =>
      `SELECT mail_put('reset', '${who}@example.org', 'Zoë "${who}"', 'de', '{"until_at": "2026-11-25T10:15:00Z"}', '{"link": "https://souk.example/r/${who}"}', NULL);`).join('\n')),
    /** {name: "state attempts"} */
    states: () => Object.fromEntries(here(`SELECT split_part(address, '@', 1), state || ' ' || attempt FROM mail ORDER BY id`).split('\n').map((line) => line.split('|'))),
    /** One run of the job; not in this process's way, which is the server. */
    once: (set) => run(program, ['jobs', '--once', 'mail_send'], { env: with_(set) }),
    start: (set, ...args) => spawn(program, ['jobs', ...args], { env: with_(set), stdio: 'ignore' }),
    drop: () => sql('souk', `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** A certificate for 127.0.0.1 and localhost: {key, cert, file}. */
export function newCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'souk-mail-'));
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', keyFile, '-out', file], { stdio: 'ignore' });
  return { folder, file, key: execFileSync('cat', [keyFile]), cert: execFileSync('cat', [file]) };
}

export function newPasswordFile(password) {
  const file = join(mkdtempSync(join(tmpdir(), 'souk-mail-')), 'password');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return file;
}

/**
 * An SMTP server on loopback: {mails, sessions, url, stop}. `says(address)` may give an Error with
 * responseCode for a recipient; `takes(mail, session)` is awaited before a mail is acknowledged, and
 * may throw one.
 */
export async function newServer({ says = () => null, takes = () => {}, port = 0, ...options } = {}) {
  const mails = [], sessions = new Set();
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, closeTimeout: 100, ...options,
    onRcptTo: ({ address }, session, done) => done(says(address)),
    onData: (stream, session, done) => {
      const parts = [];
      sessions.add(session.id);
      stream.on('data', (part) => parts.push(part));
      stream.on('end', async () => {
        try {
          const mail = { ...readMail(Buffer.concat(parts)), session };
          await takes(mail, session);
          mails.push(mail);
          done();
        } catch (e) {
          done(e);
        }
      });
    },
  });
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const taken = server.server.address().port;
  return {
    mails, sessions, port: taken, url: `smtp://127.0.0.1:${taken}`, connections: server.connections,
    names: () => mails.map(({ to }) => to.split('@')[0]),
    stop: () => new Promise((done) => server.close(done)),
  };
}

export const refusal = (responseCode, message) => Object.assign(new Error(message), { responseCode });
