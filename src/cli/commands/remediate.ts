/** `glaive revoke [REPORT|FINGERPRINT...|-]` and `glaive rotate`. */

import { throwIfInterrupted } from '../../model/errors.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { Action } from '../../credentials/remediation.ts';
import { isConfirmed } from '../confirm.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { gatherCredentials } from './remediation-credentials.ts';
import { runRemediation } from './remediation-run.ts';

export async function revokeCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  return await remediate('revoke', args, io);
}

export async function rotateCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  return await remediate('rotate', args, io);
}

async function remediate(action: Action, args: ParsedArgs, io: Io): Promise<ExitCode> {
  const { code } = await runRemediation(
    {
      action,
      gather: async () => await gatherCredentials(args, io),
      confirm: async (question) => await isConfirmed(question, args, io),
    },
    args,
    io,
  );
  throwIfInterrupted(io.signal);
  return code;
}
