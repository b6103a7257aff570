// The contract: what Stripe's own library can send and is answered, for the operations that the double has. Its digest is
// compared with the committed one whenever a double starts, so another SDK is a change that somebody sees.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const cache = join(here, 'node_modules/.cache'); // goes with the SDK that it was read from

export const apiVersion = /ApiVersion = '(.+)'/.exec(readFileSync(join(here, 'node_modules/stripe/esm/apiVersion.js'), 'utf8'))[1];
export const committed = () => readFileSync(join(here, 'contract.sha256'), 'utf8').trim();

/** { apiVersion, operations: name → { method, path, params, answer }, objects, types, sha256 } */
export async function contract(names) {
  const made = createHash('sha256').update(readFileSync(join(here, 'contract/extract.mjs'))).update(names.join()).digest('hex');
  const file = join(cache, `contract-${made}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    const { extract } = await import('./contract/extract.mjs'); // the parser is large
    const rules = extract(names);
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(rules));
    renameSync(`${file}.${process.pid}`, file);
    return rules;
  }
}
