/**
 * Merges the settings before and after a change whose own settings are rejected, so that the scan finds what either of them
 * finds. This file does not compile unless every key of the configuration has a row.
 */

import { CONFIDENCES, type Confidence } from '../model/confidence.ts';
import type { Config } from './config.ts';
import type { ConfigFile } from './schema.ts';

/** A key of `.glaive.toml`, such as `scan.strict`; for a list of tables its name. */
export type ConfigKey = {
  [Section in keyof ConfigFile]-?: NonNullable<ConfigFile[Section]> extends readonly unknown[]
    ? Section
    : `${Section}.${keyof NonNullable<ConfigFile[Section]> & string}`;
}[keyof ConfigFile];

/** For single values: gives the strictest. */
type Strictest = {
  [Key in keyof Config]?: (values: readonly Config[Key][]) => Config[Key];
};

type Merging =
  /** Rules: the scan uses those before and those after the change. */
  | 'rules'
  /** Exceptions: only the entries that were there before apply. */
  | 'entries'
  /** Fails closed: if it ends a scan early, that is a gap. */
  | 'gap'
  | Strictest;

export const MERGING: Readonly<Record<ConfigKey, Merging>> = {
  'gitlab.prefixes': 'rules',
  'rules.files': 'rules',
  'rules.disable': 'rules',
  'rules.names': 'rules',
  'scan.exclude': 'entries',
  allow: 'entries',
  'scan.min_confidence': { minConfidence: lowest },
  'scan.fail_on': { failOn: lowest },
  'scan.strict': { strict: (values) => values.some((value) => value === true) },
  'scan.time_limit': 'gap',
};

/** The default is `likely`. */
function lowest(values: readonly (Confidence | undefined)[]): Confidence {
  const ranks = values.map((value) => CONFIDENCES.indexOf(value ?? 'likely'));
  return CONFIDENCES[Math.min(...ranks)]!; // there is one value at least
}

/** The strictest of all single values; the rest is that of `first`. */
export function strictest(first: Config, others: readonly Config[]): Config {
  const joined = Object.values(MERGING).flatMap((merging) =>
    typeof merging === 'string' ? [] : Object.entries(merging).map(([key, join]) => [key, join] as const),
  );
  const all = [first, ...others];
  return {
    ...first,
    // Each function merges the values of its own key.
    ...Object.fromEntries(
      joined.map(([key, join]) => [
        key,
        (join as (values: readonly unknown[]) => unknown)(all.map((config) => config[key as keyof Config])),
      ]),
    ),
  };
}

/** The keys whose single values differ from all of `then`. */
export function changedValues(now: Config, then: readonly Config[]): ConfigKey[] {
  return (Object.entries(MERGING) as [ConfigKey, Merging][]).flatMap(([name, merging]) => {
    if (typeof merging === 'string') return [];
    const isAltered = (Object.keys(merging) as (keyof Config)[]).some((key) =>
      then.every((config) => config[key] !== now[key]),
    );
    return isAltered ? [name] : [];
  });
}
