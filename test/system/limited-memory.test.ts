/** V8 reserves gigabytes of addresses for WebAssembly: without them, and without WebAssembly, the plain kernel searches. */

import { describe, expect, it } from 'vitest';
import { CLI } from '../support/run-cli.ts';
import { glaiveProcess, runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const mint = tokenMint(7);

function leaking(): string {
  const cwd = tempRepository({ keep: 'x\n' });
  writeFiles(cwd, { 'leak.env': `TOKEN=${mint()}\n` });
  git(cwd, 'add', 'leak.env');
  return cwd;
}

describe('staged finds a token', () => {
  it.runIf(process.platform === 'linux').each([2_500_000, 4_000_000, 12_000_000])(
    'with %i KB of address space',
    async (limit) => {
      const script = `ulimit -v ${limit}; exec "$0" "$1" staged`;
      const ran = await runProgram('sh', ['-c', script, process.execPath, CLI], { cwd: leaking() });
      expect(ran).toMatchObject({ code: 1, stderr: '' });
    },
  );

  it('without WebAssembly', async () => {
    const ran = await glaiveProcess(['staged'], { cwd: leaking(), nodeArgs: ['--jitless'] });
    expect(ran.code).toBe(1);
  });
});
