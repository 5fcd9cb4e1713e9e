/** The options that a plan freezes: configuration, rules, and the flags that say what is found. */

import { join, resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { detectionOf } from '../../../fleet/detection.ts';
import { frozenConfig } from '../../../fleet/frozen-config.ts';
import type { FrozenOptions } from '../../../fleet/plan.ts';
import type { Io } from '../../../model/io.ts';
import type { Ruleset } from '../../../model/ruleset.ts';
import { configureRuleset, readRuleFile } from '../../../rules/configure.ts';
import type { ParsedArgs } from '../../args/parse.ts';
import { openNamed } from '../../named-input.ts';

export interface PlanOptions {
  readonly options: FrozenOptions;
  readonly ruleset: Ruleset;
  readonly detection: string;
}

/**
 * Only the configuration that `--config` names counts: neither that of the user, which other workers do not have, nor one in a
 * repository.
 *
 * @throws GlaiveError
 */
export async function planOptions(store: string, args: ParsedArgs, io: Io): Promise<PlanOptions> {
  const file = args.value('config');
  const named = file === undefined ? undefined : resolve(io.cwd, file);
  const readNamed = openNamed(io);
  // A folder that no configuration is in: its paths are not those of a repository.
  const base = join(store, 'state');
  const config =
    named === undefined ? undefined : await loadConfig({ cwd: base, root: undefined, env: {}, named, readNamed });
  const texts = new Map((config?.ruleFiles ?? []).map((path) => [path, readRuleFile(path, base)]));
  const ruleset = await configureRuleset(
    config ?? { prefixes: [], ruleFiles: [], disabledRules: [], tokenNames: [] },
    base,
    (path) => texts.get(path)!, // it reads those of the configuration
  );
  const text = named === undefined ? undefined : await readNamed(named, CONFIG_MAX);
  const [maxBlob, minConfidence] = [args.value('max-blob'), args.value('min-confidence')];
  const options: FrozenOptions = {
    ...(text === undefined ? {} : frozenConfig(text, [...texts.values()])),
    archives: args.has('archives'),
    ...(maxBlob === undefined ? {} : { maxBlob }),
    ...(minConfidence === undefined ? {} : { minConfidence }),
  };
  return { options, ruleset, detection: detectionOf(ruleset, options) };
}

/** Bytes, as `loadConfig` reads at most. */
const CONFIG_MAX = 8 * 1024 * 1024;
