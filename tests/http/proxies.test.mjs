// Whose request it is behind proxies: nginx with the stack's own lines, against the shared vectors.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, state, testdata, until } from './lib/souk.mjs';

const file = join(testdata ?? '', 'security/vectors/forwarded-for.jsonl');
const free = () => new Promise((resolve) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); }); });

describe('behind proxies', { skip: !existsSync(file) }, () => {
  const vectors = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
  const folder = mkdtempSync(join(tmpdir(), 'souk-proxies-'));
  let nginx, port;
  before(async () => {
    const own = readFileSync(join(state, 'nginx/http.conf'), 'utf8').match(/^real_ip_.*$/gm), networks = new Set(vectors.flatMap(({ trusted }) => trusted.split(',')));
    assert.deepEqual(own, ['real_ip_header X-Forwarded-For;', 'real_ip_recursive on;']);
    port = await free();
    writeFileSync(join(folder, 'nginx.conf'), `daemon off; ${process.getuid() ? '' : 'user root;'} pid ${folder}/pid; error_log ${folder}/log; events { }
      http { access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
        large_client_header_buffers 4 256k; ${own.join(' ')} ${[...networks].map((one) => `set_real_ip_from ${one};`).join(' ')}
        server { listen 127.0.0.1:${port}; return 200 $remote_addr; } }`);
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'log')], { stdio: 'ignore' });
    await until(() => existsSync(join(folder, 'pid')), 'nginx');
  });
  after(() => { nginx?.kill('SIGTERM'); rmSync(folder, { recursive: true, force: true }); });

  // A peer that is no loopback address is the hop that the one before it wrote down.
  const clientOf = ({ peer, xff }) => new Promise((resolve, reject) => {
    const forwarded = peer === '127.0.0.1' ? xff : [xff, peer].filter(Boolean).join(', ');
    request({ port, hostname: '127.0.0.1', headers: forwarded ? { 'X-Forwarded-For': forwarded } : {} }, (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => resolve(text));
    }).on('error', reject).end();
  });

  test('the first hop from the right that nobody trusts is the client', async () => {
    assert.ok(vectors.length >= 17);
    for (const vector of vectors) assert.equal(await clientOf(vector), vector.client, `${vector.peer} and "${vector.xff.slice(-60)}"`);
  });
});

test('without trusted proxies a forged header changes nothing', async () => {
  const seen = async (headers) => Number(/;r=(\d+)/.exec((await ask(null, 'GET', '/login', { headers })).headers.ratelimit)[1]);
  const first = await seen({}), forged = await seen({ 'X-Forwarded-For': '198.51.100.9', 'X-Real-IP': '198.51.100.9', Forwarded: 'for=198.51.100.9' });
  assert.ok(forged <= first + 50, 'the same network is counted on');
});
