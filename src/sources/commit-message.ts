/** The message of a commit in the making, as `commit-msg` hooks get it. */

import { readFileSync } from 'node:fs';
import { Unreadable } from '../model/gap.ts';
import type { Source } from '../model/source.ts';
import { memoryInput } from './memory.ts';

const ARTIFACT = { kind: 'commit-message', uri: 'commit-message' } as const;
/** A message is read whole; nobody writes one of this size. */
const MESSAGE_MAX = 64 * 1024 * 1024;

/** @param path the file with the message, absolute */
export function commitMessageSource(path: string): Source {
  return {
    name: 'message',
    async *inputs() {
      yield { artifact: ARTIFACT, open: () => memoryInput(readMessage(path), ARTIFACT).open() };
    },
  };
}

function readMessage(path: string): Buffer {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unreadable(code === 'ENOENT' ? 'no such file' : (code ?? 'unknown error'), error);
  }
  if (text.length > MESSAGE_MAX) throw unreadable('it is larger than 64 MiB');
  return withoutDiff(text);
}

function unreadable(why: string, cause?: unknown): Unreadable {
  const hint = 'Name the file with the commit message, as git gives it to a commit-msg hook.';
  return new Unreadable({ kind: 'unreadable', uri: ARTIFACT.uri, message: `cannot read it: ${why}`, hint }, cause);
}

/**
 * `git commit --verbose` puts the diff below a scissors line; git cuts it off. It is cut off here only where a diff
 * follows: a scissors line of the author's own stays in the message.
 */
function withoutDiff(text: Buffer): Buffer {
  const latin1 = text.toString('latin1');
  const [scissors] = /^. -{24} >8 -{24}\r?\n(?=(?:.*\n){0,8}?diff --(?:git|cc|combined) )/m.exec(latin1) ?? [];
  return scissors === undefined ? text : text.subarray(0, latin1.indexOf(scissors));
}
