/** Measures recall in encoded text: found with the exact span of the encoded form, and the encodings named. */

import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { encodedCase, ENCODINGS } from './encoded.ts';
import { bytesInput } from './find.ts';
import { Random } from './mint.ts';

export interface EncodedRecall {
  readonly encoding: string;
  readonly cases: number;
  readonly exact: number;
  /** The first few that were not found as they should be. */
  readonly misses: readonly string[];
}

export async function measureEncoded(encoding: string, cases: number, seed: number): Promise<EncodedRecall> {
  const matcher = createMatcher(builtinRuleset(), createKernel);
  const random = new Random(seed);
  const misses: string[] = [];
  let exact = 0;
  for (let done = 0; done < cases; done++) {
    const { bytes, token, span } = encodedCase(encoding, random);
    const { candidates } = await matcher.match(bytesInput(bytes));
    const hit = candidates.find(({ secret }) => secret.reveal() === token);
    const { byteOffset = -1, byteLength = 0 } = hit?.region ?? {};
    // An encoder leaves alone what needs no escape.
    const isRaw = bytes.toString('latin1', span.start, span.end) === token;
    const named = hit?.encodings ?? [];
    const isNamed = isRaw ? named.length === 0 : named.length === 1 && ENCODINGS[encoding]!.names.includes(named[0]!);
    if (byteOffset === span.start && byteOffset + byteLength === span.end && isNamed) exact++;
    else if (misses.length < 5) {
      const found = candidates.map(({ region, encodings }) => [region.byteOffset, region.byteLength, encodings]);
      misses.push(
        `${done}: ${JSON.stringify(span)} ${JSON.stringify(found)} ${JSON.stringify(bytes.toString('latin1').replaceAll(token, '[token]').slice(0, 300))}`,
      );
    }
  }
  return { encoding, cases, exact, misses };
}
