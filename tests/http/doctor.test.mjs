// `souk doctor` on the stack that the tests run against: fine as it stands, and of what is broken it
// says what to do.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const state = process.env.SOUK_E2E_STATE;
const souk = fileURLToPath(new URL('../../script/souk', import.meta.url));

const doctor = () =>
  new Promise((done) => {
    execFile(souk, ['doctor'], { env: { ...process.env, SOUK_STATE: state } }, (e, out, err) => done({ status: e ? e.code : 0, out: out + err }));
  });

test('an installation as script/server leaves it is fine', async () => {
  const { status, out } = await doctor();
  assert.equal(status, 0, out);
  for (const what of ['secret', 'pages', 'store', 'database', 'schema', 'redis', 'jobs', 'audit'])
    assert.match(out, new RegExp(`^(ok|look) +${what} `, 'm'));
});

test('a secret that others can read is found, with what to do', async (t) => {
  const secret = join(state, 'secret');
  t.after(() => chmod(secret, 0o600));
  await chmod(secret, 0o644);
  const { status, out } = await doctor();
  assert.equal(status, 1, out);
  assert.match(out, /^WRONG +secret .*\n.*chmod 600/m);
});
