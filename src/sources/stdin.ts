/** Standard input, once. */

import { untilAborted } from '../lib/abortable.ts';
import type { Input } from '../model/artifact.ts';
import { Unreadable } from '../model/gap.ts';
import type { Source } from '../model/source.ts';
import { streamReader } from './stream-reader.ts';

const URI = 'stdin';

/**
 * @param stream the bytes of standard input; may be read only once
 * @param signal ends the reading: who feeds the stream may never come to an end
 */
export function stdinSource(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal): Source {
  return {
    name: 'stdin',
    async *inputs(): AsyncGenerator<Input> {
      const pieces = signal === undefined ? stream : untilAborted(stream, signal);
      yield { artifact: { kind: 'stdin', uri: URI }, open: () => streamReader(pieces, translate) };
    },
  };
}

function translate(error: NodeJS.ErrnoException): Unreadable {
  const why = error.code === 'EISDIR' ? 'it is a folder' : (error.code ?? error.message);
  return new Unreadable(
    {
      kind: 'unreadable',
      uri: URI,
      message: `cannot read it: ${why}`,
      hint: 'Pipe text into it, or name files as PATH.',
    },
    error,
  );
}
