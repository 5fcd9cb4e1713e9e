/** What may be in the place of a file: each kind is made in a folder of the test's own. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes one at `path`; `outside` is a folder that is no part of the repository. */
export type MakeOdd = (path: string, outside: string) => void | Promise<void>;

function must(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

/** Whether devices can be made here, which root may do outside of some containers. */
export function whyNoDevices(folder: string): string | undefined {
  return spawnSync('mknod', [join(folder, 'probe'), 'c', '1', '3']).status === 0 ? undefined : 'mknod is not permitted';
}

/** None of them is a file that may be read, or written through. */
export const ODD_KINDS: Readonly<Record<string, MakeOdd>> = {
  'a link to a file outside': (path, outside) => {
    writeFileSync(join(outside, 'target.txt'), 'precious\n');
    symlinkSync(join(outside, 'target.txt'), path);
  },
  'a link to a link that leads outside': (path, outside) => {
    writeFileSync(join(outside, 'target.txt'), 'precious\n');
    symlinkSync(join(outside, 'target.txt'), `${path}.step`);
    symlinkSync(`${path}.step`, path);
  },
  'a link to nowhere': (path, outside) => symlinkSync(join(outside, 'absent.txt'), path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a link to a folder': (path, outside) => symlinkSync(outside, path),
  'a folder': (path) => mkdirSync(path),
  'a FIFO': (path) => must('mkfifo', path),
  'a link to a FIFO': (path) => {
    must('mkfifo', `${path}.fifo`);
    symlinkSync(`${path}.fifo`, path);
  },
  'a link to /dev/zero': (path) => symlinkSync('/dev/zero', path),
  'a link to /dev/null': (path) => symlinkSync('/dev/null', path),
  'a link to /dev/urandom': (path) => symlinkSync('/dev/urandom', path),
  'a link to standard input': (path) => symlinkSync('/dev/stdin', path),
  'a socket': async (path) => {
    const server = createServer();
    // Names of sockets are short.
    const folder = dirname(path);
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject);
      server.listen(path.length > 100 ? join(folder, 's') : path, resolve);
    });
    onTestFinished(() => void server.close());
  },
  'a file of 3 GB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 3e9);
  },
  'text in UTF-32': (path) =>
    writeFileSync(path, Buffer.from('[scan]\n'.split('').flatMap((letter) => [letter.charCodeAt(0), 0, 0, 0]))),
};
