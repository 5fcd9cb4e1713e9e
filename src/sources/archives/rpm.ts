/** Packages of RPM: two headers, and then a cpio archive, compressed in one of many ways. It becomes an entry of its own. */

import type { Input } from '../../model/artifact.ts';
import { memoryInput } from '../memory.ts';
import type { Budget } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';

const LEAD = 96;
const HEADER = Buffer.from('8eade801', 'hex');

/** The headers are text, and were scanned with the file. */
export async function* unpackRpm(input: Input, budget: Budget): AsyncGenerator<Input> {
  const bytes = await readWhole(input);
  const signature = headerEnd(bytes, LEAD);
  // Only the first header is padded.
  const start = headerEnd(bytes, Math.ceil(signature / 8) * 8);
  if (start >= bytes.length) throw new Error('unexpected end of file');
  budget.entry();
  const payload = bytes.subarray(start);
  budget.spend(payload.length, payload.length, bytes.length);
  yield memoryInput(payload, entryArtifact(input.artifact, 'payload'));
}

function headerEnd(bytes: Buffer, start: number): number {
  if (bytes.length < start + 16) throw new Error('unexpected end of file');
  if (!HEADER.equals(bytes.subarray(start, start + HEADER.length))) throw new Error('invalid header');
  return start + 16 + 16 * bytes.readUInt32BE(start + 8) + bytes.readUInt32BE(start + 12);
}
