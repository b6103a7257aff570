// What Meta and Google refuse of a feed, read from the bytes of the file, by rules of their own: nothing
// here is shared with the program that wrote it. Each finding is {line, id, column, rule, value}.

/** CSV (RFC 4180) as [{line, cells}]; a fault is thrown with its line. */
export function readCsv(text) {
  const rows = [];
  let cells = [], cell = '', quoted = false, line = 1, begun = 1, any = false;
  const endCell = () => { cells.push(cell); cell = ''; };
  const endRow = () => { endCell(); rows.push({ line: begun, cells }); cells = []; any = false; begun = line + 1; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; i++; }
      else if (c === '"') {
        quoted = false;
        if (i + 1 < text.length && !',\n\r'.includes(text[i + 1])) throw new Error(`line ${line}: text behind a closing quote`);
      } else { cell += c; if (c === '\n') line++; }
    } else if (c === '"') {
      if (cell) throw new Error(`line ${line}: a quote inside a bare cell`);
      quoted = any = true;
    } else if (c === ',') { endCell(); any = true; }
    else if (c === '\n') { endRow(); line++; }
    else if (c !== '\r') { cell += c; any = true; }
  }
  if (quoted) throw new Error(`line ${line}: a quote is never closed`);
  if (any) endRow();
  return rows;
}

/** Text between tabs: a tab or a line end always ends a cell, a quote is a character. */
export const readTsv = (text) => (text ? text.replace(/\n$/, '').split('\n').map((row, i) => ({ line: i + 1, cells: row.split('\t') })) : []);

const units = (text) => text.length;
const capitals = (text) => {
  const letters = [...text].filter((c) => /\p{Lu}|\p{Ll}/u.test(c));
  return letters.length >= 4 && letters.every((c) => /\p{Lu}/u.test(c));
};
const hasHtml = (text) => /<\/?[a-z][a-z0-9]*(\s[^<>]*)?\/?>|<!--/i.test(text) || /&(#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp|[a-z]{4,8});/i.test(text);
// A half of a character, or one that belongs to a character which is not there.
const halfCharacter = (text) => /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\ufffd|\u200d$/.test(text);
const control = (text) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text);
const currencies = { JPY: 0, ISK: 0, VND: 0, KRW: 0, HUF: 2 };
const isPrice = (text) => {
  const [, whole, decimals, currency] = /^(\d+)(?:\.(\d+))? ([A-Z]{3})$/.exec(text) ?? [];
  return currency !== undefined && (decimals ?? '').length === (currencies[currency] ?? 2) && !/^0\d/.test(whole);
};
const amount = (text) => Number(text.split(' ')[0]);
const isAddress = (text) => {
  try { return /^https?:$/.test(new URL(text).protocol) && !/[\s,]/.test(text) && units(text) <= 2000; } catch { return false; }
};
const isImage = (text) => isAddress(text) && /\.(jpe?g|png|gif)$/i.test(new URL(text).pathname);
const isGtin = (text) => {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return false;
  const digits = [...text].map(Number), check = digits.pop();
  const sum = digits.reverse().reduce((all, digit, i) => all + digit * (i % 2 ? 1 : 3), 0);
  return (10 - sum % 10) % 10 === check;
};
const levels = (text, least) => /^[1-9]\d*$/.test(text) || text.split(' > ').filter((part) => part.trim()).length >= least;
const isMoment = (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d([+-]\d\d:?\d\d|Z)$/.test(text) && !Number.isNaN(Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')));
const isRange = (text) => text.split('/').length === 2 && text.split('/').every(isMoment);
const among = (...words) => (text) => words.includes(text);
const most = (n) => (text) => units(text) <= n;

// column: [is it required, {rule: what must hold of a value that is there}]
const both = {
  title: { 'not all capitals': (text) => !capitals(text), plain: (text) => !hasHtml(text), 'on one line': (text) => !/[\n\t]/.test(text) },
  description: { plain: (text) => !hasHtml(text), 'not all capitals': (text) => !capitals(text) },
  price: { 'a price': isPrice, 'more than nothing': (text) => amount(text) > 0 },
  sale_price: { 'a price': isPrice },
  link: { 'an address': isAddress },
  image_link: { 'a picture': isImage },
  gtin: { 'a GTIN': isGtin },
  google_product_category: { 'an id or two levels': (text) => levels(text, 2) },
  gender: { known: among('female', 'male', 'unisex') },
  shipping_weight: { 'a weight': (text) => /^\d+(\.\d+)? (lb|oz|g|kg)$/.test(text) },
};
const pictures = (n) => ({ 'so many pictures': (text) => text.split(',').length <= n, 'pictures': (text) => text.split(',').every(isImage), 'at most 2,000 characters': most(2000) });
export const channels = {
  meta: {
    read: readCsv,
    required: ['id', 'title', 'description', 'availability', 'condition', 'price', 'link', 'image_link', 'brand'],
    columns: {
      ...both,
      id: { 'at most 100': most(100), 'without blanks': (text) => !/\s/.test(text) },
      title: { ...both.title, 'at most 200': most(200) },
      description: { ...both.description, 'at most 9,999': most(9999), 'at least 30': (text) => [...text].length >= 30 },
      availability: { known: among('in stock', 'out of stock', 'preorder', 'available for order', 'discontinued') },
      condition: { known: among('new', 'used', 'refurbished') },
      brand: { 'at most 100': most(100) },
      fb_product_category: { 'an id or three levels': (text) => levels(text, 3) },
      quantity_to_sell_on_facebook: { 'a number from 1': (text) => /^[1-9]\d*$/.test(text) },
      sale_price_effective_date: { 'two moments': isRange },
      item_group_id: { 'at most 100': most(100) },
      color: { 'at most 200': most(200), 'no code': (text) => !/^#[0-9a-f]{3,8}$/i.test(text) },
      size: { 'at most 200': most(200) }, material: { 'at most 200': most(200) }, pattern: { 'at most 100': most(100) },
      age_group: { known: among('adult', 'all ages', 'infant', 'kids', 'newborn', 'teen', 'toddler') },
      shipping: { 'places and prices': (text) => text.split(';').every((one) => /^[A-Z]{2}:[^:]*:[^:]*:\d+(\.\d+)? [A-Z]{3}$/.test(one)) },
      additional_image_link: pictures(20),
      'video[0].url': { 'an address': isAddress }, 'video[0].tag[0]': {}, 'product_tags[0]': { 'at most 110': most(110) }, 'product_tags[1]': { 'at most 110': most(110) }, 'style[0]': {},
      product_type: { 'at most 750': most(750) },
    },
  },
  google: {
    read: readTsv,
    required: ['id', 'title', 'description', 'availability', 'condition', 'price', 'link', 'image_link'],
    columns: {
      ...both,
      id: { 'at most 50': most(50), 'without blanks': (text) => !/\s/.test(text) },
      title: { ...both.title, 'at most 150': most(150) },
      description: { ...both.description, 'at most 5,000': most(5000) },
      availability: { known: among('in_stock', 'out_of_stock', 'preorder', 'backorder') },
      availability_date: { 'a moment': isMoment },
      condition: { known: among('new', 'refurbished', 'used') },
      brand: { 'at most 70': most(70) }, mpn: { 'at most 70': most(70) },
      identifier_exists: { known: among('yes', 'no') },
      item_group_id: { 'at most 50': most(50) },
      color: { 'at most 100': most(100), 'no code': (text) => !/^#[0-9a-f]{3,8}$/i.test(text) },
      size: { 'at most 100': most(100) }, material: { 'at most 200': most(200) }, pattern: { 'at most 100': most(100) },
      age_group: { known: among('newborn', 'infant', 'toddler', 'kids', 'adult') },
      additional_image_link: pictures(10),
      product_type: { 'at most 750': most(750) },
    },
  },
};

const ATTRIBUTES = ['color', 'size', 'material', 'pattern'];

/* What must hold between cells of a row. */
function* ofRow(channel, item) {
  if (item.sale_price && isPrice(item.sale_price) && isPrice(item.price)) {
    if (item.sale_price.slice(-3) !== item.price.slice(-3)) yield ['sale_price', 'in the currency of the price'];
    if (amount(item.sale_price) >= amount(item.price)) yield ['sale_price', 'lower than the price'];
  }
  if (channel !== 'google') return;
  if (['preorder', 'backorder'].includes(item.availability) && !item.availability_date) yield ['availability_date', 'there when it comes later'];
  if (item.identifier_exists === 'yes' && !item.gtin && !(item.mpn && item.brand)) yield ['identifier_exists', 'no without identifiers'];
  if (item.identifier_exists !== 'no' && !item.gtin && !(item.mpn && item.brand)) yield ['identifier_exists', 'said without identifiers'];
}

/* What must hold between the rows of a group. */
function* ofGroups(items) {
  const groups = Map.groupBy ? Map.groupBy(items.filter((one) => one.item.item_group_id), (one) => one.item.item_group_id) : group(items);
  for (const rows of groups.values()) {
    for (const name of ATTRIBUTES) {
      const empty = rows.filter((one) => !one.item[name]);
      if (empty.length && empty.length < rows.length) for (const one of empty) yield [one, name, 'filled for every variant'];
    }
    const seen = new Set();
    for (const one of rows) {
      const key = JSON.stringify([one.item.title, ...ATTRIBUTES.map((name) => one.item[name]), one.item.gender, one.item.age_group]);
      if (seen.has(key)) yield [one, 'title', 'not like another variant in all'];
      seen.add(key);
    }
  }
}
function group(items) {
  const groups = new Map();
  for (const one of items) if (one.item.item_group_id) groups.set(one.item.item_group_id, [...(groups.get(one.item.item_group_id) ?? []), one]);
  return groups;
}

/** Findings about a file's bytes; `items`, given, is filled with the rows as objects. */
export function lint(channel, bytes, items = []) {
  const { read, required, columns } = channels[channel], found = [];
  let text, rows;
  const say = (row, column, rule, value = row?.item?.[column] ?? '') => found.push({ line: row?.line ?? 1, id: row?.item?.id ?? '', column, rule, value: value.slice(0, 80) });
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (text.startsWith('\ufeff')) text = text.slice(1);
    rows = read(text);
  } catch (e) {
    say(null, '', /utf-?8|encoded/i.test(e.message) ? 'UTF-8' : 'readable', e.message);
    return found;
  }
  const [header, ...lines] = rows;
  if (!header) return [{ line: 1, id: '', column: '', rule: 'a header', value: '' }];
  for (const name of required) if (!header.cells.includes(name)) say(null, name, 'a column that is required');
  header.cells.forEach((name, i) => {
    if (!(name in columns)) say(null, name, 'a column that is known', name);
    if (header.cells.indexOf(name) !== i) say(null, name, 'a column once', name);
  });
  const ids = new Set();
  for (const { line, cells } of lines) {
    const row = { line, item: Object.fromEntries(header.cells.map((name, i) => [name, cells[i] ?? ''])) };
    items.push(row);
    if (cells.length !== header.cells.length) say(row, '', 'as many cells as columns', String(cells.length));
    for (const name of required) if (!row.item[name]?.trim()) say(row, name, 'required');
    for (const [name, value] of Object.entries(row.item)) {
      if (!value) continue;
      for (const [rule, holds] of Object.entries(columns[name] ?? {})) if (!holds(value)) say(row, name, rule);
      if (halfCharacter(value)) say(row, name, 'whole characters');
      if (control(value)) say(row, name, 'no control characters');
      if (value !== value.trim()) say(row, name, 'no blanks around it');
    }
    if (ids.has(row.item.id)) say(row, 'id', 'once in the file');
    ids.add(row.item.id);
    for (const [column, rule] of ofRow(channel, row.item)) say(row, column, rule);
  }
  for (const [row, column, rule] of ofGroups(items)) say(row, column, rule);
  return found;
}

/** As text for a failure's message. */
export const told = (found) => found.slice(0, 20).map((one) => `line ${one.line} ${one.id} ${one.column}: ${one.rule} (${one.value})`).join('\n');
