/** Sources whose inputs exist only until the next one is requested, with other threads. */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DIST } from '../support/run-cli.ts';
import { scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { scan } from '../../src/scan/scan.ts';
import { memoryInput } from '../../src/sources/memory.ts';

const token = tokenMint(73);
const WORKER = join(DIST, 'cli', 'worker.cjs');

it('each is scanned before the next one is requested, also when threads have started', async () => {
  const report = await scan({
    command: 'test',
    ruleset: builtinRuleset(),
    minConfidence: 'likely',
    strict: false,
    clock: () => new Date(0),
    threads: { worker: WORKER, count: 2, worth: 0 },
    sources: [
      {
        name: 'streams',
        async *inputs() {
          for (let index = 0; index < 50; index++) {
            let isThere = true;
            const input = memoryInput(Buffer.from(`${token()}\n`), { kind: 'object', uri: `object/${index}` });
            yield {
              ...input,
              open() {
                const reader = input.open();
                return {
                  read: (target) => (isThere ? reader.read(target) : 0),
                  close: () => reader.close(),
                };
              },
            };
            isThere = false;
          }
        },
      },
    ],
  });
  expect(report.findings).toHaveLength(50);
});

it('files and standard input, in one scan with threads', async () => {
  const root = tempFolder();
  const files = Array.from({ length: 70 }, (_, index) => `f${index}.txt`);
  writeFiles(root, Object.fromEntries(files.map((name) => [name, `${token()}\n`])));
  const { report } = await scanJson(['.', '-', '--threads', '2'], { cwd: root, input: `${token()}\n` });
  expect(report.findings).toHaveLength(71);
});
