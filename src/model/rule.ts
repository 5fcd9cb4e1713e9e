/**
 * Rules as plain data. `src/rules/` reads them from `rules/*.toml`; `rules/README.md` explains every field to authors.
 */

import type { Risk } from './severity.ts';

/** A check that a regular expression cannot express; `detect/tokens/checks/` has one file for each. */
export const CHECKS = [
  'devise',
  'u128',
  'jwt',
  'unprefixed',
  'not-words',
  'password',
  'jwt-job',
  'jwt-id',
  'jwt-registry',
  'jwt-dependency-proxy',
  'jwt-conan',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** Kinds of secrets that code parses: this proves them, and recognises the same secret in different notations. */
export const PARSED_AS = ['private-key'] as const;
export type ParsedAs = (typeof PARSED_AS)[number];

/** Texts with `«` and `»` around the secret, and templates such as `{devise:20}` in place of random parts. */
export interface Examples {
  readonly examples: readonly string[];
  readonly counterexamples: readonly string[];
}

/** One shape of a credential, current or former: found by keyword and verified by pattern. */
export interface PatternForm extends Examples {
  readonly name: string;
  /** Text that the kernel searches; the pattern matches at the keyword's first byte. Empty if `alone`. */
  readonly keywords: readonly string[];
  /** Whether it is a credential only as the whole text: the pattern is tried at the first byte of short texts. */
  readonly alone: boolean;
  /**
   * Group `secret` is the credential (default: the match); group `body` is the random part (default: the match). Groups `user`,
   * `host`, `project`, `application` and `cookie` are context hints.
   */
  readonly pattern: string;
  readonly check?: CheckName;
  /** Whether `instance_token_prefix` (`acme-`) may come first, as part of the credential. */
  readonly instancePrefix: boolean;
  /** Such prefixes from the configuration; absent: none. */
  readonly instances?: readonly string[];
  /**
   * A character class that should not follow. If one of its characters does, the credential is cut at its usual length, and is
   * likely at best. Absent: the pattern defines where it ends.
   */
  readonly touchedBy?: string;
  /** The best confidence this form can reach. */
  readonly maxConfidence: 'certain' | 'likely';
  /** Whether only its context makes it a credential; a placeholder there is not reported. */
  readonly context: boolean;
  /** Whether its keywords are searched in encoded text too. */
  readonly encoded: boolean;
  /** Bytes before the keyword that a look-behind in the pattern may read. */
  readonly lookBehind: number;
  /** Bytes from the keyword that the pattern may read. */
  readonly maxSpan: number;
}

/** One routable shape, found structurally and proven by its checksum (`detect/tokens/routable.ts`). */
export interface RoutableForm extends Examples {
  readonly name: string;
  /** Format version as written in the token, or `none` for the form without one. */
  readonly version: '01' | 'none';
  /** The prefix of the type; `*`: any prefix that no rule has; empty: no prefix. */
  readonly prefix: string;
  /** The payload's keys apart from `c` and `o`, sorted and joined, must be one of these; empty: any payload. */
  readonly payload: readonly string[];
  /** Texts that lead to this form; empty: derived from version and prefix. */
  readonly anchors: readonly string[];
}

/**
 * A credential without a prefix that is recognised by what it is assigned to (`detect/assignments/`). Names are written as words, in lower
 * case: `gitlab token` is also `GITLAB_TOKEN` and `gitlabToken`. A name that is written in capitals is only written so.
 */
export interface AssignedForm extends Examples {
  readonly name: string;
  /** What values look like: `devise:20` is 20 characters as Devise's generator makes them, `hex:64` are hex digits. */
  readonly values: readonly string[];
  /** Names that say what it is; `*` is up to three words. */
  readonly names: readonly string[];
  /** Names that say it only next to GitLab's name. */
  readonly near: readonly string[];
  /** More texts near which values are looked for. */
  readonly anchors: readonly string[];
  /** User names whose password it is. `*` at the end is a number. */
  readonly users: readonly string[];
}

export interface Rule {
  /** GitLab's own identifier where it has one. */
  readonly id: string;
  /** Whether it is not built in. */
  readonly isCustom?: true;
  readonly family: string;
  readonly name: string;
  /** What it is. */
  readonly description: string;
  /** What an attacker can do with it. */
  readonly impact: string;
  readonly owner: string;
  readonly lifetime: string;
  readonly risk: Risk;
  /** How the secret is parsed. Its text is a long block in which other patterns may match by chance. */
  readonly parsedAs?: ParsedAs;
  /** How it is checked, revoked and rotated: a file in `credentials/types/`. Only built-in rules have one. */
  readonly credential?: string;
  /** How to revoke it, best way first, one sentence each. */
  readonly revoke: readonly string[];
  /** The page of GitLab for that; `{project}` and `{group}` are replaced by their paths. */
  readonly page?: string | undefined;
  readonly references: readonly string[];
  readonly forms: readonly PatternForm[];
  readonly routable: readonly RoutableForm[];
  readonly assigned: readonly AssignedForm[];
}
