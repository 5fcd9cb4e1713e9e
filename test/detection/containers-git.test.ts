/** Packs, bundles and loose objects of git outside of a repository: every version of every file in them is scanned. */

import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gzip } from '../support/archives.ts';
import { Random } from '../support/mint.ts';
import { placesByToken, scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(251);
const random = new Random(252);
const lines = Array.from({ length: 400 }, () => random.bytes(12).toString('hex'));
const IDENTITY = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', [...IDENTITY, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();

interface Made {
  readonly root: string;
  readonly tokens: { readonly file: string; readonly old: string; readonly message: string; readonly last: string };
}

/** A file of many versions, which git packs as deltas; one token in an old version, one in all, one in the last commit, one in a message. */
function repository(format = 'sha1'): Made {
  const root = tempFolder();
  const tokens = { file: token(), old: token(), message: token(), last: token() };
  git(root, 'init', '--quiet', '--initial-branch=main', `--object-format=${format}`);
  writeFiles(root, { 'etc/a.conf': `x = ${tokens.file}\n`, 'text.txt': [...lines, tokens.old].join('\n') });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', `first ${tokens.message}`);
  for (let version = 0; version < 5; version++) {
    writeFiles(root, {
      'etc/a.conf': `x = ${tokens.file}\n${version}\n`,
      'text.txt': [...lines, String(version)].join('\n'),
    });
    git(root, 'commit', '--quiet', '--all', '--message', `version ${version}`);
  }
  writeFiles(root, {
    'text.txt': [...lines.slice(0, 200), `key = "${tokens.last}"`, ...lines.slice(200)].join('\n'),
  });
  git(root, 'commit', '--quiet', '--all', '--message', 'last');
  return { root, tokens };
}

function bundle({ root }: Made, ...args: string[]): Buffer {
  const path = join(tempFolder(), 'b');
  git(root, 'bundle', 'create', '--quiet', ...args.slice(0, -1), path, args.at(-1)!);
  return readFileSync(path);
}

function pack({ root }: Made, ...options: string[]): Buffer {
  git(root, ...options, 'repack', '-adfq');
  const folder = join(root, '.git', 'objects', 'pack');
  return readFileSync(
    join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.pack'))!,
    ),
  );
}

async function scanOne(bytes: Buffer) {
  const folder = tempFolder();
  writeFileSync(join(folder, 'f'), bytes);
  return await scanJson(['f'], { cwd: folder });
}

const KINDS: readonly (readonly [string, string, (made: Made) => Buffer])[] = [
  ['bundle', 'sha1', (made) => bundle(made, '--all')],
  ['bundle, version 3', 'sha1', (made) => bundle(made, '--version=3', '--all')],
  ['bundle of SHA-256', 'sha256', (made) => bundle(made, '--all')],
  ['pack', 'sha1', (made) => pack(made)],
  ['pack of SHA-256', 'sha256', (made) => pack(made)],
  ['pack with names of bases', 'sha1', (made) => pack(made, '-c', 'repack.useDeltaBaseOffset=false')],
  ['pack in gzip', 'sha1', (made) => gzipSync(pack(made))],
];

describe.each(KINDS)('%s', (_, format, make) => {
  it('holds every version of every file; what stays in a file is listed once', async () => {
    const made = repository(format);
    const { code, report } = await scanOne(make(made));
    const { file, old, message, last } = made.tokens;
    const places = placesByToken(report, [file, old, message, last]).map((uris) =>
      uris.map((uri) => uri.replace(/^.*!\//, '').replace(/[0-9a-f]{40,}/, 'ID')),
    );
    expect({ code, gaps: report.gaps, places }).toEqual({
      code: 1,
      gaps: [],
      places: [['blob/ID/etc/a.conf'], ['blob/ID/text.txt'], ['commit/ID'], ['blob/ID/text.txt']],
    });
  });

  it('cut short, or with a byte changed: a gap', async () => {
    const bytes = make(repository(format));
    const changed = Buffer.from(bytes);
    changed[bytes.length >> 1]! ^= 0x55;
    for (const damaged of [bytes.subarray(0, bytes.length - 40), changed]) {
      const { code, report } = await scanOne(damaged);
      expect([code, report.gaps.length]).toEqual([2, 1]);
    }
  });
});

it('a bundle that continues another: what it adds is scanned, and the rest is reported', async () => {
  const made = repository();
  const thin = bundle(made, 'HEAD~1..main');
  const { code, report } = await scanOne(thin);
  expect(code).toBe(2);
  expect(report.gaps).toMatchObject([{ message: expect.stringContaining('without the objects that it changes') }]);
  expect(placesByToken(report, [made.tokens.last])).toMatchObject([[expect.stringMatching(/^f!\/delta\/\d+$/)]]);
  // In a tree it is counted.
  const folder = tempFolder();
  writeFileSync(join(folder, 'f'), thin);
  const { report: tree } = await scanJson(['.'], { cwd: folder });
  expect([tree.gaps, tree.counts.skips]).toEqual([[], { 'archive-unsupported': 1 }]);
});

it('loose objects: also an archive in one', async () => {
  const root = tempFolder();
  const [plain, packed] = [token(), token()];
  git(root, 'init', '--quiet');
  writeFiles(root, { a: `x = ${plain}\n`, 'b.gz': gzip(Buffer.from(`x = ${packed}\n`)) });
  const folder = tempFolder();
  for (const name of ['a', 'b.gz']) {
    const id = git(root, 'hash-object', '-w', name);
    cpSync(join(root, '.git', 'objects', id.slice(0, 2), id.slice(2)), join(folder, `${name}.object`));
  }
  const { code, report } = await scanJson(['.'], { cwd: folder });
  expect([code, report.counts.skips, placesByToken(report, [plain, packed]).map(({ length }) => length)]).toEqual([
    1,
    {},
    [1, 1],
  ]);
});
