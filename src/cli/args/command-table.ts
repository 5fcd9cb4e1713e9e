/**
 * The one table of commands. Parsing, help, completions and `docs/reference.md` are made from it and from the table of
 * flags (`flags.ts`), which says which commands take a flag; a test fails when one of them drifts.
 *
 * Why this file is long: it is one table.
 */

export interface Command {
  readonly summary: string;
  /** Whether it scans sources and writes reports: then it takes the flags of every scan. */
  readonly isScan?: true;
  /** Positional arguments, as help shows them. */
  readonly args: string;
  /** How many positional arguments it takes at most. */
  readonly maxArgs: number;
  /** Lines of text; an empty one begins a paragraph. Help wraps them at the width of the terminal. */
  readonly details: readonly string[];
  /** Command lines with what they are for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Fixed words that the first argument may be, for completions. */
  readonly words?: readonly string[];
}

export const COMMANDS = {
  scan: {
    summary: 'Scan files, folders or standard input for GitLab credentials',
    isScan: true,
    args: '[PATH...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'In a git work tree: tracked files, and untracked ones that are not ignored. Elsewhere every file.',
      'Paths you name are scanned even if git ignores them. "-" is standard input. Default: the current folder.',
      '',
      'Exit codes: 0 clean, 1 findings, 2 something could not be scanned (even if there are findings), 130 interrupted.',
    ],
    examples: [
      ['glaive scan', 'the current work tree'],
      [
        'glaive scan --output gitlab=gl-secret-detection-report.json',
        'the report for GitLab, and text on the terminal',
      ],
      ['kubectl get secret -o yaml | glaive scan -', 'the output of another program'],
    ],
  },
  staged: {
    summary: 'Scan what the next commit adds',
    isScan: true,
    args: '',
    maxArgs: 0,
    details: [
      'Scans only the lines that the commit adds, as they are in the index; the work tree is never scanned. A secret that the',
      'commit only moves from one place to another was there before, and is not a finding. Prints nothing if there are none.',
    ],
    examples: [
      ['glaive staged', 'before git commit, or in a pre-commit hook'],
      ['glaive staged --format json', 'for another program'],
    ],
  },
  diff: {
    summary: 'Scan what a branch, merge request or push adds',
    isScan: true,
    args: '[RANGE]',
    maxArgs: 1,
    details: [
      'Scans every version of every file that the commits of the range make, and messages, authors, file names and',
      'tags. A secret that a later commit removes is still a leak. RANGE is like origin/main..HEAD. Without it: the',
      'merge request, push or tag of the CI job (GitLab, GitHub Actions), else the commits that the upstream branch',
      'lacks. Commits that are not here, as in a shallow clone, are reported, with exit code 2.',
      '',
      'Exceptions that the change itself makes, by comment, baseline or configuration, are respected and listed. With',
      '--new-suppressions fail they are ignored: of each setting the stricter value applies, and the range is scanned',
      'with the rules of before the change as well.',
    ],
    examples: [
      ['glaive diff', 'in a CI job, or before a push'],
      ['glaive diff origin/main..HEAD', 'the commits of this branch'],
      ['glaive diff --fetch --output gitlab=gl-secret-detection-report.json', 'in a job with a shallow clone'],
    ],
  },
  history: {
    summary: 'Scan everything that the repository has ever held',
    isScan: true,
    args: '[PATH...]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Scans every object once, reachable or not: all versions of all files, of stashes, reflogs and deleted branches;',
      'messages, authors, tags, notes; names of files and refs. A finding names the commit that introduced it, the',
      'refs that contain it, and whether HEAD does.',
      '',
      '--refs, --since and --not filter the report; the whole history is always scanned. With --state the next run',
      'scans and lists only what is new; while a leak of an earlier run remains and is not accepted, the exit code is',
      '1 (--only-new: 0).',
      '',
      'PATH is a repository, bare or not. Default: the one around the current folder. Several give one report, in which each',
      'finding names its repository; for hundreds, glaive fleet.',
    ],
    examples: [
      ['glaive history', 'the current repository; bare ones and mirrors too'],
      ['glaive history /srv/git/project.git', 'another repository, with its own configuration'],
      ['glaive history api.git web.git', 'two of them, in one report'],
      ['glaive history --since 2026-01-01 --format json', 'leaks introduced this year'],
      ['glaive history --state history.state', 'every week: scans only what is new'],
    ],
  },
  fleet: {
    summary: 'Sweep the histories of many repositories: a group, an instance, a disk',
    args: 'plan|work|merge|status [REPOSITORY...]',
    maxArgs: Number.POSITIVE_INFINITY,
    words: ['plan', 'work', 'merge', 'status'],
    details: [
      'plan lists what must be swept: the projects of a GitLab, the repositories of a storage on disk, or a list of folders and',
      'addresses. work sweeps: one REPOSITORY of the plan, a part of it (--shard), those named on standard input, all of them,',
      'or those of a queue. merge folds the results of all nights into one index, and reports. status shows how far it is.',
      '',
      'The folder --store keeps everything, and contains no secret. A repository of the plan without a result is a gap, so',
      'nothing is silently missing. work may be killed and started again at any time, on any number of machines.',
      '',
      'Exit codes: 0 clean, 1 findings, 2 a repository is missing, could not be swept, or was not scanned whole. work also: 75',
      'for "try it again".',
    ],
    examples: [
      ['glaive fleet plan --store /var/lib/glaive --disk /var/opt/gitlab/git-data/repositories', 'a storage of Gitaly'],
      ['glaive fleet plan --store S --gitlab-url https://gitlab.example.com --group security', 'a group of a GitLab'],
      ['glaive fleet work --store /var/lib/glaive --jobs 4', 'every repository of the newest plan'],
      ['glaive fleet merge --store /var/lib/glaive --output html=fleet/', 'the results, as pages'],
    ],
  },
  logs: {
    summary: 'Scan the logs of CI jobs',
    isScan: true,
    args: '[FILE...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Reads logs of GitLab Runner (every generation) and of GitHub Actions, plain, gzip or zip. Tokens are found even',
      'if time stamps, colours or line breaks cut them in two; positions are those of the raw log. Values that the',
      'runner has masked are counted, and are not findings. A log that the runner has cut off is a gap.',
      '',
      'With --project it fetches the logs of jobs from GitLab, newest first. GLAIVE_GITLAB_TOKEN holds the token for',
      'that (scope read_api); it is sent only to --gitlab-url. Nothing is written to the disk except --state.',
    ],
    examples: [
      ['glaive logs job.log', 'a saved log'],
      ['docker logs build | glaive logs -', 'the output of another program'],
      ['glaive logs --gitlab-url https://gitlab.example.com --project group/project --state logs.state', 'every night'],
    ],
  },
  verify: {
    summary: 'Ask GitLab which of the credentials in a report are still active',
    args: '[REPORT|-]',
    maxArgs: 1,
    details: [
      'REPORT is a JSON report of glaive. Each secret is read again where it was found, and sent only to --gitlab-url.',
      'A check counts as a use: GitLab shows it as "last used". Each credential is checked once, with at most two more',
      'requests for its owner and scopes. "unknown" does not mean revoked: the token may belong to another GitLab.',
      '',
      'Exit codes: 0 no credential is active, 1 some are, 2 some could not be checked.',
    ],
    examples: [
      ['glaive verify report.json --gitlab-url https://gitlab.example.com', 'the findings of an earlier scan'],
      ['glaive history --format json | glaive verify - --gitlab-url https://gitlab.example.com', 'in a pipe'],
    ],
  },
  revoke: {
    summary: 'Revoke leaked credentials that are still active',
    args: '[REPORT|FINGERPRINT...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Takes a report, FINGERPRINTs (of reports, or else of the work tree), or a token on standard input. Checks each',
      'one first and revokes those that are active: with the credential itself where GitLab allows that, else with the',
      'token in GLAIVE_GITLAB_TOKEN; --admin revokes any kind. Shows the plan, asks, checks again afterwards, and',
      'writes an audit log. Run it again to continue after an interruption.',
      '',
      'Exit codes: 0 no credential is active, 1 some are, 2 a request failed or some could not be checked.',
    ],
    examples: [
      ['glaive revoke report.json --gitlab-url https://gitlab.example.com --dry-run', 'the plan'],
      ['glaive revoke 0a1b2c3d4e5f report.json --gitlab-url https://gitlab.example.com --yes', 'one of them'],
    ],
  },
  rotate: {
    summary: 'Replace leaked tokens that are still active',
    args: '[REPORT|FINGERPRINT...|-]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'As revoke, and writes the new token to --output, readable only by you: a FILE for one, a FOLDER for several, or',
      'vault:path/field@mount, which is tested first. If a new token cannot be written there, it is kept in a file',
      'that is named.',
      '',
      'Name, scopes and expiry date stay. A token that is not known to be active is never rotated: GitLab would take',
      'that for theft, and revoke every token that came after it.',
    ],
    examples: [
      ['glaive rotate report.json --gitlab-url https://gitlab.example.com --output new-token', 'a single token'],
      ['glaive rotate report.json --gitlab-url https://gitlab.example.com --output ./new/ --yes', 'several tokens'],
    ],
  },
  mask: {
    summary: 'Mask credentials in a stream of text',
    args: '[-- COMMAND...]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Copies standard input to standard output; or runs COMMAND and masks both of its streams. The prefix of a',
      'credential stays, the rest becomes [MASKED]; all other bytes pass unchanged and at once. Tokens are masked even',
      'if they arrive in pieces or with colours inside. The exit code is that of COMMAND, else 0.',
    ],
    examples: [
      ['glaive mask -- npm publish', 'a command that may print a credential'],
      ['set -x; ./deploy.sh 2>&1 | glaive mask', 'a filter'],
      ['glaive mask --env DEPLOY_PASSWORD --env API_KEY -- ./deploy.sh', 'your own values, in every encoding'],
    ],
  },
  message: {
    summary: 'Scan a commit message',
    isScan: true,
    args: 'FILE',
    maxArgs: 1,
    details: ['FILE is the argument that git gives to a commit-msg hook. Prints nothing if it is clean.'],
    examples: [['glaive message .git/COMMIT_EDITMSG', 'in a commit-msg hook']],
  },
  hook: {
    summary: 'Install or remove git hooks',
    args: 'install|uninstall|run HOOK [ARGUMENTS]',
    maxArgs: Number.POSITIVE_INFINITY,
    words: ['install', 'uninstall', 'run'],
    details: [
      'install adds a few lines to the hook scripts of git (core.hooksPath) or husky, or to the configuration of',
      'lefthook or pre-commit; existing content is never replaced. uninstall removes those lines and restores the file',
      'byte for byte. run is the command that the hooks call.',
      '',
      'GLAIVE_SKIP="reason" lets one commit or push through, with a message.',
      '',
      '--server installs the pre-receive hook of a server, which runs with the flags given to install.',
    ],
    examples: [
      ['glaive hook install', 'check the commits of this repository'],
      ['glaive hook install --hooks pre-commit,commit-msg,pre-push', 'check pushes too'],
      ['glaive hook install --server /srv/git/project.git', 'on a server: check every push'],
      ['glaive hook uninstall', 'remove the hooks'],
    ],
  },
  init: {
    summary: 'Set up this repository: configuration, hooks and a CI job',
    args: '',
    maxArgs: 0,
    details: [
      'Writes .glaive.toml, a line in .gitattributes for the baseline, hooks (--hooks none: none), and the jobs of CI,',
      'which run the image or the executable of this version. For GitLab an entry in .gitlab-ci.yml: on GitLab.com for the',
      'component of the catalog, elsewhere for a copy of it in .gitlab/glaive.yml; for GitHub a workflow with the action.',
      'Existing files are kept or added to. Running it again renews the copy, and changes nothing else. At a terminal it',
      'asks for what no flag says; without one it needs --yes.',
      '',
      '--single-file keeps glaive itself as tools/glaive.cjs, for jobs without access to any registry.',
      '',
      "--vault prints how the jobs of this project, and no other, get glaive's token from Vault: method, policy and",
      'bound role.',
    ],
    examples: [
      ['glaive init --dry-run', 'show what it would do'],
      ['glaive init --yes --ci gitlab --hooks pre-commit,pre-push', 'without questions'],
      [
        'glaive init --vault --project group/project --gitlab-url https://gitlab.example.com',
        'for the operator of Vault',
      ],
    ],
  },
  doctor: {
    summary: 'Check what glaive needs here, and say how to mend what is missing',
    args: '',
    maxArgs: 0,
    details: [
      'Checks Node, git, the repository (owner, shallow and partial clone), hooks, configuration, baseline, CI files and, in',
      'a job of GitLab, its variables. Changes nothing, and shows no value of a variable. Nothing is sent anywhere; with',
      "--online it asks GitLab for its version, and for the scopes and the expiry date of glaive's own token.",
      '',
      'Exit codes: 0 there is nothing to mend, 1 there is, 2 something could not be checked.',
    ],
    examples: [
      ['glaive doctor', 'this machine and the current repository'],
      ['glaive doctor --online --gitlab-url https://gitlab.example.com', "the connection and glaive's own token, too"],
    ],
  },
  baseline: {
    summary: 'Accept known leaks: list them, ask, and add them to the baseline',
    args: '[PATH...|import FILE...]',
    maxArgs: Number.POSITIVE_INFINITY,
    words: ['import'],
    details: [
      'Scans like glaive scan, lists what it would accept, asks, and adds one line for each leak to .glaive-baseline',
      'at the root of the repository. The line holds a fingerprint, never the secret. It applies even if the file is',
      'moved, renamed or rewritten; another secret in its place is a new finding. Stale entries, whose leaks a scan of',
      'the whole work tree no longer finds, are removed, except those that were accepted from a history, from job logs',
      'or by fingerprint.',
      '',
      'import accepts the findings of a JSON report of glaive (of glaive history, for example), and the exceptions of',
      'other tools: .gitleaksignore, reports and baselines of gitleaks, SARIF. It removes nothing.',
    ],
    examples: [
      ['glaive baseline --dry-run', 'list what would be accepted'],
      ['glaive baseline --reason "revoked in May" --expires 2027-01-31', 'give a reason, and a last day'],
      ['glaive history --output json=h.json; glaive baseline import h.json', 'accept the leaks of a history'],
      ['glaive baseline import .gitleaksignore gitleaks-baseline.json', 'when you switch from gitleaks'],
    ],
  },
  accept: {
    summary: 'Accept single findings by fingerprint',
    args: 'FINGERPRINT... [REPORT...]',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Adds one line for each FINGERPRINT to .glaive-baseline, and changes nothing else in it. Reports list fingerprints. The',
      'first 8 digits or more are enough for findings in the work tree, the index, the message of the last commit, or a JSON',
      'REPORT that you name. All 64 digits of a secretFingerprint need no report. --reason is required.',
    ],
    examples: [
      ['glaive accept 0a1b2c3d4e5f --reason "fixture of the parser tests"', 'one finding of the work tree'],
      ['glaive accept 0a1b2c3d4e5f history.json --reason "revoked in May"', 'one finding of a report'],
    ],
  },
  triage: {
    summary: 'Decide about the findings of a report, one by one, on the terminal',
    args: 'REPORT',
    maxArgs: 1,
    details: [
      'Shows one card for each distinct secret, worst first, and asks: accept it with a reason, revoke it, open its place, skip',
      'it, go back, or quit. REPORT is a JSON report of glaive, or of a tool that glaive report reads. Accepting adds a line to',
      'the baseline at once, as glaive accept does; revoking shows the plan and asks, as glaive revoke does, and needs',
      '--gitlab-url. o opens $VISUAL or $EDITOR at the line; for a secret of the history it shows the link and the git command.',
      '',
      'Secrets that the baseline accepts, that are inactive, or that the audit log lists as revoked are left out, so the command',
      'can be run again at any time. Each decision is a line of the audit log.',
      '',
      'Exit codes: 0 nothing remains, 1 some findings do, 2 something could not be read or revoked, 130 Ctrl-C.',
    ],
    examples: [
      ['glaive triage report.json', 'decide about each secret of a report'],
      [
        'glaive triage history.json --in-head --gitlab-url https://gitlab.example.com',
        'those still in HEAD; revoke them from here',
      ],
    ],
  },
  explain: {
    summary: 'Explain what a token is, or why a line of a file is reported or not',
    args: '[TOKEN|-|PATH[:LINE]]',
    maxArgs: 1,
    details: [
      'A TOKEN given as an argument ends up in the shell history and in the process list: pipe it in instead, or paste',
      'it when asked. Nothing is sent anywhere without --verify, and the token is not printed. If a GitLab is named,',
      'by --gitlab-url or CI_SERVER_URL, the page where the token is revoked is shown.',
      '',
      'For PATH:LINE, or PATH for the whole file, it lists every place where a keyword of a rule was found, and either',
      'the finding or the step that dropped it, and why: pattern, check, checksum, overlap, comment, baseline,',
      'confidence and so on. It scans the file as glaive scan does, or with --staged the index as glaive staged does.',
      'Secrets are not printed.',
    ],
    examples: [
      ['glaive explain', 'asks for the token without showing it'],
      ['pbpaste | glaive explain -', 'from the clipboard'],
      ['glaive explain config/deploy.yml:12', 'why the token on this line is reported, or not'],
      ['glaive explain --verify --gitlab-url https://gitlab.example.com', 'whether it is active, and its scopes'],
    ],
  },
  report: {
    summary: 'Convert reports to another format, or merge several into one',
    args: 'REPORT...|-',
    maxArgs: Number.POSITIVE_INFINITY,
    details: [
      'Reads JSON reports of glaive, SARIF of any tool, and JSON of gitleaks and trufflehog (detected automatically).',
      'A merged report lists each finding once, and keeps all gaps. GitLab tokens found by another tool get the type',
      'and advice of glaive; their secrets appear in no output. Exit code 0 if the report was written.',
      '',
      '--merge-request also posts the findings of a report of glaive diff to a merge request. Run again, it posts',
      'nothing twice.',
    ],
    examples: [
      ['glaive report shard-*.json --output codequality=gl-code-quality-report.json', 'merge the shards of a scan'],
      ['glaive report gitleaks.json --format markdown', 'the findings of another tool'],
      ['glaive report diff.json --merge-request "$CI_MERGE_REQUEST_IID"', 'in a job of a merge request'],
    ],
  },
  vault: {
    summary: 'Get one secret from Vault or OpenBao, as a CI job does',
    args: 'get PATH',
    maxArgs: 2,
    words: ['get'],
    details: [
      'PATH is path/field@mount, as GitLab writes it; or only the path, with --field and --mount. The job signs in with its JWT:',
      'VAULT_SERVER_URL, VAULT_ID_TOKEN (of id_tokens), VAULT_AUTH_ROLE, VAULT_AUTH_PATH (default jwt), VAULT_NAMESPACE and',
      'VAULT_CACERT. --output writes a file that only you can read; on a terminal nothing is printed without --force.',
    ],
    examples: [
      ['glaive vault get glaive/gitlab/token@secret --output token', 'in a job with id_tokens'],
      ['glaive vault get glaive/gitlab --engine kv-v1 --mount ops --field token | other-program', 'the long form'],
    ],
  },
  lsp: {
    summary: 'Show findings in an editor while you type: a language server',
    args: '',
    maxArgs: 0,
    details: [
      'An editor starts it and speaks the Language Server Protocol with it over standard input and output: diagnostics for open',
      'documents, explanations, and quick fixes. docs/editors.md has the settings for VS Code, Neovim, Helix and Emacs. The policy',
      'is that of glaive scan in the folder that the editor has open. Texts are only in memory: nothing is written, and nothing is',
      'sent. Exit code 0 after a shutdown by the editor, 1 if the editor ended without one.',
    ],
    examples: [
      ['glaive lsp', 'as the command of a language server in the settings of your editor'],
      ['glaive lsp --stdio', 'the same; some editors add the flag'],
    ],
  },
  rules: {
    summary: 'List the rules, or test a rule file with its own examples',
    args: 'list|test [FILE]',
    maxArgs: 2,
    words: ['list', 'test'],
    details: [
      'list shows every built-in rule. test expands the examples of FILE (default: the built-in rules) with random bodies, and',
      'checks that each secret is found exactly, and that no counterexample is.',
    ],
    examples: [
      ['glaive rules list', 'all built-in rules'],
      ['glaive rules test my-rules.toml', 'test your own rule file'],
    ],
  },
  upgrade: {
    summary: 'Say how to get the newest version, and with --check whether there is one',
    args: '',
    maxArgs: 0,
    details: [
      'Says how this glaive was installed, and the commands that install the newest version in the same way. It changes',
      'nothing, and sends nothing; with --check it asks which version is the newest: the npm registry if glaive was',
      'installed from there, else the releases of the project on GitLab. The question names neither you nor your version.',
      '',
      'Exit codes: 0 this is the newest version, 1 there is a newer one, 2 no server could say it.',
    ],
    examples: [
      ['glaive upgrade', 'how to upgrade'],
      ['glaive upgrade --check', 'is there a newer version?'],
      ['glaive upgrade --check --registry https://npm.example.com', 'the same, asking a mirror of the npm registry'],
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
    details: ['Shows the list of commands, or the help of one command.'],
    examples: [['glaive help scan', 'help for scan']],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;
