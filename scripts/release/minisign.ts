/** Signs and verifies with minisign, https://jedisct1.github.io/minisign. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SigningKey {
  /** The path of the key's file, or its content. */
  readonly key: string;
  /** Empty if the key has none. */
  readonly password: string;
}

export const hasMinisign = (): boolean => spawnSync('minisign', ['-v']).status === 0;

/**
 * Writes FILE.minisig for each file. Neither the key nor its password is in an argument, and the same file gets the same signature.
 *
 * @param comment is signed too
 * @throws Error
 */
export function sign(files: readonly string[], { key, password }: SigningKey, comment: string): void {
  withKeyFile(key, (path) => {
    for (const file of files)
      // It asks for a password on standard input if that is no terminal.
      run(['-S', '-s', path, '-m', file, '-t', comment, '-c', 'signature by minisign'], `${password}\n`);
  });
}

/** @throws Error if the signature next to the file is not that of the key */
export function verify(file: string, publicKeyFile: string): void {
  run(['-V', '-p', publicKeyFile, '-m', file], '');
}

/** A key that is given as text is in a file for as long as it is needed: in memory where the system has such a folder. */
function withKeyFile(key: string, use: (path: string) => void): void {
  if (!key.includes('\n')) return use(key);
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'glaive-sign-'));
  try {
    chmodSync(folder, 0o700);
    const path = join(folder, 'key');
    writeFileSync(path, key.endsWith('\n') ? key : `${key}\n`, { mode: 0o600 });
    use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], input: string): void {
  const { status, stderr, error } = spawnSync('minisign', args, { input, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`minisign: ${error?.message ?? stderr.trim()}`);
}
