/**
 * What a name says of its value. Names are compared as words, so that `GITLAB_API_TOKEN`, `gitlabApiToken` and `gitlab.api-token`
 * are the same.
 */

import type { AssignedForm, Rule } from '../../model/rule.ts';
import { takes } from './takes.ts';

/** The form that a name speaks of. */
export interface Meaning {
  readonly rule: Rule;
  readonly form: AssignedForm;
  /** Whether the name says it only where GitLab is named next to it. */
  readonly needsGitlab: boolean;
}

interface Pattern {
  readonly rule: Rule;
  readonly form: AssignedForm;
  /** `*` is up to {@link BETWEEN_MAX} words. */
  readonly words: readonly string[];
  readonly weight: number;
}

const BETWEEN_MAX = 3;
/** Longer names are sentences. */
const WORDS_MAX = 12;
/** Words that say nothing about the service that a token is for. */
const GENERIC = new Set(
  (
    'a access account admin api app apps application args argument at auth authentication authorization b base basic bearer body bot build ' +
    'by cfg ci client code config configuration conf connection core credential credentials current custom data db def default dev env ' +
    'environment ex forge form from get git global group has header headers host http https id import in input instance integration ' +
    'internal its js key login main my new node o oauth oauth2 of old on opt option options opts org package packages param parameter ' +
    'params pass passwd password pat personal plain private process prod project property proxy psw pull push pwd raw read registry ' +
    'remote repo repository request root s scm scope secret secrets self server service set setting settings source spec state string ' +
    'sync system t tag target temp test the this tmp token tokens tool u url use user users v val value var variable variables vcs ' +
    'vault with write x your provider registration runner runners trigger renovate danger release semantic upload deploy mirror initial incoming email ' +
    'npm yarn pypi maven nuget composer docker helm conan cargo gem bundle go terraform tf ansible netrc image cluster k8s agent agentk example text content plaintext twine add clear'
  ).split(' '),
);
/** Whose last word is one of these names something about a secret, and not the secret. */
const NOT_SECRET = new Set(
  (
    'address count description digest endpoint env expiration expires expiry field file filename format hash header id ids in kind label length ' +
    'link list location match name names path pattern prefix ref regex regexp scope scopes seconds sha size status suffix time title ttl type ' +
    'url user username version'
  ).split(' '),
);

/** Of files: lists of checksums name them. */
const IS_FILE =
  /\.(?:cc?|cpp|cs|css|go|h|html?|java|jsx?|json|kt|m?js|md|php|py|rb|rs|sh|swift|toml|tsx?|txt|vue|xml|ya?ml)$/;

/** The words of a name in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/git[-_. ]?lab/gi, '_gitlab_')
    .replace(/o[-_]?auth/gi, '_oauth')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** The patterns of the forms that have values of one kind. */
interface PatternsOfKind {
  readonly named: readonly Pattern[];
  readonly near: readonly Pattern[];
  /** The first words of all patterns: most names have none of them. */
  readonly heads: ReadonlySet<string>;
}

/** Names whose words are kept: those of a block are read for each of its values. */
const KNOWN_MAX = 512;

export class Names {
  readonly #named: readonly Pattern[];
  readonly #near: readonly Pattern[];
  readonly #ofKinds = new Map<string, PatternsOfKind>();
  readonly #words = new Map<string, readonly string[]>();

  constructor(forms: readonly { readonly rule: Rule; readonly form: AssignedForm }[]) {
    const patternsOf = (key: 'names' | 'near'): Pattern[] =>
      forms
        .flatMap(({ rule, form }) =>
          form[key].map((name) => {
            const words = name.includes(' ') || name === name.toLowerCase() ? splitPattern(name) : wordsOf(name);
            return { rule, form, words, weight: words.filter((word) => word !== '*').length };
          }),
        )
        .toSorted((a, b) => b.weight - a.weight);
    this.#named = patternsOf('names');
    this.#near = patternsOf('near');
  }

  /** The form that a name speaks of, of those with values of a kind; undefined: it does not speak of a credential of GitLab. */
  meaningOf(name: string, kind: string): Meaning | undefined {
    const words = this.#wordsOf(name);
    if (words.length === 0 || words.length > WORDS_MAX || NOT_SECRET.has(words.at(-1)!)) return undefined;
    const patterns = this.#patternsOf(kind);
    if (!patterns.heads.has('*') && !words.some((word) => patterns.heads.has(word))) return undefined;
    const isMeant = ({ words: pattern }: Pattern): boolean => contains(words, pattern);
    const named = patterns.named.find(isMeant);
    if (named !== undefined) return { rule: named.rule, form: named.form, needsGitlab: false };
    if (!words.every(isGeneric)) return undefined;
    const near = patterns.near.find(isMeant);
    return near && { rule: near.rule, form: near.form, needsGitlab: true };
  }

  /** Whether a name speaks of something in particular that is no credential of GitLab. */
  isForeign(name: string): boolean {
    return !this.#wordsOf(name).every(isGeneric);
  }

  #patternsOf(kind: string): PatternsOfKind {
    let patterns = this.#ofKinds.get(kind);
    if (patterns === undefined) {
      const hasKind = ({ form }: Pattern): boolean => takes(form, kind);
      const [named, near] = [this.#named.filter(hasKind), this.#near.filter(hasKind)];
      patterns = { named, near, heads: new Set([...named, ...near].map(({ words }) => words[0]!)) };
      this.#ofKinds.set(kind, patterns);
    }
    return patterns;
  }

  #wordsOf(name: string): readonly string[] {
    let words = this.#words.get(name);
    if (words === undefined) {
      if (this.#words.size === KNOWN_MAX) this.#words.clear();
      this.#words.set(name, (words = wordsOf(name)));
    }
    return words;
  }
}

export function isFile(name: string): boolean {
  return IS_FILE.test(name);
}

function isGeneric(word: string): boolean {
  return GENERIC.has(word) || /^\d+$/.test(word);
}

function splitPattern(name: string): string[] {
  return name.split(' ').flatMap((word) => (word === '*' ? word : wordsOf(word)));
}

/** Whether the words of a pattern are in a name, next to each other. */
function contains(words: readonly string[], pattern: readonly string[]): boolean {
  for (let at = 0; at < words.length; at++) if (matchesAt(words, at, pattern, 0)) return true;
  return false;
}

function matchesAt(words: readonly string[], at: number, pattern: readonly string[], next: number): boolean {
  if (next === pattern.length) return true;
  if (pattern[next] !== '*') return words[at] === pattern[next] && matchesAt(words, at + 1, pattern, next + 1);
  for (let skipped = 0; skipped <= BETWEEN_MAX; skipped++)
    if (matchesAt(words, at + skipped, pattern, next + 1)) return true;
  return false;
}
