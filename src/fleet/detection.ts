/** What a sweep of the fleet finds, as a digest. States and shared ids are only for sweeps with the same one. */

import { parseToml } from '../lib/toml.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { rulesDigest } from '../rules/rules-digest.ts';
import type { FrozenOptions } from './plan.ts';

/**
 * The digest that the head of a plan holds. A worker computes it as well: if it differs, the worker is of a version that finds
 * something else.
 *
 * @param ruleset of the configuration in `options`
 */
export function detectionOf(ruleset: Ruleset, { config, archives, maxBlob, minConfidence }: FrozenOptions): string {
  return rulesDigest(
    ruleset,
    JSON.stringify(['fleet', meaningOf(config ?? ''), archives, maxBlob ?? null, minConfidence ?? null]),
  );
}

/** A comment or a blank in the configuration changes nothing. */
function meaningOf(config: string): unknown {
  const parsed = parseToml(config);
  return parsed.ok ? parsed.value : config;
}
