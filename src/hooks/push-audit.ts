/** The audit log of the pre-receive hook: a line of JSON for each decision, for the administrator. It holds no secret. */

import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { appendWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { RefUpdate } from './ref-updates.ts';

export interface PushAudit {
  /** Undefined: no decision is recorded. */
  readonly path: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  /** Masks secrets in names of refs and reasons, which come from the user who pushes. */
  readonly redact: (text: string) => string;
}

/** @throws GlaiveError if it cannot be recorded; then the push must be rejected */
export function recordPush(
  { path, env, clock, redact }: PushAudit,
  event: string,
  updates: readonly RefUpdate[],
  more: object,
): void {
  if (path === undefined) return;
  const line = {
    time: clock().toISOString(),
    event,
    user: env['GL_USERNAME'] ?? env['USER'],
    id: env['GL_ID'],
    project: env['GL_PROJECT_PATH'],
    repository: env['GL_REPOSITORY'],
    protocol: env['GL_PROTOCOL'],
    updates,
    ...more,
  };
  try {
    appendWhole(path, `${redact(JSON.stringify(line))}\n`, 0o600);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the audit log ${path}: ${fsErrorMessage(error)}`, {
      hint: 'The push is rejected, because every decision must be recorded. Correct the path given to --audit-log.',
      cause: error,
    });
  }
}

/** A finding in the log. */
export function auditEntry({ ruleId, secretFingerprint, artifact, introduction }: Finding): object {
  return { ruleId, secretFingerprint, uri: artifact.uri, commit: introduction?.commit ?? artifact.commit };
}
