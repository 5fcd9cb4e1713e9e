/** Names that are not UTF-8, given as arguments: Node gives them to programs with their bytes lost. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const token = tokenMint(412);
const nameOf = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));

const scan = (cwd: string) =>
  runProgram('bash', ['-c', '"$0" "$1" scan --format csv $\'caf\\xe9.txt\'', process.execPath, CLI], { cwd });

it('the one file that reads the same is scanned; of several none is guessed', async () => {
  const cwd = tempFolder();
  const write = (name: Buffer): void =>
    writeFileSync(Buffer.concat([Buffer.from(join(cwd, '/')), name]), `t = "${token()}"\n`);
  expect((await scan(cwd)).stderr).toContain('whose names are not UTF-8');
  write(nameOf('caf', 0xe9, '.txt'));
  const { code, stdout } = await scan(cwd);
  expect(code).toBe(1);
  expect(stdout).toContain('caf%E9.txt');
  write(nameOf('caf', 0xe8, '.txt'));
  const several = await scan(cwd);
  expect(several.code).toBe(2);
  expect(several.stderr).toContain('or several whose names are not UTF-8');
});
