/** The reports of a command: which formats, to which files; and writing them. */

import { statSync } from 'node:fs';
import { extname, join, parse, resolve } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { printable } from '../lib/printable.ts';
import { createTextRedactor } from '../scan/redact-text.ts';
import type { WriteOptions } from '../lib/output-file.ts';
import { suggest } from '../lib/suggest.ts';
import { isNullDevice } from '../lib/windows-names.ts';
import { widthOf } from '../lib/wrap.ts';
import { showWord } from '../lib/show-word.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import type { Filter } from '../report/filter.ts';
import type { RenderOptions } from '../report/format.ts';
import { type Format, formatOfFile, type FormatName, FORMATS } from '../report/index.ts';
import type { ParsedArgs } from './args/parse.ts';
import { usage } from './args/parse.ts';

export interface Destination {
  readonly format: FormatName;
  /** Absent: standard output. */
  readonly file?: string;
  /** The file has an ending that no format has: the user may not expect text in it. */
  readonly hasOddEnding?: true;
}

/**
 * Reads `--format` and `--output`. A bare `--output FILE` takes the place of standard output; `FORMAT=FILE` comes in
 * addition. Without `--format` the ending of FILE gives the format, as users of other tools expect: text in `a.sarif` would
 * break whatever reads it, far from here. A name that no format claims gets text, as it always did: it may be a device, or
 * `report.2026-01`. A note says so if it has an ending.
 */
export function readDestinations(args: ParsedArgs, cwd: string): Destination[] {
  let mainFile: string | undefined;
  const additional: Destination[] = [];
  for (const value of args.values('output')) {
    const [, format, file] = /^([a-z]+)=(.*)$/s.exec(value) ?? [];
    if (format !== undefined) {
      if (!isFormat(format)) throw unknownFormat(args, format);
      if (file === '' || file === undefined) throw usage(args.command, `--output ${format}= names no file`);
      if (file === '-') throw standardOutput(args);
      additional.push({ format, file });
    } else if (value === '-') throw standardOutput(args);
    else if (mainFile === undefined) mainFile = value;
    else {
      throw usage(args.command, '--output FILE is given twice', 'For a second report say which: --output FORMAT=FILE.');
    }
  }
  if (mainFile === '') throw usage(args.command, '--output names no file');
  const destinations: Destination[] = [mainDestination(mainFile, args.value('format')), ...additional];
  const seen = new Set<string>();
  for (const { file } of destinations) {
    if (file === undefined) continue;
    const path = resolve(cwd, file);
    if (seen.has(path)) throw usage(args.command, `--output names the file ${file} twice`);
    seen.add(path);
  }
  for (const { format, file } of destinations) {
    const { loadSummary }: Format = FORMATS[format];
    if (file === undefined || loadSummary === undefined) continue;
    const summary = summaryName(file);
    if (seen.has(resolve(cwd, summary)))
      throw usage(args.command, `--output: ${summary} is where the summary of ${file} goes`, 'Give it another name.');
  }
  if (args.has('raw-secrets') && !destinations.some(({ format, file }) => format === 'gitlab' && file !== undefined))
    throw usage(
      args.command,
      '--raw-secrets is for the report of GitLab, in a file',
      'Name it: --output gitlab=gl-secret-detection-report.json',
    );
  return destinations;
}

function mainDestination(file: string | undefined, asked: FormatName | undefined): Destination {
  if (file === undefined) return { format: asked ?? 'text' };
  const format = asked ?? formatOfFile(file);
  if (format !== undefined) return { format, file };
  return { format: 'text', file, ...(extname(file) === '' ? {} : { hasOddEnding: true }) };
}

function standardOutput(args: ParsedArgs): GlaiveError {
  return usage(args.command, '--output names a file; standard output needs no flag', 'Its format: --format FORMAT.');
}

function unknownFormat(args: ParsedArgs, format: string): GlaiveError {
  const near = suggest(format, Object.keys(FORMATS));
  return usage(
    args.command,
    `--output: there is no format ${showWord(format)}${near === undefined ? '' : `; did you mean ${near}?`}`,
    'For a file of that name write ./ before it.',
  );
}

function isFormat(word: string): word is FormatName {
  return Object.hasOwn(FORMATS, word);
}

/** Formats that say of which project a finding is in the text of its place. */
const FOR_PEOPLE: ReadonlySet<FormatName> = new Set(['text', 'markdown', 'html', 'csv', 'junit']);

/**
 * Renders and writes every report. A file is written as a whole or not at all.
 *
 * @param silent whether text for people may be empty
 * @throws GlaiveError (`output`) after the others are written
 */
export async function writeReports(
  whole: Report,
  destinations: readonly Destination[],
  args: ParsedArgs,
  io: Io,
  silent = false,
): Promise<void> {
  const failures: GlaiveError[] = [];
  const named = whole.findings.some(({ project }) => project !== undefined)
    ? (await import('../report/by-project.ts')).namedByProject(whole)
    : whole;
  for (const { format, file, hasOddEnding } of destinations) {
    const report = FOR_PEOPLE.has(format) ? named : whole;
    if (silent && file === undefined && format === 'text' && !args.has('show-suppressed')) continue;
    // A silent run loads nothing here: a commit hook must start fast.
    const [render, { wantsColor }] = await Promise.all([FORMATS[format].load(), import('../lib/color.ts')]);
    const isText = file === undefined && format === 'text';
    const plain: RenderOptions = {
      color: file === undefined && wantsColor(io.env, io.stdout.isTTY, args.has('no-color')),
      quiet: args.has('quiet') || silent,
      showSuppressed: args.has('show-suppressed'),
      rawSecrets: file !== undefined && args.has('raw-secrets'),
      gitlabUrl: io.env['CI_SERVER_URL'],
      details: args.has('details'),
      isScreen: isText,
      hasPage: destinations.some((other) => other.format === 'html'),
      ...(isText && io.stdout.isTTY ? { columns: widthOf(io.stdout) } : {}),
      ...sortOf(args),
    };
    // Another destination may have it already.
    const options = isText && destinations.length === 1 ? await withWholeReport(whole, plain, io) : plain;
    if (file === undefined) for (const piece of render(report, options)) await io.stdout.write(piece);
    else {
      const { loadFiles, loadSummary }: Format = FORMATS[format];
      const parts = loadFiles === undefined ? [render(report, options)] : [...(await loadFiles())(report)];
      const names = parts.map((_, index) => partName(file, index));
      if (loadSummary !== undefined && isRegular(resolve(io.cwd, file))) {
        names.push(summaryName(file));
        parts.push((await loadSummary())(report, options));
      }
      for (const [index, name] of names.entries()) {
        const failure = await writeReport(resolve(io.cwd, name), name, parts[index]!, {
          signal: io.signal,
          ...(options.rawSecrets ? { mode: OWN } : {}),
        });
        if (failure !== undefined) failures.push(failure);
      }
      // The ending is not repeated: that of a token would be a part of it.
      if (hasOddEnding === true && !args.has('quiet'))
        await io.stderr.write(
          `glaive: note: ${printable(createTextRedactor()(file))}: its ending is that of no format, so it is text; another format: --output FORMAT=FILE\n`,
        );
      if (names.length > 1 && loadSummary === undefined)
        await io.stderr.write(
          `glaive: note: one file would exceed the size limit of its format, so the report is in ${names.length} files: ${printable(createTextRedactor()(names.join(', ')))}\n`,
        );
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  const { hint } = first;
  throw new GlaiveError('output', failures.map(({ message }) => message).join('; '), {
    ...(hint === undefined ? {} : { hint }),
    cause: first.cause,
  });
}

/** `a.sarif`, `a-2.sarif`, ... */
function partName(file: string, index: number): string {
  if (index === 0) return file;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-${index + 1}${ext}`);
}

/** With the file that holds the rest, if a screen cannot. */
async function withWholeReport(report: Report, options: RenderOptions, io: Io): Promise<RenderOptions> {
  const { isCut } = await import('../report/text.ts');
  if (!isCut(report, options)) return options;
  const { keepReport } = await import('./kept-report.ts');
  const wholeReport = await keepReport(report, options, io);
  return wholeReport === undefined ? options : { ...options, wholeReport };
}

/** What the flags leave out of a report. */
export function filterOf(args: ParsedArgs): Filter {
  return { minSeverity: args.value('min-severity'), inHead: args.has('in-head') };
}

function sortOf(args: ParsedArgs): Pick<RenderOptions, 'sort'> {
  const sort = args.value('sort');
  return sort === undefined ? {} : { sort };
}

/** Whether it is an ordinary file, or will be one: `/dev/stdout` is no place for a second file. */
function isRegular(path: string): boolean {
  return !isNullDevice(path) && statSync(path, { throwIfNoEntry: false })?.isFile() !== false;
}

/** `a-summary.csv`. */
function summaryName(file: string): string {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}-summary${ext}`);
}

/** No other user can read a report with secrets. */
const OWN = 0o600;

async function writeReport(
  path: string,
  name: string,
  pieces: Iterable<string>,
  options: WriteOptions,
): Promise<GlaiveError | undefined> {
  try {
    const { writeWhole } = await import('../lib/output-file.ts');
    await writeWhole(path, pieces, options);
    return undefined;
  } catch (error) {
    return new GlaiveError('output', `cannot write the report to ${name}: ${fsErrorMessage(error)}`, {
      hint: 'An existing file is unchanged. Name a file that can be written.',
      cause: error,
    });
  }
}
