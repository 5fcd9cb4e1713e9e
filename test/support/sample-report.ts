/**
 * Reports for the tests of the formats, made by the real main path from inputs in memory: empty, small, large, partial
 * and hostile ones. Each knows its secrets, so that a test can look for them in what a format writes.
 */

import { decodePath } from '../../src/lib/path-bytes.ts';
import type { ArtifactKind } from '../../src/model/artifact-kind.ts';
import type { Input } from '../../src/model/artifact.ts';
import type { Finding } from '../../src/model/finding.ts';
import { type Gap, type GapKind, Skipped, SKIP_REASONS, ReadError } from '../../src/model/gap.ts';
import type { Report } from '../../src/model/report.ts';
import { SEVERITIES } from '../../src/model/severity.ts';
import type { Suppression } from '../../src/model/suppression.ts';
import type { TokenStatus } from '../../src/model/token-status.ts';
import type { Verification } from '../../src/model/verification.ts';
import { jsonWebToken, KINDS, mint, place, Random } from './mint.ts';
import { failing, file, scanned } from './sample-scan.ts';

export interface Sample {
  readonly report: Report;
  /** What no output may show: each secret without the public prefix that is shown in its place. */
  readonly secrets: readonly string[];
}

/** Every kind of gap there is; the type keeps the list whole. */
export const GAP_KINDS: Readonly<Record<GapKind, true>> = {
  missing: true,
  unreadable: true,
  'special-file': true,
  listing: true,
  git: true,
  'time-limit': true,
  interrupted: true,
  'too-many-findings': true,
  history: true,
  truncated: true,
  unverified: true,
  skipped: true,
};

const COMMIT = '1f'.repeat(20);
/** What a preview may show of a token: an instance's prefix and GitLab's own. */
const PUBLIC = /^(?:[A-Za-z0-9_]{1,20}-)?(?:gl[a-z]{2,5}-(?:t[123]_)?|gliam[art][ct]-|glet_|GR1348941|whsec_)/;

const secretPart = (token: string): string => token.replace(PUBLIC, '');

/** No findings, and everything was scanned. */
export async function emptyReport(): Promise<Sample> {
  return { report: await scanned({ inputs: [file('README.md', '# Nothing here\n')] }), secrets: [] };
}

/** `count` findings of every kind in turn, a dozen a file, in a repository. */
export async function reportWith(count: number, seed = 20261120): Promise<Sample> {
  const random = new Random(seed);
  const kinds = Object.keys(KINDS);
  const texts = Array.from({ length: count }, (_, index) => place(kinds[index % kinds.length]!, random));
  const inputs: Input[] = [];
  for (let at = 0; at < count; at += 12) {
    const content = texts.slice(at, at + 12).map(({ text }, index) => `# ${index} é😀\n${text}\n`);
    inputs.push(file(`src/part-${at}/settings.yml`, content.join('')));
  }
  const report = await scanned({ inputs, commit: COMMIT });
  if (report.findings.length !== count) throw new Error(`${report.findings.length} findings instead of ${count}`);
  return { report, secrets: texts.map(({ token }) => secretPart(token)) };
}

/** Every kind of gap, every reason to skip, and gaps whose messages hold a token. */
export async function reportWithGaps(strict = false): Promise<Sample> {
  const random = new Random(7);
  const [found, named, missing] = ['pat legacy', 'deploy', 'trigger'].map((kind) => mint(kind, random));
  const gaps = Object.keys(GAP_KINDS).map((kind, index): Gap => ({
    kind: kind as GapKind, // its keys are kinds
    ...(index % 3 === 0 ? {} : { uri: `folder ${index}/\u001b[2Jfile\n${index}` }),
    message: `cannot be scanned: reason ${index}`,
    ...(index % 2 === 0 ? {} : { hint: 'Do something about it.' }),
  }));
  const odd: Gap[] = [
    { kind: 'missing', uri: `backup of ${named}.env`, message: `no such file: ${missing}` },
    { kind: 'missing', uri: `x${'😀'.repeat(700)}`, message: 'its name is longer than a SARIF text may be' },
  ];
  const inputs = [
    file('a.env', `A=${found}\n`),
    failing('locked.env', new ReadError({ kind: 'unreadable', uri: 'locked.env', message: 'permission denied' })),
    failing('pipe', new Skipped('special')),
  ];
  const skips = Object.fromEntries(Object.keys(SKIP_REASONS).map((reason, index) => [reason, index + 1]));
  const report = await scanned({ inputs, gaps: [...gaps, ...odd], skips, strict });
  return { report, secrets: [found!, named!, missing!].map(secretPart) };
}

/** Names of files that are more than names. `path` is as {@link decodePath} makes it. */
export const HOSTILE_NAMES: readonly string[] = [
  'new\nline.env',
  'tab\there.env',
  'tab here.env',
  `quotes"'\`.env`,
  '<script>alert(1)</script>&amp;.env',
  '\u001b[31mred\u001b[0m\u0007.env',
  '\u009b31mC1\u0085.env',
  'gnp.\u202evne\u2066.env',
  '\ufeffmark\u200b\u2028\u2029\u{e0041}.env',
  decodePath(Buffer.from('caf\xe9 \xff\xfe.env', 'latin1')),
  '100%25 sure%.env',
  'a#b?c=d&e.env',
  'https:x.env',
  'back\\slash.env',
  '..dots/...env',
  '-rf',
  '{0} [text](1) {1}.env',
  '=1+1|@mention /assign.env',
  'größe-😀.env',
  '/srv/outside of it/absolute.env',
];

/** Findings in files with {@link HOSTILE_NAMES}, tokens in names, and lines that no terminal should see. */
export async function hostileReport(): Promise<Sample> {
  const random = new Random(13);
  const secrets: string[] = [];
  const secret = (kind = 'pat legacy'): string => {
    const token = mint(kind, random);
    secrets.push(secretPart(token));
    return token;
  };
  const other = random.hex(24);
  secrets.push(other);
  const shared = secret();
  const inputs = [
    ...HOSTILE_NAMES.map((name) =>
      file(name, `\u001b[1mA\u009b0m="${secret()}" <script>'\u202e\`\r\nB=${secret('deploy')} https://u:${other}@h/\n`),
    ),
    file(`notes on ${secret()}.txt`, 'nothing\n'),
    file(`first line\nsecond ${secret('trigger')}/sub folder/x.txt`, `C=${secret()}\n`),
    // Names that read the same once redacted, and a token in a file and in its name.
    file(`same ${secret()}.env`, `D=${shared}\n`),
    file(`same ${secret()}.env`, `D=${shared}\n`),
    file(`own ${shared}`, `\n\nE=${shared}\n`),
  ];
  return { report: await scanned({ inputs, gaps: [{ kind: 'missing', uri: '\u009b2Jx', message: 'gone' }] }), secrets };
}

/** One token in nine places of a file, another in two of them, and a token twice in one name. */
export async function reportWithPlaces(count = 9): Promise<Sample> {
  const random = new Random(17);
  const [often, twice, named] = ['pat routable v1', 'feed', 'agent'].map((kind) => mint(kind, random));
  const lines = Array.from(
    { length: count },
    (_, index) => `${' '.repeat(index)}x: ${often}${index % 6 ? '' : ` ${twice}`}\n`,
  );
  const inputs = [file('deploy/values.yml', lines.join('')), file(`${named}/copy of ${named}`, '')];
  return { report: await scanned({ inputs }), secrets: [often!, twice!, named!].map(secretPart) };
}

/** One job token (a JWT) that has expired. */
export async function expiredReport(): Promise<Sample> {
  const random = new Random(19);
  const expiry = Date.parse('2026-01-01T00:00:00Z') / 1000;
  const claims = { iss: 'gitlab.example.com', sub: 'gid://gitlab/Ci::Build/4711', exp: expiry, c: '3', o: '1', g: 'a' };
  const token = `glcbt-${jsonWebToken(random, { ...claims, p: '2s', u: '16' })}`;
  return { report: await scanned({ inputs: [file('job.log', `$ echo ${token}\n`)] }), secrets: [secretPart(token)] };
}

/** One token, in the name of an empty file. */
export async function fileNameReport(): Promise<Sample> {
  const token = mint('deploy', new Random(23));
  return { report: await scanned({ inputs: [file(`keys/${token}.txt`, '')] }), secrets: [secretPart(token)] };
}

/** Every token status and every severity, as verification gives them. */
export async function verifiedReport(): Promise<Sample> {
  const { report, secrets } = await reportWith(10, 29);
  const statuses: readonly TokenStatus[] = [
    { state: 'active' },
    { state: 'inactive', reason: 'revoked' },
    { state: 'inactive', reason: 'blocked' },
    { state: 'inactive', reason: 'expired' },
    { state: 'unknown', reason: 'not known at gitlab.example.com' },
  ];
  const details: readonly Partial<Verification>[] = [
    {
      host: 'gitlab.example.com',
      id: '12',
      project: '42',
      name: '<b>deploy</b> | @all\n=1+1',
      scopes: ['api', 'read_user'],
      owner: { kind: 'human', name: 'jane', id: '7', isAdmin: true },
      createdAt: '2026-05-01T00:00:00.000Z',
      expiresAt: 'never',
      lastUsedAt: '2026-11-01T10:00:00.000Z',
      lastUsedIps: ['192.0.2.7', '2001:db8::1'],
      reach: { groups: 1, projects: 100, isAtLeast: true },
    },
    { host: 'gitlab.example.com', owner: { kind: 'runner' } },
  ];
  const findings = report.findings.map((finding, index): Finding => ({
    ...finding,
    severity: SEVERITIES[index % SEVERITIES.length]!,
    tokenStatus: statuses[index % statuses.length]!,
    verification: { checkedAt: '2026-11-20T08:00:00.000Z', notes: ['Asked.'], ...details[index % 3] },
  }));
  return { report: { ...report, findings }, secrets };
}

/** Findings that were accepted in every possible way, and notes. */
export async function suppressedReport(): Promise<Sample> {
  const { report, secrets } = await reportWith(6, 31);
  const ways: readonly (readonly Suppression[])[] = [
    [{ kind: 'inSource', by: 'inline', justification: '' }],
    [{ kind: 'external', by: 'allow', justification: 'a fixture' }],
    [
      { kind: 'external', by: 'baseline', justification: 'known \u001b[31m since 2025' },
      { kind: 'external', by: 'moved', justification: 'not new' },
    ],
    [],
  ];
  const findings = report.findings.map((finding, index): Finding => ({ ...finding, suppressions: ways[index] ?? [] }));
  const counts = { ...report.counts, suppressed: 3 };
  return { report: { ...report, findings, counts, notes: ['1 baseline entry matches nothing any more: x'] }, secrets };
}

/** A change that accepts its own findings without effect; and findings that a baseline accepts, in a scan of a change. */
export async function changeReport(): Promise<Sample> {
  const { report, secrets } = await reportWith(4, 37);
  const rejected = { addedByChange: true, status: 'rejected' } as const;
  const ways: readonly (readonly Suppression[])[] = [
    [{ kind: 'inSource', by: 'inline', justification: 'a fixture', ...rejected }],
    [{ kind: 'external', by: 'baseline', justification: 'known', addedByChange: true }],
    [{ kind: 'external', by: 'baseline', justification: 'known' }],
    [],
  ];
  const findings = report.findings.map((finding, index): Finding => ({ ...finding, suppressions: ways[index] ?? [] }));
  const counts = { ...report.counts, suppressed: 2 };
  return {
    report: { ...report, command: 'diff', findings, counts, notes: ['this change itself accepts 2 findings'] },
    secrets,
  };
}

/** Findings of a scan of the history, in every kind of place that is not a file, as git reports them. */
export async function historyReport(): Promise<Sample> {
  const { report, secrets } = await reportWith(8, 41);
  const commit = '2e'.repeat(20);
  const places: readonly (readonly [kind: ArtifactKind, uri: string])[] = [
    ['file', 'deploy/old.yml'],
    ['commit-message', `commit/${commit}/message`],
    ['commit-header', `commit/${commit}/header`],
    ['tag-message', 'tag/v1.0/message'],
    ['ref-name', 'ref/heads/[MASKED]'],
    ['object', `object/${'3d'.repeat(20)}`],
    ['tree', 'gone/[MASKED].env'],
    ['file', `note/${commit}`],
  ];
  const introduction = { commit, uri: 'old/name.yml', startLine: 3 };
  const histories: readonly Partial<Finding>[] = [
    {
      introduction: {
        ...introduction,
        author: '=Jane <script>alert(1)</script> <jane@example.com>',
        date: '2026-01-31T10:00:00+02:00',
        introductions: 3,
      },
      history: {
        reachable: true,
        refs: ['refs/heads/main', 'refs/tags/v1'],
        refCount: 7,
        inHead: false,
        removed: { commit: '4c'.repeat(20), date: '2026-02-01T10:00:00Z' },
      },
    },
    {
      introduction: { ...introduction, atOrBefore: true },
      history: { reachable: true, refs: ['HEAD'], refCount: 1, inHead: true },
    },
    { history: { reachable: false, refs: [], refCount: 0, inHead: false } },
    { introduction, removedLater: true },
  ];
  const findings = report.findings.map((finding, index): Finding => {
    const [kind, uri] = places[index]!;
    return {
      ...finding,
      ...histories[index % histories.length]!,
      artifact: { kind, uri, blob: '3d'.repeat(20), commit },
    };
  });
  return { report: { ...report, command: 'history', findings }, secrets };
}

/** Findings in what CI jobs have printed and kept. */
export async function logsReport(): Promise<Sample> {
  const { report, secrets } = await reportWith(3, 43);
  const job = {
    server: 'https://gitlab.example.com',
    project: 'group/project',
    pipeline: '77',
    id: '4711',
    name: 'deploy @all | <b>',
    ref: 'main',
    url: 'https://gitlab.example.com/group/project/-/jobs/4711',
  };
  const findings = report.findings.map((finding, index): Finding => ({
    ...finding,
    artifact:
      index === 2
        ? { kind: 'job-artifacts', uri: 'job-artifacts/group/project/4711/dist.zip/a.env', entries: ['a.env'], job }
        : { kind: 'job-log', uri: 'job-log/group/project/4711', job },
    regions: [{ ...finding.regions[0], log: { section: 'step_script', time: '2026-08-22T00:00:02.000001Z' } }],
    locator: { ...finding.locator, kind: 'job-log', job: { server: job.server, project: job.project, id: job.id } },
  }));
  const counts = { ...report.counts, masked: 12 };
  return { report: { ...report, command: 'logs', findings, counts }, secrets };
}

/** Every sample, by name. */
export const SAMPLES: Readonly<Record<string, () => Promise<Sample>>> = {
  empty: emptyReport,
  one: () => reportWith(1),
  many: () => reportWith(250),
  gaps: reportWithGaps,
  'gaps, strict': () => reportWithGaps(true),
  hostile: hostileReport,
  places: reportWithPlaces,
  expired: expiredReport,
  'file name': fileNameReport,
  verified: verifiedReport,
  suppressed: suppressedReport,
  change: changeReport,
  history: historyReport,
  logs: logsReport,
};
