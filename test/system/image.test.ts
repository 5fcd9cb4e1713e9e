/** The `Dockerfile`: the files it copies are all that glaive needs, also for a user who is not root and may write nothing. */

import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository } from '../support/temp-folder.ts';
import { glaiveUnprivileged, handOver, whyNotUnprivileged } from '../support/unprivileged.ts';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stage = text.slice(text.lastIndexOf('\nFROM '));

it('ends as a user who is not root, without an entry point', () => {
  expect(stage.match(/^USER .*$/gm)).toEqual(['USER 1000']);
  expect(stage).not.toMatch(/^ENTRYPOINT/m);
  expect(stage).toContain('CMD ["glaive", "--help"]');
});

it.skipIf(whyNotUnprivileged() !== undefined)('what it copies runs, threads and history too', async () => {
  const image = tempFolder();
  chmodSync(image, 0o755);
  for (const [, sources = '', target = ''] of stage.matchAll(/^COPY --from=build (.*) (\S+)$/gm))
    for (const source of sources.split(' ')) {
      const from = source.replace(/^\/glaive\//, `${root}/`);
      expect(existsSync(from), source).toBe(true);
      cpSync(from, join(image, target, target.endsWith('/') ? basename(from) : ''), { recursive: true });
    }
  const [, linked = ''] = /ln -s (\S+) \/usr\/local\/bin\/glaive/.exec(stage) ?? [];
  const program = join(image, 'glaive');
  symlinkSync(join(image, linked), program);
  const cwd = tempRepository({ 'a.env': `A=${tokenMint(11)()}\n` });
  handOver(cwd);
  for (const args of [['scan', '--threads', '2'], ['history'], ['scan', '--format', 'html']])
    expect((await glaiveUnprivileged(args, { cwd, program })).code).toBe(1);
});
