/** The message of an unfinished commit, as `commit-msg` hooks receive it. */

import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { bytesNamed } from '../lib/named-file.ts';
import { ReadError } from '../model/gap.ts';
import type { Source } from '../model/source.ts';
import { memoryInput } from './memory.ts';

const ARTIFACT = { kind: 'commit-message', uri: 'commit-message' } as const;
/** A message is read whole; no real one is this long. */
const MESSAGE_MAX = 64 * 1024 * 1024;

/**
 * @param path the file with the message, absolute
 * @param signal ends the wait if that is a pipe
 */
export function commitMessageSource(path: string, signal: AbortSignal = new AbortController().signal): Source {
  return {
    name: 'message',
    async *inputs() {
      const message = await readMessage(path, signal);
      yield {
        artifact: ARTIFACT,
        open: () => {
          if (message instanceof ReadError) throw message;
          return memoryInput(message, ARTIFACT).open();
        },
      };
    },
  };
}

async function readMessage(path: string, signal: AbortSignal): Promise<Buffer | ReadError> {
  try {
    const text = await bytesNamed(path, { max: MESSAGE_MAX, signal });
    return text === undefined ? unreadable('no such file') : withoutDiff(text);
  } catch (error) {
    return unreadable(fsErrorMessage(error), error);
  }
}

function unreadable(why: string, cause?: unknown): ReadError {
  const hint = 'Name the file with the commit message, as git gives it to a commit-msg hook.';
  return new ReadError({ kind: 'unreadable', uri: ARTIFACT.uri, message: `cannot read it: ${why}`, hint }, cause);
}

/**
 * `git commit --verbose` puts the diff below a scissors line, and git cuts it off. It is cut off here only if a diff follows: a
 * scissors line that the author wrote stays in the message.
 */
function withoutDiff(text: Buffer): Buffer {
  const latin1 = text.toString('latin1');
  const [scissors] = /^. -{24} >8 -{24}\r?\n(?=(?:.*\n){0,8}?diff --(?:git|cc|combined) )/m.exec(latin1) ?? [];
  return scissors === undefined ? text : text.subarray(0, latin1.indexOf(scissors));
}
