/** One input to its findings: its name, its bytes, and what to do when only a part of it was asked for. */

import type { Ledger } from './ledger.ts';
import type { Matcher, MatchResult } from './match/matcher.ts';
import type { Redactor } from './match/redact.ts';
import type { Artifact, Input } from './model/artifact.ts';
import type { Finding } from './model/finding.ts';
import { Passed, Unreadable } from './model/gap.ts';
import type { Progress } from './model/progress.ts';
import { memoryInput } from './sources/memory.ts';
import type { TriageContext } from './triage/triage.ts';

export interface LookOptions {
  readonly matcher: Matcher;
  readonly redactor: Redactor;
  readonly ledger: Ledger;
  readonly context: TriageContext;
  readonly signal: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** Looks at one input; what could not be looked at goes to the ledger. */
export type Look = (input: Input) => Promise<Finding[]>;

export function createLook({ matcher, redactor, ledger, context, signal, progress }: LookOptions): Look {
  const account = ({ bytes, ending }: MatchResult, uri: string): void => {
    progress?.artifact();
    if (ending.kind === 'whole') ledger.looked(bytes);
    else if (ending.kind === 'too-many') ledger.overflow(uri);
    else if (ending.kind === 'failed') {
      const { error } = ending;
      if (error instanceof Unreadable) ledger.gap(error.gap);
      else if (error instanceof Passed) ledger.skip(error.reason);
      else throw error;
    }
  };

  return async (input) => {
    const { named, inName } = cleanName(input, redactor);
    const { part } = named;
    let result = await matcher.match(named, signal, progress);
    if (part?.whole !== undefined && result.candidates.length > 0)
      result = await matcher.match(await part.whole(), signal);
    account(result, named.artifact.uri);
    const candidates =
      part === undefined ? result.candidates : result.candidates.filter(({ region }) => part.admits(region));
    if (inName === undefined && candidates.length === 0) return [];
    // Loaded only when there is something to judge: a clean commit hook must start fast.
    const { triage } = await import('./triage/triage.ts');
    const nameFindings =
      inName === undefined ? [] : triage((await matcher.match(inName)).candidates, inName.artifact, context);
    return [...nameFindings, ...triage(candidates, named.artifact, context)];
  };
}

/** A secret in a file's name is a finding of its own, and stands in no output: not even as the name of the file. */
function cleanName(input: Input, { suspects, redact }: Redactor): { named: Input; inName: Input | undefined } {
  const { kind, uri, blob } = input.artifact;
  if (kind !== 'file' || !suspects(uri)) return { named: input, inName: undefined };
  const artifact: Artifact = { kind, uri: redact(uri), ...(blob === undefined ? {} : { blob }) };
  if (artifact.uri === uri) return { named: input, inName: undefined };
  return {
    named: { ...input, artifact, open: () => input.open() },
    inName:
      input.nameCounts === false
        ? undefined
        : memoryInput(Buffer.from(uri, 'utf8'), { kind: 'file-name', uri: artifact.uri }),
  };
}
