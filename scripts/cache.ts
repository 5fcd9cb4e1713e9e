/**
 * Results kept in `.cache/` for as long as their inputs are the same. The folder is outside `node_modules/`, so that
 * `npm ci` does not empty it.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the text for these inputs, from the cache if possible. */
export async function cached(
  root: string,
  { name, inputs }: { readonly name: string; readonly inputs: unknown },
  make: () => string | Promise<string>,
): Promise<string> {
  const file = join(root, '.cache', `${name}-${hashOf(inputs)}`);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const text = await make();
  writeWhole(file, text);
  return text;
}

/** The first 16 hexadecimal digits of a hash over any JSON value. */
export function hashOf(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
}

/** Writes the file unless it has this content already. A process that reads it meanwhile gets the old or the new content, whole. */
export function writeWhole(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
