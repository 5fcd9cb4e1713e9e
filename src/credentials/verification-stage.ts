/**
 * The rules of verification: which servers are asked about a credential, how often, and for how long. A credential is sent to
 * approved servers only, and each is asked once, however many findings have that credential.
 */

import { ApiError } from '../http/api-error.ts';
import type { JsonClient } from '../http/json-client.ts';
import type { Hint } from '../model/candidate.ts';
import { bySecret, type Finding, factsOf } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import type { Secret } from '../model/secret.ts';
import type { UnknownReason } from '../model/token-status.ts';
import type { Verdict } from '../model/verification.ts';
import { verifyByAdminApi } from './admin-api.ts';
import { unsupported } from './check-result.ts';
import { chooseServers } from './choose-servers.ts';
import type { CheckResult, Credential, CredentialType } from './credential-type.ts';
import { credentialTypeOf } from './index.ts';
import { createCleaner } from './server-text.ts';

export interface VerifyOptions {
  /** Approved GitLab servers. */
  readonly gitlabs: readonly JsonClient[];
  /** Approved Vault servers. */
  readonly vaults: readonly JsonClient[];
  /** Whether to ask every approved server, and not only the one that is named next to the credential. */
  readonly allHosts: boolean;
  /** Whether requests may change something on the server. */
  readonly allowSideEffects: boolean;
  /** glaive's own token, and the GitLab that it belongs to. */
  readonly own?: { readonly client: JsonClient; readonly token: string };
  /** Whether glaive's own token is an administrator's, and every credential is looked up with it. */
  readonly useAdminApi: boolean;
  /** Masks every secret in a text. */
  readonly redact: (text: string) => string;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
}

export interface VerificationResult {
  /** By secretFingerprint. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Checks that have failed. */
  readonly gaps: readonly Gap[];
}

export interface VerifyStage {
  /** Checks every distinct secret of the findings. Never throws because of a server. */
  verify(findings: readonly Finding[]): Promise<VerificationResult>;
}

/** Credentials that are checked at the same time. */
const CONCURRENCY = 4;
/** A server is given up after this many consecutive requests without a response. */
const MAX_FAILURES = 3;
/** Further readings of a credential that are checked if the first is unknown. */
const MAX_READINGS = 3;
const WITH_PREFIX = 'The server knows it together with the text before it: that is the token prefix of the instance.';
const WITHOUT_PREFIX = 'The server knows it without the text before it.';

export function createVerifyStage(options: VerifyOptions): VerifyStage {
  const { clock, own } = options;
  const send = createSender(options.signal);

  /** Checks one reading after the other until a server knows one. */
  const checkReadings = async (subject: CredentialToCheck): Promise<Assessment> => {
    const { credential, otherReadings } = subject;
    const assessments = [await checkOne(subject)];
    for (const reading of otherReadings) {
      if (assessments.at(-1)!.verdict.status.state !== 'unknown') break; // there is at least one
      const token = textOf(reading);
      const { verdict, isInconclusive } = await checkOne({ ...subject, credential: { ...credential, token } });
      const { verification, status } = verdict;
      const note = token.length > credential.token.length ? WITH_PREFIX : WITHOUT_PREFIX;
      const notes = status.state === 'unknown' ? verification.notes : [note, ...verification.notes];
      assessments.push({ verdict: { status, verification: { ...verification, notes }, reading }, isInconclusive });
    }
    return best(assessments);
  };

  const checkOne = async ({ credential, hosts }: CredentialToCheck): Promise<Assessment> => {
    const type = await credentialTypeOf(credential.ruleId);
    if (options.useAdminApi && own !== undefined && type.issuer !== 'vault') {
      const { client, token: bearer } = own;
      const clean = createCleaner(credential.token, options.redact);
      const result = await send(
        client,
        async () => await verifyByAdminApi(type, credential, { client, bearer, clean }),
      );
      const assessment = toAssessment(result, client, clock());
      // The admin API does not know every type; the others are checked as usual.
      if (!isUnsupported(assessment) || type.issuer === 'none') return assessment;
    }
    if (type.issuer === 'none') return toAssessment(unsupported(type.reason), undefined, clock());
    const { issuer } = type;
    const { allHosts, gitlabs, vaults } = options;
    const { clients, why } = chooseServers({
      approved: issuer === 'vault' ? vaults : gitlabs,
      hosts,
      issuer,
      allHosts,
    });
    if (clients.length === 0) return toAssessment(notChecked(why), undefined, clock());
    const assessments: Assessment[] = [];
    for (const client of clients) {
      const result = await send(client, async () => await checkAt(client, type, credential));
      const assessment = toAssessment(result, client, clock());
      assessments.push(assessment);
      if (assessment.verdict.status.state === 'active') break;
    }
    return best(assessments);
  };

  const checkAt = async (
    client: JsonClient,
    type: Extract<CredentialType, { verify: unknown }>,
    credential: Credential,
  ): Promise<CheckResult> =>
    await type.verify(credential, {
      client,
      getWithOwnToken:
        own?.client.server === client.server
          ? async (path) => await client.request({ path, bearer: own.token })
          : undefined,
      allowSideEffects: options.allowSideEffects,
      clean: createCleaner(credential.token, options.redact),
    });

  return {
    async verify(findings) {
      // A token that has expired by its own claim needs no check.
      const subjects = credentialsToCheck(findings.filter(({ tokenStatus }) => tokenStatus.state !== 'inactive'));
      const assessments = new Map<string, Assessment>();
      const waiting = [...subjects];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          assessments.set(next[0], await checkReadings(next[1]));
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
      // In the order of the findings, not in that of the responses.
      const ordered = [...subjects.keys()].map((key) => [key, assessments.get(key)!] as const); // each has one
      return {
        verdicts: new Map(ordered.map(([key, { verdict }]) => [key, verdict])),
        gaps: gapsOf(ordered.map(([, assessment]) => assessment)),
      };
    },
  };
}

type Send = (client: JsonClient, check: () => Promise<CheckResult>) => Promise<CheckResult>;

/** Turns failures of a server into results. A server that does not respond costs its timeout a few times only. */
function createSender(signal: AbortSignal): Send {
  const failures = new Map<JsonClient, number>();
  return async (client, check) => {
    if (signal.aborted) return inconclusive('not checked', 'The time limit was reached before this check.');
    if ((failures.get(client) ?? 0) >= MAX_FAILURES)
      return inconclusive('unreachable', 'The server did not respond before, and was not asked again.');
    try {
      const result = await check();
      failures.set(client, 0);
      return result;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (signal.aborted) return inconclusive('not checked', 'The time limit was reached before the response.');
      if (error.reason === 'unreachable') failures.set(client, (failures.get(client) ?? 0) + 1);
      return inconclusive(REASONS[error.reason] ?? 'unclear answer', sentence(error.message));
    }
  };
}

const REASONS: Readonly<Partial<Record<ApiError['reason'], UnknownReason>>> = {
  unreachable: 'unreachable',
  'rate-limited': 'rate limited',
};

/** A distinct secret with the context of all its findings. */
interface CredentialToCheck {
  readonly credential: Credential;
  readonly otherReadings: readonly Secret[];
  /** As they appear in the text. */
  readonly hosts: readonly string[];
}

function credentialsToCheck(findings: readonly Finding[]): Map<string, CredentialToCheck> {
  return new Map([...bySecret(findings)].map(([fingerprint, group]) => [fingerprint, credentialToCheck(group)]));
}

function credentialToCheck(group: readonly [Finding, ...Finding[]]): CredentialToCheck {
  const [first] = group;
  const readings = group.flatMap((finding) => finding.other ?? []);
  const hints = group.flatMap((finding) => finding.hints ?? []);
  const facts = factsOf(group);
  const valuesOf = (kind: Hint['kind']): string[] =>
    hints.filter((hint) => hint.kind === kind).map(({ value }) => value);
  const servers = group.flatMap(({ artifact }) => artifact.job?.server ?? []);
  const distinct = new Map(readings.map(({ secret, secretFingerprint }) => [secretFingerprint, secret]));
  return {
    credential: {
      ruleId: first.ruleId,
      token: textOf(first.secret),
      facts,
      hint: (kind) => valuesOf(kind)[0],
    },
    otherReadings: [...distinct.values()].slice(0, MAX_READINGS),
    hosts: [...valuesOf('host'), ...(facts.issuer === undefined ? [] : [facts.issuer]), ...servers],
  };
}

const textOf = (secret: Secret): string => Buffer.from(secret.reveal(), 'latin1').toString('utf8');

const ORDER = { active: 0, inactive: 1, unknown: 3 } as const;

interface Assessment {
  readonly verdict: Verdict;
  /** The check has failed and becomes a gap. */
  readonly isInconclusive: boolean;
}

/** The most informative assessment. Of several unknown ones a failed check wins, so that it becomes a gap. */
function best(assessments: readonly Assessment[]): Assessment {
  const order = ({ verdict, isInconclusive }: Assessment): number =>
    ORDER[verdict.status.state] - (isInconclusive ? 1 : 0);
  return assessments.toSorted((a, b) => order(a) - order(b))[0]!; // there is one for each server
}

function toAssessment(
  { status, details = {}, isInconclusive = false }: CheckResult,
  client: JsonClient | undefined,
  now: Date,
): Assessment {
  const host = client === undefined ? {} : { host: client.host };
  return {
    verdict: { status, verification: { ...host, checkedAt: now.toISOString(), notes: [], ...details } },
    isInconclusive,
  };
}

function isUnsupported({ verdict: { status } }: Assessment): boolean {
  return status.state === 'unknown' && status.reason === 'unsupported';
}

function notChecked(note: string): CheckResult {
  return { status: { state: 'unknown', reason: 'not checked' }, details: { notes: [note] } };
}

function inconclusive(reason: UnknownReason, note: string): CheckResult {
  return { status: { state: 'unknown', reason }, details: { notes: [note] }, isInconclusive: true };
}

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`; // messages are never empty

/** One gap for each server and reason. */
function gapsOf(assessments: readonly Assessment[]): Gap[] {
  const counts = new Map<string, number>();
  for (const { verdict, isInconclusive } of assessments) {
    if (!isInconclusive || verdict.status.state !== 'unknown') continue;
    const { host = 'the server', notes } = verdict.verification;
    const note = notes.join(' ');
    // The note says it better than "unclear answer".
    const why = verdict.status.reason === 'unclear answer' && note !== '' ? note : `${verdict.status.reason}: ${note}`;
    const key = `${host}: ${why}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => ({
    kind: 'unverified',
    message: `${count === 1 ? 'one credential' : `${count} credentials`} could not be checked: ${why}`,
    hint: 'Check again later: glaive verify REPORT.json',
    ...(count === 1 ? {} : { count }),
  }));
}
