/** The searched bytes, as far as verifying a match needs them as text. */

import type { Span } from '../../model/region.ts';
import { Secret } from '../../model/secret.ts';
import type { Kernel } from '../search/kernel.ts';
import { instanceStart } from '../tokens/instance-prefix.ts';
import type { VerifiedMatch } from './verified-match.ts';

/** Bytes, and how to find long runs in them. */
export type SearchedBytes = Pick<Kernel, 'bytes' | 'runs' | 'findRuns'>;

export class MatchText {
  readonly bytes: Uint8Array;
  readonly searched: SearchedBytes;
  readonly #buffer: Buffer;

  constructor(searched: SearchedBytes) {
    const { bytes } = searched;
    this.searched = searched;
    this.bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** One character a byte. */
  latin1(start: number, end: number): string {
    return this.#buffer.toString('latin1', start, end);
  }

  secretAt(start: number, end: number): Secret {
    return new Secret(this.latin1(start, end));
  }

  /** The prefix before a secret that may be the one of its instance. @param from the first byte that may be read */
  instanceBefore({ start, end }: Span, from: number, configured: readonly string[] = []): VerifiedMatch['instance'] {
    const found = instanceStart(this.bytes, start, from, configured);
    if (found === undefined) return undefined;
    return { ...found, prefix: this.latin1(found.start, start), whole: this.secretAt(found.start, end) };
  }
}
