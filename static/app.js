/* Makes pages quicker; every page does all of its work without this file. No inline code, no eval:
 * HTML enters a page only through the policy `souk`, and only HTML that our own server rendered. */
(() => {
  'use strict';
  const doc = document;
  const all = (selector, root = doc) => [...root.querySelectorAll(selector)];
  const one = (selector, root = doc) => root.querySelector(selector);
  const on = (target, type, fn) => target.addEventListener(type, fn);
  const fill = (text, words) => text.replace(/\{(\w+)\}/g, (whole, key) => words[key] ?? whole);
  const policy = window.trustedTypes?.createPolicy('souk', { createHTML: (html) => html });
  const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');

  /* The page or fragment behind an address of ours; fails on anything but a good answer. */
  async function load(address) {
    const answer = await fetch(address, { headers: { Accept: 'text/html' }, cache: 'no-cache' });
    if (!answer.ok) throw new Error(answer.status);
    return parse(await answer.text());
  }

  /* Says something once to those who do not see it. */
  const speaker = doc.body.appendChild(doc.createElement('p'));
  speaker.className = 'hidden';
  speaker.setAttribute('role', 'status');

  /* ---- Regions refreshed in place: [data-src], and [data-every] for those that do it alone ---- */

  /* Which element of a region has the focus, in words that also fit its successor. */
  function place(region, element) {
    if (!region.contains(element)) return null;
    if (element.id) return () => doc.getElementById(element.id);
    const nth = all(element.tagName, region).indexOf(element);
    return () => all(element.tagName, region)[nth];
  }

  async function renew(region) {
    region.setAttribute('aria-busy', 'true');
    try {
      const fresh = await load(region.dataset.src);
      const next = fresh.getElementById(region.id);
      if (!next) throw new Error('no region');
      const focused = place(region, doc.activeElement);
      one('[data-pause]', next)?.removeAttribute('hidden'); // before the focus goes there
      const open = all('details', region).map((details) => details.open);
      region.replaceChildren(...next.childNodes);
      all('details', region).forEach((details, i) => { details.open = open[i] ?? details.open; });
      focused?.()?.focus({ preventScroll: true });
      if (next.dataset.state && next.dataset.state !== region.dataset.state)
        speaker.textContent = region.dataset.state = next.dataset.state;
      enhance(region);
      return fresh;
    } finally {
      region.removeAttribute('aria-busy');
    }
  }

  function keepFresh(region) {
    const usual = region.dataset.every * 1000;
    let delay = usual, paused = false, timer, good = new Date();
    const again = () => { clearTimeout(timer); if (!paused && !doc.hidden) timer = setTimeout(tick, delay); };
    const dress = () => {
      const button = one('[data-pause]', region);
      if (!button) return;
      button.hidden = false;
      button.setAttribute('aria-pressed', paused);
    };
    async function tick() {
      if (one('input:focus, select:focus, textarea:focus, dialog[open]', region)) return again();
      try {
        await renew(region);
        good = new Date();
        delay = usual;
      } catch {
        const stale = one('[data-stale]', region);
        if (stale) {
          stale.hidden = false;
          stale.textContent = stale.dataset.stale + ' ' + good.toLocaleTimeString(doc.documentElement.lang);
        }
        delay = Math.min(60000, Math.max(5000, delay * 2));
      }
      dress();
      again();
    }
    on(region, 'click', (event) => {
      if (event.target.closest('[data-pause]')) {
        paused = !paused;
        dress();
        again();
      } else if (event.target.closest('[data-refresh]')) {
        event.preventDefault();
        tick();
      }
    });
    on(doc, 'visibilitychange', () => (doc.hidden ? clearTimeout(timer) : Date.now() - good > delay && !paused ? tick() : again()));
    dress();
    again();
  }

  /* ---- Pictures, each sent alone, three at once ---- */

  function uploads(form) {
    const say = form.dataset;
    const list = one('.uploads', form), status = one('[role="status"]', form), input = one('[type="file"]', form);
    const pattern = one('template', form).content.firstElementChild;
    const region = doc.getElementById(say.region);
    const types = input.accept.split(',');
    const rows = [];
    const count = (...states) => rows.filter((row) => states.includes(row.state)).length;
    const size = (bytes) => new Intl.NumberFormat(doc.documentElement.lang, { style: 'unit', unit: bytes < 1e6 ? 'kilobyte' : 'megabyte', maximumFractionDigits: 1 }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));
    let left = say.left === '' ? Infinity : +say.left;

    one('button', form).hidden = true;
    input.required = false;

    function show(row, state, words) {
      row.state = state;
      one('[data-state]', row.at).textContent = fill(say[state], words ?? {});
      const button = one('button', row.at), bar = one('progress', row.at), name = { name: row.file.name };
      const over = state === 'done' || state === 'cancelled';
      button.hidden = over || row.final;
      bar.hidden = over || state === 'failed';
      button.textContent = fill(state === 'failed' ? say.retry : say.cancel, name);
      if (state === 'processing') bar.removeAttribute('value');
      else bar.value = words?.n ?? 0;
    }

    function tell() {
      status.textContent = fill(say.status, { done: count('done'), all: rows.length - count('cancelled'), failed: count('failed') });
    }

    function settle(row, state, words) {
      if (state !== 'done') left++;
      show(row, state, words);
      tell();
      next();
      if (!count('waiting', 'sending', 'processing') && count('done')) showTiles();
    }

    async function showTiles() {
      if (!region) return location.reload();
      const fresh = await renew(region).catch(() => null);
      const twin = fresh && one('[data-upload]', fresh);
      if (!twin) return;
      left = twin.dataset.left === '' ? Infinity : +twin.dataset.left;
      const used = one('[data-used]', form), now = one('[data-used]', twin);
      if (used && now) used.textContent = now.textContent;
    }

    function send(row) {
      const xhr = row.xhr = new XMLHttpRequest();
      const body = new FormData();
      body.append(input.name, row.file);
      xhr.open('POST', say.upload);
      xhr.responseType = 'json';
      xhr.setRequestHeader('X-CSRF-Token', one('[name="csrf"]', form).value);
      xhr.setRequestHeader('Accept', 'application/json');
      on(xhr.upload, 'progress', (event) => show(row, 'sending', { n: Math.floor(100 * event.loaded / event.total) }));
      on(xhr.upload, 'load', () => show(row, 'processing'));
      on(xhr, 'load', () => {
        const answer = xhr.response?.data?.[0] ?? xhr.response ?? {};
        if (xhr.status < 300 && answer.id) settle(row, 'done');
        else settle(row, 'failed', { why: answer.detail ?? answer.title ?? xhr.status });
      });
      on(xhr, 'error', () => settle(row, 'failed', { why: say.offline }));
      on(xhr, 'abort', () => settle(row, 'cancelled'));
      show(row, 'sending', { n: 0 });
      xhr.send(body);
    }

    function next() {
      while (count('sending', 'processing') < 3) {
        const row = rows.find((candidate) => candidate.state === 'waiting');
        if (!row) return;
        send(row);
      }
    }

    function queue(row) {
      left--;
      show(row, 'waiting');
    }

    function picture(row) {
      createImageBitmap(row.file, { resizeWidth: 96, resizeQuality: 'medium' }).then((bitmap) => {
        const canvas = one('canvas', row.at), scale = Math.min(1, 96 / bitmap.height);
        const width = bitmap.width * scale, height = bitmap.height * scale;
        canvas.getContext('2d').drawImage(bitmap, (96 - width) / 2, (96 - height) / 2, width, height);
        bitmap.close();
      }, () => {});
    }

    function add(file) {
      const row = { file, at: pattern.cloneNode(true) };
      const refused = !types.includes(file.type) ? say.type : file.size > say.most ? say.large : left < 1 ? say.full : '';
      one('bdi', row.at).textContent = file.name;
      one('small', row.at).textContent = size(file.size);
      on(one('button', row.at), 'click', () => {
        if (row.state === 'failed' && left > 0) queue(row);
        else if (row.state === 'waiting') settle(row, 'cancelled');
        else row.xhr?.abort();
        next();
      });
      rows.push(row);
      list.append(row.at);
      if (refused) {
        row.final = refused !== say.full;
        show(row, 'failed', { why: refused });
      } else {
        queue(row);
        picture(row);
      }
    }

    function take(files) {
      [...files].forEach(add);
      tell();
      next();
    }

    on(input, 'change', () => { take(input.files); input.value = ''; });
    on(form, 'submit', (event) => event.preventDefault());
    on(form, 'dragover', (event) => { event.preventDefault(); form.classList.add('over'); });
    on(form, 'dragleave', () => form.classList.remove('over'));
    on(form, 'drop', (event) => { event.preventDefault(); form.classList.remove('over'); take(event.dataTransfer.files); });
    on(doc, 'paste', (event) => event.clipboardData?.files.length && take(event.clipboardData.files));
    on(window, 'beforeunload', (event) => count('waiting', 'sending') && event.preventDefault());
  }

  /* ---- Questions as dialogs: the block [data-question] of the page behind the link ---- */

  async function ask(opener) {
    const dialog = doc.createElement('dialog');
    try {
      const page = await load(opener.href);
      const title = doc.createElement('h2');
      title.id = 'question';
      title.textContent = one('h1', page).textContent;
      dialog.setAttribute('aria-labelledby', title.id);
      dialog.append(title, doc.adoptNode(one('[data-question]', page)));
    } catch {
      location.assign(opener.href);
      return;
    }
    on(dialog, 'click', (event) => {
      if (!event.target.closest('[data-cancel]')) return;
      event.preventDefault();
      dialog.close();
    });
    on(dialog, 'close', () => { dialog.remove(); opener.focus(); });
    doc.body.append(dialog);
    dialog.showModal();
    one('[data-cancel]', dialog)?.focus();
  }

  /* ---- Small things ---- */

  function bulk(form) {
    const boxes = () => all('[type="checkbox"][name]').filter((box) => box.form === form);
    const bar = one('.bulk', form), words = one('[data-selected]', form);
    const head = one('[data-all="' + form.getAttribute('id') + '"]');
    const update = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      bar.hidden = !ticked;
      words.textContent = ticked ? fill(words.dataset.selected, { n: ticked }) : '';
      if (!head) return;
      head.checked = ticked > 0 && ticked === boxes().length;
      head.indeterminate = ticked > 0 && !head.checked;
    };
    on(doc, 'change', (event) => {
      if (event.target === head) boxes().forEach((box) => { box.checked = head.checked; });
      update();
    });
    if (head) head.hidden = false;
    update();
  }

  function theme(button) {
    const root = doc.documentElement;
    const dark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
    const dress = () => button.setAttribute('aria-pressed', dark());
    on(button, 'click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      doc.cookie = 'theme=' + root.dataset.theme + '; path=/; max-age=31536000; samesite=lax';
      dress();
    });
    button.hidden = false;
    dress();
  }

  function copier(button) {
    button.hidden = false;
    on(button, 'click', async () => {
      const field = doc.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      speaker.textContent = button.textContent = button.dataset.done;
    });
  }

  /* How long a text is, said beside it. */
  function counter(field) {
    const said = one('output', doc.getElementById(field.id + '-length'));
    on(field, 'input', () => { said.textContent = [...field.value].length; });
  }

  /* The check digit of a number under a bar code, on leaving the field. */
  function gtin(field) {
    const error = doc.getElementById(field.id + '-error');
    on(field, 'change', () => {
      const digits = field.value.replace(/[\s-]/g, '');
      const sum = [...digits].reverse().reduce((all, digit, i) => all + digit * (i % 2 ? 3 : 1), 0);
      const wrong = /^\d{8,14}$/.test(digits) && sum % 10 !== 0;
      field.setAttribute('aria-invalid', wrong);
      if (error) error.textContent = wrong ? field.dataset.gtin : '';
      else field.title = wrong ? field.dataset.gtin : '';
    });
  }

  /* What may also come with a refreshed region. */
  function enhance(root) {
    all('[data-copy]', root).forEach(copier);
  }
  all('[data-print]').forEach((button) => {
    button.hidden = false;
    on(button, 'click', () => window.print());
  });

  on(doc, 'click', (event) => {
    const link = event.target.closest('a[data-dialog]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      ask(link);
    }
    all('.pop[open]').forEach((pop) => { if (!pop.contains(event.target)) pop.open = false; });
  });
  on(doc, 'keydown', (event) => {
    if (event.key === 'Escape' && event.target.matches('[data-revert]')) event.target.value = event.target.defaultValue;
    const pop = event.key === 'Escape' && event.target.closest('.pop[open]');
    if (!pop) return;
    pop.open = false;
    one('summary', pop).focus();
  });
  /* A form is sent once; going back makes it fresh again. */
  on(doc, 'submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute('method') !== 'post') return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = 1;
    all('button', form).forEach((button) => button.setAttribute('aria-disabled', 'true'));
  });
  on(window, 'pageshow', () => all('form[data-sent]').forEach((form) => {
    delete form.dataset.sent;
    all('button', form).forEach((button) => button.removeAttribute('aria-disabled'));
  }));

  all('[data-src][data-every]').forEach(keepFresh);
  all('[data-upload]').forEach(uploads);
  all('[data-bulk]').forEach(bulk);
  all('[data-theme-switch]').forEach(theme);
  all('[data-length]').forEach(counter);
  all('[data-gtin]').forEach(gtin);
  enhance(doc);
})();
