/** The report formats: one file each, and one line here. */

import type { Render, RenderFiles } from './format.ts';

/** One format; its code is loaded on demand. */
export interface Format {
  /** Its purpose, one line. */
  readonly summary: string;
  /** How names of its files end, in lower case. Of several that fit a name, the longest decides. */
  readonly endings: readonly string[];
  readonly load: () => Promise<Render>;
  /** For a format whose readers limit the size of a file. */
  readonly loadFiles?: () => Promise<RenderFiles>;
  /** For a format that cannot hold a summary: `NAME-summary.EXT` gets it. */
  readonly loadSummary?: () => Promise<Render>;
}

export const FORMATS = {
  text: {
    summary: 'for people: what to do first, then each secret once',
    endings: ['.txt', '.log'],
    load: async () => (await import('./text.ts')).renderText,
  },
  json: {
    summary: 'everything, for other programs',
    endings: ['.json'],
    load: async () => (await import('./json.ts')).renderJson,
  },
  jsonl: {
    summary: 'the same, one JSON value a line',
    endings: ['.jsonl', '.ndjson'],
    load: async () => (await import('./jsonl.ts')).renderJsonl,
  },
  sarif: {
    summary: 'SARIF 2.1.0: GitHub code scanning, GitLab 18.11 and newer, editors',
    endings: ['.sarif', '.sarif.json'],
    load: async () => (await import('./sarif.ts')).renderSarif,
    loadFiles: async () => (await import('./sarif.ts')).sarifFiles,
  },
  gitlab: {
    summary: 'GitLab secret detection report: merge request widget on Ultimate',
    endings: ['gl-secret-detection-report.json'],
    load: async () => (await import('./gitlab.ts')).renderGitlab,
  },
  codequality: {
    summary: 'GitLab Code Quality report: merge request widget on every tier',
    endings: ['gl-code-quality-report.json'],
    load: async () => (await import('./codequality.ts')).renderCodequality,
  },
  junit: {
    summary: 'JUnit: a failed test for each finding, in merge requests on every tier',
    endings: ['.xml'],
    load: async () => (await import('./junit.ts')).renderJunit,
  },
  csv: {
    summary: 'a line for each finding, for spreadsheets; a second file, NAME-summary.csv, has the totals',
    endings: ['.csv'],
    load: async () => (await import('./csv.ts')).renderCsv,
    loadSummary: async () => (await import('./csv.ts')).renderCsvSummary,
  },
  markdown: {
    summary: 'for notes in merge requests and job summaries',
    endings: ['.md', '.markdown'],
    load: async () => (await import('./markdown.ts')).renderMarkdown,
  },
  html: {
    summary: 'a page for people, in one file',
    endings: ['.html', '.htm'],
    load: async () => (await import('./html/index.ts')).renderHtml,
  },
} as const satisfies Record<string, Format>;

/** The values of `--format`. */
export type FormatName = keyof typeof FORMATS;

/** The format that the name of a file asks for by its ending; undefined if none does. */
export function formatOfFile(file: string): FormatName | undefined {
  const name = file.toLowerCase();
  const all = Object.entries(FORMATS) as [FormatName, Format][]; // the table's own keys
  const fits = all.flatMap(([format, { endings }]) =>
    endings.filter((ending) => name.endsWith(ending)).map((ending) => ({ format, length: ending.length })),
  );
  return fits.toSorted((a, b) => b.length - a.length)[0]?.format;
}
