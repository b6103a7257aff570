// nDCG@10 of answers against people's ratings: as written, with one typo, as a beginning.
//
//     measure.mjs RATINGS.csv SKUS FIND VENDOR [NAME=FILE…]
//
// SKUS has a line "id sku" for each product, its SKU being E and the ratings' product_id. FIND is the bench's program. Each FILE has
// what another method finds: the query, a tab, ids of ratings with blanks between.
//
// A typo is made of each query by all four kinds: two neighbours swapped, a letter left out, one put in, one replaced. The word
// is the query's longest; place and letter come from a hash (FNV-1a) of query and kind, so that every run has the same ones.
// A beginning lacks the last third of the last word.
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const [ratingsFile, skusFile, find, vendor, ...others] = process.argv.slice(2);
const K = 10;

const ratings = new Map();
for (const line of readFileSync(ratingsFile, 'utf8').trim().split('\n').slice(1)) {
    const [query, product, rating] = line.split(',');
    if (!ratings.has(query)) ratings.set(query, new Map());
    ratings.get(query).set(product, Number(rating));
}
const products = new Map(readFileSync(skusFile, 'utf8').trim().split('\n').map((line) => {
    const [id, sku] = line.split(' ');
    return [id, sku.slice(1)];
}));

function hash(text) {
    let h = 0x811c9dc5;
    for (const byte of Buffer.from(text)) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
    return h;
}

const kinds = {
    swap: (w, at) => w.slice(0, at) + w[at + 1] + w[at] + w.slice(at + 2),
    drop: (w, at) => w.slice(0, at) + w.slice(at + 1),
    insert: (w, at, letter) => w.slice(0, at) + letter + w.slice(at),
    replace: (w, at, letter) => w.slice(0, at) + letter + w.slice(at + 1),
};

function typo(query, kind) {
    const words = query.split(' ');
    const longest = words.reduce((a, b) => (b.length > a.length ? b : a));
    const h = hash(`${query} ${kind}`);
    let at = h % Math.max(longest.length - (kind === 'swap' ? 1 : 0), 1);
    if (kind === 'swap') for (let n = 0; n < longest.length && longest[at] === longest[at + 1]; n++) at = (at + 1) % (longest.length - 1);
    let letter = String.fromCharCode(97 + ((h >>> 8) % 26));
    if (kind === 'replace' && letter === longest[at]) letter = letter === 'z' ? 'a' : String.fromCharCode(letter.charCodeAt(0) + 1);
    words[words.indexOf(longest)] = kinds[kind](longest, at, letter);
    return words.join(' ');
}

function beginning(query) {
    const words = query.split(' ');
    const last = words.pop();
    return [...words, last.slice(0, Math.max(2, Math.ceil((last.length * 2) / 3)))].join(' ');
}

function ndcg(query, ids) {
    const rated = ratings.get(query);
    const gain = (list) => list.slice(0, K).reduce((sum, r, i) => sum + (2 ** r - 1) / Math.log2(i + 2), 0);
    const best = gain([...rated.values()].sort((a, b) => b - a));
    return best ? gain(ids.map((id) => rated.get(id) ?? 0)) / best : null;
}

function measure(make) {
    const queries = [...ratings.keys()];
    const out = spawnSync(find, ['words', vendor], { input: `${queries.map(make).join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (out.status !== 0) throw new Error(out.stderr);
    const lines = out.stdout.split('\n');
    const each = queries.map((q, i) => [q, make(q), ndcg(q, lines[i].split('\t')[0].split(' ').map((id) => products.get(id))), lines[i].split('\t')[1]]).filter((x) => x[2] !== null);
    if (process.env.VERBOSE) for (const x of each) console.error(x[2].toFixed(2), `${x[0]} | ${x[1]} | ${x[3]}`);
    return each.reduce((sum, x) => sum + x[2], 0) / each.length;
}

for (const other of others) {
    const [name, file] = other.split('=');
    const found = new Map(readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split('\t')));
    const each = [...ratings.keys()].map((q) => ndcg(q, (found.get(q) ?? '').split(' '))).filter((x) => x !== null);
    console.log(`| ${name} | ${(each.reduce((a, b) => a + b, 0) / each.length).toFixed(3)} |`);
}
const typos = Object.keys(kinds).map((kind) => [kind, measure((q) => typo(q, kind))]);
const mean = typos.reduce((sum, t) => sum + t[1], 0) / typos.length;
console.log(`| souk, as written | ${measure((q) => q).toFixed(3)} |`);
console.log(`| souk, one typo | ${mean.toFixed(3)} (${typos.map(([k, v]) => `${k} ${v.toFixed(3)}`).join(', ')}) |`);
console.log(`| souk, the last word two thirds typed | ${measure(beginning).toFixed(3)} |`);
