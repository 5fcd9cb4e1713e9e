/** Tokens in a compiled program, which has no separators; the compiler takes a minute. */

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mint, Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { parseReport } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const random = new Random(1718);

it.skipIf(spawnSync('go', ['version']).status !== 0)('a program that Go has compiled', async () => {
  const cwd = tempFolder();
  const tokens = ['pat legacy', 'pat routable v1', 'deploy', 'scim'].map((kind) => mint(kind, random));
  writeFiles(cwd, {
    'go.mod': 'module x\n\ngo 1.18\n',
    'main.go': `package main\n\nimport ("fmt"; "os")\n\nfunc main() {\n${tokens
      .map((token, at) => `\tif len(os.Args) == ${at} { fmt.Println("${token}") }\n`)
      .join('')}}\n`,
  });
  execFileSync('go', ['build', '-o', 'out/program', '.'], {
    cwd,
    env: { ...process.env, GOFLAGS: '-mod=mod', GOCACHE: join(cwd, 'cache'), GOTOOLCHAIN: 'local', GOPROXY: 'off' },
    stdio: 'pipe',
  });
  const ran = await glaive(['scan', 'out', '--format', 'json'], { cwd });
  const lengths = parseReport(ran).findings.map(({ regions }) => regions[0]!.byteLength);
  expect(lengths.toSorted((a, b) => a - b)).toEqual(tokens.map(({ length }) => length).toSorted((a, b) => a - b));
});
