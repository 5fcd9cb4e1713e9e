/** The configuration after all files are read, checked and merged. */

import type { Confidence } from '../model/confidence.ts';
import type { AllowEntry } from '../model/suppression.ts';

/** Patterns in gitignore syntax and the folder they are relative to, itself relative to the base of URIs (`''`: the base). */
export interface PathPatterns {
  readonly folder: string;
  readonly patterns: readonly string[];
}

export interface Config {
  /** The files that were read, the user's first. */
  readonly files: readonly string[];
  readonly prefixes: readonly string[];
  readonly exclude: readonly PathPatterns[];
  readonly minConfidence: Confidence | undefined;
  readonly failOn: Confidence | undefined;
  readonly strict: boolean | undefined;
  /** Seconds. */
  readonly timeLimit: number | undefined;
  /** Absolute paths. */
  readonly ruleFiles: readonly string[];
  readonly disabledRules: readonly string[];
  /** More names of variables and fields that hold a token of GitLab. */
  readonly tokenNames: readonly string[];
  readonly allow: readonly AllowEntry[];
}

export const EMPTY_CONFIG: Config = {
  files: [],
  prefixes: [],
  exclude: [],
  minConfidence: undefined,
  failOn: undefined,
  strict: undefined,
  timeLimit: undefined,
  ruleFiles: [],
  disabledRules: [],
  tokenNames: [],
  allow: [],
};

/** `over` on top of `under`: lists add up, single values replace. */
export function mergeConfig(under: Config, over: Config): Config {
  return {
    files: [...under.files, ...over.files],
    prefixes: [...new Set([...under.prefixes, ...over.prefixes])],
    exclude: [...under.exclude, ...over.exclude],
    minConfidence: over.minConfidence ?? under.minConfidence,
    failOn: over.failOn ?? under.failOn,
    strict: over.strict ?? under.strict,
    timeLimit: over.timeLimit ?? under.timeLimit,
    ruleFiles: [...under.ruleFiles, ...over.ruleFiles],
    disabledRules: [...new Set([...under.disabledRules, ...over.disabledRules])],
    tokenNames: [...new Set([...under.tokenNames, ...over.tokenNames])],
    allow: [...under.allow, ...over.allow],
  };
}
