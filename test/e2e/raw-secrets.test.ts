/** `--raw-secrets`: the only way to get a secret into a report, by an explicit request. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempRepository } from '../support/temp-folder.ts';

const token = tokenMint(1005)();

it('writes secrets into the report of GitLab, which no other user can read, and nowhere else', async () => {
  const cwd = tempRepository({ 'a.env': `A=${token}\n` });
  const outputs = ['sarif=a.sarif', 'json=a.json', 'html=a.html', 'codequality=a.cq'];
  const ran = await glaive(
    ['scan', '--raw-secrets', '--output', 'gitlab=gl.json', ...outputs.flatMap((output) => ['--output', output])],
    { cwd },
  );
  expect(ran.code).toBe(1);
  const { vulnerabilities } = JSON.parse(readFileSync(join(cwd, 'gl.json'), 'utf8'));
  expect(vulnerabilities).toMatchObject([{ raw_source_code_extract: token }]);
  expect(statSync(join(cwd, 'gl.json')).mode & 0o777).toBe(0o600);
  for (const output of outputs)
    expect(readFileSync(join(cwd, output.split('=')[1]!), 'utf8')).not.toContain(token.slice(6));
  expect(ran.stdout + ran.stderr).not.toContain(token.slice(6));
});

it('does not without being asked', async () => {
  const cwd = tempRepository({ 'a.env': `A=${token}\n` });
  await glaive(['scan', '--output', 'gitlab=gl.json'], { cwd });
  expect(readFileSync(join(cwd, 'gl.json'), 'utf8')).not.toContain(token.slice(6));
});

it.each([[[]], [['--format', 'gitlab']], [['--output', 'json=a.json']], [['--output', 'out.txt']]])(
  'is refused where it means nothing, or a terminal: %j',
  async (flags) => {
    const cwd = tempRepository({ 'a.env': `A=${token}\n` });
    const ran = await glaive(['scan', '--raw-secrets', ...flags], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--output gitlab=') });
  },
);
