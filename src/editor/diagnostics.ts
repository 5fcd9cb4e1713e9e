/** What an editor shows of a text: a diagnostic for each place of a finding, and for everything that was not scanned. */

import type { Confidence } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { confidenceText, ownerText, statusText } from '../report/messages.ts';
import { shown } from '../report/shown.ts';
import { type Place, PLACES_MAX, type PlaceSpan, shownFinding } from './places.ts';
import { type Diagnostic, DiagnosticSeverity, type Range, type TextDocument } from './protocol.ts';

const SEVERITIES: Readonly<Record<Confidence, DiagnosticSeverity>> = {
  proven: DiagnosticSeverity.Error,
  certain: DiagnosticSeverity.Error,
  likely: DiagnosticSeverity.Warning,
  unlikely: DiagnosticSeverity.Information,
};

export function toDiagnostics(places: readonly Place[], report: Report, document: TextDocument): Diagnostic[] {
  return [
    ...places.map((place) => placeDiagnostic(place, document)),
    ...report.gaps.map(({ message }) => note(document, `Not scanned completely: ${shown(message)}.`)),
    ...(places.length < PLACES_MAX ? [] : [note(document, `Only the first ${PLACES_MAX} findings are shown.`)]),
  ];
}

/** The diagnostic of one place. */
export function placeDiagnostic({ finding, rule, span }: Place, document: TextDocument): Diagnostic {
  const [link] = rule.references;
  return {
    range: rangeOf(span, document),
    severity: SEVERITIES[finding.confidence],
    source: 'glaive',
    code: rule.id,
    ...(link === undefined || !/^https?:\/\/\S+$/.test(link) ? {} : { codeDescription: { href: link } }),
    message: messageOf(shownFinding(finding), shown(rule)),
  };
}

/** One sentence. Nothing has leaked yet while the text is only in the editor, so it does not say so. */
function messageOf(finding: Finding, rule: Rule): string {
  const { facts, artifact, confidence, tokenStatus } = finding;
  const owner = ownerText(facts);
  const where =
    artifact.entries !== undefined
      ? ', packed in this file'
      : artifact.kind === 'file-name'
        ? ", in the file's name"
        : '';
  const status = tokenStatus.state === 'unknown' ? '' : `, ${statusText(tokenStatus)}`;
  return `${rule.name}${owner && ` of ${owner}`}${where} (${confidence}: ${confidenceText(finding, rule)}${status}).`;
}

/** The range of a place; the first line for a place that is not in the text. */
export function rangeOf(span: PlaceSpan | undefined, document: TextDocument): Range {
  if (span === undefined) return firstLine(document);
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}

/** Information about the document as a whole. */
export function note(document: TextDocument, message: string): Diagnostic {
  return { range: firstLine(document), severity: DiagnosticSeverity.Information, source: 'glaive', message };
}

function firstLine(document: TextDocument): Range {
  // A client takes a character behind the end for the end of the line.
  const end = document.positionAt(document.offsetAt({ line: 0, character: Number.MAX_SAFE_INTEGER }));
  return { start: { line: 0, character: 0 }, end };
}
