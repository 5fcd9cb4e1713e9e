/** `glaive accept FINGERPRINT... [REPORT...] --reason TEXT` */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { showWord } from '../../lib/show-word.ts';
import { baselinePath, knownBaseline } from '../../config/baseline-file.ts';
import { findWorkTree } from '../../git/find-work-tree.ts';
import { gitLine } from '../../git/spawn.ts';
import type { Finding } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { BaselineEntry } from '../../model/suppression.ts';
import { commitMessageSource } from '../../sources/commit-message.ts';
import { filesSource } from '../../sources/files.ts';
import { stagedSource } from '../../staged/staged.ts';
import {
  type Acceptance,
  acceptanceOf,
  addEntries,
  entriesOf,
  hasExpired,
  listOf,
  outcomeOf,
} from './accept-findings.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { runScan, sayGaps } from '../run-scan.ts';
import type { Group } from './baseline-import.ts';

/** Fewer digits could match two secrets. */
const FINGERPRINT = /^[0-9a-f]{8,64}$/;
const WHOLE = 64;

/** Accepts single findings by their fingerprints; nothing else in the baseline changes. */
export async function acceptCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const wanted = args.positionals.filter((arg) => FINGERPRINT.test(arg));
  const files = args.positionals.filter((arg) => !FINGERPRINT.test(arg));
  const how = 'Like this: glaive accept 0a1b2c3d4e5f --reason "revoked in May". Every report lists fingerprints.';
  if (wanted.length === 0) throw usage('accept', 'it needs a FINGERPRINT, of 8 hex digits or more', how);
  const acceptance = acceptanceOf(args);
  if (acceptance.reason.trim() === '') throw usage('accept', 'it needs --reason: why is this finding no danger?', how);

  const base = findWorkTree(io.cwd) ?? io.cwd;
  const path = baselinePath(args.value('output') ?? args.value('baseline'), io.cwd, base);
  const known = await knownBaseline(args.value('baseline'), io.cwd, base);
  const { groups, gaps } = await candidates(wanted, files, args, io);
  const found = groups.flatMap(({ findings, from }) =>
    entriesOf(
      findings.filter((finding) => wanted.some((digits) => isOf(finding, digits))),
      [],
      acceptance,
      io.clock(),
      from,
    ),
  );
  const accepted = known.filter((entry) => !hasExpired(entry, io.clock()));
  const entries = wanted.map(
    (digits) =>
      accepted.find(({ secretFingerprint }) => secretFingerprint.startsWith(digits)) ??
      entryOf(digits, found, groups, acceptance),
  );
  await sayGaps({ gaps }, io);
  const { added, total } = await addEntries({ path, known }, entries, io.clock());
  if (!args.has('quiet')) {
    const list = listOf(
      added,
      groups.flatMap(({ findings }) => findings),
      () => 'Accepted:',
    );
    await io.stdout.write(added.length === 0 ? 'Accepted before; nothing was changed.\n' : list);
    if (added.length > 0) await io.stdout.write(outcomeOf(path, added.length, 0, total));
  }
  return EXIT.clean;
}

const isOf = ({ secretFingerprint, fingerprint }: Finding, digits: string): boolean =>
  secretFingerprint.startsWith(digits) || fingerprint.startsWith(digits);

/** The one secret that the digits name. @throws GlaiveError for none, and for several */
function entryOf(
  digits: string,
  found: readonly BaselineEntry[],
  groups: readonly Group[],
  acceptance: Acceptance,
): BaselineEntry {
  const secrets = new Set(
    groups.flatMap(({ findings }) =>
      findings.filter((finding) => isOf(finding, digits)).map(({ secretFingerprint }) => secretFingerprint),
    ),
  );
  if (secrets.size > 1)
    throw usage('accept', `${digits} begins the fingerprints of ${secrets.size} secrets`, 'Give more digits.');
  const entry = found.find(({ secretFingerprint }) => secrets.has(secretFingerprint));
  if (entry !== undefined) return entry;
  // A full fingerprint is sufficient; rule and path are only for people.
  if (digits.length === WHOLE)
    return { secretFingerprint: digits, ruleId: '-', path: '-', from: 'accept', ...acceptance };
  throw usage(
    'accept',
    `nothing was found with the fingerprint ${showWord(digits)}`,
    'Name the JSON report that lists it, or give all 64 digits of its secretFingerprint.',
  );
}

/** The findings that the digits may name: of the reports, else of the work tree, the index and the last commit message. */
async function candidates(
  wanted: readonly string[],
  files: readonly string[],
  args: ParsedArgs,
  io: Io,
): Promise<{ readonly groups: readonly Group[]; readonly gaps: readonly Gap[] }> {
  if (files.length > 0) return await (await import('./baseline-import.ts')).importFindings(files, args, io);
  if (wanted.every(({ length }) => length === WHOLE)) return { groups: [], gaps: [] };
  const message = await lastMessage(io);
  const { report } = await runScan(args, io, {
    sources: ({ base, root, signal, exclusions }) => {
      const options = { cwd: base, env: io.env, signal, ...exclusions };
      return [
        filesSource({ ...options, base, paths: ['.'] }),
        ...(root === undefined ? [] : [stagedSource(options)]),
        ...(message === undefined ? [] : [commitMessageSource(message)]),
      ];
    },
    volume: 'tree',
    isReread: true,
  });
  const isInFile = ({ artifact: { kind } }: Finding): boolean => kind === 'file';
  // Suppressions are dropped: a finding named by the user gets its entry, even if something else accepts it too.
  const findings = report.findings.map((finding) => ({ ...finding, suppressions: [] }));
  return {
    groups: [
      { findings: findings.filter(isInFile) },
      { findings: findings.filter((finding) => !isInFile(finding)), from: 'accept' },
    ],
    gaps: report.gaps,
  };
}

/** The file that holds the message of a commit that was stopped, or of the last one. */
async function lastMessage({ cwd, env, signal }: Io): Promise<string | undefined> {
  if (findWorkTree(cwd) === undefined) return undefined;
  const options = { cwd, env, signal };
  const path = resolve(cwd, await gitLine(['rev-parse', '--git-path', 'COMMIT_EDITMSG'], options));
  return existsSync(path) ? path : undefined;
}
