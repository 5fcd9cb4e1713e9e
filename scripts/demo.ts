/**
 * `npm run demo`: scans this checkout, then a folder with a freshly minted token of every kind, so that there are findings.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KINDS, mint, Random } from '../test/support/mint.ts';

export async function main(root: string): Promise<void> {
  const cli = join(root, 'dist', 'cli', 'main.cjs');
  const scan = (cwd: string): number => {
    process.stdout.write(`\n$ cd ${cwd} && glaive scan\n`);
    const { status } = spawnSync(process.execPath, [cli, 'scan'], { cwd, stdio: 'inherit' });
    process.stdout.write(`exit code ${status}\n`);
    return status ?? 2;
  };

  const folder = mkdtempSync(join(tmpdir(), 'glaive-demo-'));
  try {
    const random = new Random(Date.now());
    for (const [name, content] of Object.entries(plantedFiles(random))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const clean = scan(root);
    const found = scan(folder);
    if (clean !== 0 || found !== 1) throw new Error('the demo expected a clean checkout, and findings in the folder');
    process.stdout.write(
      '\nThis checkout is clean, and the folder had a token of every kind; it is deleted now.\n' +
        'Next, in a repository of yours: glaive scan, glaive history, glaive hook install. README.md says which when.\n',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plantedFiles(random: Random): Record<string, string> {
  const token = (kind: string): string => mint(kind, random);
  const all = Object.entries(KINDS).map(([kind, { carriers }]) => {
    const [before, after] = carriers?.[0] ?? ['"', '"'];
    return `# ${kind}\n${before}${token(kind)}${after}`;
  });
  return {
    '.env': `GITLAB_TOKEN=${token('pat routable v1')}\nDATABASE_PASSWORD=hunter2\n`,
    'ci/deploy.sh': `#!/bin/sh\ngit clone https://oauth2:${token('pat legacy')}@gitlab.example.com/group/project.git\n`,
    'k8s/agent.yaml': `config:\n  token: ${token('agent')}\n`,
    'runner/config.toml': `[[runners]]\n  name = "shell"\n  token = "${token('runner bare typed')}"\n`,
    'docs/example.md': `Use a token such as glpat-${'x'.repeat(20)} here.\n`,
    'every-kind.txt': `${all.join('\n\n')}\n`,
  };
}
