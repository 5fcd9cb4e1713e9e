/** Housekeeping while a repository is swept: git moves all objects to new packs, and prunes. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { grownRepository } from '../support/grown-repository.ts';
import { fingerprintOf, historyJson } from '../support/scan-report.ts';
import { gitEnvironment, tempFolder } from '../support/temp-folder.ts';

it.each(['git', 'pack'])('changes nothing: git gc --prune=now in a loop, reader %s', async (reader) => {
  const { root, tokens } = grownRepository(2720, { commits: 300, leaks: 5 });
  const loop = spawn('sh', ['-c', 'while :; do git repack -adfq; git gc -q --prune=now; done'], {
    cwd: root,
    env: gitEnvironment(),
    stdio: 'ignore',
    detached: true,
  });
  try {
    for (let round = 0; round < 3; round++) {
      const { code, report, stderr } = await historyJson(root, ['--reader', reader]);
      const secrets = report.findings.map(({ secretFingerprint }) => secretFingerprint).toSorted();
      expect([code, report.gaps, secrets], stderr).toEqual([1, [], tokens.map(fingerprintOf).toSorted()]);
    }
  } finally {
    process.kill(-loop.pid!, 'SIGKILL');
  }
});

it('an object that git does not find once is asked for again', async () => {
  const { root, tokens } = grownRepository(2721, { commits: 20, leaks: 2 });
  const seen = join(tempFolder(), 'seen');
  // The first git that reads objects is asked for ids that do not exist.
  const script = [
    `case "$*" in *'cat-file --batch') [ -e '${seen}' ] || { : > '${seen}'; sed -u 's/$/0/' | "$REAL_GIT" "$@" | sed -u 's/0 missing$/ missing/'; exit; };; esac`,
    'exec "$REAL_GIT" "$@"',
  ];
  const args = ['--reader', 'git'];
  const { code, report, stderr } = await historyJson(root, args, { env: withFakeGit(script.join('\n')) });
  expect([code, existsSync(seen), report.gaps, report.findings.length], stderr).toEqual([1, true, [], tokens.length]);
});
