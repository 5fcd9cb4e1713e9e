/**
 * How settings of before and after a change are joined where the change has no say of its own: so that whatever either of them
 * finds is found. Every key of the configuration has a line here, or this does not compile.
 */

import { CONFIDENCES, type Confidence } from '../model/confidence.ts';
import type { Config } from './config.ts';
import type { ConfigFile } from './schema.ts';

/** A key of `.glaive.toml`, such as `scan.strict`; of a list of tables its name. */
export type ConfigKey = {
  [Section in keyof ConfigFile]-?: NonNullable<ConfigFile[Section]> extends readonly unknown[]
    ? Section
    : `${Section}.${keyof NonNullable<ConfigFile[Section]> & string}`;
}[keyof ConfigFile];

/** Single values: the strictest of all counts. */
type Strictest = {
  [Key in keyof Config]?: (values: readonly Config[Key][]) => Config[Key];
};

type Joining =
  /** Which rules there are, and what they match: the rules of before and of after are each scanned with. */
  | 'rules'
  /** What does not count: entry by entry, and only what was there before. */
  | 'entries'
  /** Fails closed: where it ends a scan early, that is a gap. */
  | 'gap'
  | Strictest;

export const JOINING: Readonly<Record<ConfigKey, Joining>> = {
  'gitlab.prefixes': 'rules',
  'rules.files': 'rules',
  'rules.disable': 'rules',
  'scan.exclude': 'entries',
  allow: 'entries',
  'scan.min_confidence': { minConfidence: lowest },
  'scan.fail_on': { failOn: lowest },
  'scan.strict': { strict: (values) => values.some((value) => value === true) },
  'scan.time_limit': 'gap',
};

/** Where nothing is said, `likely` holds. */
function lowest(values: readonly (Confidence | undefined)[]): Confidence {
  const ranks = values.map((value) => CONFIDENCES.indexOf(value ?? 'likely'));
  return CONFIDENCES[Math.min(...ranks)]!; // there is one value at least
}

/** The strictest of all single values; what is joined in other ways stays as the first has it. */
export function strictest(first: Config, others: readonly Config[]): Config {
  const joined = Object.values(JOINING).flatMap((joining) =>
    typeof joining === 'string' ? [] : Object.entries(joining).map(([key, join]) => [key, join] as const),
  );
  const all = [first, ...others];
  return {
    ...first,
    // Each joins the values of its own key.
    ...Object.fromEntries(
      joined.map(([key, join]) => [
        key,
        (join as (values: readonly unknown[]) => unknown)(all.map((config) => config[key as keyof Config])),
      ]),
    ),
  };
}

/** The keys whose single values are like in none of `then`. */
export function alteredValues(now: Config, then: readonly Config[]): ConfigKey[] {
  return (Object.entries(JOINING) as [ConfigKey, Joining][]).flatMap(([name, joining]) => {
    if (typeof joining === 'string') return [];
    const isAltered = (Object.keys(joining) as (keyof Config)[]).some((key) =>
      then.every((config) => config[key] !== now[key]),
    );
    return isAltered ? [name] : [];
  });
}
