/** Manners of the command line: what it says to words that it does not know, and how it fits the terminal. */

import { expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';

it('an error is wrapped at the width of the terminal, and is one line in a pipe', async () => {
  const argv = ['scan', '--format', 'yaml'];
  const { stderr } = await glaive(argv);
  expect(stderr.split('\n')).toHaveLength(3);
  const wrapped = await glaive(argv, { columns: 40 });
  const lines = wrapped.stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  for (const line of lines.slice(1)) expect(line).toMatch(/^  \S/);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(
    stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.trim())
      .join(' '),
  );
});
