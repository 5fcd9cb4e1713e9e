/** `glaive baseline import FILE...`: what other tools were told to accept, for those who move over. */

import { adopt } from '../../adopt.ts';
import { parseGitleaksignore } from '../../config/gitleaksignore.ts';
import { createObjectReader } from '../../git/objects.ts';
import { plural } from '../../lib/amounts.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import type { Io } from '../../model/io.ts';
import { activeFindings } from '../../model/report.ts';
import { readReports } from '../../report/inputs/index.ts';
import { mergeReports } from '../../report/merge.ts';
import { blobAt } from '../../sources/git-object.ts';
import { type Reread, rereadSource } from '../../sources/reread.ts';
import { type Call, usage } from '../parse.ts';
import { readInput } from '../reported.ts';
import { loadRules, runScan } from '../scanning.ts';

export interface Imported {
  readonly findings: readonly Finding[];
  /** What could not be read. */
  readonly gaps: readonly Gap[];
}

/** The findings that some files name: reports of other tools, or lines of a `.gitleaksignore`. @throws GlaiveError */
export async function importFindings(names: readonly string[], call: Call, io: Io): Promise<Imported> {
  if (names.length === 0)
    throw usage(
      'baseline',
      'import needs a file',
      'A report or baseline of gitleaks, of trufflehog, SARIF, or .gitleaksignore.',
    );
  const parts: Imported[] = [];
  for (const name of names) {
    const text = await readInput(name, call, io);
    parts.push(
      /^\s*[[{]/.test(text) ? await fromReport(text, name, call, io) : await fromIgnored(text, name, call, io),
    );
  }
  return { findings: parts.flatMap(({ findings }) => findings), gaps: parts.flatMap(({ gaps }) => gaps) };
}

/** Only what is GitLab's, and only where the report holds the secret, or its fingerprint. */
async function fromReport(text: string, name: string, call: Call, io: Io): Promise<Imported> {
  const now = io.clock();
  const [first, ...others] = readReports(text, name, now);
  if (first === undefined) return { findings: [], gaps: [] };
  const ruleset = await loadRules(call, io);
  const ours = new Set(ruleset.rules.map(({ id }) => id));
  const all = activeFindings(await adopt(mergeReports([first, ...others]), ruleset, now));
  const findings = all.filter(({ ruleId }) => ours.has(ruleId));
  if (findings.length < all.length && !call.has('quiet'))
    await io.stderr.write(
      printable(
        `glaive: note: ${name}: ${plural(all.length - findings.length, 'finding')} not taken over: no credential of GitLab, or its secret does not stand in the report`,
      ) + '\n',
    );
  return { findings, gaps: [] };
}

/** Each place is looked at, and what stands there is known by its fingerprint from then on, wherever it moves. */
async function fromIgnored(text: string, name: string, call: Call, io: Io): Promise<Imported> {
  const { places, unread } = parseGitleaksignore(text);
  if (unread.length > 0)
    throw usage(
      'baseline',
      `${name}:${unread[0]}: that is no line of a .gitleaksignore`,
      'Each is [commit:]file:rule:line.',
    );
  const gaps: Gap[] = [];
  const targets: (Reread & { readonly line: number })[] = [];
  const { report } = await runScan(call, io, {
    sources: ({ base, signal }) => [
      {
        name: 'ignored',
        async *inputs(trouble) {
          const options = { cwd: base, env: io.env, signal };
          const objects = createObjectReader(options);
          for (const { commit, path, line } of places) {
            const blob =
              commit === undefined ? undefined : await blobAt(commit, path, objects, options).catch(() => undefined);
            if (commit !== undefined && blob === undefined) {
              gaps.push({
                kind: 'missing',
                uri: path,
                message: `it is not in commit ${commit.slice(0, 12)}, or that is not here`,
              });
              continue;
            }
            const artifact = { kind: 'file' as const, uri: path, path };
            targets.push({ artifact, locator: { path, ...(blob === undefined ? {} : { blob }) }, line });
          }
          objects.close();
          yield* rereadSource({ ...options, base, findings: targets, jobs: () => undefined }).inputs(trouble);
        },
      },
    ],
    everything: false,
    threads: false,
    silentWhenClean: false,
    namesHead: false,
    rereads: true,
  });
  const isAt = ({ artifact, regions }: Finding): boolean =>
    targets.some(
      ({ artifact: { uri }, line }) =>
        uri === artifact.uri && regions.some(({ startLine, endLine }) => startLine <= line && line <= endLine),
    );
  return { findings: report.findings.filter(isAt), gaps: [...gaps, ...report.gaps] };
}
