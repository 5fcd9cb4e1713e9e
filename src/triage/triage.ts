/**
 * Candidates to findings, by pure functions in a visible order. Each step has a file of its own; none of them reads
 * bytes or the clock, or knows where the candidates came from.
 */

import type { Artifact } from '../model/artifact.ts';
import type { Candidate } from '../model/candidate.ts';
import { confidenceOf, isIgnoredPlaceholder } from '../model/confidence.ts';
import { dropOf, type OnDrop } from '../model/drop.ts';
import type { Finding, Locator } from '../model/finding.ts';
import type { Region } from '../model/region.ts';
import type { Rule } from '../model/rule.ts';
import { MASK } from '../model/secret.ts';
import { excerptOf } from './excerpt.ts';
import { findingFingerprint, secretFingerprint } from './fingerprint.ts';
import { cannotBeKey, type PrivateKey, readPrivateKey } from './private-key.ts';
import { offlineStatus, severityOf } from './rating.ts';
import type { Suppressor } from './suppress.ts';

export interface TriageContext {
  /** The rule of an id. */
  readonly ruleOf: (id: string) => Rule;
  readonly now: Date;
  /** Absent when nothing is accepted. */
  readonly suppressor?: Suppressor;
  readonly onDrop?: OnDrop | undefined;
}

/** The findings of one artifact, sorted by position: one for each secret, with all its places. */
export function triage(candidates: readonly Candidate[], artifact: Artifact, context: TriageContext): Finding[] {
  const bySecret = new Map<string, { readonly places: Candidate[]; readonly key: PrivateKey | undefined }>();
  for (const candidate of candidates) {
    if (isIgnoredPlaceholder(candidate.evidence)) {
      context.onDrop?.({ ...dropOf(candidate, { kind: 'placeholder' }), artifact });
      continue;
    }
    const key = candidate.parsedAs === 'private-key' ? readPrivateKey(candidate.secret) : undefined;
    const fingerprint = secretFingerprint(candidate.secret, key?.canonical);
    const known = bySecret.get(fingerprint);
    if (known === undefined) bySecret.set(fingerprint, { places: [candidate], key });
    else {
      known.places.push(candidate);
      const { region } = known.places[0]!;
      context.onDrop?.({ ...dropOf(candidate, { kind: 'same-secret', uri: artifact.uri, region }), artifact });
    }
  }
  return [...bySecret].map(([fingerprint, { places, key }]) => toFinding(places, key, fingerprint, artifact, context));
}

function toFinding(
  places: readonly Candidate[],
  key: PrivateKey | undefined,
  ofSecret: string,
  artifact: Artifact,
  { ruleOf, now, suppressor }: TriageContext,
): Finding {
  const first = places[0]!; // a group has at least one member
  // A place where no other character touches the token is the best evidence.
  const surest = places.find(({ evidence }) => evidence.touched !== true) ?? first;
  const regions = places.map((place) => place.region) as [Region, ...Region[]]; // as above
  const facts = { ...first.evidence.facts, ...key?.facts };
  const other = places.find((place) => place.other !== undefined)?.other;
  const hints = places.find((place) => place.hints !== undefined)?.hints;
  const tokenStatus = offlineStatus(facts, now);
  const excerpt =
    artifact.kind === 'file-name' || artifact.kind === 'ref-name'
      ? undefined
      : excerptOf(first.lineContext, first.label);
  const finding = {
    ruleId: first.ruleId,
    form: first.form,
    confidence: key?.confidence ?? (isNoKey(first) ? 'unlikely' : confidenceOf(surest.evidence)),
    severity: severityOf(ruleOf(first.ruleId).risk, tokenStatus),
    tokenStatus,
    artifact,
    regions,
    secret: first.secret,
    ...(other === undefined ? {} : { other: { secret: other, secretFingerprint: secretFingerprint(other) } }),
    preview: first.label + MASK,
    ...(excerpt === undefined ? {} : { excerpt }),
    secretFingerprint: ofSecret,
    fingerprint: findingFingerprint(ofSecret, artifact.uri),
    facts,
    ...(hints === undefined ? {} : { hints }),
    ...(surest.evidence.touched === true ? { touched: true as const } : {}),
    locator: locate(artifact, first),
  };
  return { ...finding, suppressions: suppressor?.suppressionsOf(finding, places) ?? [] };
}

/** Whether it only looks like a private key from the outside. */
function isNoKey({ parsedAs, secret }: Candidate): boolean {
  return parsedAs === 'private-key' && cannotBeKey(secret);
}

function locate(artifact: Artifact, { region, encodings = [] }: Candidate): Locator {
  return {
    kind: artifact.blob === undefined ? artifact.kind : 'blob',
    ...(artifact.path === undefined ? {} : { path: artifact.path }),
    ...(artifact.blob === undefined ? {} : { blob: artifact.blob }),
    ...(artifact.entries === undefined ? {} : { entries: artifact.entries }),
    ...(artifact.commit === undefined || artifact.kind === 'file' ? {} : { commit: artifact.commit }),
    ...(artifact.job === undefined
      ? {}
      : { job: { server: artifact.job.server, project: artifact.job.project, id: artifact.job.id } }),
    byteOffset: region.byteOffset,
    byteLength: region.byteLength,
    encodings,
  };
}
