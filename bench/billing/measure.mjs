// What the upcoming invoice and the preview of a change cost beside the plain read of a product, over HTTP, one after the other and by turns.
//
//     measure.mjs URL CREDENTIALS.json ROUNDS
import { readFileSync } from 'node:fs';

const [url, credentials, rounds] = process.argv.slice(2);
const { vendors: [shop] } = JSON.parse(readFileSync(credentials));
const json = { 'Content-Type': 'application/json' };
const { access_token: token } = await (await fetch(`${url}/api/v1/auth/token`, { method: 'POST', headers: json, body: JSON.stringify(shop) })).json();
const headers = { ...json, Authorization: `Bearer ${token}` };
const { data: [{ id }] } = await (await fetch(`${url}/api/v1/vendor/products?limit=1`, { headers })).json();

const asked = {
    'a product': () => fetch(`${url}/api/v1/vendor/products/${id}`, { headers }),
    'upcoming invoice': () => fetch(`${url}/api/v1/vendor/billing/upcoming-invoice`, { headers }),
    'preview of a change': () => fetch(`${url}/api/v1/vendor/billing/change-tier`, { method: 'POST', headers, body: '{"tier":"business","when":"now","preview":true}' }),
};
const times = Object.fromEntries(Object.keys(asked).map((name) => [name, []]));
for (let i = 0; i < Number(rounds); i++) {
    for (const [name, ask] of Object.entries(asked)) {
        const began = performance.now(), answer = await ask();
        await answer.text();
        if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`);
        if (i >= 20) times[name].push(performance.now() - began);
    }
}
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.floor(list.length * share)];
const plain = at(times['a product'], 0.95);
for (const [name, list] of Object.entries(times))
    console.log(`| ${name} | ${at(list, 0.5).toFixed(2)} | ${at(list, 0.95).toFixed(2)} | ${(at(list, 0.95) / plain).toFixed(2)} |`);
