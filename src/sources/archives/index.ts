/** Archives, opened in memory under hard limits. A new kind is one file and one line here. */

import type { ArchiveKind, OpenedKind } from '../../lib/archive-kind.ts';
import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { Budget, DEPTH_MAX, LEVELS_MAX } from './budget.ts';
import { asReadError } from './entry.ts';
import { gunzip, inflate } from './gzip.ts';
import { PackedRepositories } from './repositories.ts';
import { streamEntry } from './stream-entry.ts';
import { untar } from './tar.ts';
import { unzip } from './zip.ts';

type Unpack = (input: Input, budget: Budget) => AsyncGenerator<Input>;

/** Loaded with the first archive that needs it. */
const other = (kind: OpenedKind): Unpack =>
  async function* (input, budget) {
    yield* (await import('./packed.ts')).unpackOther(input, budget, kind);
  };
const stream = (name: 'bunzip2' | 'unxz' | 'unlzip' | 'uncompress'): Unpack =>
  async function* (input, budget) {
    yield* streamEntry(input, budget, (await import('./decoders.ts'))[name]);
  };

const git: Unpack = async function* (input, budget) {
  yield* (await import('./git/index.ts')).unpackGit(input, budget);
};

const UNPACK: Readonly<Record<OpenedKind, Unpack>> = {
  zip: unzip,
  gzip: gunzip,
  tar: untar,
  zlib: inflate,
  bzip2: stream('bunzip2'),
  xz: stream('unxz'),
  lzip: stream('unlzip'),
  compress: stream('uncompress'),
  async *lzma(input, budget) {
    yield* streamEntry(input, budget, (await import('./lzma.ts')).unlzma);
  },
  async *zstd(input, budget) {
    yield* streamEntry(input, budget, (await import('./zstd.ts')).unzstd);
  },
  async *lz4(input, budget) {
    yield* streamEntry(input, budget, (await import('./lz4.ts')).unlz4);
  },
  async *ar(input, budget) {
    yield* (await import('./ar.ts')).unpackAr(input, budget);
  },
  async *rpm(input, budget) {
    yield* (await import('./rpm.ts')).unpackRpm(input, budget);
  },
  async *brotli(input, budget) {
    yield* (await import('./brotli.ts')).unbrotli(input, budget);
  },
  async *uuencode(input, budget) {
    yield* (await import('./uu.ts')).uudecode(input, budget);
  },
  '7z': other('7z'),
  rar: other('rar'),
  cab: other('cab'),
  lha: other('lha'),
  cpio: other('cpio'),
  iso9660: other('iso9660'),
  'git pack': git,
  'git bundle': git,
  async *pdf(input, budget) {
    yield* (await import('./pdf/index.ts')).unpackPdf(input, budget);
  },
  async *sqlite(input, budget) {
    yield* (await import('./sqlite/index.ts')).unpackSqlite(input, budget);
  },
  async *'sqlite wal'(input, budget) {
    yield* (await import('./sqlite/wal.ts')).unpackWal(input, budget);
  },
  async *png(input, budget) {
    yield* (await import('./png.ts')).unpackPng(input, budget);
  },
  async *gif(input, budget) {
    yield* (await import('./gif.ts')).unpackGif(input, budget);
  },
  async *base64(input, budget) {
    yield* (await import('./base64.ts')).unpackBase64(input, budget);
  },
  async *'office text'(input, budget) {
    yield* (await import('./office.ts')).unpackOffice(input, budget);
  },
};

/** Texts in pieces, which need no level of their own. */
const TEXTS: ReadonlySet<OpenedKind> = new Set(['office text', 'png', 'gif', 'base64']);
/** Mostly these hold one archive, with which they are one level: a compressed tar file, a package of Debian or of RPM. */
const AROUND: ReadonlySet<OpenedKind> = new Set([
  ...(['gzip', 'zlib', 'bzip2', 'xz', 'zstd', 'lz4', 'lzip', 'lzma', 'compress', 'brotli', 'uuencode'] as const),
  ...(['ar', 'rpm'] as const),
]);

export { Budget };

/**
 * The entries of an archive, one after the other. Each must be read before the next is requested.
 *
 * @param budget the limits for the outermost archive
 * @throws Skipped if it is over a limit or of an unsupported kind
 * @throws ReadError if it is damaged
 */
export async function* unpack(input: Input, kind: ArchiveKind, budget: Budget): AsyncGenerator<Input> {
  if (typeof kind !== 'string')
    throw kind.isEncrypted === true
      ? new Skipped('archive-encrypted', kind.name)
      : new Skipped('archive-unsupported', kind.name);
  // A large entry of another archive was read already.
  const { level = 0 } = input;
  const isText = TEXTS.has(kind);
  const isTooDeep = (input.artifact.entries?.length ?? 0) >= DEPTH_MAX || level >= LEVELS_MAX;
  if ((isTooDeep && !isText) || input.archive === 'once') throw new Skipped('archive-limit');
  const repositories = new PackedRepositories();
  try {
    const { view } = input;
    for await (const entry of UNPACK[kind](input, budget)) {
      repositories.add(entry.artifact.entries?.at(-1) ?? '');
      yield { ...entry, ...(view === undefined ? {} : { view }), level: level + (AROUND.has(kind) ? 0 : 1) };
    }
    repositories.report(input.artifact.uri);
  } catch (error) {
    throw asReadError(error, input.artifact.uri);
  }
}
