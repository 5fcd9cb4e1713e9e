/** The two parts of a commit that are scanned: its header (author, committer and other fields) and its message. */

import { wholeObject } from '../git/objects.ts';
import { ReadError } from '../model/gap.ts';
import { memoryInput } from './memory.ts';
import type { ObjectStep } from './object-steps.ts';

/** A commit or tag is parsed in memory; no real one is this large. */
export const COMMIT_MAX = 64 * 1024 * 1024;

/** The step that scans a commit itself. */
export function commitStep(id: string): ObjectStep {
  return {
    id,
    uri: `commit/${id}`,
    async *inputs(object) {
      const bytes = await wholeObject(object, COMMIT_MAX);
      if (bytes === undefined) throw tooLarge(`commit/${id}`);
      const { header, message } = splitCommit(bytes);
      yield memoryInput(header, { kind: 'commit-header', uri: `commit/${id}/header`, commit: id });
      yield memoryInput(message, { kind: 'commit-message', uri: `commit/${id}/message`, commit: id });
    },
  };
}

export function splitCommit(commit: Buffer): { readonly header: Buffer; readonly message: Buffer } {
  const end = commit.indexOf('\n\n');
  return end < 0
    ? { header: commit, message: commit.subarray(commit.length) }
    : { header: commit.subarray(0, end + 1), message: commit.subarray(end + 2) };
}

export function tooLarge(uri: string): ReadError {
  return new ReadError({ kind: 'unreadable', uri, message: 'it is larger than 64 MiB' });
}
