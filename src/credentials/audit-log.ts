/** The audit log of `revoke`, `rotate` and `triage`: lines of JSON, without any secret. */

import { join } from 'node:path';
import { VERSION } from '../generated/package.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { isRecord } from '../lib/is-record.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { appendWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Action } from './credential-type.ts';
import type { Step } from './remediation.ts';
import { makeFolder } from './state-folder.ts';

/** The file, which gets the time and the version with each line. */
export interface AuditFile {
  readonly path: string;
  /** Tests that lines can be written. @throws GlaiveError */
  test(): void;
  /** @throws GlaiveError where the line cannot be written; then the change must not be made */
  append(line: Readonly<Record<string, unknown>>): void;
}

export interface AuditFileOptions {
  /** An absolute path that the user names, else the log is in `folder`. */
  readonly named: string | undefined;
  readonly folder: string;
  readonly clock: () => Date;
}

export function openAuditFile({ named, folder, clock }: AuditFileOptions): AuditFile {
  const path = named ?? join(folder, 'audit.jsonl');
  const append = (text: string): void => {
    try {
      if (named === undefined) makeFolder(folder);
      appendWhole(path, text, 0o600);
    } catch (error) {
      throw new GlaiveError('output', `cannot write the audit log ${path}: ${fsErrorMessage(error)}`, {
        hint: 'Every change must be recorded. Name another file: --audit-log FILE',
        cause: error,
      });
    }
  };
  return {
    path,
    test: () => append(''),
    append: (line) =>
      append(`${JSON.stringify({ time: clock().toISOString(), tool: `glaive ${VERSION}`, ...line })}\n`),
  };
}

/** Records a step of a remediation, before and after the change. @throws GlaiveError as {@link AuditFile.append} */
export function recordStep(
  file: AuditFile,
  action: Action,
  { finding, verdict, uris, plan }: Step,
  more: { readonly event: string } & Readonly<Record<string, string>>,
): void {
  const { event, ...others } = more;
  file.append({
    action,
    event,
    secretFingerprint: finding.secretFingerprint,
    ruleId: finding.ruleId,
    preview: finding.preview,
    host: verdict.verification.host,
    ...(verdict.verification.id === undefined ? {} : { id: verdict.verification.id }),
    how: plan.kind === 'possible' ? plan.how : undefined,
    uris: uris.slice(0, LISTED),
    ...others,
  });
}

/** Places of a secret that a line lists. */
export const LISTED = 10;

/** Bytes of a log that are read: some hundred thousand lines. */
const LOG_MAX = 64 * 1024 * 1024;

/**
 * The secrets that were revoked or rotated according to a log, with the last time. Empty if the log cannot be read: then they are
 * asked about again.
 */
export function endedBefore(path: string): ReadonlyMap<string, Date> {
  const ended = new Map<string, Date>();
  let text: string | undefined;
  try {
    text = readOptionalFile(path, { max: LOG_MAX });
  } catch {
    return ended;
  }
  for (const line of (text ?? '').split('\n')) {
    const { action, event, secretFingerprint, time } = recordIn(line);
    if ((action !== 'revoke' && action !== 'rotate') || event !== 'done') continue;
    if (typeof secretFingerprint === 'string' && typeof time === 'string' && !Number.isNaN(Date.parse(time)))
      ended.set(secretFingerprint, new Date(time));
  }
  return ended;
}

/** A line that a full disk cut off is no record. */
function recordIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
