// How long a shop's lists take, over HTTP, one after the other: each list page and API list with its filters, first pages and those
// behind them, as far as "next" leads.
//
//     measure.mjs URL CREDENTIALS.json ROUNDS
//
// The shop is the first of the credentials. Prints a markdown row a list: its address, requests, median and p95 in milliseconds.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [url, credentials, rounds] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const { vendors: [shop] } = JSON.parse(readFileSync(credentials));
const agent = new Agent({ keepAlive: true });
const PAGES = 12;

function ask(method, path, headers = {}, body) {
    return new Promise((resolve, reject) => {
        const began = process.hrtime.bigint();
        const r = request({ method, path, hostname, port, agent, headers: { ...headers, ...(body && { 'Content-Length': Buffer.byteLength(body) }) } }, (answer) => {
            const parts = [];
            answer.on('data', (part) => parts.push(part));
            answer.on('end', () => resolve({
                status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString(), ms: Number(process.hrtime.bigint() - began) / 1e6,
            }));
        });
        r.on('error', reject);
        r.end(body);
    });
}

async function token() {
    const { text } = await ask('POST', '/api/v1/auth/token', { 'Content-Type': 'application/json' }, JSON.stringify(shop));
    return JSON.parse(text).access_token;
}
async function cookie() {
    const page = await ask('GET', '/login');
    const first = page.headers['set-cookie']?.map((one) => one.split(';')[0]).join('; ') ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1];
    const form = new URLSearchParams({ email: shop.email, password: shop.password, ...(csrf && { csrf }) }).toString();
    const answer = await ask('POST', '/login', { Cookie: first, Origin: url, 'Content-Type': 'application/x-www-form-urlencoded' }, form);
    return answer.headers['set-cookie'].map((one) => one.split(';')[0]).join('; ');
}

const as = { page: { Cookie: await cookie(), 'Accept-Language': 'en' }, api: { Authorization: `Bearer ${await token()}` } };
const some = JSON.parse((await ask('GET', '/api/v1/vendor/products?limit=1', as.api)).text).data[0];
const [title, second] = some.translations.en.title.split(' '), typo = title.slice(0, 2) + title.slice(3);
const order = JSON.parse((await ask('GET', '/api/v1/vendor/orders?limit=1&state=completed', as.api)).text).data[0];
const buyer = JSON.parse((await ask('GET', `/api/v1/vendor/orders/${order.id}`, as.api)).text).customer;
const category = JSON.parse((await ask('GET', '/api/v1/vendor/categories', as.api)).text).data.find(({ path, name }) => /^Bench/.test(path ?? name));
const days = new Date(Date.now() - 200 * 864e5).toISOString().slice(0, 10);

const searches = [`q=${title}`, `q=${title}+${second}`, `q=${typo}`, `q=${some.sku}`];
const states = ['pending', 'paid', 'fulfilled', 'completed', 'cancelled', 'refunded'].map((state) => `state=${state}`);
const lists = {
    '/vendor/products': ['', ...searches, 'status=active', 'status=draft', 'status=archived', 'stock=out', 'stock=low', 'stock=in', `category=${category.id}`, 'missing=image', 'missing=gtin',
        'missing=translation', 'missing=price', ...['title', 'sku', 'price', 'updated', 'stock'].flatMap((by) => [`sort=${by}`, `sort=-${by}`]), 'status=draft&sort=title',
        'stock=out&sort=price', `category=${category.id}&sort=-title`, `q=${title}&sort=price`, `q=${title}&status=active&stock=in`, 'missing=image&sort=sku'],
    '/api/v1/vendor/products': ['', ...searches, 'active=true', 'active=false', 'status=draft', 'category=Bench+7'],
    '/shops/{shop}': ['', ...searches, 'category=Bench+7', 'sort=price', 'sort=-price'],
    '/api/v1/shops/{shop}/products': ['', ...searches, 'category=Bench+7'],
    '/vendor/inventory': ['', `q=${some.sku}`, `q=${title}`, 'state=low', 'state=out', 'state=uncounted'],
    '/api/v1/vendor/inventory': ['', 'state=low', 'state=out'],
    '/api/v1/vendor/inventory/movements': [''],
    '/vendor/orders': ['', ...states, `q=${order.number ?? order.external}`, `q=${encodeURIComponent(buyer.email ?? order.email)}`, `q=${some.sku}`, `placed_from=${days}`],
    '/api/v1/vendor/orders': ['', ...states, `email=${encodeURIComponent(buyer.email ?? order.email)}`, `sku=${some.sku}`, `customer_id=${buyer.id}`, `placed_before=${days}`],
    '/vendor/customers': ['', `q=${title}`, 'q=kalan'],
    '/api/v1/vendor/customers': ['', 'q=kalan'],
    '/vendor/': [''],
    '/vendor/products/import': [''],
    '/vendor/products/export': [''],
    '/api/v1/vendor/imports': [''],
    '/vendor/settings/webhooks': [''],
    '/vendor/categories': [''],
    '/api/v1/vendor/categories': [''],
};

/** Where the next page is; null at the end. */
function next(path, { text }) {
    if (!path.startsWith('/api')) {
        const to = / rel="next" href="([^"]+)"/.exec(text)?.[1].replaceAll('&amp;', '&') ?? null;
        return to && new URL(to, new URL(path, url)).href.slice(url.length);
    }
    const { next_cursor: cursor } = JSON.parse(text);
    const to = new URL(path, url);
    to.searchParams.set('cursor', cursor);
    return cursor && to.pathname + to.search;
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
let worst = 0, requests = 0;
const everything = [];
for (const [list, filters] of Object.entries(lists))
    for (const filter of filters) {
        const first = list.replace('{shop}', shop.slug) + (filter && `?${filter}`), times = [];
        for (let round = 0; round < rounds; round++)
            for (let path = first, page = 0; path && page < PAGES; page++) {
                const answer = await ask('GET', path, first.startsWith('/api') ? as.api : as.page);
                if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
                times.push(answer.ms);
                path = next(path, answer);
            }
        times.sort((a, b) => a - b);
        requests += times.length;
        everything.push(...times);
        worst = Math.max(worst, at(times, 0.95));
        console.log(`| \`${list}${filter && `?${decodeURIComponent(filter)}`}\` | ${times.length} | ${at(times, 0.5).toFixed(1)} | ${at(times, 0.95).toFixed(1)} |`);
    }
everything.sort((a, b) => a - b);
console.log(`| **all** | ${requests} | ${at(everything, 0.5).toFixed(1)} | ${at(everything, 0.95).toFixed(1)} |`);
console.log(`\nThe slowest list has a p95 of ${worst.toFixed(1)} ms; the goal is 50 ms.`);
process.exit(0);
