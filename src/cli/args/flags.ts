/** The one table of flags. What is said of the table of commands (`command-table.ts`) is true of it too. */

import { CONFIDENCES } from '../../model/confidence.ts';
import { FORMATS } from '../../report/index.ts';

export interface Flag {
  readonly short?: string;
  /** How the value is called in help; absent for a switch. */
  readonly value?: string;
  readonly repeatable?: true;
  readonly choices?: readonly string[];
  readonly text: string;
}

export const FLAGS = {
  format: {
    value: 'FORMAT',
    choices: Object.keys(FORMATS),
    text: 'Format of the report on standard output (or in a bare --output FILE); default text',
  },
  output: {
    short: 'o',
    value: '[FORMAT=]FILE',
    repeatable: true,
    text: 'Write the report (or the new token, or the secret) to FILE. With FORMAT= it is an additional report; repeatable',
  },
  'min-confidence': {
    value: 'LEVEL',
    choices: CONFIDENCES,
    text: 'Report findings of at least this confidence; default likely',
  },
  'show-unlikely': { text: 'Report placeholders and wrong checksums too: --min-confidence unlikely' },
  'fail-on': {
    value: 'LEVEL',
    choices: ['likely', 'certain', 'active'],
    text: 'Exit with 1 only for findings of at least this confidence (default likely), or only for what still works',
  },
  'exit-zero': { text: 'Exit with 0 even when something was found; never hides a 2' },
  config: { value: 'FILE', text: 'Use this configuration instead of the .glaive.toml of the repository' },
  baseline: { value: 'FILE', text: 'Use this baseline instead of the .glaive-baseline of the repository' },
  reason: { value: 'TEXT', text: 'Why what is accepted is no danger; stands in the baseline and in reports' },
  expires: { value: 'DATE', text: 'The last day: on which it is accepted, or of the new token; like 2027-01-31' },
  'show-suppressed': { text: 'List what somebody has accepted too, and why' },
  archives: { text: 'Open archives, too; else they are counted, and only what is not compressed in them is found' },
  check: { text: 'Sweep twice, by the pack reader and through git, and tell every difference: exit 2' },
  reader: {
    value: 'WHICH',
    choices: ['git', 'pack', 'auto'],
    text: 'Read packs here (pack), or everything through git; default auto: packs, where there is much in them',
  },
  'raw-secrets': {
    text: 'Write the secrets themselves into the gitlab report: whoever may download it has them',
  },
  strict: { text: 'Treat what was passed over (ignored files, links, special files) as not looked at: exit 2' },
  'time-limit': {
    value: 'SECONDS',
    text: 'End the scan after this time; what was not looked at by then is a gap: exit 2',
  },
  'new-suppressions': {
    value: 'WHAT',
    choices: ['list', 'fail'],
    text: 'What the change itself accepts, or alters in settings and rules: list it (default), or let it not count (fail)',
  },
  fetch: {
    text: 'Let git fetch what is missing: commits (shallow clones, branches that were not cloned), and files of partial clones',
  },
  env: {
    value: 'NAME',
    repeatable: true,
    text: 'Mask the value of this environment variable too: as it is, in base64, as in URLs, JSON and shells',
  },
  'fail-on-leak': { text: 'Exit with 1 when a credential had to be masked' },
  follow: { text: 'Go on while the FILE is written, and tell what is found at once; Ctrl-C ends it' },
  project: {
    value: 'PATH',
    text: 'The project on GitLab: its path, or its id (whose jobs are looked at, or get a token)',
  },
  'merge-request': {
    value: 'IID',
    text: 'Tell this merge request too: a thread on each line, and one summary; what is fixed is resolved. Needs the scope api',
  },
  pipeline: { value: 'ID', text: 'Only jobs of this pipeline, of its child pipelines, and retried ones' },
  job: { value: 'ID', text: 'Only this job' },
  ref: { value: 'REF', text: 'Only jobs that ran for this branch or tag' },
  failed: { text: 'Only jobs that have failed' },
  max: { value: 'N', text: 'At most so many jobs' },
  artifacts: { text: 'Look at the artifacts of the jobs too' },
  erase: { text: 'Erase the logs that hold something, when it is confirmed; revoke what stands in them first' },
  'gitlab-url': {
    value: 'URL',
    repeatable: true,
    text: 'The GitLab that may be asked. Default: GLAIVE_GITLAB_URL, then CI_SERVER_URL',
  },
  verify: { text: 'Ask the GitLab that is named which of the credentials found still work' },
  'all-hosts': { text: 'Ask every GitLab that is named, and not only the one that stands beside the credential' },
  'allow-side-effects': {
    text: 'Ask where asking leaves traces: runners are marked as seen, sessions are prolonged, a use of a Vault token is counted',
  },
  admin: { text: "Ask as an administrator, about any kind of credential: glaive's own token must be one" },
  'vault-url': {
    value: 'URL',
    repeatable: true,
    text: 'The Vault that may be asked about its tokens. Default: VAULT_SERVER_URL, then VAULT_ADDR',
  },
  'token-from': {
    value: 'SOURCE',
    text: "Where glaive's own token comes from: env (GLAIVE_GITLAB_TOKEN, the default), git-credential, glab, or vault:path/field@mount",
  },
  vault: {
    text: 'Print what an operator must create in Vault so that the jobs of this project get a token; changes nothing',
  },
  engine: { value: 'NAME', choices: ['kv-v2', 'kv-v1', 'generic'], text: 'The kind of engine; default kv-v2' },
  mount: { value: 'PATH', text: 'Where the engine is mounted; default kv-v2' },
  field: { value: 'NAME', text: 'The field of the secret; without it, it is the last part of the path' },
  force: { text: 'Show it on a terminal all the same' },
  'ca-file': {
    value: 'FILE',
    text: 'Trust the certificates in this file too. Default: GLAIVE_CA_FILE, CI_SERVER_TLS_CA_FILE, VAULT_CACERT',
  },
  proxy: {
    value: 'URL',
    text: 'Reach servers through this proxy. Default: HTTPS_PROXY, unless NO_PROXY names the host',
  },
  offline: { text: 'Any connection is an error (also GLAIVE_OFFLINE)' },
  'requests-per-hour': { value: 'N', text: 'Ask GitLab at most so often; default 4000' },
  hooks: {
    value: 'LIST',
    text: 'The hooks to install, separated by commas: pre-commit, commit-msg, pre-push. Default: pre-commit,commit-msg',
  },
  manager: {
    value: 'NAME',
    choices: ['git', 'husky', 'lefthook', 'pre-commit'],
    text: 'Whose hooks they are to be. Default: the manager that the repository uses, else git',
  },
  print: { text: 'Print what would be written, and change nothing' },
  server: {
    value: 'DIR',
    text: 'Install pre-receive: into a bare repository, or into a custom_hooks folder of GitLab (Gitaly)',
  },
  'fail-open': { text: 'pre-receive: let a push in that could not be looked at whole. Default: reject it' },
  'allow-skip': { text: 'pre-receive: let git push -o glaive.skip="reason" through; needs --audit-log' },
  'inline-allow': { text: 'pre-receive: let glaive:allow comments in what is pushed count. Default: they do not' },
  'audit-log': {
    value: 'FILE',
    text: 'Write a line of JSON for what was decided or done: pushes, revocations; no secrets',
  },
  refs: { value: 'GLOB', repeatable: true, text: 'Report only what commits of these branches and tags brought' },
  since: { value: 'DATE_OR_REV', text: 'Report only what was brought after a date like 2026-01-31, or after a commit' },
  not: { value: 'REV', repeatable: true, text: 'Report nothing that this commit or an older one brought' },
  unreachable: {
    value: 'YES_OR_NO',
    choices: ['yes', 'no'],
    text: 'Whether to report what no ref leads to; default yes',
  },
  'shallow-ok': { text: 'Take a shallow clone as it is; else that its history ends early is a gap: exit 2' },
  state: {
    value: 'FILE',
    text: 'Keep there what was scanned: the next run scans and lists only what is new, and counts known leaks that remain',
  },
  'only-new': { text: 'With --state: known leaks that remain are counted, and do not make the exit code 1' },
  'max-blob': { value: 'SIZE', text: 'Pass over larger files, like 50m; they are counted. Default: no limit' },
  ci: {
    value: 'NAME',
    choices: ['gitlab', 'github', 'none'],
    text: 'The CI system to write a job for. Default: the one that the repository has, else gitlab',
  },
  'dry-run': { text: 'Show what would be done, and do nothing' },
  yes: { text: 'Ask nothing' },
  shard: { value: 'I/N', text: 'Look at one of N parts of the folders only; glaive report makes one report of all' },
  threads: { value: 'N', text: 'Use this many threads; 1 is this one alone. Default: as many as help' },
  quiet: { short: 'q', text: 'Print findings and problems only' },
  debug: { text: 'Show where an internal error comes from' },
  'no-color': { text: 'No colours (also NO_COLOR; FORCE_COLOR asks for them)' },
  help: { short: 'h', text: 'Show help' },
  version: { short: 'V', text: 'Show the version' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof FLAGS;
