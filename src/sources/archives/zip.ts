/** Zip files, and what is one under another name: jar, whl, nupkg, apk, vsix, docx, artifacts of CI jobs. */

import type { Readable } from 'node:stream';
import { encodePath } from '../../lib/path-bytes.ts';
import type { Input } from '../../model/artifact.ts';
import { Passed } from '../../model/gap.ts';
import { type Budget, metered } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact, entryInput } from './entry.ts';

/** What is used of the package. Its types do not know the half that gives promises. */
interface Yauzl {
  openPromise(path: string, options: object): Promise<Zip>;
  fromBufferPromise(bytes: Buffer, options: object): Promise<Zip>;
}
interface Zip {
  eachEntry(): AsyncIterable<Entry>;
  openReadStreamPromise(entry: Entry): Promise<Readable>;
  close(): void;
}
interface Entry {
  /** Bytes, as names are not decoded. */
  readonly fileName: Uint8Array;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  isEncrypted(): boolean;
}

/** Names are used as no path, so none is refused. */
const OPTIONS = { lazyEntries: true, decodeStrings: false, autoClose: false };

export async function* unzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const yauzl = (await import('yauzl')).default as unknown as Yauzl;
  const path = input.file === undefined ? undefined : encodePath(input.file.path);
  const zip =
    typeof path === 'string'
      ? await yauzl.openPromise(path, OPTIONS)
      : await yauzl.fromBufferPromise(await readWhole(input), OPTIONS);
  try {
    for await (const entry of zip.eachEntry()) {
      budget.entry();
      const name = Buffer.from(entry.fileName).toString('utf8');
      if (name.endsWith('/')) continue;
      const artifact = entryArtifact(input.artifact, name);
      if (entry.isEncrypted()) {
        yield {
          artifact,
          open() {
            throw new Passed('archive-encrypted');
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
