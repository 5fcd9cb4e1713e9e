/** The arguments of the sweeps of a plan: its frozen options, and nothing of the repository's own. */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { PlanHead } from '../../../fleet/plan.ts';
import { planConfigPath } from '../../../fleet/store.ts';
import { writeWhole } from '../../../lib/output-file.ts';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { FLAGS, type FlagName } from '../../args/flags.ts';
import { argsFor, type ParsedArgs } from '../../args/parse.ts';

/** Those of `glaive history`, with the flags about servers that `work` was given. @param config as {@link configOf} gives it */
export function historyArgs({ options }: PlanHead, config: string, work: ParsedArgs): ParsedArgs {
  const frozen = argsFor('history', [], {
    quiet: true,
    config,
    archives: options.archives ? true : undefined,
    'max-blob': options.maxBlob,
    'min-confidence': options.minConfidence,
  });
  const from = (flag: FlagName): ParsedArgs => (FLAGS[flag].group === 'network' ? work : frozen);
  return {
    command: 'history',
    positionals: [],
    has: (flag) => from(flag).has(flag),
    value: (flag) => from(flag).value(flag),
    values: (flag) => from(flag).values(flag),
  };
}

/**
 * The file with the configuration of a plan; empty if the plan has none, so that no other one is looked for. The first worker writes it.
 *
 * @throws GlaiveError
 */
export async function configOf(store: string, { id, options }: PlanHead): Promise<string> {
  const path = planConfigPath(store, id);
  const wanted = options.config ?? '';
  try {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== wanted)
      await writeWhole(path, [wanted], { exactMode: 0o600, makeFolders: true });
  } catch (error) {
    throw new GlaiveError('output', `cannot write the configuration of the plan to ${path}: ${fsErrorMessage(error)}`, {
      cause: error,
    });
  }
  return path;
}

/** Distinguishes this process from every other one, on this and on other machines. */
export function writerOf(pid: number): string {
  return `${pid}-${randomBytes(4).toString('hex')}`;
}
