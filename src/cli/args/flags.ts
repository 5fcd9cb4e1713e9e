/**
 * The one table of flags. Parsing, help, completions and `docs/reference.md` are made from it, in its order. A new flag is one
 * row here: the commands that take it, the parser of its value, the flags that it needs, and those that exclude it.
 *
 * Why this file is long: it is one table.
 */

import { HOOK_NAMES } from '../../hooks/block.ts';
import { CONFIDENCES } from '../../model/confidence.ts';
import { SEVERITIES } from '../../model/severity.ts';
import { type FormatName, FORMATS } from '../../report/index.ts';
import { SORTS } from '../../report/format.ts';
import { ENGINES } from '../../vault/reference.ts';
import { type Command, COMMANDS, type CommandName } from './command-table.ts';
import * as values from './values.ts';

/** The headings under which help lists flags, in this order. */
export const GROUPS = {
  setup: 'Set-up',
  report: 'Report',
  filter: 'Filter',
  scan: 'Scan',
  policy: 'Policy',
  action: 'Action',
  network: 'Network and verification',
  other: 'Other',
} as const;

/** The same for every command, or by command. */
type Needs = readonly string[] | Partial<Readonly<Record<CommandName, readonly string[]>>>;

export interface Flag {
  readonly commands: readonly CommandName[];
  readonly group: keyof typeof GROUPS;
  /** Whether the short help of a command with many flags lists it. */
  readonly isUsual?: true;
  readonly short?: string;
  /** How help calls the value; absent for a switch. */
  readonly value?: string;
  readonly repeatable?: true;
  readonly choices?: readonly string[];
  /** Parses the value; without it the text is the value. */
  readonly parse?: values.Parser<unknown>;
  /** For commands that take fewer values, or where it means something else. */
  readonly variants?: Partial<
    Readonly<Record<CommandName, Partial<Pick<Flag, 'choices' | 'group' | 'isUsual' | 'parse' | 'text' | 'value'>>>>
  >;
  /** Flags one of which must be there too. */
  readonly needs?: Needs;
  /** Flags one of which a choice needs. */
  readonly choiceNeeds?: Readonly<Record<string, Needs>>;
  /** Flags that cannot be used together with it. */
  readonly conflicts?: readonly string[];
  readonly text: string;
}

const ALL = Object.keys(COMMANDS) as CommandName[]; // the table's own keys
/** Commands that scan and report. */
const SCANS = ALL.filter((name) => (COMMANDS[name] as Command).isScan);
/** Commands that ask the servers that issue credentials, without --verify. */
const ASKS = ['verify', 'revoke', 'rotate', 'triage'] as const;
/** Commands that read the configuration. */
const CONFIGURED = [
  ...SCANS,
  ...ASKS,
  'mask',
  'hook',
  'baseline',
  'accept',
  'explain',
  'lsp',
  'report',
  'fleet',
] as const;

const byCommand = (names: readonly CommandName[], flags: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, flags])) as Partial<Record<CommandName, readonly string[]>>;

/** How credentials are checked. */
const VERIFYING = {
  commands: [...SCANS, ...ASKS, 'explain'],
  needs: byCommand([...SCANS, 'explain'], ['verify']),
} as const;
/** How servers are reached. */
const NETWORK = {
  commands: [...SCANS, ...ASKS, 'explain', 'report', 'doctor', 'fleet'],
  needs: {
    ...byCommand(SCANS, ['verify']),
    logs: ['project', 'verify'],
    report: ['merge-request'],
    doctor: ['online'],
    upgrade: ['check'],
  },
} as const;
const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[]; // the table's own keys

export const FLAGS = {
  // What is set up.
  hooks: {
    group: 'setup',
    isUsual: true,
    commands: ['hook', 'init'],
    value: 'LIST',
    parse: values.listOf(HOOK_NAMES),
    text: 'The hooks to install, separated by commas: pre-commit, commit-msg, pre-push. Default: pre-commit,commit-msg',
  },
  manager: {
    group: 'setup',
    commands: ['hook'],
    value: 'NAME',
    choices: ['git', 'husky', 'lefthook', 'pre-commit'],
    text: 'The hook manager to install into. Default: the one that the repository uses, else git',
  },
  server: {
    group: 'setup',
    isUsual: true,
    commands: ['hook'],
    value: 'DIR',
    conflicts: ['hooks', 'manager'],
    text: 'Install pre-receive: into a bare repository, or into a custom_hooks folder of GitLab (Gitaly)',
  },
  ci: {
    group: 'setup',
    isUsual: true,
    commands: ['init'],
    value: 'NAME',
    choices: ['gitlab', 'github', 'none'],
    text: 'The CI system to write a job for. Default: the one that the repository has, else gitlab',
  },
  'single-file': {
    group: 'setup',
    commands: ['init'],
    value: 'FILE',
    text: 'Keep the file glaive.cjs of a release in the repository, for CI without access to any registry',
  },
  'fail-open': {
    group: 'setup',
    commands: ['hook'],
    text: 'pre-receive: accept a push that could not be scanned completely. Default: reject it',
  },
  'allow-skip': {
    group: 'setup',
    commands: ['hook'],
    needs: ['audit-log'],
    text: 'pre-receive: let git push -o glaive.skip="reason" through; needs --audit-log',
  },
  'inline-allow': {
    group: 'setup',
    commands: ['hook'],
    text: 'pre-receive: respect glaive:allow comments in what is pushed. Default: ignore them',
  },

  // Reports.
  format: {
    group: 'report',
    isUsual: true,
    commands: [...SCANS, 'verify', 'explain', 'report', 'rules', 'doctor', 'fleet'],
    value: 'FORMAT',
    choices: FORMAT_NAMES,
    variants: {
      doctor: { choices: ['text', 'json'], text: 'Format of the output; default text' },
      explain: { choices: ['text', 'json'], text: 'Format of the output; default text' },
      rules: { choices: ['text', 'json'], text: 'Format of the list; default text' },
      fleet: { choices: ['text', 'json'], text: '[status] Format of the output; default text' },
    },
    text: 'Format of the report. Default: that of the ending of --output FILE, else text',
  },
  output: {
    group: 'report',
    isUsual: true,
    commands: [...SCANS, 'verify', 'rotate', 'baseline', 'accept', 'report', 'vault', 'fleet'],
    short: 'o',
    value: '[FORMAT=]FILE',
    repeatable: true,
    variants: {
      rotate: {
        value: 'PLACE',
        text: 'Where the new token is written: a FILE, a FOLDER/ for several, or vault:path/field@mount',
      },
      baseline: { value: 'FILE', text: 'Write the baseline to FILE instead of .glaive-baseline' },
      accept: { value: 'FILE', text: 'Write the baseline to FILE instead of .glaive-baseline' },
      vault: { value: 'FILE', text: 'Write the secret to FILE, which only you can read' },
      fleet: { value: 'FORMAT=FILE', text: '[merge] Write the results: html=FOLDER, json=FILE, openmetrics=FILE' },
    },
    text: 'Write the report to FILE instead of standard output; without --format, its ending gives the format, as in x.sarif. With FORMAT= it is an additional report; repeatable',
  },
  'min-confidence': {
    group: 'filter',
    isUsual: true,
    commands: [...SCANS, 'baseline', 'explain', 'lsp', 'fleet'],
    value: 'LEVEL',
    choices: CONFIDENCES,
    text: 'Report findings of at least this confidence; default likely',
  },
  staged: {
    group: 'scan',
    commands: ['explain'],
    conflicts: ['verify'],
    text: 'Explain what is staged for the next commit, instead of the file in the work tree',
  },
  'show-unlikely': {
    group: 'filter',
    commands: SCANS,
    conflicts: ['min-confidence'],
    text: 'Report placeholders and wrong checksums too: --min-confidence unlikely',
  },
  'show-suppressed': {
    group: 'report',
    commands: [...SCANS, 'verify', 'report'],
    text: 'Also list accepted findings, with the reason',
  },
  sort: {
    group: 'filter',
    isUsual: true,
    commands: [...SCANS, 'verify', 'report'],
    value: 'ORDER',
    choices: SORTS,
    text: 'Order of findings in text, markdown and csv: the worst first (severity, the default), by path, or the newest first (date)',
  },
  'min-severity': {
    group: 'filter',
    isUsual: true,
    commands: [...SCANS, 'verify', 'report', 'triage'],
    value: 'LEVEL',
    choices: SEVERITIES,
    text: 'Report findings of at least this severity; the others are counted, and do not make the exit code 1',
  },
  'in-head': {
    group: 'filter',
    commands: ['history', 'verify', 'report', 'triage'],
    text: 'Report only secrets that are still in HEAD; the others are counted, and do not make the exit code 1',
  },
  details: {
    group: 'report',
    isUsual: true,
    commands: [...SCANS, 'verify', 'report', 'revoke', 'rotate'],
    text: 'Everything about every finding in the text report, by file; or about every step of a plan',
  },
  'fail-on': {
    group: 'report',
    isUsual: true,
    commands: [...SCANS, 'fleet'],
    value: 'LEVEL',
    choices: ['likely', 'certain', 'active'],
    choiceNeeds: { active: byCommand(SCANS, ['verify']) },
    text: 'Exit with 1 only for findings of at least this confidence (default likely), or only for active credentials',
  },
  'exit-zero': {
    group: 'report',
    commands: SCANS,
    text: 'Exit with 0 even if there are findings; an exit code of 2 stays',
  },
  'raw-secrets': {
    group: 'report',
    commands: ['scan', 'diff', 'history'],
    text: 'Write the secrets themselves into the gitlab report: anyone who can download it can read them',
  },
  'merge-request': {
    group: 'report',
    isUsual: true,
    commands: ['report'],
    value: 'IID',
    parse: values.mergeRequestNumber,
    text: 'Also post the findings to this merge request: a thread on each line, and one summary. Needs the scope api',
  },

  // What is accepted, revoked, rotated or erased.
  reason: {
    group: 'action',
    isUsual: true,
    commands: ['baseline', 'accept'],
    value: 'TEXT',
    text: 'Why the finding is no danger; written into the baseline and shown in reports',
  },
  expires: {
    group: 'action',
    isUsual: true,
    commands: ['rotate', 'baseline', 'accept'],
    value: 'DATE',
    parse: values.day,
    variants: { rotate: { text: 'The last day of the new token, like 2027-01-31. Default: that of the old token' } },
    text: 'The last day of the exception, like 2027-01-31. Default: it does not end',
  },
  'dry-run': {
    group: 'action',
    isUsual: true,
    commands: ['revoke', 'rotate', 'init', 'baseline', 'hook'],
    text: 'Show what would be done, and change nothing',
  },
  yes: {
    group: 'action',
    isUsual: true,
    commands: ['logs', 'revoke', 'rotate', 'init', 'baseline'],
    needs: { logs: ['project'] },
    text: 'Assume yes to all questions',
  },
  'audit-log': {
    group: 'action',
    commands: ['revoke', 'rotate', 'triage', 'hook'],
    value: 'FILE',
    variants: { hook: { text: 'pre-receive: append a line of JSON for each push; never a secret' } },
    text: 'Append a line of JSON for each credential that was revoked or rotated, and each decision of triage; never a secret',
  },
  erase: {
    group: 'action',
    commands: ['logs'],
    needs: ['project'],
    text: 'Erase the logs that hold credentials, after a question; revoke the credentials first',
  },

  // The policy.
  strict: {
    group: 'scan',
    commands: [...SCANS, 'baseline'],
    text: 'Treat skipped files (ignored, links, special files) as not scanned: exit 2',
  },
  config: {
    group: 'policy',
    commands: CONFIGURED,
    value: 'FILE',
    text: "Use this configuration instead of the repository's .glaive.toml",
  },
  baseline: {
    group: 'policy',
    commands: [...SCANS, 'hook', 'baseline', 'accept', 'triage', 'explain', 'lsp'],
    value: 'FILE',
    text: "Use this baseline instead of the repository's .glaive-baseline",
  },
  'new-suppressions': {
    group: 'policy',
    commands: ['diff'],
    value: 'WHAT',
    choices: ['list', 'fail'],
    text: 'What to do with exceptions and settings that the change itself adds: list them (default), or ignore them (fail)',
  },
  'time-limit': {
    group: 'scan',
    commands: [...SCANS, 'hook', 'baseline', 'accept', 'explain', 'fleet'],
    value: 'SECONDS',
    parse: values.seconds,
    variants: { fleet: { text: '[work] End the sweep of one repository after this time; what it has read is kept' } },
    text: 'Stop the scan after this time; whatever was not scanned by then is a gap: exit 2',
  },

  // What is scanned.
  shard: {
    group: 'scan',
    commands: ['scan', 'fleet'],
    value: 'I/N',
    parse: values.shard,
    variants: { fleet: { text: '[work] Sweep only one of N parts of the plan' } },
    text: 'Scan only one of N parts of the folders; glaive report merges the reports of all parts',
  },
  threads: {
    group: 'scan',
    commands: ['scan', 'history', 'baseline'],
    value: 'N',
    parse: values.wholeNumber(1, 64),
    text: 'Number of threads (1 turns threading off; default: automatic)',
  },
  fetch: {
    group: 'scan',
    isUsual: true,
    commands: ['diff', 'history'],
    text: 'Let git fetch missing commits (shallow clones, branches not cloned), and missing files of partial clones',
  },
  refs: {
    group: 'filter',
    commands: ['history'],
    value: 'GLOB',
    repeatable: true,
    text: 'Report only findings introduced by commits of these branches and tags',
  },
  since: {
    group: 'filter',
    isUsual: true,
    commands: ['history', 'logs'],
    value: 'DATE_OR_REV',
    parse: values.since,
    variants: {
      logs: { parse: values.sinceDate, value: 'DATE', text: 'Only jobs created after a date like 2026-01-31' },
    },
    needs: { logs: ['project'] },
    text: 'Report only findings introduced after a date like 2026-01-31, or after a commit',
  },
  not: {
    group: 'filter',
    commands: ['history'],
    value: 'REV',
    repeatable: true,
    text: 'Report no findings introduced by this commit or an older one',
  },
  unreachable: {
    group: 'filter',
    commands: ['history'],
    value: 'YES_OR_NO',
    choices: ['yes', 'no'],
    text: 'Whether to report findings in objects that no ref leads to; default yes',
  },
  state: {
    group: 'scan',
    isUsual: true,
    commands: ['history', 'logs'],
    value: 'FILE',
    needs: { logs: ['project'] },
    text: 'Remember in FILE what was scanned: the next run scans and lists only what is new, and counts leaks that remain',
  },
  'only-new': {
    group: 'filter',
    commands: ['history', 'logs'],
    needs: ['state'],
    text: 'With --state: leaks of earlier runs that remain are counted, but do not make the exit code 1',
  },
  'max-blob': {
    group: 'scan',
    commands: ['history', 'fleet'],
    value: 'SIZE',
    parse: values.size,
    text: 'Skip larger files, like 50m; they are counted. Default: no limit',
  },
  archives: {
    group: 'scan',
    commands: ['history', 'fleet'],
    text: 'Scan inside archives too. Without it they are counted, and only uncompressed content in them is scanned',
  },
  'shallow-ok': {
    group: 'scan',
    commands: ['history'],
    text: 'Accept a shallow clone as it is. Without it, the missing history is a gap: exit 2',
  },
  reader: {
    group: 'scan',
    commands: ['history'],
    value: 'WHICH',
    choices: ['git', 'pack', 'auto'],
    text: "How objects are read: glaive's pack reader (pack), or git. Default: auto, the pack reader for large packs",
  },
  check: {
    group: 'scan',
    commands: ['history', 'upgrade'],
    conflicts: ['state', 'reader'],
    variants: { upgrade: { group: 'network', isUsual: true, text: 'Ask which version is the newest' } },
    text: 'Scan twice, with the pack reader and through git, and report every difference: exit 2',
  },
  // A fleet of repositories.
  store: {
    group: 'scan',
    isUsual: true,
    commands: ['fleet'],
    value: 'FOLDER',
    text: 'The folder of plans, states and results',
  },
  plan: {
    group: 'scan',
    commands: ['fleet'],
    value: 'ID',
    text: '[work, merge, status] The plan; default: the newest',
  },
  group: {
    group: 'scan',
    isUsual: true,
    commands: ['fleet'],
    value: 'PATH',
    repeatable: true,
    text: '[plan] A group to sweep, with its subgroups, by path or id; repeatable',
  },
  disk: {
    group: 'scan',
    isUsual: true,
    commands: ['fleet'],
    value: 'FOLDER',
    conflicts: ['group', 'project', 'from'],
    text: "[plan] Sweep the repositories below FOLDER, as on Gitaly's disk",
  },
  from: {
    group: 'scan',
    commands: ['fleet'],
    value: 'FILE',
    conflicts: ['group', 'project'],
    text: '[plan] Sweep the folders and addresses that FILE (or "-") lists, one on each line',
  },
  skip: {
    group: 'filter',
    commands: ['fleet'],
    value: 'GLOB',
    repeatable: true,
    text: '[plan] Leave out the projects whose path matches; repeatable',
  },
  archived: {
    group: 'filter',
    commands: ['fleet'],
    value: 'YESNO',
    choices: ['yes', 'no'],
    text: '[plan] Whether archived projects are swept; default yes',
  },
  forks: {
    group: 'filter',
    commands: ['fleet'],
    value: 'YESNO',
    choices: ['yes', 'no'],
    text: '[plan] Whether forks are swept; default yes',
  },
  'since-last': {
    group: 'filter',
    isUsual: true,
    commands: ['fleet'],
    text: '[plan] Sweep only repositories that have changed since their last whole sweep',
  },
  'all-every': {
    group: 'filter',
    commands: ['fleet'],
    value: 'DAYS',
    parse: values.days,
    needs: ['since-last'],
    text: '[plan] Sweep each repository after so many days, even if it looks unchanged, and spread new rules over them; default 7d for a GitLab',
  },
  shards: {
    group: 'scan',
    commands: ['fleet'],
    value: 'N',
    parse: values.wholeNumber(1, 10_000),
    text: '[plan] Lay the repositories out in N parts of about the same size, for work --shard',
  },
  'gitlab-ci': {
    group: 'scan',
    commands: ['fleet'],
    value: 'FILE',
    needs: ['shards'],
    text: '[plan] Write a child pipeline for GitLab CI, with a job for each part',
  },
  queue: {
    group: 'scan',
    commands: ['fleet'],
    value: 'URL',
    text: '[plan, work] A queue in Redis, Valkey or PostgreSQL: redis://HOST:6379/0, postgres://HOST/DATABASE; env: GLAIVE_FLEET_QUEUE has it',
  },
  stdin: {
    group: 'scan',
    commands: ['fleet'],
    conflicts: ['shard', 'queue'],
    text: '[work] Sweep the repositories whose keys are read from standard input, one on each line',
  },
  'print-items': {
    group: 'scan',
    commands: ['fleet'],
    text: '[work] Print the keys of what is left to do, largest first, for GNU parallel or xargs; sweeps nothing',
  },
  jobs: {
    group: 'scan',
    isUsual: true,
    commands: ['fleet'],
    value: 'N',
    parse: values.wholeNumber(1, 256),
    text: '[work] So many repositories at the same time; default: by the cores and the memory',
  },
  memory: {
    group: 'scan',
    commands: ['fleet'],
    value: 'SIZE',
    parse: values.size,
    text: '[work] End a sweep that needs more memory, like 2g; default: no limit',
  },
  retries: {
    group: 'scan',
    commands: ['fleet'],
    value: 'N',
    parse: values.wholeNumber(0, 20),
    conflicts: ['queue'],
    text: '[work] How often a sweep that was killed is tried again; default 2',
  },
  mirror: {
    group: 'scan',
    commands: ['fleet'],
    value: 'WHAT',
    choices: ['keep', 'drop'],
    text: '[work] Whether clones are kept for the next night; default keep',
  },
  'disk-free': {
    group: 'scan',
    commands: ['fleet'],
    value: 'SIZE',
    parse: values.size,
    text: '[work] Begin no sweep while less than this is free on the disk of the store, like 20g; default 1g',
  },
  notify: {
    group: 'action',
    commands: ['fleet'],
    value: 'WHERE',
    repeatable: true,
    text: '[merge] Tell about new leaks and gaps: by https://... (webhook), mail:ADDRESS, or issues (a confidential one in each project)',
  },
  follow: {
    group: 'scan',
    commands: ['logs'],
    conflicts: ['project'],
    text: 'Keep reading while FILE is written, and report findings at once; Ctrl-C ends it',
  },
  project: {
    group: 'scan',
    isUsual: true,
    commands: ['logs', 'init', 'report', 'fleet'],
    value: 'PATH',
    repeatable: true,
    needs: { init: ['vault'], report: ['merge-request'] },
    variants: {
      fleet: { text: '[plan] A project to sweep, by path or id; repeatable' },
      init: { text: 'The project whose jobs get a token. Default: CI_PROJECT_PATH' },
      report: { text: 'The project of the merge request, by path or id. Default: that of the CI job' },
    },
    text: 'The GitLab project whose job logs are scanned, by path or id',
  },
  pipeline: {
    group: 'filter',
    commands: ['logs'],
    value: 'ID',
    parse: values.id,
    needs: ['project'],
    conflicts: ['job'],
    text: 'Only jobs of this pipeline and its child pipelines, retried ones too',
  },
  job: {
    group: 'filter',
    isUsual: true,
    commands: ['logs'],
    value: 'ID',
    parse: values.id,
    needs: ['project'],
    text: 'Only this job',
  },
  ref: {
    group: 'filter',
    commands: ['logs'],
    value: 'REF',
    needs: ['project'],
    text: 'Only jobs that ran for this branch or tag',
  },
  failed: { group: 'filter', commands: ['logs'], needs: ['project'], text: 'Only failed jobs' },
  max: {
    group: 'filter',
    commands: ['logs'],
    value: 'N',
    parse: values.wholeNumber(1, 999_999_999, 'a number of jobs'),
    needs: ['project'],
    text: 'Maximum number of jobs',
  },
  artifacts: { group: 'scan', commands: ['logs'], needs: ['project'], text: 'Scan the artifacts of the jobs too' },
  env: {
    group: 'scan',
    isUsual: true,
    commands: ['mask'],
    value: 'NAME',
    repeatable: true,
    text: 'Also mask the value of this environment variable: as it is, in base64, and escaped as in URLs, JSON and shells',
  },
  'fail-on-leak': {
    group: 'scan',
    isUsual: true,
    commands: ['mask'],
    text: 'Exit with 1 if a credential had to be masked',
  },

  stdio: { group: 'other', commands: ['lsp'], text: 'Speak over standard input and output, as glaive lsp always does' },

  // Servers.
  verify: {
    group: 'network',
    isUsual: true,
    commands: [...SCANS, 'explain', 'fleet'],
    variants: { fleet: { text: '[work, merge] Ask the GitLab which credentials are active' } },
    text: 'Ask the named GitLab which of the credentials found are active',
  },
  'all-hosts': {
    group: 'network',
    ...VERIFYING,
    text: 'Ask every named GitLab, not only the one whose address is next to the credential',
  },
  'allow-side-effects': {
    group: 'network',
    ...VERIFYING,
    text: 'Also ask where asking leaves traces: runners show as online, sessions are extended, a Vault token loses one use',
  },
  admin: {
    group: 'network',
    ...VERIFYING,
    text: "Ask as an administrator, about any kind of credential; glaive's own token must belong to one",
  },
  'vault-url': {
    group: 'network',
    commands: [...VERIFYING.commands, 'init', 'vault'],
    needs: { ...VERIFYING.needs, init: ['vault'] },
    value: 'URL',
    repeatable: true,
    parse: values.serverFor('--vault-url'),
    text: 'The Vault to ask about its tokens. Default: VAULT_SERVER_URL, then VAULT_ADDR',
  },
  online: {
    group: 'network',
    isUsual: true,
    commands: ['doctor'],
    text: "Ask GitLab for its version, and about glaive's own token",
  },
  'gitlab-url': {
    group: 'network',
    isUsual: true,
    commands: [...NETWORK.commands, 'init'],
    needs: { ...NETWORK.needs, init: ['vault'] },
    value: 'URL',
    repeatable: true,
    parse: values.serverFor('--gitlab-url'),
    text: 'The GitLab to ask. Default: GLAIVE_GITLAB_URL, then CI_SERVER_URL',
  },
  'token-from': {
    group: 'network',
    ...NETWORK,
    value: 'SOURCE',
    parse: values.tokenSource,
    text: "Where glaive's own token comes from: env (GLAIVE_GITLAB_TOKEN, the default), git-credential, glab, or vault:path/field@mount",
  },
  registry: {
    group: 'network',
    isUsual: true,
    commands: ['upgrade'],
    needs: ['check'],
    conflicts: ['releases'],
    value: 'URL',
    parse: values.serverFor('--registry'),
    text: 'The npm registry to ask. Default: GLAIVE_REGISTRY, then https://registry.npmjs.org',
  },
  releases: {
    group: 'network',
    commands: ['upgrade'],
    needs: ['check'],
    value: 'URL',
    parse: values.serverFor('--releases'),
    text: 'The project on a GitLab whose releases to ask, such as a mirror. Default: that of glaive',
  },
  'ca-file': {
    group: 'network',
    ...NETWORK,
    commands: [...NETWORK.commands, 'vault', 'upgrade'],
    value: 'FILE',
    text: 'Trust the certificates in this file too. Default: GLAIVE_CA_FILE, CI_SERVER_TLS_CA_FILE, VAULT_CACERT',
  },
  proxy: {
    group: 'network',
    ...NETWORK,
    commands: [...NETWORK.commands, 'vault', 'upgrade'],
    value: 'URL',
    parse: values.proxy,
    text: 'Reach servers through this proxy. Default: HTTPS_PROXY, unless NO_PROXY names the host',
  },
  offline: {
    group: 'network',
    commands: [...NETWORK.commands, 'vault', 'upgrade'],
    needs: { report: ['merge-request'] },
    text: 'Fail on any attempt to use the network (also GLAIVE_OFFLINE)',
  },
  'requests-per-hour': {
    group: 'network',
    ...NETWORK,
    value: 'N',
    parse: values.wholeNumber(1, 999_999),
    text: 'Maximum number of GitLab requests per hour; default 4000',
    variants: {
      fleet: {
        text: 'Maximum number of GitLab requests per hour; work --queue: repositories that all workers begin in an hour',
      },
    },
  },
  vault: {
    group: 'setup',
    commands: ['init'],
    text: 'Print what an operator must create in Vault so that the jobs of this project get a token; changes nothing',
  },
  engine: {
    group: 'action',
    commands: ['vault'],
    value: 'NAME',
    choices: ENGINES,
    text: 'The kind of secrets engine; default kv-v2',
  },
  mount: { group: 'action', commands: ['vault'], value: 'PATH', text: 'Where the engine is mounted; default kv-v2' },
  field: {
    group: 'action',
    commands: ['vault'],
    value: 'NAME',
    text: 'The field of the secret. Default: the last part of the path',
  },
  force: { group: 'action', commands: ['vault'], text: 'Print the secret even on a terminal' },

  // Everywhere.
  quiet: { group: 'other', commands: ALL, short: 'q', text: 'Print findings and problems only' },
  debug: { group: 'other', commands: ALL, text: 'Print a stack trace for internal errors' },
  'no-color': { group: 'other', commands: ALL, text: 'No colours (also NO_COLOR; FORCE_COLOR turns them on)' },
  help: { group: 'other', commands: ALL, short: 'h', text: 'Show help: -h on one screen, --help with all flags' },
  version: { group: 'other', commands: [], short: 'V', text: 'Show the version' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof FLAGS;

type Row<Name extends FlagName> = (typeof FLAGS)[Name];
/** Flags with a value, and among them those that may be given several times. */
export type ValueFlag = { [Name in FlagName]: Row<Name> extends { value: string } ? Name : never }[FlagName];
export type ListFlag = { [Name in FlagName]: Row<Name> extends { repeatable: true } ? Name : never }[FlagName];

/** The type of a flag's value, from its row. */
export type ValueOf<Name extends FlagName> =
  Row<Name> extends { parse: (text: string) => infer Value }
    ? Exclude<Value, values.BadValue>
    : Row<Name> extends { choices: readonly (infer Choice)[] }
      ? Choice
      : string;

/** The flags that a command takes, with the values that they have there. */
export function flagsOf(command: CommandName): [FlagName, Flag][] {
  const all = Object.entries(FLAGS) as [FlagName, Flag][]; // the table's own keys
  return all
    .filter(([, flag]) => flag.commands.includes(command))
    .map(([name, flag]) => [name, { ...flag, ...flag.variants?.[command] }]);
}

/** The flags one of which a flag needs in a command; empty if it needs nothing. */
export function needsOf(needs: Needs = [], command: CommandName): readonly string[] {
  return isList(needs) ? needs : (needs[command] ?? []);
}

function isList(needs: Needs): needs is readonly string[] {
  return Array.isArray(needs);
}
