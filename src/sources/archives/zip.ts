/** Zip files, also under other names: jar, whl, nupkg, apk, vsix, docx, artifacts of CI jobs. */

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ARCHIVE_TAIL, zipAtEnd, type ZipEnd } from '../../lib/archive-kind.ts';
import { encodePath } from '../../lib/path-bytes.ts';
import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { type Budget, metered } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact, entryInput } from './entry.ts';

/** The used part of the package. Its types lack the half that returns promises. */
interface Yauzl {
  readonly RandomAccessReader: new () => object;
  fromRandomAccessReaderPromise(reader: object, size: number, options: object): Promise<Zip>;
  fromBufferPromise(bytes: Buffer, options: object): Promise<Zip>;
}
interface Zip {
  eachEntry(): AsyncIterable<Entry>;
  openReadStreamPromise(entry: Entry): Promise<Readable>;
  close(): void;
}
interface Entry {
  /** Bytes, because names are not decoded. */
  readonly fileName: Uint8Array;
  readonly compressionMethod: number;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  isEncrypted(): boolean;
}

/** Names are never used as paths, so none is refused. */
const OPTIONS = { lazyEntries: true, decodeStrings: false, autoClose: false };
/** The methods stored and deflated. */
const METHODS = new Set([0, 8]);
/** APPNOTE 4.4.5. */
const OTHER_METHODS: Readonly<Record<number, string>> = {
  9: 'deflate64',
  12: 'bzip2',
  14: 'lzma',
  93: 'zstd',
  95: 'xz',
  98: 'ppmd',
};

/** Random access to a file or to memory. */
interface Bytes {
  readonly size: number;
  read(start: number, end: number): Promise<Uint8Array>;
  zip(part: ZipEnd): Promise<Zip>;
}

export async function* unzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const yauzl = (await import('yauzl')).default as unknown as Yauzl;
  const path = input.file === undefined ? undefined : encodePath(input.file.path);
  const bytes =
    typeof path === 'string' ? await bytesOfFile(path, yauzl) : bytesOfMemory(await readWhole(input), yauzl);
  const parts = await zipsIn(bytes, budget);
  // A zip file without an end is damaged, and the package reports that.
  for (const part of parts.length === 0 ? [{ start: 0, end: bytes.size }] : parts)
    yield* entriesOf(await bytes.zip(part), input, budget);
}

/** The zip files in a file, one after the other, with anything before the first. */
async function zipsIn({ size, read }: Bytes, budget: Budget): Promise<ZipEnd[]> {
  const parts: ZipEnd[] = [];
  for (let end = size; end > 0;) {
    const found = zipAtEnd(await read(Math.max(0, end - ARCHIVE_TAIL), end), end);
    if (found === undefined) break;
    budget.entry();
    parts.unshift(found);
    end = found.start;
  }
  return parts;
}

function bytesOfMemory(bytes: Buffer, yauzl: Yauzl): Bytes {
  return {
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
    zip: ({ start, end }) => yauzl.fromBufferPromise(bytes.subarray(start, end), OPTIONS),
  };
}

async function bytesOfFile(path: string, yauzl: Yauzl): Promise<Bytes> {
  const withFile = async <T>(use: (file: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> => {
    const file = await open(path);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  };
  const { size } = await withFile((file) => file.stat());
  return {
    size,
    read: (start, end) =>
      withFile(async (file) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
        return buffer.subarray(0, bytesRead);
      }),
    zip: ({ start, end }) => {
      class Part extends yauzl.RandomAccessReader {
        _readStreamForRange(from: number, to: number): Readable {
          return createReadStream(path, { start: start + from, end: start + to - 1 });
        }
      }
      return yauzl.fromRandomAccessReaderPromise(new Part(), end - start, OPTIONS);
    },
  };
}

async function* entriesOf(zip: Zip, input: Input, budget: Budget): AsyncGenerator<Input> {
  try {
    for await (const entry of zip.eachEntry()) {
      budget.entry();
      const name = Buffer.from(entry.fileName).toString('utf8');
      if (name.endsWith('/')) continue;
      const artifact = entryArtifact(input.artifact, name);
      const { compressionMethod: method } = entry;
      const passed = entry.isEncrypted()
        ? new Skipped('archive-encrypted')
        : METHODS.has(method)
          ? undefined
          : new Skipped('archive-unsupported', `zip (${OTHER_METHODS[method] ?? `method ${method}`})`);
      if (passed !== undefined) {
        yield {
          artifact,
          open() {
            throw passed;
          },
        };
        continue;
      }
      const pieces = metered(await zip.openReadStreamPromise(entry), budget, entry.compressedSize);
      yield await entryInput(artifact, pieces, entry.uncompressedSize);
    }
  } finally {
    zip.close();
  }
}
