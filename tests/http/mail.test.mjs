// Mail over real SMTP: what leaves, what is said to servers that refuse, drop, lie or are away, and
// what a sender that dies leaves behind. Then the operator's outbox over HTTP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { mailTo } from './lib/mail.mjs';
import { newCertificate, newOutbox, newPasswordFile, newServer, refusal, sql } from './lib/sender.mjs';
import { ask, assertProblem, byCookie, byToken, csrfOf, fresh, operator, until } from './lib/souk.mjs';

const at = (server, more) => ({ SOUK_SMTP_URL: server.url, ...more });

describe('a sender', () => {
  let box;
  before(() => { box = newOutbox('mail'); });
  after(() => box.drop());
  const empty = () => box.sql(`DELETE FROM mail; DELETE FROM job; DELETE FROM mail_suppression; UPDATE mail_relay SET failures = 0, down_since = NULL, probe_at = now(), next_at = now()`);
  const server = async (t, options) => {
    empty();
    const one = await newServer(options);
    t.after(() => one.stop());
    return one;
  };

  test('writes what a mail reader reads', async (t) => {
    const smtp = await server(t);
    box.add('anna');
    await box.once(at(smtp));
    const [mail] = smtp.mails;
    assert.equal(mail.subject, 'Wählen Sie ein neues Passwort');
    assert.equal(mail.headers.to, 'Zoë "anna" <anna@example.org>');
    assert.match(mail.id, /^<mail\.\d+\.0\.\d+@127\.0\.0\.1>$/);
    assert.equal(mail.headers['auto-submitted'], 'auto-generated');
    assert.equal(mail.link, 'https://souk.example/r/anna');
    assert.match(mail.html, /<a class="button" href="https:\/\/souk\.example\/r\/anna">/);
    assert.ok(Math.abs(Date.parse(mail.headers.date) - Date.now()) < 60_000);
  });

  test('sends many mails over one connection, in their order', async (t) => {
    const smtp = await server(t);
    const names = Array.from({ length: 120 }, (_, i) => `n${i}`);
    box.add(...names);
    let runs = 0;
    for (; smtp.mails.length < names.length && runs < 12; runs++) await box.once(at(smtp));
    assert.deepEqual(smtp.names(), names);
    assert.equal(smtp.sessions.size, runs);
  });

  test('logs in over STARTTLS, and to nobody without the right certificate', async (t) => {
    const { key, cert, file } = newCertificate();
    const seen = [];
    const smtp = await server(t, {
      key, cert, disabledCommands: [], authMethods: ['PLAIN', 'LOGIN'],
      onAuth: ({ username, password }, session, done) => {
        seen.push([username, session.secure]);
        done(password === 'pass word' ? null : refusal(535, 'no'), { user: username });
      },
    });
    const login = { SOUK_SMTP_TLS: 'required', SOUK_SMTP_USER: 'souk', SOUK_SMTP_PASSWORD_FILE: newPasswordFile('pass word') };
    box.add('anna');
    await box.once(at(smtp, login));
    assert.deepEqual(seen, [], 'an unknown certificate gets no password');
    assert.match(box.sql('SELECT answer FROM mail_relay'), /certificate/i);
    box.sql('UPDATE mail_relay SET probe_at = now()');
    await box.once(at(smtp, { ...login, SOUK_SMTP_CA_FILE: file }));
    assert.deepEqual(seen, [['souk', true]]);
    assert.deepEqual(smtp.names(), ['anna']);
    box.add('berta');
    await box.once(at(smtp, { ...login, SOUK_SMTP_CA_FILE: file, SOUK_SMTP_PASSWORD_FILE: newPasswordFile('wrong') }));
    assert.equal(box.states().berta, 'waiting 0', 'a wrong password is no fault of the mail');
  });

  test('speaks TLS from the first byte to smtps://', async (t) => {
    const { key, cert, file } = newCertificate();
    const smtp = await server(t, { key, cert, secure: true });
    box.add('anna');
    await box.once(at(smtp, { SOUK_SMTP_URL: smtp.url.replace('smtp:', 'smtps:'), SOUK_SMTP_CA_FILE: file }));
    assert.deepEqual(smtp.names(), ['anna']);
  });

  test('sends nothing in the clear where encryption is required', async (t) => {
    const smtp = await server(t);
    box.add('anna');
    await box.once(at(smtp, { SOUK_SMTP_TLS: 'required' }));
    assert.deepEqual(smtp.mails, []);
    assert.equal(box.states().anna, 'waiting 0');
  });

  test('lets mails wait while there is no server, and sends them in order when there is', async (t) => {
    empty();
    const gone = await newServer();
    await gone.stop();
    const names = ['a', 'b', 'c', 'd', 'e'];
    box.add(...names);
    const sender = box.start(at(gone));
    t.after(() => sender.kill('SIGKILL'));
    await until(() => box.sql('SELECT failures FROM mail_relay') !== '0', 'the sender to notice');
    box.add('f');
    assert.deepEqual(new Set(Object.values(box.states())), new Set(['waiting 0']));
    const smtp = await newServer({ port: gone.port });
    t.after(() => smtp.stop());
    await until(() => smtp.mails.length === 6, 'all mails', 40_000);
    assert.deepEqual(smtp.names(), [...names, 'f']);
    assert.equal(box.sql('SELECT failures FROM mail_relay'), '0');
    sender.kill('SIGTERM');
    assert.deepEqual(await once(sender, 'exit'), [0, null]);
  });

  test('starts at once when a mail is written', async (t) => {
    const smtp = await server(t);
    const sender = box.start(at(smtp));
    t.after(() => sender.kill('SIGKILL'));
    await until(() => box.sql(`SELECT count(*) FROM job_kind WHERE kind = 'mail_send'`) === '1', 'the sender');
    await new Promise((wake) => setTimeout(wake, 500));
    box.add('quick');
    box.sql(`INSERT INTO job (kind, queue) VALUES ('mail_send', 'mail') ON CONFLICT DO NOTHING`);
    const began = Date.now();
    await until(() => smtp.mails.length === 1, 'the mail');
    t.diagnostic(`${Date.now() - began} ms from commit to the server's hands, looked at every 50 ms`);
    assert.ok(Date.now() - began < 1000);
  });

  test('keeps to a mail that is put off, gives up one that is refused, and lets others pass', async (t) => {
    const codes = { grey: refusal(450, '4.2.0 Greylisted'), gone: refusal(550, '5.1.1 No such user'), policy: refusal(550, '5.7.1 Not from you') };
    const smtp = await server(t, {
      says: (address) => codes[address.split('@')[0]],
      takes: (mail) => { if (mail.to.startsWith('spam')) throw refusal(554, '5.6.0 Looks like spam'); },
    });
    box.add('grey', 'gone', 'policy', 'spam', 'here');
    await box.once(at(smtp));
    assert.deepEqual(box.states(), { grey: 'waiting 1', gone: 'failed 1', policy: 'failed 1', spam: 'failed 1', here: 'sent 1' });
    assert.equal(box.sql('SELECT address, bounced, reason FROM mail_suppression'), 'gone@example.org|t|550 5.1.1 No such user');
    assert.equal(box.sql(`SELECT answers -> 0 ->> 'answer' FROM mail WHERE address LIKE 'spam%'`), '554 5.6.0 Looks like spam');
    box.add('gone');
    assert.equal(box.sql(`SELECT state FROM mail WHERE address LIKE 'gone%' ORDER BY id DESC LIMIT 1`), 'suppressed');
  });

  test('tries a mail again whose connection was cut in the middle', async (t) => {
    let cuts = 1;
    const smtp = await server(t, {
      takes: () => new Promise((taken) => {
        if (!cuts--) { cuts = 0; return taken(); }
        for (const one of smtp.connections) one._socket.destroy();
      }),
    });
    box.add('cut', 'next');
    await box.once(at(smtp));
    assert.deepEqual(box.states(), { cut: 'waiting 1', next: 'sent 1' });
    box.sql('UPDATE mail SET due_at = now()');
    await box.once(at(smtp));
    assert.deepEqual(box.states(), { cut: 'sent 2', next: 'sent 1' });
  });

  test('that dies between sending and noting repeats that mail with its Message-ID, and no other', async (t) => {
    let sender;
    const smtp = await server(t, { takes: (mail) => { if (mail.to.startsWith('b@') && sender) { sender.kill('SIGKILL'); sender = null; } } });
    box.add('a', 'b', 'c');
    sender = box.start(at(smtp), '--once', 'mail_send');
    const dead = sender;
    await once(dead, 'exit');
    await until(() => smtp.mails.length === 2, 'the mail that was on its way');
    assert.deepEqual(smtp.names(), ['a', 'b']);
    assert.deepEqual(box.states(), { a: 'sent 1', b: 'sending 1', c: 'sending 1' });
    await box.once(at(smtp));
    assert.equal(smtp.mails.length, 2, 'nobody takes over before the lease is over');
    box.sql(`UPDATE mail SET lease_until = now() - interval '1 s' WHERE state = 'sending'`);
    await box.once(at(smtp));
    assert.deepEqual(smtp.names(), ['a', 'b', 'b', 'c']);
    assert.equal(smtp.mails[1].id, smtp.mails[2].id);
    assert.equal(smtp.mails[1].headers.date, smtp.mails[2].headers.date);
    assert.equal(new Set(smtp.mails.map(({ id }) => id)).size, 3);
  });

  test('says which setting is wrong', async (t) => {
    const smtp = await server(t);
    box.add('anna');
    for (const [set, why] of [
      [{ SOUK_SMTP_URL: 'http://127.0.0.1' }, /SOUK_SMTP_URL must begin/],
      [{ SOUK_SMTP_TLS: 'maybe' }, /SOUK_SMTP_TLS must be/],
      [{ SOUK_MAIL_FROM: 'nobody' }, /SOUK_MAIL_FROM must be/],
      [{ SOUK_SMTP_URL: 'smtp://mail.example:25', SOUK_SMTP_USER: 'x' }, /SOUK_SMTP_TLS must be required/],
      [{ SOUK_SMTP_USER: 'x' }, /SOUK_SMTP_PASSWORD_FILE must be set/],
    ])
      await assert.rejects(() => box.once(at(smtp, set)), ({ stderr }) => why.test(stderr), JSON.stringify(set));
    assert.equal(box.states().anna, 'waiting 0');
  });
});

describe('the operator\'s outbox', () => {
  const put = (address, more = '') => sql('souk', `SELECT mail_put('reset', '${address}', 'Anna <b>', 'en', '{"until_at": "2026-11-25T10:15:00Z"}', '{"link": "https://souk.example/secret-link"}', NULL); ${more}`);
  const wake = `INSERT INTO job (kind, queue) VALUES ('mail_send', 'mail') ON CONFLICT DO NOTHING`;
  const idOf = async (who, address) => (await ask(who, 'GET', `/api/v1/admin/mail?q=${address}`)).body.data[0].id;
  const stateOf = async (who, id) => (await ask(who, 'GET', `/api/v1/admin/mail/${id}`)).body.state;

  test('shows a mail on its way, as its reader sees it but for the secret', async () => {
    const who = await byToken(operator), address = `${fresh('seen')}@example.org`;
    put(address, wake);
    const mail = await mailTo(address);
    assert.equal(mail.link, 'https://souk.example/secret-link');
    const id = await idOf(who, address);
    const one = await until(async () => { const { body } = await ask(who, 'GET', `/api/v1/admin/mail/${id}`); return body.state === 'sent' && body; }, 'it to be sent');
    assert.deepEqual(one.answers.map(({ outcome, answer }) => [outcome, answer]), [['sent', '250 OK']]);
    const browser = await byCookie(operator);
    const page = await ask(browser, 'GET', `/admin/mail/${id}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /Choose a new password/);
    assert.match(page.text, /•••/);
    assert.doesNotMatch(page.text, /secret-link/);
    assert.match(page.headers['content-security-policy'], /frame-src 'self'/);
    const framed = await ask(browser, 'GET', `/admin/mail/${id}/html`);
    assert.match(framed.text, /Hello Anna &lt;b&gt;,/);
    assert.doesNotMatch(framed.text, /secret-link/);
    assert.equal(framed.headers['content-security-policy'], "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox");
    assertProblem(await ask(who, 'POST', `/api/v1/admin/mail/${id}/resend`), 409, 'mail.link_gone');
    assertProblem(await ask(who, 'POST', `/api/v1/admin/mail/${id}/discard`), 409, 'mail.not_waiting');
  });

  test('discards what waits, and sends again what can be', async () => {
    const who = await byToken(operator), address = `${fresh('later')}@example.org`;
    put(address, `UPDATE mail SET due_at = now() + interval '1 day' WHERE address = '${address}'`);
    const id = await idOf(who, address);
    assert.equal(await stateOf(who, id), 'waiting');
    assertProblem(await ask(who, 'POST', `/api/v1/admin/mail/${id}/resend`), 409, 'mail.on_its_way');
    const browser = await byCookie(operator), csrf = await csrfOf(browser);
    const done = await ask(browser, 'POST', `/admin/mail/${id}/discard`, { form: { csrf } });
    assert.equal(done.headers.location, `/admin/mail/${id}?done=mail.discarded`);
    assert.equal(await stateOf(who, id), 'discarded');
    sql('souk', `UPDATE mail SET kind = 'new_device', args = '{}' WHERE id = ${id}`);
    assert.equal((await ask(who, 'POST', `/api/v1/admin/mail/${id}/resend`)).status, 200);
    const mail = await mailTo(address);
    assert.match(mail.id, /^<mail\.\d+\.1\./, 'a mail of its own');
  });

  test('keeps mail from an address, with a reason, and notes who said so', async () => {
    const who = await byToken(operator), address = `${fresh('stop')}@example.org`;
    assertProblem(await ask(who, 'POST', '/api/v1/admin/mail/suppressed', { json: { address: 'no address', reason: 'x' } }), 422, 'field.spaces');
    assertProblem(await ask(who, 'POST', '/api/v1/admin/mail/suppressed', { json: { address: 'a@b', reason: 'x' } }), 422, 'mail.address');
    assert.equal((await ask(who, 'POST', '/api/v1/admin/mail/suppressed', { json: { address: address.toUpperCase(), reason: 'Asked us to stop' } })).status, 204);
    put(address);
    const id = await idOf(who, address);
    assert.equal(await stateOf(who, id), 'suppressed');
    assertProblem(await ask(who, 'POST', `/api/v1/admin/mail/${id}/resend`), 409, 'mail.link_gone');
    const { body } = await ask(who, 'GET', `/api/v1/admin/mail/suppressed?q=${address}`);
    assert.deepEqual(body.data.map(({ address, reason, bounced }) => ({ address, reason, bounced })), [{ address, reason: 'Asked us to stop', bounced: false }]);
    const { body: acts } = await ask(who, 'GET', `/api/v1/admin/audit?object=address:${address}`);
    assert.deepEqual(acts.data.map(({ what, reason }) => [what, reason]), [['mail.suppressed', 'Asked us to stop']]);
    assert.equal((await ask(who, 'DELETE', `/api/v1/admin/mail/suppressed/${address}`)).status, 204);
    assertProblem(await ask(who, 'DELETE', `/api/v1/admin/mail/suppressed/${address}`), 404, 'mail.not_suppressed');
  });

  test('goes by pages, newest first', async () => {
    const who = await byToken(operator), word = fresh('many');
    for (let i = 0; i < 5; i++) put(`${word}-${i}@example.org`, `UPDATE mail SET due_at = now() + interval '1 day' WHERE address LIKE '${word}%'`);
    const seen = [];
    for (let cursor = ''; cursor !== null;) {
      const { body } = await ask(who, 'GET', `/api/v1/admin/mail?state=waiting&limit=2&q=${word}&cursor=${cursor}`);
      seen.push(...body.data.map(({ address }) => Number(address.split('@')[0].split('-').at(-1))));
      cursor = body.next_cursor;
    }
    assert.deepEqual(seen, [4, 3, 2, 1, 0]);
    assertProblem(await ask(who, 'GET', '/api/v1/admin/mail?cursor=x'), 400, 'request.cursor');
  });
});
