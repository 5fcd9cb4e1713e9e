/**
 * The rules of asking: whom, how often, how long. A credential goes to approved servers alone; what stands beside it
 * chooses between them, and never adds one. Each is asked about once, however often it was found.
 */

import type { Facts, Hint } from '../model/candidate.ts';
import { bySecret, type Finding, factsOf } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import type { Secret } from '../model/secret.ts';
import type { UnknownReason } from '../model/token-status.ts';
import type { Verdict } from '../model/verification.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonClient } from '../http/json-client.ts';
import { cleaner } from './clean.ts';
import { verifierOf } from './verifiers.ts';
import type { Checked, Credential, VerifyContext } from './verifier.ts';

export interface VerifyOptions {
  /** GitLabs that may be asked. */
  readonly gitlabs: readonly JsonClient[];
  /** Vaults that may be asked. */
  readonly vaults: readonly JsonClient[];
  /** Whether every one of several is asked, and not only the one that stands beside the credential. */
  readonly allHosts: boolean;
  /** Whether requests that change something may be made. */
  readonly allowSideEffects: boolean;
  /** glaive's own token, and the GitLab that it is for. */
  readonly own?: { readonly probe: JsonClient; readonly token: string };
  /** Whether that is an administrator's, who can be asked about every kind. */
  readonly useAdminApi: boolean;
  /** Masks every secret in a text. */
  readonly redact: (text: string) => string;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
}

export type Verdicts = ReadonlyMap<string, Verdict>;

export interface VerificationResult {
  /** By secretFingerprint. */
  readonly verdicts: Verdicts;
  /** What was to be asked, and was not answered. */
  readonly gaps: readonly Gap[];
}

export interface VerifyStage {
  /** Asks about every secret of the findings. Never throws for what a server does. */
  verify(findings: readonly Finding[]): Promise<VerificationResult>;
}

/** Credentials that are asked about at the same time. */
const AT_ONCE = 4;
/** A server that has not answered so often in a row is not asked any more. */
const ENOUGH = 3;
/** A credential is asked about in so many other readings. */
const READINGS_MAX = 3;
const WITH_PREFIX = 'It is known together with what stands before it: that is the prefix of the instance.';
const WITHOUT_PREFIX = 'It is known without what stands before it.';

export function createVerifyStage(options: VerifyOptions): VerifyStage {
  const { signal, clock } = options;
  const silent = new Map<JsonClient, number>();

  /** In every reading, until one of them is known. */
  const askReadings = async (subject: Subject): Promise<Answered> => {
    const answers = [await askOne(subject)];
    for (const reading of subject.others) {
      if (answers.at(-1)!.verdict.status.state !== 'unknown') break; // there is one
      const token = textOf(reading);
      const { verdict, isTrouble } = await askOne({ ...subject, suspect: { ...subject.suspect, token } });
      const { verification, status } = verdict;
      const note = token.length > subject.suspect.token.length ? WITH_PREFIX : WITHOUT_PREFIX;
      const notes = status.state === 'unknown' ? verification.notes : [note, ...verification.notes];
      answers.push({ verdict: { status, verification: { ...verification, notes }, reading }, isTrouble });
    }
    return best(answers);
  };

  const askOne = async (subject: Subject): Promise<Answered> => {
    const verifier = await verifierOf(subject.suspect.ruleId);
    const { own } = options;
    if (options.useAdminApi && own !== undefined && verifier.issuer !== 'vault') {
      const question = async (): Promise<Checked> => await askAsAdmin(subject.suspect, own);
      const answer = answered(await patiently(own.probe, question), own.probe, clock());
      // What administrators cannot be told of is asked about as everywhere.
      if (!isUnsupported(answer) || verifier.issuer === 'nobody') return answer;
    }
    if (verifier.issuer === 'nobody') {
      return answered(await verifier.verify(subject.suspect, NOBODY), undefined, clock());
    }
    const approved = verifier.issuer === 'vault' ? options.vaults : options.gitlabs;
    const { probes, why } = choose(approved, subject, {
      allHosts: options.allHosts,
      isVault: verifier.issuer === 'vault',
    });
    if (probes.length === 0) return answered(notChecked(why), undefined, clock());
    const answers: Answered[] = [];
    for (const probe of probes) {
      const answer = answered(await patiently(probe, async () => await ask(subject.suspect, probe)), probe, clock());
      answers.push(answer);
      if (answer.verdict.status.state === 'active') break;
    }
    return best(answers);
  };

  const askAsAdmin = async (
    suspect: Credential,
    { probe, token }: NonNullable<VerifyOptions['own']>,
  ): Promise<Checked> => {
    const { verifyAsAdmin } = await import('./verify-as-admin.ts');
    return await verifyAsAdmin(suspect, { probe, bearer: token, clean: cleaner(suspect.token, options.redact) });
  };

  const ask = async (suspect: Credential, probe: JsonClient): Promise<Checked> => {
    const { own, redact, allowSideEffects } = options;
    const clean = cleaner(suspect.token, redact);
    const context: VerifyContext = {
      probe,
      own:
        own?.probe.server === probe.server
          ? async (path) => await probe.request({ path, bearer: own.token })
          : undefined,
      mayAct: allowSideEffects,
      clean,
    };
    return await (await verifierOf(suspect.ruleId)).verify(suspect, context);
  };

  /** A server that does not answer costs its deadline a few times, and not once for each credential. */
  const patiently = async (probe: JsonClient, question: () => Promise<Checked>): Promise<Checked> => {
    if (signal.aborted) return trouble('not checked', 'The time was over before it could be asked.');
    if ((silent.get(probe) ?? 0) >= ENOUGH)
      return trouble('unreachable', 'It has not answered before, and was not asked again.');
    try {
      const checked = await question();
      silent.set(probe, 0);
      return checked;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (signal.aborted) return trouble('not checked', 'The time was over before it had answered.');
      if (error.reason === 'unreachable') silent.set(probe, (silent.get(probe) ?? 0) + 1);
      if (error.reason === 'rate-limited') return trouble('rate limited', sentence(error.message));
      return trouble(error.reason === 'unreachable' ? 'unreachable' : 'unclear answer', sentence(error.message));
    }
  };

  return {
    async verify(findings) {
      // What has expired, as it tells itself, has.
      const subjects = subjectsOf(findings.filter(({ tokenStatus }) => tokenStatus.state !== 'inactive'));
      const answers = new Map<string, Answered>();
      const waiting = [...subjects];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          answers.set(next[0], await askReadings(next[1]));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      // In the order of the findings, and not in that of the answers.
      const ordered = [...subjects.keys()].map((key) => [key, answers.get(key)!] as const); // each has one
      return {
        verdicts: new Map(ordered.map(([key, { verdict }]) => [key, verdict])),
        gaps: gapsOf(ordered.map(([, answer]) => answer)),
      };
    },
  };
}

/** A secret, with what stands beside it in all places. */
interface Subject {
  readonly suspect: Credential;
  /** The same in its other readings. */
  readonly others: readonly Secret[];
  /** Hosts, as they stand there. */
  readonly hosts: readonly string[];
}

function subjectsOf(findings: readonly Finding[]): Map<string, Subject> {
  return new Map([...bySecret(findings)].map(([fingerprint, group]) => [fingerprint, subjectOf(group)]));
}

function subjectOf(group: readonly [Finding, ...Finding[]]): Subject {
  const [first] = group;
  const others = group.flatMap((finding) => finding.other ?? []);
  const hints = group.flatMap((finding) => finding.hints ?? []);
  const facts: Facts = factsOf(group);
  const valuesOf = (kind: Hint['kind']): string[] =>
    hints.filter((hint) => hint.kind === kind).map(({ value }) => value);
  const jobs = group.flatMap(({ artifact }) => artifact.job?.server ?? []);
  return {
    suspect: {
      ruleId: first.ruleId,
      token: textOf(first.secret),
      facts,
      hint: (kind) => valuesOf(kind)[0],
    },
    others: [...new Map(others.map(({ secret, secretFingerprint }) => [secretFingerprint, secret])).values()].slice(
      0,
      READINGS_MAX,
    ),
    hosts: [...valuesOf('host'), ...(facts.issuer === undefined ? [] : [facts.issuer]), ...jobs],
  };
}

const textOf = (secret: Secret): string => Buffer.from(secret.reveal(), 'latin1').toString('utf8');

/** The one approved server, or of several those that stand beside it. */
function choose(
  approved: readonly JsonClient[],
  { hosts }: Subject,
  { allHosts, isVault }: { readonly allHosts: boolean; readonly isVault: boolean },
): { readonly probes: readonly JsonClient[]; readonly why: string } {
  if (approved.length <= 1 || allHosts)
    return {
      probes: approved,
      why: isVault
        ? 'No Vault may be asked: name it in VAULT_SERVER_URL or --vault-url.'
        : 'No GitLab may be asked: name it in GLAIVE_GITLAB_URL or --gitlab-url.',
    };
  const named = new Set(hosts.map(hostOf));
  const why =
    hosts.length === 0
      ? 'No host stands beside it; --all-hosts asks every one that is named.'
      : 'The host that stands beside it is none of those that may be asked.';
  return { probes: approved.filter(({ server }) => named.has(hostOf(server))), why };
}

/** Host and port of an address with or without scheme; what is none is no host of ours. */
function hostOf(address: string): string {
  const url = address.includes('://') ? address : `https://${address}`;
  return URL.canParse(url) ? new URL(url).host : '';
}

const ORDER = { active: 0, inactive: 1, unknown: 3 } as const;

interface Answered {
  readonly verdict: Verdict;
  /** Whether it was to be asked, and there was no answer that helps. */
  readonly isTrouble: boolean;
}

/** The answer that says most; of those that say nothing the one that was to come, so that it is not passed over. */
function best(answers: readonly Answered[]): Answered {
  const order = ({ verdict, isTrouble }: Answered): number => ORDER[verdict.status.state] - (isTrouble ? 1 : 0);
  return answers.toSorted((a, b) => order(a) - order(b))[0]!; // there is one for each server
}

function answered(
  { status, details = {}, isTrouble = false }: Checked,
  probe: JsonClient | undefined,
  now: Date,
): Answered {
  const host = probe === undefined ? {} : { host: probe.host };
  return {
    verdict: { status, verification: { ...host, checkedAt: now.toISOString(), notes: [], ...details } },
    isTrouble,
  };
}

function isUnsupported({ verdict: { status } }: Answered): boolean {
  return status.state === 'unknown' && status.reason === 'unsupported';
}

function notChecked(note: string): Checked {
  return { status: { state: 'unknown', reason: 'not checked' }, details: { notes: [note] } };
}

function trouble(reason: UnknownReason, note: string): Checked {
  return { status: { state: 'unknown', reason }, details: { notes: [note] }, isTrouble: true };
}

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`; // our messages have letters

/** What was asked and not answered, a gap for each server and reason. */
function gapsOf(answers: readonly Answered[]): Gap[] {
  const counts = new Map<string, number>();
  for (const { verdict, isTrouble } of answers) {
    if (!isTrouble || verdict.status.state !== 'unknown') continue;
    const { host = 'the server', notes } = verdict.verification;
    const why = `${host}: ${verdict.status.reason}: ${notes.join(' ')}`;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => ({
    kind: 'unverified',
    message: `${count === 1 ? 'one credential' : `${count} credentials`} could not be checked: ${why}`,
    hint: 'Check again later: glaive verify REPORT.json.',
  }));
}

/** Verifiers that ask nobody never look at it. */
const NOBODY = {} as VerifyContext; // those are the verifiers that ask nobody
