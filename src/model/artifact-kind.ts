/** The kinds of artifacts, one row each. */

/**
 * How `verify`, `revoke`, `rotate` and `baseline` scan a finding of a report again. `file`: the object that holds it, else the file at
 * its path. `object`: the object. `nothing`: the bytes cannot be had again.
 */
export type RereadFrom = 'file' | 'object' | 'commit' | 'refs' | 'job' | 'nothing';

/** In the order of the JSON schema. */
export const ARTIFACT_KINDS = {
  file: 'file',
  /** The name of a file. */
  'file-name': 'object',
  stdin: 'nothing',
  'commit-message': 'commit',
  /** Author, committer and the other fields before the message. */
  'commit-header': 'commit',
  'tag-message': 'object',
  /** The name of a branch or tag. */
  'ref-name': 'refs',
  /** A git object that is in no tree. */
  object: 'object',
  /** The names in a git tree. */
  tree: 'object',
  /** The output of a CI job. */
  'job-log': 'job',
  /** The files that a CI job has stored. */
  'job-artifacts': 'job',
} as const satisfies Readonly<Record<string, RereadFrom>>;

export type ArtifactKind = keyof typeof ARTIFACT_KINDS;

/** @param kind of a report; a later version may have added it */
export function rereadFrom(kind: string): RereadFrom {
  return Object.hasOwn(ARTIFACT_KINDS, kind) ? ARTIFACT_KINDS[kind as ArtifactKind] : 'object';
}
