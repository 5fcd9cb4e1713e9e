/**
 * `glaive history` on packs of every kind, right and wrong: whatever reads them, it finds the same, says the same, and is never
 * clean where git is not.
 */

import { copyFileSync, cpSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gzip } from '../support/archives.ts';
import { fuzzRepository } from '../support/fuzz-repository.ts';
import {
  copied,
  delta,
  type Entry,
  header,
  idOf,
  inserted,
  ofsDelta,
  type PackOptions,
  refDelta,
  whole,
  writePack,
} from '../support/pack-writer.ts';
import { DIST, glaive, type Ran } from '../support/run-cli.ts';
import { glaiveProcess } from '../support/run-program.ts';
import { runs, some } from '../support/runs.ts';
import { type ScanReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(3011);

/** Nothing where there is no report. */
const placesOf = ({ stdout }: Ran): string[] =>
  (stdout === '' ? [] : (JSON.parse(stdout) as ScanReport).findings)
    .flatMap(({ artifact, regions, secretFingerprint }) =>
      regions.map(({ byteOffset, byteLength }) => `${artifact.uri} ${byteOffset} ${byteLength} ${secretFingerprint}`),
    )
    .toSorted();

const countsOf = ({ stdout }: Ran): unknown => {
  if (stdout === '') return undefined;
  const { artifacts, bytes, gaps, skips } = (JSON.parse(stdout) as ScanReport).counts;
  return { artifacts, bytes, gaps, skips };
};

/** Sweeps by either reader; they must agree. Gives what the pack reader said. */
async function sweep(cwd: string, count?: number): Promise<Ran> {
  const through = async (reader: string): Promise<Ran> =>
    await glaive(['history', '--reader', reader, '--format', 'json', '--quiet'], { cwd });
  const [byPack, byGit] = await Promise.all([through('pack'), through('git')]);
  expect(byPack.code).toBe(byGit.code);
  expect(placesOf(byPack)).toEqual(placesOf(byGit));
  expect(countsOf(byPack)).toEqual(countsOf(byGit));
  if (count !== undefined) expect(placesOf(byPack)).toHaveLength(count);
  return byPack;
}

/** Ten versions of a file, each with a secret of its own, and a message with another. */
function versions(...init: readonly string[]): string {
  const root = tempFolder();
  git(root, 'init', '--quiet', '--initial-branch=main', ...init);
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index} of a file that is long enough to be a base\n`);
  for (let version = 0; version < 10; version++) {
    const text = [...lines.slice(0, 5 * version), `TOKEN=${newToken()}\n`, ...lines.slice(5 * version)].join('');
    writeFiles(root, { 'a.env': text, [`b${version}.txt`]: `${version}\n` });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', version === 3 ? `with ${newToken()}` : 'x');
  }
  return root;
}

describe('packs of every kind', () => {
  it.each([
    ['one pack', [], ['repack', '-adfq']],
    ['SHA-256', ['--object-format=sha256'], ['repack', '-adfq']],
    ['index version 1', [], ['-c', 'pack.indexVersion=1', 'repack', '-adfq']],
    ['bases by their ids', [], ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq']],
    ['a multi-pack-index', [], ['multi-pack-index', 'write']],
  ] as const)('%s', async (_, init, args) => {
    const root = versions(...init);
    git(root, 'repack', '-dq');
    git(root, ...args);
    expect((await sweep(root, 11)).code).toBe(1);
  });

  it('several, one of them kept, and loose objects', async () => {
    const root = versions();
    git(root, 'repack', '-adq');
    const folder = join(root, '.git', 'objects', 'pack');
    const pack = readdirSync(folder).find((name) => name.endsWith('.pack'));
    writeFileSync(join(folder, pack!.replace(/pack$/, 'keep')), '');
    for (let more = 0; more < 2; more++) {
      writeFiles(root, { 'more.env': `A=${newToken()}\n${'x\n'.repeat(400)}` });
      git(root, 'add', '--all');
      git(root, 'commit', '--quiet', '--message', 'more');
      if (more === 0) git(root, 'repack', '-dq');
    }
    await sweep(root, 13);
  });

  it('what no ref leads to, in a cruft pack', async () => {
    const root = versions();
    git(root, 'reset', '--quiet', '--hard', 'HEAD~5');
    git(root, 'reflog', 'expire', '--expire=now', '--all');
    git(root, 'repack', '-adq', '--cruft');
    await sweep(root, 11);
  });

  it('borrowed from another repository', async () => {
    const root = versions();
    git(root, 'repack', '-adq');
    const borrower = join(tempFolder(), 'borrower');
    git(root, 'clone', '--quiet', '--shared', root, borrower);
    await sweep(borrower, 11);
  });

  it('archives, and pictures whose end is far away, are counted alike', async () => {
    const root = versions();
    const part = (type: string, content: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)]);
    };
    const picture = (size: number): Buffer =>
      Buffer.concat([
        Buffer.from('89504e470d0a1a0a', 'hex'),
        part('IDAT', Buffer.alloc(size, 0x80)),
        part('IEND', Buffer.alloc(0)),
      ]);
    writeFiles(root, { 'a.png': picture(1000), 'b.png': picture(600_000), 'c.gz': gzip(Buffer.from('nothing')) });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'pictures');
    git(root, 'repack', '-adfq');
    const ran = await sweep(root, 11);
    expect((JSON.parse(ran.stdout) as ScanReport).counts.skips).toEqual({ 'archive-closed': 2 });
    const { stderr } = await glaive(['history', '--check', '--output', '/dev/null'], { cwd: root });
    expect(stderr).toContain('by the pack reader, 0 differences\n');
  });

  it('a repository made of a seed, checked by itself', async () => {
    const cwd = fuzzRepository(7, { commits: runs({ fast: 30, long: 150 }) });
    const { code, stderr } = await glaive(['history', '--check', '--output', '/dev/null'], { cwd });
    expect(stderr).toMatch(/check: \d+ places through git, \d+ by the pack reader, 0 differences\n/);
    expect(code).not.toBe(0);
  });

  it('the report is the same for every number of threads', async () => {
    const cwd = fuzzRepository(9, { commits: 200, repack: ['--max-pack-size=1m'] });
    const through = async (count: string, program?: string): Promise<unknown> => {
      const args = ['history', '--reader', 'pack', '--format', 'json', '--quiet', '--threads', count];
      const { code, stdout, stderr } = await (program === undefined
        ? glaive(args, { cwd })
        : glaiveProcess(args, { cwd, program }));
      return { code, stderr, report: { ...JSON.parse(stdout), scan: undefined } };
    };
    const alone = await through('1');
    for (const count of some(['7', '3', '2'], 1)) expect(await through(count)).toEqual(alone);
    const single = join(DIST, 'glaive.cjs');
    expect(await through('4', single)).toEqual(alone);
  });

  it('a thread that fails is reported, with the way out', async () => {
    const cwd = fuzzRepository(10, { commits: 20 });
    const folder = tempFolder();
    cpSync(join(DIST, 'cli'), join(folder, 'cli'), { recursive: true });
    writeFileSync(join(folder, 'cli', 'pack-thread.cjs'), "exports.scanPack = () => { throw new Error('broken'); };");
    const { code, stdout, stderr } = await glaiveProcess(['history', '--reader', 'pack', '--threads', '2'], {
      cwd,
      program: join(folder, 'cli', 'main.cjs'),
    });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/a worker thread failed[^]*--threads 1/)]);
  });
});

const TEXT = Buffer.from('a text that others are made of\n'.repeat(20));

/** What a hostile pack holds next to a secret that every reader must find. */
interface Hostile {
  readonly entries: readonly Entry[];
  readonly options?: PackOptions;
}

/** The id of a blob that is nowhere. */
const unknownId = (): string => idOf('blob', Buffer.from(newToken()));

function chain(depth: number): Entry[] {
  const entries = [whole('blob', TEXT)];
  let text = TEXT;
  for (let step = 0; step < depth; step++) {
    const end = Buffer.from(String(step));
    const next = Buffer.concat([text.subarray(0, 400), end]);
    const instructions = [copied(0, 400), inserted(end)];
    entries.push(ofsDelta(entries.at(-1)!.bytes.length, delta(text.length, next.length, ...instructions), next));
    text = next;
  }
  return entries;
}

const HOSTILE: Readonly<Record<string, () => Hostile>> = {
  'a size that is too large': () => ({ entries: [whole('blob', TEXT, TEXT.length + 5)] }),
  'a size that is too small': () => ({ entries: [whole('blob', TEXT, TEXT.length - 5)] }),
  'a size beyond all memory': () => ({ entries: [whole('blob', TEXT, 2 ** 50)] }),
  'a base that is nowhere': () => ({ entries: [refDelta(unknownId(), delta(5, 5, copied(0, 5)), unknownId())] }),
  'a copy beyond its base': () => {
    const base = whole('blob', TEXT);
    return {
      entries: [
        base,
        ofsDelta(base.bytes.length, delta(TEXT.length, 40, copied(TEXT.length - 10, 40)), Buffer.from(unknownId())),
      ],
    };
  },
  'a base of another size': () => {
    const base = whole('blob', TEXT);
    return {
      entries: [base, ofsDelta(base.bytes.length, delta(TEXT.length + 1, 10, copied(0, 10)), Buffer.from(unknownId()))],
    };
  },
  'more than the delta says': () => {
    const base = whole('blob', TEXT);
    return {
      entries: [base, ofsDelta(base.bytes.length, delta(TEXT.length, 10, copied(0, 20)), Buffer.from(unknownId()))],
    };
  },
  'less than the delta says': () => {
    const base = whole('blob', TEXT);
    return {
      entries: [base, ofsDelta(base.bytes.length, delta(TEXT.length, 30, copied(0, 20)), Buffer.from(unknownId()))],
    };
  },
  'an invalid instruction': () => {
    const base = whole('blob', TEXT);
    return {
      entries: [base, ofsDelta(base.bytes.length, delta(TEXT.length, 1, Buffer.from([0])), Buffer.from(unknownId()))],
    };
  },
  'an insert that is cut off': () => {
    const base = whole('blob', TEXT);
    return {
      entries: [
        base,
        ofsDelta(base.bytes.length, delta(TEXT.length, 100, Buffer.from([100, 1, 2])), Buffer.from(unknownId())),
      ],
    };
  },
  'a base before the pack': () => ({
    entries: [ofsDelta(10_000, delta(5, 5, copied(0, 5)), Buffer.from(unknownId()))],
  }),
  'a base in the middle of another object': () => {
    const base = whole('blob', TEXT);
    return { entries: [base, ofsDelta(base.bytes.length - 3, delta(5, 5, copied(0, 5)), Buffer.from(unknownId()))] };
  },
  'a bomb of zeros': () => ({ entries: [whole('blob', Buffer.alloc(80 * 1024 * 1024))] }),
  'garbage after a stream': () => {
    const entry = whole('blob', TEXT);
    return { entries: [{ ...entry, bytes: Buffer.concat([entry.bytes, Buffer.alloc(40, 0x41)]) }] };
  },
  'a check that does not fit': () => {
    const entry = whole('blob', TEXT);
    const bytes = Buffer.from(entry.bytes);
    bytes[bytes.length - 1]! ^= 1;
    return { entries: [{ ...entry, bytes }] };
  },
  'an invalid stream': () => ({
    entries: [{ id: unknownId(), bytes: Buffer.concat([header('blob', 50), Buffer.alloc(60, 0x77)]) }],
  }),
  'a stream of another kind': () => {
    const raw = deflateSync(TEXT, { level: 9 });
    raw[0] = 0x79;
    return { entries: [{ id: idOf('blob', TEXT), bytes: Buffer.concat([header('blob', TEXT.length), raw]) }] };
  },
  'an invalid type': () => {
    const entry = whole('blob', TEXT);
    const bytes = Buffer.from(entry.bytes);
    bytes[0] = (bytes[0]! & 0x8f) | 0x50;
    return { entries: [{ ...entry, bytes }] };
  },
  'an offset past the end': () => {
    const entry = whole('blob', TEXT);
    return { entries: [entry], options: { offsets: { [entry.id]: 2 ** 30 } } };
  },
  'a large offset past the end': () => {
    const entries = [whole('blob', TEXT), whole('blob', Buffer.from('another\n'))];
    const last = entries.map(({ id }) => id).toSorted((a, b) => (a < b ? 1 : -1))[0]!;
    return { entries, options: { offsets: { [last]: 2 ** 40 }, large: true } };
  },
  'an offset into the head': () => {
    const entry = whole('blob', TEXT);
    return { entries: [entry], options: { offsets: { [entry.id]: 4 } } };
  },
  'a pack that is cut off': () => ({
    entries: [whole('blob', TEXT), whole('blob', Buffer.from(unknownId()))],
    options: { cut: 30 },
  }),
};

/** A repository with one commit, that holds a secret, all of it in one pack written by hand. */
function hostile({ entries, options }: Hostile): string {
  const root = tempRepository();
  const secret = whole('blob', Buffer.from(`TOKEN=${newToken()}\n${'and more\n'.repeat(50)}`));
  const tree = whole('tree', Buffer.concat([Buffer.from('100644 a.env\0'), Buffer.from(secret.id, 'hex')]));
  const who = 'A <a@example.com> 1700000000 +0000';
  const commit = whole('commit', Buffer.from(`tree ${tree.id}\nauthor ${who}\ncommitter ${who}\n\nx\n`));
  writePack(join(root, '.git'), [commit, tree, secret]);
  writePack(join(root, '.git'), entries, options);
  writeFiles(root, { '.git/refs/heads/main': `${commit.id}\n` });
  return root;
}

describe('hostile packs: bounded, said, and never clean where git is not', () => {
  it.each(some(Object.keys(HOSTILE), 6))('%s', { timeout: 60_000 }, async (name) => {
    const ran = await sweep(hostile(HOSTILE[name]!()));
    // Git may refuse all of it; else the secret next to it is found.
    if (ran.stdout === '') expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('git cannot list')]);
    else expect(placesOf(ran)).toHaveLength(1);
    expect(ran.stderr).not.toMatch(/internal error| at .*\.cjs/);
  });

  it('large offsets, and an index of version 1, that are right', async () => {
    for (const options of [{ large: true }, { index: 1 as const }])
      await sweep(
        hostile({ entries: ['A', 'B'].map((name) => whole('blob', Buffer.from(`${name}=${newToken()}\n`))), options }),
        3,
      );
  });

  it.each([1, 2, 3])('a cycle of %s deltas is reported before git would run into it for ever', async (length) => {
    const ids = Array.from({ length }, unknownId);
    const entries = ids.map((id, index) => refDelta(ids[(index + 1) % length]!, delta(5, 5, copied(0, 5)), id));
    const { code, stdout, stderr } = await glaive(['history'], { cwd: hostile({ entries }) });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('objects that are deltas of each other')]);
  });

  it('a family that is 10 000 deep', { timeout: 120_000 }, async () => {
    const root = hostile({ entries: chain(10_000) });
    const { code, stdout } = await glaive(['history', '--reader', 'pack', '--format', 'json', '--quiet'], {
      cwd: root,
    });
    expect([code, placesOf({ code, stdout, stderr: '' }).length]).toEqual([expect.toBeOneOf([1, 2]), 1]);
  });

  it('a pack that is not the one of its index is no pack, though every object in it can be read', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const folder = join(root, '.git');
    // As long as each other, packed and not.
    const [one, two] = ['1', '2'].map((name) => whole('blob', Buffer.from(`nothing is in ${name}\n`)));
    expect(one!.bytes.length).toBe(two!.bytes.length);
    const [path, other] = [writePack(folder, [one!]), writePack(folder, [two!])];
    copyFileSync(`${other}.pack`, `${path}.pack`);
    expect((await sweep(root)).code).toBe(2);
  });

  it('an invalid index leaves everything to git', async () => {
    const root = versions();
    git(root, 'repack', '-adq');
    const folder = join(root, '.git', 'objects', 'pack');
    const index = readdirSync(folder).find((name) => name.endsWith('.idx'))!;
    const path = join(folder, index);
    renameSync(path, `${path}.old`);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(5000), Buffer.from('ff744f6300000003', 'hex')]) {
      writeFileSync(path, bytes);
      await sweep(root);
    }
  });
});

it('--check takes no --state, and no --reader', async () => {
  const cwd = tempRepository({ 'a.txt': 'x\n' });
  for (const more of [
    ['--state', 's'],
    ['--reader', 'git'],
  ])
    expect((await glaive(['history', '--check', ...more], { cwd })).code).toBe(2);
});
