/**
 * `sarif`: SARIF 2.1.0 (OASIS, errata 01) for GitHub code scanning, GitLab 18.11 and newer, and editors.
 *
 * `rank` and `security-severity` carry the severity (a level of `error` alone is only "high" in GitLab); the CWE
 * is written in both spellings, because GitLab identifies secret detection by one and GitHub reads the other.
 */

import type {
  Invocation,
  Log,
  Notification,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  Suppression as SarifSuppression,
} from 'sarif';
import { defined } from '../lib/defined.ts';
import { encodePath } from '../lib/path-bytes.ts';
import type { Artifact } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import { isComplete, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { SEVERITY_BY_RISK } from '../model/severity.ts';
import type { Suppression } from '../model/suppression.ts';
import { HOMEPAGE } from '../generated/package.ts';
import type { Render, RenderFiles } from './format.ts';
import { jsonText } from './json-text.ts';
import { sentenceOf } from './in-markdown.ts';
import { cut } from '../lib/cut.ts';
import { jobOf, linesOf, ruleLookup, usedRules } from './lookups.ts';
import { SEVERITY_SCALES } from './severity-scales.ts';
import { revocationText, findingText } from './messages.ts';

/** GitLab discards a result with a longer text. */
const TEXT_MAX = 1024;
const NAME_MAX = 255;
const ROOT = '%SRCROOT%';

/** GitHub shows at most this many places of a result. */
const PLACES_MAX = 100;

export const renderSarif: Render = (report) => toText(runsOf(report));

/**
 * The report as files within the limits of GitLab and GitHub: at most 10 MB and 20 runs, each with at most 5000 results. One file
 * is nearly always enough.
 */
export const sarifFiles: RenderFiles = (report) => {
  const files: Run[][] = [];
  let size = 0;
  for (const run of runsOf(report)) {
    const more = sizeOf(run);
    if (files.length === 0 || size + more > FILE_BYTES || files.at(-1)!.length === RUNS_MAX) {
      files.push([]);
      size = 0;
    }
    files.at(-1)!.push(run);
    size += more;
  }
  return files.map(toText);
};

function* toText(runs: Run[]): Iterable<string> {
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs,
  };
  yield `${jsonText(log, runs.length === 1 ? 2 : undefined)}\n`;
}

/** One run, or several within the limits. The fingerprint of a finding decides in which run it is. */
function runsOf(report: Report): Run[] {
  const rules = usedRules(report);
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]));
  const ruleOf = ruleLookup(report);
  const isCompared = comparesWithBefore(report);
  const shared = {
    ...provenanceOf(report),
    ...(report.comparedWith === undefined ? {} : { properties: { comparedWith: report.comparedWith } }),
    columnKind: 'utf16CodeUnits' as const,
    originalUriBaseIds: {
      [ROOT]: { description: { text: 'The root of the repository, or the folder scanned from.' } },
    },
  };
  const descriptors = rules.map(toDescriptor);
  const invocation = toInvocation(report);
  const results = report.findings.map((finding) => ({
    key: Number.parseInt(finding.fingerprint.slice(0, 8), 16),
    result: {
      ...toResult(finding, ruleOf(finding), indexOf.get(finding.ruleId)!),
      ...(isCompared ? { baselineState: baselineStateOf(finding) } : {}),
    },
  }));
  return partsOf(results).map((part, index) => ({
    tool: {
      driver: {
        name: 'glaive',
        semanticVersion: report.tool.version,
        ...(HOMEPAGE === '' ? {} : { informationUri: HOMEPAGE }),
        rules: descriptors,
      },
    },
    ...shared,
    // GitHub uses it as the category of the run, which must be unique.
    automationDetails: { id: `glaive/${report.command}${index === 0 ? '' : `-${index + 1}`}/` },
    invocations: [invocation],
    results: part.map(({ result }) => result),
  }));
}

/** The limits of the readers; sizes with a margin, because the parts differ in size. */
const RESULTS_MAX = 5000;
const RUN_BYTES = 4_500_000;
const FILE_BYTES = 9_500_000;
const RUNS_MAX = 20;

interface Keyed {
  readonly key: number;
  readonly result: Result;
}

function partsOf(results: readonly Keyed[]): Keyed[][] {
  const sizes = new Map(results.map((each) => [each, sizeOf(each.result)]));
  const fits = (part: readonly Keyed[]): boolean =>
    part.length <= RESULTS_MAX && part.reduce((sum, each) => sum + sizes.get(each)!, 0) <= RUN_BYTES;
  for (let count = 1; ; count++) {
    const parts = Array.from({ length: count }, (): Keyed[] => []);
    for (const each of results) parts[each.key % count]!.push(each);
    if (count >= results.length || parts.every(fits)) return parts;
  }
}

function sizeOf(value: object): number {
  return Buffer.byteLength(jsonText(value));
}

/** Commands that scan a change know which findings are new. */
const OF_CHANGES: ReadonlySet<string> = new Set(['diff', 'staged', 'hook']);

function comparesWithBefore({ command, findings }: Report): boolean {
  return OF_CHANGES.has(command) || findings.some(isKnown);
}

function isKnown({ suppressions }: Finding): boolean {
  return suppressions.some(({ by }) => by === 'baseline' || by === 'moved');
}

function baselineStateOf(finding: Finding): 'new' | 'unchanged' {
  return isKnown(finding) ? 'unchanged' : 'new';
}

/** Plain text in SARIF may contain links, `[text](address)`: untrusted text must not. */
function messageOf(text: string): { text: string } {
  return { text: cut(withoutLinks(text), TEXT_MAX) };
}

function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

function toDescriptor(rule: Rule): ReportingDescriptor {
  const { level, score } = SEVERITY_SCALES[SEVERITY_BY_RISK[rule.risk]];
  return {
    id: rule.id,
    name: cut(rule.name, NAME_MAX),
    shortDescription: messageOf(rule.name),
    fullDescription: messageOf(`${rule.description} ${rule.impact}`),
    help: {
      text: withoutLinks(`What to do: ${revocationText(rule)}`),
      markdown: `**What to do**\n\n${rule.revoke.map((way) => `- ${sentenceOf(way)}`).join('\n')}`,
    },
    helpUri: rule.references[0]!, // the schema of rules requires one
    defaultConfiguration: { level },
    properties: {
      'security-severity': score,
      precision: 'very-high',
      tags: ['security', 'secrets', 'cwe-798', 'external/cwe/cwe-798'],
    },
  };
}

function toResult(finding: Finding, rule: Rule, ruleIndex: number): Result {
  const { level, rank } = SEVERITY_SCALES[finding.severity];
  const { tokenStatus } = finding;
  const [first, ...others] = toRegions(finding);
  const artifactLocation = toArtifactLocation(finding.artifact);
  const section = finding.regions[0].log?.section;
  const listed = others.slice(0, PLACES_MAX - 1);
  const toLocation = (region: Region) => ({
    physicalLocation: { artifactLocation, region },
    ...(section === undefined ? {} : { logicalLocations: [{ name: section, kind: 'section' }] }),
  });
  return {
    ruleId: rule.id,
    ruleIndex,
    level,
    rank,
    message: messageOf(`${findingText(finding, rule)} ${revocationText(rule)}`),
    locations: [toLocation(first!)],
    ...(listed.length === 0
      ? {}
      : { relatedLocations: listed.map((region, index) => ({ id: index + 1, ...toLocation(region) })) }),
    partialFingerprints: { 'glaive/v1': finding.fingerprint },
    ...(finding.suppressions.length === 0 ? {} : { suppressions: finding.suppressions.map(toSuppression) }),
    properties: {
      confidence: finding.confidence,
      tokenStatus: tokenStatus.state,
      tokenStatusReason: tokenStatus.state === 'active' ? undefined : tokenStatus.reason,
      verification: finding.verification,
      secretFingerprint: finding.secretFingerprint,
      places: listed.length < others.length ? others.length + 1 : undefined,
      introduction: finding.introduction,
      touched: finding.touched,
      removedLater: finding.removedLater,
      job: jobOf(finding),
    },
  };
}

/** GitLab and GitHub ignore suppressed results, unless the suppression was rejected. */
function toSuppression({ kind, justification, status, addedByChange }: Suppression): SarifSuppression {
  return { kind, justification, ...defined({ status, properties: addedByChange && { addedByChange } }) };
}

/** The scanned repository and commit. SARIF requires the address of the repository. */
function provenanceOf({ repository, commit }: Report): object {
  // The name of a folder is no address.
  if (repository?.includes('://') !== true) return {};
  return {
    versionControlProvenance: [
      {
        repositoryUri: repository,
        revisionId: commit,
        mappedTo: { uriBaseId: ROOT },
      },
    ],
  };
}

/** At least one. A position in a file's name is not in the file: such a result points at the first line. */
function toRegions(finding: Finding): Region[] {
  const { artifact, excerpt, regions } = finding;
  if (artifact.kind === 'file-name') return [linesOf(finding)];
  return regions.map(({ startLine, startColumn, endLine, endColumn, byteOffset, byteLength }, index) => ({
    startLine,
    startColumn,
    endLine,
    endColumn,
    byteOffset,
    byteLength,
    ...(excerpt !== undefined && index === 0 ? { snippet: { text: excerpt.text } } : {}),
  }));
}

/** Relative to the root if possible; percent-encoded as a URI. */
function toArtifactLocation({ uri, path }: Artifact): { uri: string; uriBaseId?: string } {
  const encoded = encodeUriPath(Buffer.from(encodePath(path ?? uri)));
  // A server of Windows is the host of the address.
  if (uri.startsWith('//')) return { uri: `file:${encoded}` };
  if (uri.startsWith('/')) return { uri: `file://${encoded}` };
  if (/^[A-Za-z]:\//.test(uri)) return { uri: `file:///${encoded.replace('%3A', ':')}` };
  return { uri: encoded, uriBaseId: ROOT };
}

/** RFC 3986: everything but unreserved characters and slashes as `%XX`. */
function encodeUriPath(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._~/-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function toInvocation(report: Report): Invocation {
  return {
    executionSuccessful: isComplete(report),
    startTimeUtc: report.startTime.toISOString(),
    endTimeUtc: report.endTime.toISOString(),
    toolExecutionNotifications: [
      ...report.gaps.map(({ kind, uri, message, hint }): Notification => {
        const text = [uri === undefined ? message : `${uri}: ${message}`, hint].filter(Boolean).join(' ');
        return { level: 'error', descriptor: { id: kind }, message: messageOf(text) };
      }),
      ...report.notes.map((note): Notification => ({ level: 'note', message: messageOf(note) })),
    ],
  };
}
