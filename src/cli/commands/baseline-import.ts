/** Findings from files: reports of glaive, and reports and ignore files of other tools. */

import { reclassify } from '../../scan/reclassify.ts';
import { parseGitleaksignore } from '../../config/gitleaksignore.ts';
import { createObjectReader } from '../../git/objects.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import type { Io } from '../../model/io.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { readReports } from '../../report/readers/index.ts';
import { mergeReports } from '../../report/merge.ts';
import { blobAt } from '../../git/file-at.ts';
import { type Reread, rereadSource } from '../../scan/reread.ts';
import type { CommandName } from '../args/command-table.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { readInput } from '../read-report.ts';
import { runScan } from '../run-scan.ts';
import { loadRules } from '../scan-setup.ts';

/** The findings of one file. */
export interface Group {
  readonly findings: readonly Finding[];
  /** The command that found them; absent if a scan of the work tree can find them again. */
  readonly from?: string;
}

export interface Imported {
  readonly groups: readonly Group[];
  readonly gaps: readonly Gap[];
}

/** The findings that some files name: reports of other tools, or lines of a `.gitleaksignore`. @throws GlaiveError */
export async function importFindings(names: readonly string[], args: ParsedArgs, io: Io): Promise<Imported> {
  if (names.length === 0)
    throw usage(
      'baseline',
      'import needs a file',
      'A JSON report of glaive; a report or baseline of gitleaks, of trufflehog, SARIF, or .gitleaksignore.',
    );
  const parts: Imported[] = [];
  for (const name of names) {
    const text = await readInput(name, args, io);
    parts.push(
      /^\s*[[{]/.test(text) ? await fromReport(text, name, args, io) : await fromIgnored(text, name, args, io),
    );
  }
  return { groups: parts.flatMap(({ groups }) => groups), gaps: parts.flatMap(({ gaps }) => gaps) };
}

/** The findings of a report that glaive's rules would find again. */
async function fromReport(text: string, name: string, args: ParsedArgs, io: Io): Promise<Imported> {
  const read = await readOwnFindings(text, name, args, io);
  if (read === undefined) return { groups: [], gaps: [] };
  if (read.others > 0 && !args.has('quiet'))
    await io.stderr.write(
      printable(
        `glaive: note: ${name}: ${plural(read.others, 'finding')} not imported: not a GitLab credential, or the report does not hold its secret`,
      ) + '\n',
    );
  return { groups: [{ findings: activeFindings(read.report), ...originOf(read.report) }], gaps: [] };
}

/** A report of glaive or of another tool, with the findings of glaive's rules for which it holds the secret, or its fingerprint. */
export interface OwnFindings {
  readonly report: Report;
  /** Active findings that are left out. */
  readonly others: number;
}

/** @returns undefined for a file without a report @throws GlaiveError */
export async function readOwnFindings(
  text: string,
  name: string,
  args: ParsedArgs,
  io: Io,
): Promise<OwnFindings | undefined> {
  const now = io.clock();
  const [first, ...others] = readReports(text, name, now);
  if (first === undefined) return undefined;
  const ruleset = await loadRules(args, io);
  const ownRules = new Set(ruleset.rules.map(({ id }) => id));
  const report = await reclassify(mergeReports([first, ...others]), ruleset, now);
  const findings = report.findings.filter(({ ruleId }) => ownRules.has(ruleId));
  const own = { ...report, findings };
  return { report: own, others: activeFindings(report).length - activeFindings(own).length };
}

/** The command that found the findings of a report, unless a scan of the work tree can find them again. */
export function originOf({ command }: Pick<Report, 'command'>): Pick<Group, 'from'> {
  if (command === 'scan') return {};
  return { from: FOUND_BY.has(command) ? command : 'import' };
}

/** Commands whose findings need not be in a file of the work tree. */
const FOUND_BY: ReadonlySet<string> = new Set<CommandName>(['history', 'diff', 'logs', 'message', 'staged']);

/** Scans each place; from then on its secret is recognised by its fingerprint, wherever it moves. */
async function fromIgnored(text: string, name: string, args: ParsedArgs, io: Io): Promise<Imported> {
  const { places, unread } = parseGitleaksignore(text);
  if (unread.length > 0)
    throw usage(
      'baseline',
      `${name}:${unread[0]}: not a valid line of a .gitleaksignore`,
      'Expected: [commit:]file:rule:line.',
    );
  const gaps: Gap[] = [];
  const targets: (Reread & { readonly line: number })[] = [];
  const { report } = await runScan(args, io, {
    sources: ({ base, signal }) => [
      {
        name: 'ignored',
        async *inputs(diagnostics) {
          const options = { cwd: base, env: io.env, signal };
          const objects = createObjectReader(options);
          for (const { commit, path, line } of places) {
            const blob =
              commit === undefined ? undefined : await blobAt(commit, path, objects, options).catch(() => undefined);
            if (commit !== undefined && blob === undefined) {
              gaps.push({
                kind: 'missing',
                uri: path,
                message: `not found in commit ${commit.slice(0, 12)}, or the commit is not in this repository`,
              });
              continue;
            }
            const artifact = { kind: 'file' as const, uri: path, path };
            targets.push({ artifact, locator: { path, ...(blob === undefined ? {} : { blob }) }, line });
          }
          objects.close();
          yield* rereadSource({ ...options, base, findings: targets, jobs: () => undefined }).inputs(diagnostics);
        },
      },
    ],
    volume: 'commit',
    isReread: true,
  });
  const isAt = ({ artifact, regions }: Finding): boolean =>
    targets.some(
      ({ artifact: { uri }, line }) =>
        uri === artifact.uri && regions.some(({ startLine, endLine }) => startLine <= line && line <= endLine),
    );
  return { groups: [{ findings: report.findings.filter(isAt), from: 'import' }], gaps: [...gaps, ...report.gaps] };
}
