/**
 * What the widgets of a merge request would show, by GitLab's own rules of identity. They compare two sets: the report of the
 * target branch and that of the merge request.
 *
 * gitlabhq: lib/gitlab/ci/reports/codequality_reports_comparer.rb; lib/gitlab/ci/reports/security/{finding,identifier,
 * locations/secret_detection,locations/sarif}.rb; lib/gitlab/ci/parsers/{codequality/code_climate,security/common}.rb.
 */

import { createHash } from 'node:crypto';
import type { Log } from 'sarif';

/** Places of what one side has and the other has not, `PATH:LINE`, sorted. */
export interface Shown {
  readonly fresh: readonly string[];
  readonly fixed: readonly string[];
}

/** The place of every finding, by its identity. */
type Rows = ReadonlyMap<string, string>;

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

interface Degradation {
  readonly description?: unknown;
  readonly fingerprint?: unknown;
  readonly severity?: unknown;
  readonly location?: { readonly path: string; readonly lines: { readonly begin: number } };
}

/** One row a fingerprint; what comes after an entry that is not valid is lost. */
function codequality(text: string): Rows {
  const rows = new Map<string, string>();
  for (const { description, fingerprint, severity, location } of JSON.parse(text) as Degradation[]) {
    if (typeof description !== 'string' || typeof fingerprint !== 'string' || typeof severity !== 'string') break;
    if (location === undefined) break;
    if (!rows.has(fingerprint)) rows.set(fingerprint, `${location.path}:${location.lines.begin}`);
  }
  return rows;
}

interface Vulnerability {
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly location: { readonly file: string; readonly start_line: number; readonly end_line: number };
  readonly tracking?: {
    readonly items: readonly {
      readonly signatures: readonly { readonly algorithm: string; readonly value: string }[];
    }[];
  };
}

/** Least first. */
const ALGORITHMS = ['hash', 'location', 'scope_offset', 'scope_offset_compressed'];

/**
 * The first identifier, and the best signature.
 *
 * @param hasSignatures whether the instance may use them; without, it is the lines that count
 */
function secretDetection(text: string, hasSignatures = true): Rows {
  const { vulnerabilities } = JSON.parse(text) as { vulnerabilities: Vulnerability[] };
  return new Map(
    vulnerabilities.map(({ identifiers: [primary], location, tracking }) => {
      const { file, start_line: start, end_line: end } = location;
      const signatures = (tracking?.items ?? []).flatMap((item) => item.signatures);
      const best = ALGORITHMS.findLast((algorithm) => signatures.some((each) => each.algorithm === algorithm));
      const signed = signatures.filter(({ algorithm }) => algorithm === best).map(({ value }) => value);
      const place = hasSignatures && best !== undefined ? sha1(signed.join('|')) : sha1(`${file}:${start}:${end}`);
      return [`secret_detection-${sha1(`${primary!.type}:${primary!.value}`)}-${place}`, `${file}:${start}`];
    }),
  );
}

/** What GitLab takes for a secret. */
const SECRET_CWES = /^cwe[-:](?:798|259|321|522|312|319|256|257|540)$/i;

/** The rule, and the lines: fingerprints are nothing to it. Suppressed results, and those of other kinds, are none of it. */
function sarif(text: string): Rows {
  const rows = new Map<string, string>();
  for (const { tool, results = [] } of (JSON.parse(text) as Log).runs) {
    for (const { ruleId, ruleIndex, locations, suppressions = [] } of results) {
      const tags = tool.driver.rules![ruleIndex!]!.properties?.tags ?? [];
      if (!tags.some((tag) => SECRET_CWES.test(tag))) continue;
      if (suppressions.length > 0 && !suppressions.every(({ status = 'accepted' }) => status !== 'accepted')) continue;
      const { artifactLocation, region } = locations![0]!.physicalLocation!;
      const file = decodeURIComponent(artifactLocation!.uri!);
      const place = sha1(`${file}:${region!.startLine}:${region!.endLine ?? region!.startLine}`);
      rows.set(`secret_detection-${sha1(`sarif:${ruleId}`)}-${place}`, `${file}:${region!.startLine}`);
    }
  }
  return rows;
}

/** Each way in which a report is compared. */
export const WIDGETS = {
  codequality: { format: 'codequality', rows: codequality },
  'secret detection': { format: 'gitlab', rows: secretDetection },
  'secret detection without signatures': { format: 'gitlab', rows: (text: string) => secretDetection(text, false) },
  sarif: { format: 'sarif', rows: sarif },
} as const;

export type Widget = keyof typeof WIDGETS;

/** What the widget shows. @param base the report of the target branch @param head that of the merge request */
export function shownBy(widget: Widget, base: string, head: string): Shown {
  const { rows } = WIDGETS[widget];
  const [before, after] = [rows(base), rows(head)];
  const without = (one: Rows, other: Rows): string[] =>
    [...one].flatMap(([identity, place]) => (other.has(identity) ? [] : [place])).toSorted();
  return { fresh: without(after, before), fixed: without(before, after) };
}
