/**
 * A candidate is a possible credential: a match of a rule, with its place, the secret, and the evidence for it. Detection
 * makes candidates, and triage makes findings of them.
 */

import type { Region, Span } from './region.ts';
import type { ParsedAs } from './rule.ts';
import type { Secret } from './secret.ts';
import type { InlineAllow } from './suppression.ts';

/** Facts that a credential holds itself, read offline. Ids are decimal strings: they may exceed 2^53. */
export interface Facts {
  readonly cell?: string;
  readonly organization?: string;
  readonly group?: string;
  readonly project?: string;
  readonly user?: string;
  readonly job?: string;
  readonly runnerType?: 'instance' | 'group' | 'project';
  /** The instance that issued it, as written in the token. */
  readonly issuer?: string;
  /** RFC 3339, UTC. */
  readonly expiresAt?: string;
  /** Of a private key: its kind and size, `rsa 4096`. */
  readonly keyType?: string;
  /** Of a private key: the fingerprint of its public half as OpenSSH and GitLab show it. */
  readonly keyFingerprint?: string;
  /** Whether a private key is protected by a passphrase. */
  readonly keyEncrypted?: true;
}

/** The evidence in the shape of a secret. Triage turns it into a confidence. */
export interface Evidence {
  readonly checksum: 'fits' | 'fails' | 'none';
  /** Whether the issuer's generator can have produced the body. */
  readonly generator: 'possible' | 'impossible' | 'unchecked';
  /** Whether structured content (a JWT) could be decoded. */
  readonly content: 'decoded' | 'undecodable' | 'none';
  /** The best confidence the rule's form can reach without a checksum. */
  readonly maxConfidence: 'certain' | 'likely' | 'unlikely';
  /** Whether another token character follows directly: the end of the credential is then only known from its usual length. */
  readonly touched?: true;
  /** The part of the secret that a generator made, as a span within the secret. */
  readonly body: Span;
  /** Whether people write such a body in place of a secret. */
  readonly isPlaceholder?: true;
  readonly facts: Facts;
  /** Whether only its context makes it a credential. */
  readonly context?: true;
  /** Whether that context is no more than the name that it is assigned to. */
  readonly assigned?: true;
}

export const HINTS = ['name', 'host', 'project', 'user', 'application', 'cookie'] as const;

/** A value near a credential that may show where it works. It is shown, and never acted on. */
export interface Hint {
  readonly kind: (typeof HINTS)[number];
  readonly value: string;
  readonly region: Region;
}

/**
 * A copy of the bytes around a candidate on its own line, with the spans that must not be shown. Triage makes the redacted
 * excerpt from it.
 */
export interface LineContext {
  readonly bytes: Uint8Array;
  /** The place of the candidate in `bytes`. */
  readonly span: Span;
  /** Spans of `bytes` to mask, sorted, not overlapping; the candidate's own span is among them. */
  readonly masks: readonly Span[];
  /** Whether text of the same line was cut off before or after. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** Text before a credential that may be the token prefix of its GitLab instance. */
export interface Instance {
  /** `acme-`. */
  readonly prefix: string;
  readonly isConfigured: boolean;
  /** The credential with the prefix; absent if the checksum proves that the prefix belongs to it. */
  readonly whole?: { readonly secret: Secret; readonly region: Region };
}

export interface Candidate {
  readonly ruleId: string;
  /** The name of the form of the rule that matched. */
  readonly form: string;
  readonly region: Region;
  readonly secret: Secret;
  /** Another reading of the same place: with the prefix of an instance, or without. */
  readonly other?: Secret;
  /** Set until the whole file has been read. */
  readonly instance?: Instance;
  /** Whether a rule of the user found it. */
  readonly isCustom?: true;
  /** How the rule parses the secret. */
  readonly parsedAs?: ParsedAs;
  /** The public part of the prefix that may be shown in place of the secret. */
  readonly label: string;
  readonly evidence: Evidence;
  readonly lineContext: LineContext;
  /** How its bytes are encoded in the artifact, from the outside in; absent: not at all. */
  readonly encodings?: readonly string[];
  /** The nearest of each kind. */
  readonly hints?: readonly Hint[];
  /** Whether it is in lines that are joined on suspicion. Matches within one of the lines take precedence. */
  readonly isGuess?: true;
  /** The comment in the text that accepts it. */
  readonly inlineAllow?: InlineAllow;
}
