// A health page's model as mustache.js likes it best: plain texts, flags, maps and lists, every word
// and figure written out beforehand. The figures are those of a busy machine.
import { readFileSync, readdirSync } from 'node:fs';
import Mustache from 'mustache';

/** key → text of one language. */
function words(directory) {
  const all = new Map();
  for (const file of readdirSync(directory))
    for (const [, key, text] of readFileSync(`${directory}/${file}`, 'utf8').matchAll(/^([a-z_.0-9]+)(?:\[other\])?\s*=\s*(.*)$/gm))
      all.set(key, text);
  return all;
}

/** "health.title" and "health.all" as {health: {title, all}}; a key that others begin with keeps its own text under `self`. */
function nested(all) {
  const root = {};
  for (const [key, text] of all) {
    const parts = key.split('.');
    const last = parts.pop();
    let map = root;
    for (const part of parts) {
      if (typeof map[part] === 'string') map[part] = { self: map[part] };
      map = map[part] ??= {};
    }
    map[last] = typeof map[last] === 'object' ? { ...map[last], self: Mustache.render(text, {}) } : Mustache.render(text, {});
  }
  return root;
}

const taken = { text: 'today 10:15', iso: '2026-11-24T10:15:04Z', full: 'Tuesday, 24 November 2026, 10:15:04', clock: '10:15:04' };
// name, kind, text, warning and critical (of a meter's 100), level, state
const figures = [
  ['cpu', 'resource', '34%', 70, 90, 34.2, 'ok'],
  ['memory', 'resource', '13.1 GB of 16.0 GB', 75, 90, 81.9, 'warning'],
  ['disk', 'resource', '402 GB of 1.0 TB', 75, 90, 40.2, 'ok'],
  ['connections', 'resource', '188 of 200', 75, 90, 94, 'critical'],
  ['vendors', 'growth', '1,204', 0, 0, 1204, 'ok'],
  ['new_vendors', 'growth', '57', 0, 0, 57, 'ok'],
  ['closed_vendors', 'growth', '12', 0, 0, 12, 'ok'],
  ['products', 'growth', '412,908', 80, 100, 41.3, 'ok'],
  ['images', 'growth', '1,655,121', 0, 0, 1655121, 'ok'],
  ['orders', 'growth', '96,310', 0, 0, 96310, 'ok'],
  ['database', 'resource', '61.4 GB of 100 GB', 75, 90, 61.4, 'ok'],
  ['storage', 'resource', '318 GB of 500 GB', 75, 90, 63.6, 'unknown'],
];

function reading(all, [name, , text, warning, critical, level, state]) {
  const has = critical > 0;
  return {
    name, label: all.get(`health.${name}`), state, state_label: all.get(`state.${state}`),
    known: state !== 'unknown', was_known: true, taken, value: text, text,
    ...(has && { meter: { value: level.toFixed(1), low: String(warning), high: String(critical), max: '100', percent: String(Math.round(level)) },
      threshold: { text: `${warning}% / ${critical}%` } }),
    ...(state !== 'ok' && { action: all.get(`health.${name}.action`) }),
  };
}

const menu = ['Platform health', 'Vendors', 'Images', 'Jobs', 'Limits', 'Capacity', 'Audit', 'Mail'];

export function healthModel(templates) {
  const all = words(`${templates}/language/en`);
  const rows = figures.map((f) => reading(all, f));
  const part = (kind) => rows.filter((_, i) => figures[i][1] === kind);
  return {
    w: nested(all), lang: 'en', theme: '', souk_version: '0.1.0', request_id: '0199a7c2f4e17d02', csrf: '4f1b2d7c9a',
    public_url: 'https://souk.example', contact: 'help@souk.example',
    static: { app_css: '/static/app.3f9d1c2e.css', app_js: '/static/app.81b7a0d4.js', icons_svg: '/static/icons.55c21f0a.svg' },
    visitor: { name: 'Noémie "Nono" <Weber>', email: 'noemie.weber@souk.example', is_admin: true, is_vendor: false },
    menu: menu.map((label, i) => ({ label, path: `/admin/page-${i}`, icon: 'health', current: i === 0 })),
    languages: { list: ['English', 'Français', 'Deutsch', 'Lëtzebuergesch'].map((name, i) => (
      { name, code: ['en', 'fr', 'de', 'lb'][i], path: `/admin/platform-health?lang=${['en', 'fr', 'de', 'lb'][i]}`, current: i === 0 })) },
    state: 'critical', state_label: all.get('state.critical'), headline: '3 checks need attention', count: '3',
    as_of: taken, redis_up: true, needs_attention: true, attention: rows.filter((r) => r.state !== 'ok'),
    resources: part('resource'), growth: part('growth'), all: rows,
  };
}
