// Values against the types of the contract: parameters as a form brings them (all text), answers as JSON, and objects
// that lack what the contract wants filled up with what says nothing.

const target = (types, type) => (type.is === 'ref' ? types[type.to] : type);

// ---- Forms ----

export function decode(text) {
  const root = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const path = key.replace(/\]/g, '').split('[');
    let at = root;
    path.forEach((part, i) => {
      const name = part === '' ? String(Object.keys(at).length) : part;
      if (i === path.length - 1) at[name] = value;
      else at = at[name] = typeof at[name] === 'object' ? at[name] : {};
    });
  }
  return root;
}

const inside = (path, name) => (path ? `${path}[${name}]` : name);
const wrong = (param, code, message) => ({ param, code, message });
const invalid = (path, what) => wrong(path, 'parameter_invalid', `Invalid ${what}: ${path}`);

const scalars = {
  text: (value) => typeof value === 'string',
  number: (value) => /^-?\d+(\.\d+)?$/.test(value),
  flag: (value) => value === 'true' || value === 'false',
  null: (value) => value === '',
  any: () => true,
  open: () => false,
};

// null, or why the parameter will not do.
export function refuses(types, type, value, path = '') {
  const is = target(types, type);
  if (scalars[is.is]) return scalars[is.is](value) ? null : invalid(path, is.is);
  if (is.is === 'word') return is.word === value ? null : invalid(path, 'value');
  if (is.is === 'one') return refusesAll(types, is.of, value, path);
  if (typeof value !== 'object') return invalid(path, is.is);
  if (is.is === 'list') return first(Object.entries(value), ([i, one]) => (/^\d+$/.test(i) ? refuses(types, is.of, one, inside(path, i)) : invalid(inside(path, i), 'array')));
  if (is.is === 'map') return first(Object.entries(value), ([name, one]) => refuses(types, is.of, one, inside(path, name)));
  const missing = Object.entries(is.fields).find(([name, field]) => field.needed && value[name] === undefined);
  return first(Object.entries(value), ([name, one]) => {
    const field = is.fields[name]?.type ?? is.rest;
    return field ? refuses(types, field, one, inside(path, name)) : wrong(inside(path, name), 'parameter_unknown', `Received unknown parameter: ${inside(path, name)}`);
  }) ?? (missing ? wrong(inside(path, missing[0]), 'parameter_missing', `Missing required param: ${inside(path, missing[0])}.`) : null);
}

// Of several that all refuse, the one that looked inside of the value says why.
function refusesAll(types, all, value, path) {
  const refusals = all.map((one) => refuses(types, one, value, path));
  return refusals.includes(null) ? null : refusals.find((why) => why.param !== path) ?? refusals[0];
}

const first = (list, why) => {
  for (const one of list) {
    const found = why(one);
    if (found) return found;
  }
  return null;
};

// ---- Answers ----

const json = {
  text: (value) => typeof value === 'string',
  open: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  any: () => true,
};

// null, or the place that is not as it is declared.
export function differs(types, type, value, path = '') {
  const is = target(types, type);
  if (json[is.is]) return json[is.is](value) ? null : `${path}: ${JSON.stringify(value)} is no ${is.is}`;
  if (is.is === 'word') return is.word === value ? null : `${path}: ${JSON.stringify(value)} is not ${is.word}`;
  if (is.is === 'one') {
    const all = is.of.map((one) => differs(types, one, value, path));
    return all.includes(null) ? null : all.find((why) => !why.startsWith(`${path}:`)) ?? all[0];
  }
  if (is.is === 'list') return Array.isArray(value) ? first(value.entries(), ([i, one]) => differs(types, is.of, one, `${path}[${i}]`)) : `${path}: no list`;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${path}: no object`;
  if (is.is === 'map') return first(Object.entries(value), ([name, one]) => differs(types, is.of, one, `${path}.${name}`));
  const missing = Object.entries(is.fields).find(([name, field]) => field.needed && value[name] === undefined);
  if (missing) return `${path}.${missing[0]}: is missing`;
  return first(Object.entries(value).filter(([, one]) => one !== undefined), ([name, one]) => {
    const field = is.fields[name]?.type ?? is.rest;
    return field ? differs(types, field, one, `${path}.${name}`) : `${path}.${name}: is not declared`;
  });
}

// ---- Filling up ----

const nothing = { text: '', open: '', number: 0, flag: false, null: null, any: {} };

export function fill(types, type, value) {
  const is = target(types, type);
  if (is.is === 'one') return fillOne(types, is.of, value);
  if (is.is in nothing) return value === undefined ? nothing[is.is] : value;
  if (is.is === 'word') return value === undefined ? is.word : value;
  if (is.is === 'list') return value === undefined ? [] : value.map((one) => fill(types, is.of, one));
  if (is.is === 'map' || value === null || typeof (value ?? {}) !== 'object') return value === undefined ? {} : value;
  const full = { ...value };
  for (const [name, field] of Object.entries(is.fields)) {
    if (field.needed || full[name] !== undefined) full[name] = fill(types, field.type, full[name]);
  }
  return full;
}

function fillOne(types, all, value) {
  const kinds = all.map((one) => target(types, one));
  if (value === undefined) return kinds.some((one) => one.is === 'null') ? null : fill(types, all[0]);
  if (Array.isArray(value)) return fill(types, all[kinds.findIndex((one) => one.is === 'list')], value);
  if (value === null || typeof value !== 'object') return value;
  const fits = all.filter((one, i) => kinds[i].is === 'object' && (!value.object || target(types, one).fields.object?.type.word === value.object));
  const named = fits.find((one) => Boolean(target(types, one).fields.deleted) === Boolean(value.deleted)) ?? fits[0];
  return named ? fill(types, named, value) : value;
}
