/** The logs of CI jobs, of GitLab and of other systems. */

import type { Input } from '../model/artifact.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { LogReader } from './log-reader.ts';

/** The inputs of a source, read as job logs; so are the entries of archives. */
export function jobLogs(source: Source): Source {
  return {
    ...source,
    async *inputs(diagnostics) {
      for await (const input of source.inputs(diagnostics)) yield asJobLog(input, diagnostics);
    },
  };
}

/** @param diagnostics counts the values that the runner has masked */
export function asJobLog(input: Input, diagnostics: Diagnostics): Input {
  return {
    ...input,
    open: () => input.open(),
    view: (reader, { uri }) => new LogReader(reader, { uri, masked: (count) => diagnostics.masked(count) }),
  };
}
