/**
 * Rules as the rest of the house sees them: plain data. `rules/*.toml` holds them, `ruleset/` reads them.
 * `rules/README.md` explains every field to authors.
 */

import type { Risk } from './severity.ts';

/** A test in code that a regular expression cannot make; `detect/tokens/checks/` has one file for each. */
export const CHECKS = [
  'devise',
  'u128',
  'jwt',
  'unprefixed',
  'not-words',
  'jwt-job',
  'jwt-id',
  'jwt-registry',
  'jwt-dependency-proxy',
  'jwt-conan',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** Secrets that code parses, to prove them and to recognise them however they are written. */
export const PARSED_AS = ['private-key'] as const;
export type ParsedAs = (typeof PARSED_AS)[number];

/** Texts with `«` and `»` around the secret, and templates such as `{devise:20}` in place of random parts. */
export interface Vectors {
  readonly examples: readonly string[];
  readonly counterexamples: readonly string[];
}

/** One shape that a credential has or had, found by keyword and confirmed by pattern. */
export interface PatternForm extends Vectors {
  readonly name: string;
  /** Literal bytes that the kernel searches; the pattern matches at the keyword's first byte. None where it is `alone`. */
  readonly keywords: readonly string[];
  /** Whether it is a credential where a text holds nothing else: the pattern is tried at the first byte of short texts. */
  readonly alone: boolean;
  /**
   * Group `secret` is the credential (default: all); group `body` is what the generator made (default: all). Groups
   * `user`, `host`, `project`, `application` and `cookie` are facts that stand beside it.
   */
  readonly pattern: string;
  readonly check?: CheckName;
  /** Whether `instance_token_prefix` (`acme-`) may stand in front and then belongs to the credential. */
  readonly instancePrefix: boolean;
  /** Such prefixes as the configuration names them; absent: none. */
  readonly instances?: readonly string[];
  /**
   * Characters, as a class of a regular expression, of which none should follow: where one does, the credential has its
   * own length, and is likely at best. Absent: the pattern says where it ends.
   */
  readonly touchedBy?: string;
  /** The best confidence this form can reach. */
  readonly ceiling: 'certain' | 'likely';
  /** Whether it is a credential only because of where it stands; a placeholder in its place is nothing. */
  readonly context: boolean;
  /** Whether its keywords are searched encoded, too. */
  readonly encoded: boolean;
  /** Bytes that a look-behind in the pattern reads before the keyword. */
  readonly lookBehind: number;
  /** Bytes from the keyword that the pattern may read. */
  readonly maxSpan: number;
}

/** One routable shape, found structurally and proven by its checksum (`detect/tokens/routable.ts`). */
export interface RoutableForm extends Vectors {
  readonly name: string;
  /** Format version as it stands in the token, or `none` for the form without one. */
  readonly version: '01' | 'none';
  /** The type's own prefix; `*` any prefix that no rule knows; empty: no prefix. */
  readonly prefix: string;
  /** The payload's keys apart from `c` and `o`, sorted and joined, must be one of these; empty: any payload. */
  readonly payload: readonly string[];
  /** Literals that lead to this form; empty: derived from version and prefix. */
  readonly anchors: readonly string[];
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
  /** What somebody who finds it can do. */
  readonly impact: string;
  readonly owner: string;
  readonly lifetime: string;
  readonly risk: Risk;
  /** How the secret is parsed. Its text is a block in which other credentials may occur by chance. */
  readonly parsedAs?: ParsedAs;
  /** How it is checked, revoked and rotated: a file in `credentials/types/`. Only built-in rules have one. */
  readonly credential?: string;
  /** How to end it, best way first, one sentence each. */
  readonly revoke: readonly string[];
  /** The page of a GitLab where that is done; `{project}` and `{group}` stand for their paths. */
  readonly page?: string | undefined;
  readonly references: readonly string[];
  readonly forms: readonly PatternForm[];
  readonly routable: readonly RoutableForm[];
}
