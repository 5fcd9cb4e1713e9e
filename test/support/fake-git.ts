/** A `git` in front of the real one, for tests of how glaive uses it. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from './temp-folder.ts';

/**
 * An environment in which `git` is a shell script.
 *
 * @param script what it does; `exec "$REAL_GIT" "$@"` goes on to the real one
 */
export function withFakeGit(script: string): Record<string, string> {
  const folder = tempFolder();
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nREAL_GIT='${realGit()}'\n${script}\n`, { mode: 0o755 });
  return { PATH: `${folder}:${process.env['PATH']}` };
}

function realGit(): string {
  return execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
}
