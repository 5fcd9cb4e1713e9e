/** `glaive lsp` */

import { Readable, Writable } from 'node:stream';
import { serve } from '../../editor/server.ts';
import { VERSION } from '../../generated/package.ts';
import type { Io } from '../../model/io.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { createTextChecker } from '../text-checker.ts';

/** Serves an editor over standard input and output. @returns 0 after a shutdown as the protocol has it, else 1 */
export async function lspCommand(args: ParsedArgs, io: Io): Promise<number> {
  if (io.stdin.isTTY)
    throw usage('lsp', 'standard input is a terminal', 'An editor starts this command: docs/editors.md says how.');
  return await serve({
    input: Readable.from(copied(io.stdin.bytes()), { objectMode: false }),
    output: outputOf(io),
    version: VERSION,
    cwd: io.cwd,
    checker: createTextChecker(args, io),
    redact: createTextRedactor(),
    isRunning: io.isRunning,
    signal: io.signal,
  });
}

function outputOf({ stdout }: Io): Writable {
  const write = async (piece: Buffer, done: () => void): Promise<void> => {
    await stdout.write(piece);
    done();
  };
  return new Writable({ write: (piece: Buffer, _encoding, done) => void write(piece, done) });
}

/** A piece is valid only until the next one is read. */
async function* copied(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
