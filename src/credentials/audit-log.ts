/** The audit log of `revoke` and `rotate`: a line of JSON before and after each change. It holds no secret. */

import { join } from 'node:path';
import { VERSION } from '../generated/package.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { appendWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Action } from './credential-type.ts';
import type { Step } from './remediation.ts';
import { makeFolder } from './state-folder.ts';

export interface AuditLog {
  readonly path: string;
  /** Tests that lines can be written. @throws GlaiveError */
  test(): void;
  /** @throws GlaiveError where the line cannot be written; then the change must not be made */
  write(step: Step, event: string, more: Readonly<Record<string, string>>): void;
}

export interface AuditLogOptions {
  readonly action: Action;
  /** An absolute path that the user names, else the log is in `folder`. */
  readonly named: string | undefined;
  readonly folder: string;
  readonly clock: () => Date;
}

export function openAuditLog({ action, named, folder, clock }: AuditLogOptions): AuditLog {
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
    write(step, event, more) {
      const { finding, verdict, uris, plan } = step;
      const line = {
        time: clock().toISOString(),
        tool: `glaive ${VERSION}`,
        action,
        event,
        secretFingerprint: finding.secretFingerprint,
        ruleId: finding.ruleId,
        preview: finding.preview,
        host: verdict.verification.host,
        ...(verdict.verification.id === undefined ? {} : { id: verdict.verification.id }),
        how: plan.kind === 'possible' ? plan.how : undefined,
        uris: uris.slice(0, 10),
        ...more,
      };
      append(`${JSON.stringify(line)}\n`);
    },
  };
}
