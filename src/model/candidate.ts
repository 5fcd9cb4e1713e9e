/** What the match stage hands to triage: a place, the secret, and the evidence for it. */

import type { Region, Span } from './region.ts';
import type { ParsedAs } from './rule.ts';
import type { Secret } from './secret.ts';
import type { InlineAllow } from './suppression.ts';

/** What a credential tells about itself, without any network. Ids are decimal strings: they may exceed 2^53. */
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
  /** Of a private key: it is protected by a passphrase. */
  readonly keyEncrypted?: true;
}

/** What the shape alone proves. Triage turns it into a confidence. */
export interface Evidence {
  readonly checksum: 'fits' | 'fails' | 'none';
  /** Whether the issuing generator can have made the body. */
  readonly generator: 'possible' | 'impossible' | 'unchecked';
  /** Whether structured content (a JWT) could be decoded. */
  readonly content: 'decoded' | 'undecodable' | 'none';
  /** The best confidence the rule's form can reach without a checksum. */
  readonly ceiling: 'certain' | 'likely' | 'unlikely';
  /** Whether another character of a token follows, so that where it ends is told by its usual length alone. */
  readonly touched?: true;
  /** The part of the secret that a generator made, as a span within the secret. */
  readonly body: Span;
  /** Whether the body is one that people write where a secret would stand. */
  readonly isPlaceholder?: true;
  readonly facts: Facts;
  /** Whether it is a credential only because of where it stands. */
  readonly context?: true;
}

export const HINTS = ['host', 'project', 'user', 'application', 'cookie'] as const;

/** Something that stands beside a credential and may tell where it works. It is shown, and never acted on. */
export interface Hint {
  readonly kind: (typeof HINTS)[number];
  readonly value: string;
  readonly region: Region;
}

/**
 * The bytes around a candidate on its own line, copied, with everything in them that must not be shown. Triage
 * makes the redacted excerpt from it.
 */
export interface LineContext {
  readonly bytes: Uint8Array;
  /** Where the candidate stands in `bytes`. */
  readonly span: Span;
  /** Spans of `bytes` to mask, sorted, not overlapping; the candidate's own span is among them. */
  readonly masks: readonly Span[];
  /** Whether text of the same line was cut off before or after. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** What stands before a credential and may be the prefix of its instance. */
export interface Instance {
  /** `acme-`. */
  readonly prefix: string;
  readonly isConfigured: boolean;
  /** The credential with it; absent where the checksum says that it belongs to it. */
  readonly whole?: { readonly secret: Secret; readonly region: Region };
}

export interface Candidate {
  readonly ruleId: string;
  /** Which form of the rule matched, by name. */
  readonly form: string;
  readonly region: Region;
  readonly secret: Secret;
  /** Another reading of the same place: with what stands before it, or without. */
  readonly other?: Secret;
  /** Until all of the file is known. */
  readonly instance?: Instance;
  /** Whether a rule has found it that is not built in. */
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
  /** Whether it stands in lines that are joined because they may be one: what they hold by themselves counts more. */
  readonly isGuess?: true;
  /** A comment in the text that allows it. */
  readonly inlineAllow?: InlineAllow;
}
