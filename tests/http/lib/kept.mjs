// What one file of tests found out and others may use: log-ins above all, since an account may only
// log in so often, and each file is a process of its own. Kept in the stack's folder, and so gone
// with it.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(process.env.SOUK_E2E_STATE ?? tmpdir(), 'tests');

/** The value kept under this name, when it is younger than `seconds` and still `good`; else what `make` gives, kept. */
export async function kept(name, seconds, make, good = () => true) {
  const file = join(folder, createHash('sha256').update(name).digest('hex').slice(0, 16));
  try {
    const value = Date.now() - statSync(file).mtimeMs < seconds * 1000 && JSON.parse(readFileSync(file));
    if (value && await good(value)) return value;
  } catch {
    // nobody has it yet
  }
  const value = await make();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
  return value;
}
