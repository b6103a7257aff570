// Jobs as the operator sees them, by page and by API, against the stack's own runner.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ask, byCookie, byToken, csrfOf, operator } from './lib/souk.mjs';

let admin, desk;
before(async () => {
  [admin, desk] = await Promise.all([byToken(operator), byCookie(operator)]);
});

const api = (method, path, more) => ask(admin, method, `/api/v1/admin/jobs${path}`, more);
// A form is shown with a token of its own: the same one again is the same write again.
const press = async (path) => ask(desk, 'POST', path, { form: { csrf: await csrfOf(desk) } });

/** The newest ended job of the kind; waits for one newer than `after`. */
async function ended(kind, after = 0n) {
  for (let i = 0; i < 100; i++) {
    const { body } = await api('GET', `?state=done&kind=${kind}&limit=1`);
    if (body.data.length && BigInt(body.data[0].id) > after) return body.data[0];
    await new Promise((go) => setTimeout(go, 50));
  }
  return assert.fail(`no job of the kind ${kind} has ended`);
}

test('a schedule that is run by hand runs at once, and is found in the history and the log of acts', async () => {
  const last = BigInt((await ended('queue_prune')).id);
  const began = Date.now();
  assert.equal((await press('/admin/jobs/schedules/queue_prune/run')).status, 303);
  const job = await ended('queue_prune', last);
  assert.ok(Date.now() - began < 3000, 'within three seconds');
  const { body } = await api('GET', `/${job.id}`);
  assert.equal(body.state, 'done');
  assert.deepEqual(body.runs.map(({ attempt, outcome }) => [attempt, outcome]), [[1, 'done']]);
  assert.match(body.runner, /:\d+$/);
  const acts = await ask(admin, 'GET', '/api/v1/admin/audit?what=schedule.run');
  assert.equal(acts.body.data[0].object, 'schedule:queue_prune');
});

test('what waits in a paused queue can be discarded, and runs when the queue goes on', async () => {
  const last = BigInt((await ended('images_sweep')).id);
  assert.equal((await press('/admin/jobs/queues/slow/pause')).status, 303);
  await press('/admin/jobs/schedules/images_sweep/run');
  const waits = (await api('GET', '?state=waiting&kind=images_sweep')).body.data;
  assert.equal(waits.length, 1);
  assert.equal((await api('POST', `/${waits[0].id}/discard`, { json: {} })).body.state, 'discarded');
  const again = await api('POST', `/${waits[0].id}/retry`, { json: {} });
  assert.equal(again.status, 409);
  assert.equal(again.body.code, 'queue.not_waiting');
  await press('/admin/jobs/schedules/images_sweep/run');
  assert.equal((await api('GET', '?state=waiting&kind=images_sweep')).body.data.length, 1);
  assert.equal((await press('/admin/jobs/queues/slow/resume')).status, 303);
  let job = await ended('images_sweep', last);
  while (job.state === 'discarded') job = await ended('images_sweep', BigInt(job.id));
  assert.equal(job.state, 'done');
});

test('a paused schedule says so and goes on', async () => {
  await press('/admin/jobs/schedules/partitions/pause');
  assert.match((await ask(desk, 'GET', '/admin/jobs/schedules')).text, /\/admin\/jobs\/schedules\/partitions\/resume/);
  await press('/admin/jobs/schedules/partitions/resume');
  assert.doesNotMatch((await ask(desk, 'GET', '/admin/jobs/schedules')).text, /\/admin\/jobs\/schedules\/partitions\/resume/);
});

test('what is not there is not found, and what cannot be read is refused', async () => {
  for (const path of ['/999999999', '/0', '/x']) assert.equal((await api('GET', path)).status, 404, path);
  assert.equal((await press('/admin/jobs/queues/nail/pause')).status, 404);
  assert.equal((await press('/admin/jobs/schedules/nothing/run')).status, 404);
  for (const query of ['?state=asleep', '?cursor=-1', '?cursor=1;DROP']) {
    const refused = await api('GET', query);
    assert.equal(refused.status, 422, query);
    assert.equal(refused.body.code, 'queue.filter');
  }
});
