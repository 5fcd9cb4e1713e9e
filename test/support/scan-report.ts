/** Runs `glaive scan --format json` and gives its report as plain values; the tests compare tokens by fingerprint. */

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { KINDS, Random } from './mint.ts';
import { glaive, type Ran, type RunOptions } from './run-cli.ts';

export interface ReportedFinding {
  readonly ruleId: string;
  readonly confidence: string;
  readonly secretFingerprint: string;
  readonly fingerprint: string;
  readonly preview: string;
  readonly severity: string;
  readonly tokenStatus: 'active' | 'inactive' | 'unknown';
  readonly tokenStatusReason?: string;
  readonly project?: object;
  readonly verification?: {
    readonly host?: string;
    readonly scopes?: readonly string[];
    readonly owner?: { readonly kind: string; readonly name?: string; readonly isAdmin?: boolean };
    readonly expiresAt?: string;
    readonly notes: readonly string[];
    readonly [key: string]: unknown;
  };
  readonly artifact: { readonly kind: string; readonly uri: string };
  readonly regions: readonly {
    readonly startLine: number;
    readonly startColumn: number;
    readonly endLine: number;
    readonly endColumn: number;
    readonly byteOffset: number;
    readonly byteLength: number;
  }[];
  readonly locator: {
    readonly kind: string;
    readonly path?: string;
    readonly blob?: string;
    readonly entries?: readonly string[];
    readonly encodings: readonly string[];
  };
  readonly introduction?: {
    readonly commit: string;
    readonly author?: string;
    readonly date?: string;
    readonly uri: string;
    readonly startLine: number;
  };
  readonly touched?: boolean;
  readonly removedLater?: boolean;
  readonly history?: {
    readonly reachable: boolean;
    readonly refs: readonly string[];
    readonly refCount: number;
    readonly inHead: boolean;
    readonly removed?: { readonly commit: string; readonly date?: string };
  };
  readonly suppressions?: readonly { readonly kind: string; readonly by: string; readonly justification: string }[];
}

export interface ScanReport {
  readonly scan: { readonly complete: boolean; readonly commit?: string };
  readonly counts: {
    readonly artifacts: number;
    readonly bytes: number;
    readonly findings: number;
    readonly belowConfidence: number;
    readonly known?: number;
    readonly gaps: number;
    readonly skips: Readonly<Record<string, number>>;
    readonly unopened?: Readonly<Record<string, number>>;
  };
  readonly findings: readonly ReportedFinding[];
  readonly gaps: readonly { readonly kind: string; readonly uri?: string; readonly message: string }[];
  readonly notes: readonly string[];
}

export interface Scanned extends Ran {
  readonly report: ScanReport;
}

/** `glaive scan --format json ARGS`; fails when standard output holds no JSON. */
export async function scanJson(args: readonly string[], options: RunOptions = {}): Promise<Scanned> {
  const ran = await glaive(['scan', '--format', 'json', ...args], options);
  return { ...ran, report: parseReport(ran) };
}

/**
 * `glaive staged --format json ARGS`; fails when standard output holds no JSON, and when the hook of the same commit, which may be cleared at
 * first sight, would end in another way.
 */
export async function stagedJson(
  cwd: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Scanned> {
  const ran = await glaive(['staged', '--format', 'json', ...args], { cwd, ...options });
  if (args.length === 0) await expectSameHook(ran.code, cwd, options);
  return { ...ran, report: parseReport(ran) };
}

async function expectSameHook(code: Ran['code'], cwd: string, options: RunOptions): Promise<void> {
  const hook = await glaive(['staged'], { cwd, ...options });
  expect(hook.code, hook.stderr).toBe(code);
  if (code !== 0) expect(`${hook.stdout}${hook.stderr}`).not.toBe('');
}

/** `glaive diff --format json ARGS`; fails when standard output holds no JSON. */
export async function diffJson(cwd: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Scanned> {
  const ran = await glaive(['diff', '--format', 'json', ...args], { cwd, ...options });
  return { ...ran, report: parseReport(ran) };
}

/** `glaive history --format json ARGS`; fails when standard output holds no JSON. */
export async function historyJson(
  cwd: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Scanned> {
  const ran = await glaive(['history', '--format', 'json', ...args], { cwd, ...options });
  return { ...ran, report: parseReport(ran) };
}

/** The places of the active findings, as `URI:LINE:COLUMN`, sorted. */
export function positionsOf({ findings }: ScanReport): string[] {
  return findings
    .filter(({ suppressions = [] }) => suppressions.length === 0)
    .flatMap(({ artifact, regions }) =>
      regions.map(({ startLine, startColumn }) => `${artifact.uri}:${startLine}:${startColumn}`),
    )
    .toSorted();
}

/** The report that a run printed. @throws with what it printed instead */
export function parseReport(ran: Ran): ScanReport {
  try {
    return JSON.parse(ran.stdout) as ScanReport;
  } catch {
    throw new Error(`no JSON on standard output (exit ${ran.code}): ${ran.stdout}${ran.stderr}`);
  }
}

/** The places of findings, sorted: the URI, and `(name)` behind it when the secret is in the name. */
export function placesOf({ findings }: ScanReport): string[] {
  return findings
    .map(({ artifact }) => (artifact.kind === 'file-name' ? `${artifact.uri} (name)` : artifact.uri))
    .toSorted();
}

/** For each token the URIs where it was found. */
export function placesByToken({ findings }: ScanReport, tokens: readonly string[]): string[][] {
  return tokens.map((token) =>
    findings
      .filter((finding) => finding.secretFingerprint === fingerprintOf(token))
      .map((finding) => finding.artifact.uri),
  );
}

/** `secretFingerprint` of a token, by its published definition. */
export function fingerprintOf(token: string): string {
  return createHash('sha256').update(`glaive/1\0${token}`).digest('hex');
}

/** A source of tokens that glaive is certain of; each is new. */
export function tokenMint(seed: number): () => string {
  const random = new Random(seed);
  return () => KINDS['pat legacy']!.make(random, '');
}
