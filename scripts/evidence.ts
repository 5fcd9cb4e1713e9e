/**
 * `npm run evidence -- NAME`: measures a property of glaive on generated data, and prints a table. Without NAME: lists the names.
 * The code of the long tests makes the tables, run by the test runner, because Node 20 cannot run TypeScript.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compareBuilds } from './evidence/identity.ts';

const TABLES: Readonly<Record<string, string>> = {
  recall: 'test/detection/recall.test.ts',
  'false-positives': 'test/detection/false-positives.test.ts',
  places: 'test/detection/places.test.ts',
  self: 'test/long/self.test.ts',
  encoded: 'test/detection/encoded.test.ts',
  archives: 'test/long/archives.test.ts',
  containers: 'test/detection/containers',
  'containers-places': 'test/long/containers-places.test.ts',
  redos: 'test/long/redos.test.ts',
  incident: 'test/long/incident.test.ts',
  inflate: 'test/long/inflate.test.ts',
  'kernel-fuzz': 'test/long/kernel-fuzz.test.ts',
  fleet: 'test/long/fleet-cost.test.ts',
  'fleet-faults': 'test/long/fleet-faults.test.ts',
  growth: 'test/long/growth.test.ts',
  'worst-text': 'test/long/worst-text.test.ts',
};

/** Programs of their own, with arguments. */
const PROGRAMS: Readonly<Record<string, (root: string, args: readonly string[]) => Promise<void>>> = {
  identity: compareBuilds,
};

export async function main(root: string, [name, ...args]: readonly string[]): Promise<void> {
  const program = name === undefined ? undefined : PROGRAMS[name];
  if (program !== undefined) {
    await program(root, args);
    return;
  }
  const file = name === undefined ? undefined : TABLES[name];
  if (file === undefined) {
    process.stdout.write(
      `usage: npm run evidence -- NAME, with NAME one of: ${[...Object.keys(TABLES), ...Object.keys(PROGRAMS)].join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = [
    vitest,
    'run',
    file,
    '--config',
    'vitest.long.config.ts',
    '--reporter=dot',
    '--disableConsoleIntercept',
  ];
  process.exitCode = spawnSync(process.execPath, options, { cwd: root, stdio: 'inherit' }).status ?? 2;
}
