/** Opens files and pipes named by the user, until a signal ends the wait for them. */

import { namedFiles } from '../lib/named-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';

export type ReadNamed = (path: string, max: number) => Promise<string | undefined>;

/**
 * Gives each file once; undefined if it does not exist. It throws UnfitFile, the file system's error, or a GlaiveError
 * if the wait was ended.
 *
 * @param signal ends the wait; that of `io` as an interruption, any other with its reason
 */
export function openNamed(io: Pick<Io, 'signal'>, signal: AbortSignal = io.signal): ReadNamed {
  const read = namedFiles(signal);
  return async (path, max) => {
    const text = await read(path, max);
    if (text !== undefined || !signal.aborted) return text;
    if (io.signal.aborted) throw new GlaiveError('interrupted', 'interrupted');
    throw new GlaiveError('usage', `${path}: it gave nothing before ${String(signal.reason)}`, {
      hint: 'A pipe must have a program that writes to it.',
    });
  };
}
