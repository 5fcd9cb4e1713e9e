/**
 * The one table of commands. Parsing, help, completions and `docs/reference.md` are made from it and from the table of
 * flags (`flags.ts`), which says which commands take a flag; a test fails when one of them drifts.
 *
 * Why this file is long: it is one table.
 */

export interface Command {
  readonly summary: string;
  /** Positional arguments, as help shows them. */
  readonly args: string;
  /** How many positional arguments it takes at most. */
  readonly maxArgs: number;
  readonly details: readonly string[];
  /** Command lines with what they are for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Fixed words that the first argument may be, for completions. */
  readonly words?: readonly string[];
}

export const COMMANDS = {
  scan: {
    summary: 'Look for GitLab credentials in files and folders',
    args: '[PATH...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'In a git work tree: tracked files, and untracked ones that are not ignored. Elsewhere every file.',
      'A PATH is always looked at, ignored or not. "-" is standard input. Without PATH: the current folder.',
      'Exit codes: 0 clean, 1 findings, 2 something could not be looked at (even with findings), 130 interrupted.',
    ],
    examples: [
      ['glaive scan', 'the work tree you stand in'],
      ['glaive scan --output gitlab=gl-secret-detection-report.json', 'the report for GitLab, and text to read'],
      ['kubectl get secret -o yaml | glaive scan -', 'what another program prints'],
    ],
  },
  staged: {
    summary: 'Look at what the next commit adds',
    args: '',
    maxArgs: 0,
    details: [
      'Only lines that the commit adds count, as they stand in the index; the work tree is never looked at. A secret',
      'that the same commit takes away elsewhere was there before, and does not count. Prints nothing when it is clean.',
    ],
    examples: [
      ['glaive staged', 'before git commit, or in a pre-commit hook'],
      ['glaive staged --format json', 'for another program'],
    ],
  },
  diff: {
    summary: 'Look at what a branch, merge request or push adds',
    args: '[RANGE]',
    maxArgs: 1,
    details: [
      'Every version of every file that a commit of the range makes is looked at, and messages, authors, names, tags too.',
      'A secret that a later commit takes away again is a leak all the same. RANGE is like origin/main..HEAD. Without it:',
      'the merge request, push or tag of the CI job (GitLab, GitHub Actions), else what the upstream branch lacks.',
      'What cannot be compared, as in a shallow clone, is said, and the exit code is 2. What the change accepts itself, by',
      'comment, baseline or configuration, counts as accepted and is listed; with --new-suppressions fail it does not count:',
      'the stricter setting holds, and the rules of before and of after the change are scanned with.',
    ],
    examples: [
      ['glaive diff', 'in a CI job, or before a push'],
      ['glaive diff origin/main..HEAD', 'what this branch adds'],
      ['glaive diff --fetch --output gitlab=gl-secret-detection-report.json', 'in a job with a shallow clone'],
    ],
  },
  history: {
    summary: 'Look at everything that the repository has ever held',
    args: '[PATH]',
    maxArgs: 1,
    details: [
      'Every object is looked at once, reachable or not: all versions of all files, of stashes, reflogs and deleted',
      'branches; messages, authors, tags, notes; names of files and refs. A finding names the commit that brought it, the',
      'refs that have it, and whether HEAD still does. --refs, --since and --not limit what is reported, not what is looked',
      'at. With --state the next run costs only what is new and lists only that; while a leak that an earlier run listed',
      'remains and is not accepted, the exit code is 1 (--only-new: 0). PATH is a repository, bare or not;',
      'without it: the one around the current folder.',
    ],
    examples: [
      ['glaive history', 'the repository you stand in; bare ones and mirrors too'],
      ['glaive history /srv/git/project.git', 'another repository, with its own configuration'],
      ['glaive history --since 2026-01-01 --format json', 'what this year brought'],
      ['glaive history --state sweep.state', 'every week, for the price of what is new'],
    ],
  },
  logs: {
    summary: 'Look at what CI jobs have printed',
    args: '[FILE...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Reads logs of GitLab Runner (every generation) and of GitHub Actions, plain, gzip or zip. Time stamps, colours and',
      'line breaks that cut a token in two are seen through; positions are those of the raw log. What the runner has',
      'masked is no finding, and counted. A log that the runner has cut is not clean.',
      'With --project it fetches the logs of jobs from GitLab, newest first; the token stands in GLAIVE_GITLAB_TOKEN (scope',
      'read_api), and is sent to --gitlab-url alone. Nothing is written to the disk but --state. --since takes a date here.',
    ],
    examples: [
      ['glaive logs job.log', 'a log that was saved'],
      ['docker logs build | glaive logs -', 'what another program prints'],
      ['glaive logs --gitlab-url https://gitlab.example.com --project group/project --state logs.state', 'every night'],
    ],
  },
  verify: {
    summary: 'Ask GitLab which of the credentials in a report still work',
    args: '[REPORT|-]',
    maxArgs: 1,
    details: [
      'REPORT is what --format json has written; each secret is read again where it was found, and sent to --gitlab-url alone.',
      'Asking counts as a use: GitLab shows it as the last one. Each credential is asked about once, with at most two more',
      'requests for its owner and reach. "unknown" is not dead: a GitLab that never had a token says the same of it.',
      'Exit codes: 0 nothing works any more, 1 something does, 2 something is not known.',
    ],
    examples: [
      ['glaive verify report.json --gitlab-url https://gitlab.example.com', 'what was found before'],
      ['glaive history --format json | glaive verify - --gitlab-url https://gitlab.example.com', 'in a pipe'],
    ],
  },
  revoke: {
    summary: 'End credentials that were found and still work',
    args: '[REPORT|FINGERPRINT...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Of a report, of the work tree by FINGERPRINT, or a token on standard input. Each is checked first, and only what works',
      'is touched: by itself where GitLab allows that, else with the token in GLAIVE_GITLAB_TOKEN; --admin ends any kind. Shows',
      'the plan, asks, checks again afterwards, and writes down what was done. Called again, it goes on where it was.',
      'Exit codes: 0 nothing works any more, 1 something does, 2 something failed or is not known.',
    ],
    examples: [
      ['glaive revoke report.json --gitlab-url https://gitlab.example.com --dry-run', 'the plan'],
      ['glaive revoke 0a1b2c3d4e5f report.json --gitlab-url https://gitlab.example.com --yes', 'one of them'],
    ],
  },
  rotate: {
    summary: 'Put new tokens in the place of those that were found and still work',
    args: '[REPORT|FINGERPRINT...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'As revoke, and the new token is written to --output, which nobody else may read: a FILE for one, a FOLDER for several,',
      'or vault:path/field@mount, which is tried before. What cannot be written there after all is kept in a file that is named.',
      'It keeps name, scopes and expiry of the old one. What is not known to work is never rotated: GitLab would take that for',
      'theft, and end every token that came after it.',
    ],
    examples: [
      [
        'glaive rotate report.json --gitlab-url https://gitlab.example.com --output new-token',
        'the one that was found',
      ],
      ['glaive rotate report.json --gitlab-url https://gitlab.example.com --output ./new/ --yes', 'several'],
    ],
  },
  mask: {
    summary: 'Pass text on with its credentials masked while it streams',
    args: '[-- COMMAND...]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'From standard input to standard output; or runs COMMAND, and masks both of its streams. Prefixes stay, what',
      'follows them becomes [MASKED]; all else passes byte for byte, at once. A token may come in pieces, with colours',
      'in between. The code is that of COMMAND; without one 0.',
    ],
    examples: [
      ['glaive mask -- npm publish', 'a command that may print what it should not'],
      ['set -x; ./deploy.sh 2>&1 | glaive mask', 'a filter'],
      [
        'glaive mask --env DEPLOY_PASSWORD --env API_KEY -- ./deploy.sh',
        'values of your own, however they are encoded',
      ],
    ],
  },
  message: {
    summary: 'Look at the message of a commit in the making',
    args: 'FILE',
    maxArgs: 1,
    details: ['FILE is what git gives to a commit-msg hook. Prints nothing when it is clean.'],
    examples: [['glaive message .git/COMMIT_EDITMSG', 'in a commit-msg hook']],
  },
  hook: {
    summary: 'Check every commit: put glaive into the hooks of this repository',
    args: 'install|uninstall|run HOOK [ARGUMENTS]',
    maxArgs: Number.POSITIVE_INFINITY,
    words: ['install', 'uninstall', 'run'],
    details: [
      'install adds a few lines to hooks, where git (core.hooksPath) or husky has them, or to the configuration of lefthook',
      'or pre-commit; what is there already is added to, never replaced. uninstall takes the lines out, byte for byte. run',
      'is what the hooks call. GLAIVE_SKIP="reason" lets one commit or push pass, and says so. With --server it is the',
      'pre-receive hook of a server: flags given to install are those that the hook runs with.',
    ],
    examples: [
      ['glaive hook install', 'in the repository whose commits are to be checked'],
      ['glaive hook install --hooks pre-commit,commit-msg,pre-push', 'pushes too'],
      ['glaive hook install --server /srv/git/project.git', 'on a server: nothing gets in unchecked'],
      ['glaive hook uninstall', 'take it out again'],
    ],
  },
  init: {
    summary: 'Set this repository up: configuration, hooks and a job in CI',
    args: '',
    maxArgs: 0,
    details: [
      'Writes .glaive.toml, hooks (--hooks none: none), a job for the CI system with the single file that it runs, and a',
      'line in .gitattributes for the baseline. What is there already is added to or left alone; running it twice changes',
      'nothing. At a terminal it asks for what no flag says. --vault prints how the jobs of this project, and of no other,',
      "get glaive's token from Vault: method, policy and bound role.",
    ],
    examples: [
      ['glaive init --dry-run', 'see what it would do'],
      ['glaive init --yes --ci gitlab --hooks pre-commit,pre-push', 'ask nothing'],
      [
        'glaive init --vault --project group/project --gitlab-url https://gitlab.example.com',
        'for the operator of Vault',
      ],
    ],
  },
  baseline: {
    summary: 'Accept known leaks: list them, ask, and write them into the baseline',
    args: '[PATH...|import FILE...]',
    maxArgs: Number.POSITIVE_INFINITY,
    words: ['import'],
    details: [
      'Scans like glaive scan, lists what it would accept, asks, and writes one line for each leak into .glaive-baseline at',
      'the root of the repository. The line holds a fingerprint, never the secret. It keeps working when the file is moved,',
      'renamed or rewritten; a new secret in its place is new. Entries whose leaks a scan of the whole work tree no longer',
      'finds are removed, except those that were accepted from a history, from job logs or by fingerprint.',
      'import accepts what a JSON report of glaive lists (that of glaive history, for example), and what other tools were told',
      'to accept: .gitleaksignore, reports and baselines of gitleaks, SARIF. It removes nothing.',
    ],
    examples: [
      ['glaive baseline --dry-run', 'list what would be accepted'],
      ['glaive baseline --reason "revoked in May" --expires 2027-01-31', 'say why, and until when'],
      ['glaive history --output json=h.json; glaive baseline import h.json', 'accept the leaks of a history'],
      ['glaive baseline import .gitleaksignore gitleaks-baseline.json', 'when you move over from gitleaks'],
    ],
  },
  accept: {
    summary: 'Accept single findings by their fingerprints',
    args: 'FINGERPRINT... [REPORT...]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Adds one line for each FINGERPRINT to .glaive-baseline, and changes nothing else in it. Reports list fingerprints; the',
      'first 8 digits or more will do for what is in the work tree, in the index, in the message of the last commit, or in a',
      'JSON REPORT that is named. All 64 digits of a secretFingerprint need no report. --reason is required.',
    ],
    examples: [
      ['glaive accept 0a1b2c3d4e5f --reason "fixture of the parser tests"', 'one finding of the work tree'],
      ['glaive accept 0a1b2c3d4e5f history.json --reason "revoked in May"', 'one finding of a report'],
    ],
  },
  explain: {
    summary: 'Tell what a token is, whose it is and how to revoke it, offline',
    args: '[TOKEN|-]',
    maxArgs: 1,
    details: [
      'A TOKEN given as an argument lands in the shell history and in the process list: rather pipe it in, or paste it',
      'when asked. Nothing is sent anywhere unless --verify says so, and the token is not printed. Where a GitLab is named,',
      'by --gitlab-url or CI_SERVER_URL, the page where it is revoked is told.',
    ],
    examples: [
      ['glaive explain', 'asks for the token without showing it'],
      ['pbpaste | glaive explain -', 'from the clipboard'],
      ['glaive explain --verify --gitlab-url https://gitlab.example.com', 'whether it still works, and what it may do'],
    ],
  },
  report: {
    summary: 'Turn reports into another format, and several into one',
    args: 'REPORT...|-',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Reads what --format json has written, SARIF of any tool, and JSON of gitleaks and trufflehog, told by content. Of several',
      'each finding is listed once; what could not be looked at in one of them is not forgotten. GitLab tokens that another tool',
      'has found get our type and advice; their secrets stand in no output. Exit code 0 when it is written.',
      '--merge-request tells the findings to a merge request, best those of glaive diff; run again, it repeats nothing.',
    ],
    examples: [
      ['glaive report shard-*.json --output codequality=gl-code-quality-report.json', 'the shards of a scan'],
      ['glaive report gitleaks.json --format markdown', 'what another tool has found'],
      ['glaive report diff.json --merge-request "$CI_MERGE_REQUEST_IID"', 'in a job of a merge request'],
    ],
  },
  vault: {
    summary: 'Get one secret from Vault or OpenBao, as a CI job does',
    args: 'get PATH',
    maxArgs: 2,
    words: ['get'],
    details: [
      'PATH is path/field@mount, as GitLab writes it; or the path alone, with --field and --mount. The job signs in with its JWT:',
      'VAULT_SERVER_URL, VAULT_ID_TOKEN (of id_tokens), VAULT_AUTH_ROLE, VAULT_AUTH_PATH (default jwt), VAULT_NAMESPACE and',
      'VAULT_CACERT. --output writes a file that nobody else may read; on a terminal nothing is shown without --force.',
    ],
    examples: [
      ['glaive vault get glaive/gitlab/token@secret --output token', 'in a job with id_tokens'],
      ['glaive vault get glaive/gitlab --engine kv-v1 --mount ops --field token | other-program', 'the long form'],
    ],
  },
  rules: {
    summary: 'List the rules, or test a rule file against its own examples',
    args: 'list|test [FILE]',
    maxArgs: 2,
    words: ['list', 'test'],
    details: [
      'list shows every built-in rule. test expands the examples of FILE (default: the built-in',
      'rules) with random bodies and checks that each secret is found, exactly, and each counterexample is not.',
    ],
    examples: [
      ['glaive rules list', 'what glaive knows'],
      ['glaive rules test my-rules.toml', 'prove a rule file of your own'],
    ],
  },
  completions: {
    summary: 'Print shell completions',
    args: 'bash|zsh|fish',
    maxArgs: 1,
    words: ['bash', 'zsh', 'fish'],
    details: ['Prints a script to source.'],
    examples: [
      ['source <(glaive completions bash)', 'in ~/.bashrc'],
      ['glaive completions fish > ~/.config/fish/completions/glaive.fish', 'for fish'],
    ],
  },
  help: {
    summary: 'Show help for a command',
    args: '[COMMAND]',
    maxArgs: 1,
    details: ['Shows the commands, or everything about one.'],
    examples: [['glaive help scan', 'everything about scan']],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;
