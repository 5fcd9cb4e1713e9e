/** Zip files, also under other names: jar, whl, nupkg, apk, vsix, docx, artifacts of CI jobs. */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { inflateRawSync } from 'node:zlib';
import { ARCHIVE_TAIL, zipAtEnd, type ZipEnd } from '../../lib/archive-kind.ts';
import { encodePath } from '../../lib/path-bytes.ts';
import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { type Budget, metered } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact, entryInput } from './entry.ts';
import { memoryInput } from '../memory.ts';
import type { Member } from './zip-member.ts';

/** The used part of the package. Its types lack the half that returns promises. */
interface Yauzl {
  readonly RandomAccessReader: new () => object;
  fromRandomAccessReaderPromise(reader: object, size: number, options: object): Promise<Zip>;
  fromBufferPromise(bytes: Buffer, options: object): Promise<Zip>;
}
interface Zip {
  eachEntry(): AsyncIterable<Entry>;
  openReadStreamPromise(entry: Entry): Promise<Readable>;
  readLocalFileHeaderPromise(entry: Entry, options: { readonly minimal: true }): Promise<{ fileDataStart: number }>;
  close(): void;
}
interface Entry extends Member {
  /** Bytes, because names are not decoded. */
  readonly fileName: Uint8Array;
  isEncrypted(): boolean;
}

/** Names are never used as paths, so none is refused. */
const OPTIONS = { lazyEntries: true, decodeStrings: false, autoClose: false };
/** The methods stored and deflated. */
const METHODS = new Set([0, 8]);
/** APPNOTE 4.4.5: the methods bzip2, LZMA, zstd, xz and PPMd. */
const OTHER_METHODS = new Set([12, 14, 93, 95, 98]);
/** Methods that are only named. */
const UNREAD_METHODS: Readonly<Record<number, string>> = { 9: 'deflate64' };

/** Larger entries are unpacked as streams, each of which costs about as much as this many bytes. */
const AT_ONCE_MAX = 1024 * 1024;

/** Random access to a file or to memory. */
interface Bytes {
  readonly size: number;
  /** Fewer bytes at the end. */
  read(start: number, end: number): Uint8Array;
  zip(part: ZipEnd): Promise<Zip>;
  close(): void;
}

export async function* unzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const yauzl = (await import('yauzl')).default as unknown as Yauzl;
  const path = input.file === undefined ? undefined : encodePath(input.file.path);
  const bytes = typeof path === 'string' ? bytesOfFile(path, yauzl) : bytesOfMemory(await readWhole(input), yauzl);
  try {
    const parts = zipsIn(bytes, budget);
    // A zip file without an end is damaged, and the package reports that.
    for (const part of parts.length === 0 ? [{ start: 0, end: bytes.size }] : parts)
      yield* entriesOf(await bytes.zip(part), input, budget, (start, end) =>
        bytes.read(part.start + start, part.start + end),
      );
  } finally {
    bytes.close();
  }
}

/** The zip files in a file, one after the other, with anything before the first. */
function zipsIn({ size, read }: Bytes, budget: Budget): ZipEnd[] {
  const parts: ZipEnd[] = [];
  for (let end = size; end > 0;) {
    const found = zipAtEnd(read(Math.max(0, end - ARCHIVE_TAIL), end), end);
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
    read: (start, end) => bytes.subarray(start, end),
    zip: ({ start, end }) => yauzl.fromBufferPromise(bytes.subarray(start, end), OPTIONS),
    close() {},
  };
}

function bytesOfFile(path: string, yauzl: Yauzl): Bytes {
  const file = openSync(path, 'r');
  const readInto = (target: Uint8Array, start: number): number => {
    let done = 0;
    while (done < target.length) {
      const count = readSync(file, target, done, target.length - done, start + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  };
  return {
    size: fstatSync(file).size,
    read(start, end) {
      const target = Buffer.allocUnsafe(end - start);
      return target.subarray(0, readInto(target, start));
    },
    zip({ start, end }) {
      class Part extends yauzl.RandomAccessReader {
        /** Headers of some bytes: the package would open a stream for each. */
        read(target: Uint8Array, offset: number, length: number, position: number, done: ReadCallback): void {
          done(null, readInto(target.subarray(offset, offset + length), start + position));
        }
        _readStreamForRange(from: number, to: number): Readable {
          return createReadStream(path, { start: start + from, end: start + to - 1 });
        }
      }
      return yauzl.fromRandomAccessReaderPromise(new Part(), end - start, OPTIONS);
    },
    close: () => closeSync(file),
  };
}

type ReadCallback = (error: Error | null, count: number) => void;

async function* entriesOf(zip: Zip, input: Input, budget: Budget, read: Bytes['read']): AsyncGenerator<Input> {
  try {
    for await (const entry of zip.eachEntry()) {
      budget.entry();
      const name = Buffer.from(entry.fileName).toString('utf8');
      if (name.endsWith('/')) continue;
      const artifact = entryArtifact(input.artifact, name);
      const { compressionMethod: method } = entry;
      const passed = entry.isEncrypted()
        ? new Skipped('archive-encrypted')
        : METHODS.has(method) || OTHER_METHODS.has(method)
          ? undefined
          : new Skipped('archive-unsupported', `zip (${UNREAD_METHODS[method] ?? `method ${method}`})`);
      if (passed !== undefined) {
        yield {
          artifact,
          open() {
            throw passed;
          },
        };
        continue;
      }
      if (OTHER_METHODS.has(method)) {
        const { unpackMember } = await import('./zip-member.ts');
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        const packed = piecesOf(read, fileDataStart, fileDataStart + entry.compressedSize);
        yield await unpackMember(artifact, entry, budget, packed);
        continue;
      }
      const content = await contentAtOnce(zip, entry, read);
      if (content !== undefined) {
        budget.spend(content.length, content.length, entry.compressedSize);
        yield memoryInput(content, artifact);
        continue;
      }
      const pieces = metered(await zip.openReadStreamPromise(entry), budget, entry.compressedSize);
      yield await entryInput(artifact, pieces, entry.uncompressedSize);
    }
  } finally {
    zip.close();
  }
}

function* piecesOf(read: Bytes['read'], start: number, end: number): Generator<Uint8Array> {
  for (let at = start; at < end; at += AT_ONCE_MAX) yield read(at, Math.min(end, at + AT_ONCE_MAX));
}

/** The content of a small entry. Undefined if anything is wrong with it: the stream reports what. */
async function contentAtOnce(zip: Zip, entry: Entry, read: Bytes['read']): Promise<Uint8Array | undefined> {
  const { compressionMethod, compressedSize, uncompressedSize: size } = entry;
  if (compressedSize > AT_ONCE_MAX || size > AT_ONCE_MAX) return undefined;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = read(fileDataStart, fileDataStart + compressedSize);
    // A chunk with room to spare, so that zlib sees the end in it.
    const options = { maxOutputLength: Math.max(1, size), chunkSize: size + 64 };
    const content = compressionMethod === 0 ? packed : inflateRawSync(packed, options);
    return content.length === size ? content : undefined;
  } catch {
    return undefined;
  }
}
