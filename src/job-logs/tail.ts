/** A log that is still being written: the new part, and enough before it for a credential that was cut in two. */

import { closeSync, openSync, readSync } from 'node:fs';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import type { Input } from '../model/artifact.ts';
import { ReadError } from '../model/gap.ts';
import type { Source } from '../model/source.ts';
import { LogReader } from './log-reader.ts';
import { LF } from '../lib/bytes.ts';

/** The beginning of a part of a log; it is the beginning of a line. */
export interface LogPosition {
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}

export const LOG_START: LogPosition = { offset: 0, lines: 0 };

/** More than the longest credential with its context. */
const OVERLAP = 128 * 1024;

/** The part of a file from a position up to `size`. */
export function logTail(path: string, uri: string, from: LogPosition, size: number): Source {
  return {
    name: 'log-tail',
    async *inputs(diagnostics): AsyncGenerator<Input> {
      yield {
        artifact: { kind: 'file', uri, path: uri },
        open: () => {
          try {
            return partReader(path, from.offset, size);
          } catch (error) {
            throw new ReadError(
              { kind: 'unreadable', uri, message: `cannot read it: ${fsErrorMessage(error)}` },
              error,
            );
          }
        },
        view: (reader) => new LogReader(reader, { uri, from, masked: (count) => diagnostics.masked(count) }),
      };
    },
  };
}

/** The position of the next part after everything up to `size` was scanned. */
export function nextPosition(path: string, from: LogPosition, size: number): LogPosition {
  if (size - from.offset <= OVERLAP) return from;
  const reader = partReader(path, from.offset, size - OVERLAP);
  const buffer = Buffer.alloc(256 * 1024);
  let { lines } = from;
  let next = from;
  let offset = from.offset;
  try {
    for (let count = reader.read(buffer); count > 0; count = reader.read(buffer)) {
      const piece = buffer.subarray(0, count);
      for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) {
        lines++;
        next = { offset: offset + at + 1, lines };
      }
      offset += count;
    }
  } finally {
    reader.close();
  }
  return next;
}

function partReader(path: string, from: number, to: number) {
  const file = openSync(path, 'r');
  let at = from;
  return {
    read(target: Uint8Array): number {
      const count = readSync(file, target, 0, Math.min(target.length, to - at), at);
      at += count;
      return count;
    },
    close: (): void => closeSync(file),
  };
}
