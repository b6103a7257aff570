// Values against the types of the contract: parameters as a form brings them (all text), answers as JSON, and objects
// that lack what the contract wants filled up with what says nothing.

const target = (types, type) => (type.is === 'ref' ? types[type.to] : type);

const first = (list, why) => {
  for (const one of list) {
    const found = why(one);
    if (found) return found;
  }
  return null;
};

// ---- Forms ----

/** a[b][0][c]=v as nested objects; a list has the names 0, 1, …, also when it came as a[]=v. */
export function decode(text) {
  const root = Object.create(null);
  for (const [key, value] of new URLSearchParams(text)) {
    const path = key.replace(/\]/g, '').split('[');
    let at = root;
    path.forEach((part, i) => {
      const name = part === '' ? String(Object.keys(at).length) : part;
      if (i === path.length - 1) at[name] = value;
      else at = at[name] = at[name] !== null && typeof at[name] === 'object' ? at[name] : Object.create(null);
    });
  }
  return root;
}

const inside = (path, name) => (path ? `${path}[${name}]` : name);
const wrong = (param, message, code) => ({ param, message, code });

// Numbers are whole, but for the few that say so.
const fraction = /percent|ratio|latitude|longitude/;
const isFraction = (text) => /^-?\d+(\.\d+)?$/.test(text);

// Each: whether it is one, what is said when it is not, and its value.
const scalars = {
  text: { is: (text) => typeof text === 'string', says: 'Invalid string', read: String },
  decimal: { is: (text) => typeof text === 'string' && isFraction(text), says: 'Invalid decimal', read: String },
  number: {
    is: (text, path) => typeof text === 'string' && (/^-?\d{1,15}$/.test(text) || (fraction.test(path) && isFraction(text))),
    says: 'Invalid integer', code: 'parameter_invalid_integer', read: Number,
  },
  flag: { is: (text) => text === 'true' || text === 'false', says: 'Invalid boolean', read: (text) => text === 'true' },
  null: { is: (text) => text === '', says: 'Invalid empty value', read: () => '' },
  any: { is: () => true, read: (value) => value },
  open: { is: () => false, says: 'Invalid value' }, // words to come that no request may use yet
};

/** null, or why the parameter will not do: { param, message, code }. */
export function refuses(types, type, value, path = '') {
  const is = target(types, type);
  const scalar = scalars[is.is];
  if (scalar) return scalar.is(value, path) ? null : wrong(path, `${scalar.says}: ${typeof value === 'string' ? value : 'object'}`, scalar.code);
  return refusals[is.is](types, is, value, path);
}

const refusals = {
  word: (types, is, value, path) => (is.word === value ? null : wrong(path, `Invalid ${path}: must be ${is.word}`)),
  one: refusesAll,
  list: (types, is, value, path) => (typeof value === 'object' && Object.keys(value).every((i) => /^\d+$/.test(i))
    ? first(Object.entries(value), ([i, one]) => refuses(types, is.of, one, inside(path, i)))
    : wrong(path, 'Invalid array')),
  map: (types, is, value, path) => (typeof value === 'object'
    ? first(Object.entries(value), ([name, one]) => refuses(types, is.of, one, inside(path, name)))
    : wrong(path, 'Invalid object')),
  object(types, is, value, path) {
    if (typeof value !== 'object') return wrong(path, 'Invalid object');
    const unknown = ([name, one]) => {
      const field = is.fields[name]?.type ?? is.rest;
      return field ? refuses(types, field, one, inside(path, name)) : wrong(inside(path, name), `Received unknown parameter: ${inside(path, name)}`, 'parameter_unknown');
    };
    const lacks = Object.keys(is.fields).find((name) => is.fields[name].needed && value[name] === undefined);
    return first(Object.entries(value), unknown) ?? (lacks ? wrong(inside(path, lacks), `Missing required param: ${inside(path, lacks)}.`, 'parameter_missing') : null);
  },
};

// Of several that all refuse, the one that looked inside of the value says why; of words, all.
function refusesAll(types, is, value, path) {
  const all = is.of.map((one) => refuses(types, one, value, path));
  if (all.includes(null)) return null;
  const words = is.of.filter((one) => one.is === 'word').map((one) => one.word);
  return all.find((why) => why.param !== path) ?? (words.length > 1 ? wrong(path, `Invalid ${path}: must be one of ${words.join(', ')}`) : all[0]);
}

/** A parameter that was not refused, with numbers, flags and lists for texts. */
export function typed(types, type, value, path = '') {
  const is = target(types, type);
  if (scalars[is.is]) return scalars[is.is].read(value);
  if (is.is === 'word') return value;
  if (is.is === 'one') return typed(types, is.of.find((one) => !refuses(types, one, value, path)), value, path);
  if (is.is === 'list') return Object.values(value).map((one) => typed(types, is.of, one, path));
  const of = (name) => (is.is === 'map' ? is.of : is.fields[name]?.type ?? is.rest);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, typed(types, of(name), one, inside(path, name))]));
}

// ---- Answers ----

const json = {
  text: (value) => typeof value === 'string',
  open: (value) => typeof value === 'string',
  decimal: (value) => typeof value === 'string' && isFraction(value),
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  any: () => true,
};

/** null, or the place that is not as it is declared. */
export function differs(types, type, value, path = '') {
  const is = target(types, type);
  if (json[is.is]) return json[is.is](value) ? null : `${path}: ${JSON.stringify(value)} is no ${is.is}`;
  if (is.is === 'word') return is.word === value ? null : `${path}: ${JSON.stringify(value)} is not ${is.word}`;
  if (is.is === 'one') return differsFromAll(types, is.of, value, path);
  if (is.is === 'list') return Array.isArray(value) ? first(value.entries(), ([i, one]) => differs(types, is.of, one, `${path}[${i}]`)) : `${path}: no list`;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${path}: no object`;
  if (is.is === 'map') return first(Object.entries(value), ([name, one]) => differs(types, is.of, one, `${path}.${name}`));
  const lacks = Object.keys(is.fields).find((name) => is.fields[name].needed && value[name] === undefined);
  if (lacks) return `${path}.${lacks}: is missing`;
  return first(Object.entries(value).filter(([, one]) => one !== undefined), ([name, one]) => {
    const field = is.fields[name]?.type ?? is.rest;
    return field ? differs(types, field, one, `${path}.${name}`) : `${path}.${name}: is not declared`;
  });
}

function differsFromAll(types, all, value, path) {
  const whys = all.map((one) => differs(types, one, value, path));
  return whys.includes(null) ? null : whys.find((why) => !why.startsWith(`${path}:`)) ?? whys[0];
}

// ---- Filling up ----

const nothing = { text: '', open: '', decimal: '0', number: 0, flag: false, null: null };

export function fill(types, type, value) {
  const is = target(types, type);
  if (is.is === 'one') return fillOne(types, is.of, value);
  if (is.is in nothing) return value === undefined ? nothing[is.is] : value;
  if (is.is === 'any') return value === undefined ? {} : value;
  if (is.is === 'word') return value === undefined ? is.word : value;
  if (is.is === 'list') return value === undefined ? [] : value.map((one) => fill(types, is.of, one));
  if (is.is === 'map' || value === null || typeof (value ?? {}) !== 'object') return value === undefined ? {} : value;
  const full = { ...value };
  for (const [name, field] of Object.entries(is.fields))
    if (field.needed || full[name] !== undefined) full[name] = fill(types, field.type, full[name]);
  return full;
}

// null where it may be; else the alternative that the value says it is.
function fillOne(types, all, value) {
  const kinds = all.map((one) => target(types, one));
  if (value === undefined) return kinds.some((one) => one.is === 'null') ? null : fill(types, all[0]);
  if (Array.isArray(value)) return fill(types, all[kinds.findIndex((one) => one.is === 'list')], value);
  if (value === null || typeof value !== 'object') return value;
  const fits = kinds.filter((one) => one.is === 'object' && (!value.object || one.fields.object?.type.word === value.object));
  const kind = fits.find((one) => Boolean(one.fields.deleted) === Boolean(value.deleted)) ?? fits[0];
  return kind ? fill(types, kind, value) : value;
}
