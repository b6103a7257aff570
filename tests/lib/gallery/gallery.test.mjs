// The gallery in a real browser: every part, in light and dark, wide and narrow, checked by axe; and
// what app.js does with them, against a server that answers as ours would, policy included.
//
//     node --test tests/lib/gallery/gallery.test.mjs
//
// GALLERY: the folder of rendered pages (tests/lint/html-gallery leaves them there when it is set).
// NODE_MODULES: where playwright-core and axe-core lie. CHROMIUM: the browser. Without one of them
// the tests are skipped.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const pages = process.env.GALLERY ?? '';
const modules = process.env.NODE_MODULES ?? join(process.cwd(), 'node_modules');
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const missing = [join(modules, 'playwright-core'), join(modules, 'axe-core'), browserPath, pages].find((path) => !path || !existsSync(path));
const statics = new URL('../../../static', import.meta.url).pathname;

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types souk";
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 150"><path fill="#7a5230" d="M30 60h140v15H30z"/></svg>';
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==', 'base64');

describe('the gallery', { skip: missing && `not there: ${missing || 'GALLERY'}` }, () => {
  const state = { posts: [], down: false };
  let server, browser, base, axe;

  function answerUpload(response, body) {
    const broken = body.includes('broken.png');
    response.writeHead(broken ? 422 : 201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: [broken ? { status: 422, title: 'Unreadable', detail: 'The picture ends too early.' } : { id: '1' }] }));
  }

  function serve(request, response) {
    const path = new URL(request.url, 'http://gallery').pathname;
    if (request.method === 'POST') {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => setTimeout(() => {
        state.posts.push({ path, token: request.headers['x-csrf-token'] });
        if (path === '/api/upload') answerUpload(response, Buffer.concat(parts).toString('latin1'));
        else response.writeHead(204).end();
      }, 100));
      return;
    }
    if (path === '/picture.svg') return response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(PICTURE);
    const types = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
    const file = path.startsWith('/static/') ? join(statics, path.slice(8)) : join(pages, path.replace('.html', '.en.html'));
    if (state.down || !existsSync(file)) return response.writeHead(state.down ? 500 : 404).end();
    const text = readFileSync(file, 'utf8').replace('data-every="10"', 'data-every="1"');
    response.writeHead(200, { 'content-type': types[file.split('.').pop()], 'content-security-policy': POLICY }).end(text);
  }

  async function open(page, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const tab = await context.newPage();
    tab.said = [];
    tab.on('console', (message) => tab.said.push(message.text()));
    tab.on('pageerror', (error) => tab.said.push(error.message));
    await tab.goto(base + page, { waitUntil: 'networkidle' });
    return tab;
  }

  // In a world of its own, so that the page's policy does not refuse the checker.
  async function findings(tab) {
    const devtools = await tab.context().newCDPSession(tab);
    const { frameTree } = await devtools.send('Page.getFrameTree');
    const { executionContextId: contextId } = await devtools.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
    await devtools.send('Runtime.evaluate', { expression: axe, contextId });
    const expression = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)} }).then((r) => JSON.stringify(r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)])))`;
    const { result } = await devtools.send('Runtime.evaluate', { expression, contextId, awaitPromise: true, returnByValue: true });
    return JSON.parse(result.value);
  }

  before(async () => {
    const need = createRequire(join(modules, 'x.js'));
    axe = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');
    server = createServer(serve);
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${server.address().port}/`;
    browser = await need('playwright-core').chromium.launch({ executablePath: browserPath, args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const page of missing ? [] : readdirSync(pages).filter((name) => name.endsWith('.en.html')).map((name) => name.replace('.en', '')))
    for (const colorScheme of ['light', 'dark'])
      for (const width of [1280, 320])
        test(`${page} has no finding in ${colorScheme} at ${width} px`, async () => {
          const tab = await open(page, { colorScheme, viewport: { width, height: 900 } });
          assert.deepEqual(await findings(tab), []);
          assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width, 'no wider than the window');
          assert.deepEqual(tab.said, []);
          await tab.context().close();
        });

  test('each picture is sent alone, and a failed one stops no other', async () => {
    const tab = await open('edit.html');
    const file = (name, mimeType = 'image/png') => ({ name, mimeType, buffer: PNG });
    const rows = () => tab.locator('.uploads li [data-state]').allTextContents();
    await tab.setInputFiles('#image', [file('a.png'), file('broken.png'), file('notes.txt', 'text/plain'), file('no room <b>.png')]);
    await tab.getByText('1 of 4 sent, 3 failed').waitFor();
    assert.deepEqual(await rows(), ['Done', 'Failed: The picture ends too early.', 'Failed: this kind of file is not taken', 'Failed: no room for more pictures in your tier']);
    assert.ok(state.posts.every((post) => post.token === 'token'));
    await tab.getByRole('button', { name: 'Try broken.png again' }).click();
    await tab.waitForFunction(() => document.querySelectorAll('.uploads progress:not([hidden])').length === 0);
    assert.equal(state.posts.length, 3);
    await tab.context().close();
  });

  test('a question opens as a dialog, and gives the focus back', async () => {
    const tab = await open('edit.html');
    const opener = tab.locator('a[data-dialog]');
    await opener.click();
    await tab.getByRole('dialog').waitFor();
    assert.equal(await tab.evaluate(() => document.activeElement.textContent), 'Cancel');
    assert.deepEqual(await findings(tab), []);
    await tab.keyboard.press('Escape');
    assert.equal(await tab.locator('dialog').count(), 0);
    assert.ok(await opener.evaluate((link) => link === document.activeElement));
    assert.deepEqual(tab.said, []);
    await tab.context().close();
  });

  test('a region is renewed in place, keeps the focus, and says when it is old', async () => {
    const tab = await open('health.html');
    await tab.focus('[data-refresh]');
    const old = await tab.$('#health table');
    await tab.waitForFunction((table) => !table.isConnected, old);
    assert.ok(await tab.evaluate(() => document.activeElement.matches('[data-refresh]')));
    state.down = true;
    await tab.getByText('Not updated since').waitFor();
    state.down = false;
    await tab.click('[data-refresh]');
    await tab.locator('.stale').waitFor({ state: 'hidden' });
    await tab.click('[data-pause]');
    const kept = await tab.$('#health table');
    await tab.waitForTimeout(1500);
    assert.ok(await kept.evaluate((table) => table.isConnected), 'paused');
    await tab.context().close();
  });

  test('what is done with rows shows once a row is ticked, and is sent once', async () => {
    const tab = await open('list.html');
    assert.ok(await tab.locator('.bulk').isHidden());
    await tab.locator('tbody input').first().check();
    assert.equal(await tab.locator('.bulk p').textContent(), 'Selected: 1');
    await tab.locator('[data-all]').check();
    assert.equal(await tab.locator('.bulk p').textContent(), 'Selected: 7');
    const before = state.posts.length;
    await tab.evaluate(() => { const button = document.querySelector('#bulk button'); button.click(); button.click(); });
    await tab.waitForTimeout(400);
    assert.equal(state.posts.length, before + 1);
    await tab.context().close();
  });

  test('the theme is switched at once and kept', async () => {
    const tab = await open('list.html', { colorScheme: 'light' });
    await tab.click('[data-theme-switch]');
    assert.equal(await tab.evaluate(() => document.documentElement.dataset.theme + ' ' + document.cookie), 'dark theme=dark');
    await tab.context().close();
  });

  test('without script the menu opens, rows can be acted on and pictures can be sent', async () => {
    const tab = await open('list.html', { javaScriptEnabled: false, viewport: { width: 320, height: 800 } });
    await tab.locator('.menu summary').click();
    assert.ok(await tab.locator('.menu nav a').first().isVisible());
    assert.ok(await tab.locator('.bulk button').first().isVisible());
    await tab.goto(base + 'edit.html');
    assert.ok(await tab.locator('[data-upload] button').isVisible());
    assert.ok(await tab.locator('.errors').evaluate((list) => list === document.activeElement), 'the errors have the focus');
    await tab.context().close();
  });
});
