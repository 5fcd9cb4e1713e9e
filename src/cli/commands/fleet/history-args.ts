/** The arguments of the sweeps of a plan: its frozen options, and nothing of the repository's own. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { detectionOf } from '../../../fleet/detection.ts';
import { thawConfig } from '../../../fleet/frozen-config.ts';
import type { PlanHead } from '../../../fleet/plan.ts';
import { planConfigFolder } from '../../../fleet/store.ts';
import { VERSION } from '../../../generated/package.ts';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { GlaiveError } from '../../../model/errors.ts';
import type { Io } from '../../../model/io.ts';
import { configureRuleset } from '../../../rules/configure.ts';
import { FLAGS, type FlagName } from '../../args/flags.ts';
import { argsFor, type ParsedArgs } from '../../args/parse.ts';
import { openNamed } from '../../named-input.ts';

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
 * Writes the configuration of a plan where every worker reads it, and returns the path of its file. This worker must find what the plan
 * was made for: what is known of a repository counts for that alone.
 *
 * @throws GlaiveError
 */
export async function checkedConfig(store: string, head: PlanHead, io: Io): Promise<string> {
  const path = await configOf(store, head);
  const base = join(store, 'state');
  const config = await loadConfig({ cwd: base, root: undefined, env: {}, named: path, readNamed: openNamed(io) });
  if (detectionOf(await configureRuleset(config, base), head.options) === head.detection) return path;
  throw new GlaiveError('usage', `the plan ${head.id} is for rules that are not those of glaive ${VERSION}`, {
    hint: 'Use the version of glaive that has made the plan, or make a new plan with this one: glaive fleet plan.',
  });
}

/** The path of the file with the configuration of a plan; written if it is not there. @throws GlaiveError */
export async function configOf(store: string, { id, options }: PlanHead): Promise<string> {
  const folder = planConfigFolder(store, id);
  const path = join(folder, CONFIG_NAME);
  if (existsSync(path)) return path;
  try {
    return await thawConfig(options, folder);
  } catch (error) {
    throw new GlaiveError(
      'output',
      `cannot write the configuration of the plan to ${folder}: ${fsErrorMessage(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** As {@link thawConfig} calls it, which writes it last. */
const CONFIG_NAME = 'glaive.toml';

/** Distinguishes this process from every other one, on this and on other machines. */
export function writerOf(pid: number): string {
  return `${pid}-${randomBytes(4).toString('hex')}`;
}
