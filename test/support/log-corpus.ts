/**
 * Logs that contain a token, made by the programs that make them in real jobs: each runs here, against a server on
 * loopback where it needs one. What only a runner does (time stamps, sections) is put around real output, as documented.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zip } from './archives.ts';

/** The form of the token in the log. */
export type Look =
  /** Byte for byte. */
  | 'plain'
  /** With colours, time stamps or line ends in between. */
  | 'in pieces'
  /** In an encoding that the finding names. */
  | 'encoded';

export interface Way {
  readonly name: string;
  readonly look: Look;
  /** What must be there. */
  readonly programs?: readonly string[];
  /** @param port of a server on loopback that knows nothing */
  make(token: string, port: number): Buffer;
}

export const hasPrograms = ({ programs = [] }: Way): boolean =>
  programs.every((program) => spawnSync('which', [program]).status === 0);

const folder = (): string => mkdtempSync(join(tmpdir(), 'glaive-log-'));

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** No server is asked for a newer version. */
const QUIET = { npm_config_update_notifier: 'false', CHECKPOINT_DISABLE: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };

/** Everything that a command prints, on either stream. */
function output(command: string, { cwd = folder(), env = {}, input = '' }: Options = {}): Buffer {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:npm_|GIT_|CI|GITLAB|GITHUB)/i.test(name)),
  );
  return spawnSync('bash', ['-c', `(${command}\n) 2>&1`], {
    cwd,
    env: { ...clean, TERM: 'xterm', LC_ALL: 'C.UTF-8', GIT_TERMINAL_PROMPT: '0', HOME: cwd, ...QUIET, ...env },
    input,
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  }).stdout;
}

/** A repository with a commit, and a remote whose address holds the token. */
function repository(token: string, port: number): string {
  const cwd = folder();
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd, stdio: 'pipe' });
  git('init', '--quiet');
  git('config', 'user.name', 'x');
  git('config', 'user.email', 'x@example.com');
  writeFileSync(join(cwd, 'a.txt'), 'one\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  git('remote', 'add', 'origin', `http://oauth2:${token}@127.0.0.1:${port}/group/project.git`);
  return cwd;
}

let second = 0;
const stamp = (stream: string, joint = ' '): string =>
  `2026-08-22T00:00:${String(second++ % 60).padStart(2, '0')}.000001Z ${stream}${joint}`;

/** As GitLab Runner 18.7 writes it: a header before each line, and one that goes on after 8 KiB. */
function stamped(text: Buffer): Buffer {
  const lines = text.toString('latin1').split('\n');
  const last = lines.pop();
  const all = lines.flatMap((line) => {
    const pieces = line.match(/[^]{1,8192}/g) ?? [''];
    return pieces.map((piece, index) => `${stamp('01O', index === 0 ? ' ' : '+')}${piece}\n`);
  });
  return Buffer.from(all.join('') + (last === '' ? '' : `${stamp('01O')}${last}\n`), 'latin1');
}

function sections(text: Buffer): Buffer {
  const [esc, erase] = ['\u001B', '\u001B[0K'];
  return Buffer.concat([
    Buffer.from(
      `${erase}Running with gitlab-runner 15.0.0${esc}[0;m\n${erase}section_start:1755820800:step_script\r${erase}${erase}${esc}[36;1mExecuting "step_script"${esc}[0;m\n`,
    ),
    text,
    Buffer.from(`\n${erase}section_end:1755820801:step_script\r${erase}${esc}[32;1mJob succeeded${esc}[0;m\n`),
  ]);
}

function github(text: Buffer): Buffer {
  const lines = text.toString('latin1').split('\n');
  return Buffer.from(
    `\u00EF\u00BB\u00BF${lines.map((line) => `2026-08-22T00:00:00.1234567Z ${line}`).join('\n')}\n`,
    'latin1',
  );
}

const curl = (token: string, port: number): Buffer =>
  output(`curl -v -H "PRIVATE-TOKEN: ${token}" http://127.0.0.1:${port}/api/v4/user`);
const quoted = (token: string): Buffer => output(`set -x; TOKEN='${token}'; true "$TOKEN"`);
const wide = (columns: number, lead: number, token: string): string =>
  `${'deploying to production, '.repeat(10).slice(0, columns - lead - 1)} ${token} was used, and it worked`;

export const WAYS: readonly Way[] = [
  { name: 'curl -v with a PRIVATE-TOKEN header', look: 'plain', programs: ['curl'], make: curl },
  {
    name: 'curl -v with a Bearer header',
    look: 'plain',
    programs: ['curl'],
    make: (token, port) => output(`curl -v -H "Authorization: Bearer ${token}" http://127.0.0.1:${port}/`),
  },
  {
    name: 'curl -v with the token in the query',
    look: 'plain',
    programs: ['curl'],
    make: (token, port) => output(`curl -v "http://127.0.0.1:${port}/x?access_token=${token}&n=1"`),
  },
  {
    name: 'curl -v with user and password',
    look: 'encoded',
    programs: ['curl'],
    make: (token, port) => output(`curl -v -u "oauth2:${token}" http://127.0.0.1:${port}/`),
  },
  {
    name: 'curl -v with the token in the address',
    look: 'encoded',
    programs: ['curl'],
    make: (token, port) => output(`curl -v "http://gitlab-ci-token:${token}@127.0.0.1:${port}/x"`),
  },
  {
    name: 'wget --debug with a header',
    look: 'plain',
    programs: ['wget'],
    make: (token, port) =>
      output(`wget --debug --tries=1 -O /dev/null --header="JOB-TOKEN: ${token}" http://127.0.0.1:${port}/`),
  },
  {
    name: 'python, a request that fails',
    look: 'plain',
    programs: ['python3'],
    make: (token) => output(`python3 -c "raise Exception('cannot open https://oauth2:${token}@gitlab.example.com/x')"`),
  },
  {
    name: 'git remote -v',
    look: 'plain',
    programs: ['git'],
    make: (token, port) => output('git remote -v', { cwd: repository(token, port) }),
  },
  {
    name: 'git config --list',
    look: 'plain',
    programs: ['git'],
    make: (token, port) => output('git config --list', { cwd: repository(token, port) }),
  },
  {
    name: 'git fetch with GIT_TRACE',
    look: 'plain',
    programs: ['git'],
    make: (token, port) => output('GIT_TRACE=1 GIT_TRACE_REDACT=0 git fetch origin', { cwd: repository(token, port) }),
  },
  {
    name: 'git log -p in colours',
    look: 'plain',
    programs: ['git'],
    make: (token, port) =>
      output(
        `echo 'TOKEN=${token}' > b.env; git add .; git -c user.name=x -c user.email=x@y commit -qm two; git log -p --color=always`,
        { cwd: repository('x', port) },
      ),
  },
  {
    name: 'git diff, word by word in colours',
    look: 'in pieces',
    programs: ['git'],
    make: (token, port) =>
      output(
        `echo 'TOKEN=${token.slice(0, 14)}' > a.txt; git add .; echo 'TOKEN=${token}' > a.txt; git diff --color=always --word-diff=color --word-diff-regex=.`,
        { cwd: repository('x', port) },
      ),
  },
  {
    name: 'npm run, which prints the script',
    look: 'plain',
    programs: ['npm'],
    make: (token) => {
      const cwd = folder();
      writeFileSync(
        join(cwd, 'package.json'),
        JSON.stringify({ scripts: { deploy: `echo curl --header 'PRIVATE-TOKEN: ${token}'` } }),
      );
      return output('npm run deploy', { cwd });
    },
  },
  {
    name: 'npm, a registry with a token in the address',
    look: 'plain',
    programs: ['npm'],
    make: (token, port) =>
      output(`npm config set registry "http://127.0.0.1:${port}/npm/?private_token=${token}"; npm config get registry`),
  },
  {
    name: 'cat .npmrc',
    look: 'plain',
    make: (token) =>
      output(`echo "//gitlab.example.com/api/v4/packages/npm/:_authToken=${token}" > .npmrc; cat .npmrc`),
  },
  {
    name: 'pip config list',
    look: 'plain',
    programs: ['pip'],
    make: (token, port) =>
      output(
        `pip config --user set global.index-url "http://__token__:${token}@127.0.0.1:${port}/simple" ; pip config list`,
      ),
  },
  {
    name: 'mvn, a repository that cannot be reached',
    look: 'plain',
    programs: ['mvn'],
    make: (token, port) => {
      const cwd = folder();
      writeFileSync(
        join(cwd, 'pom.xml'),
        `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version><parent><groupId>p</groupId><artifactId>q</artifactId><version>1</version></parent><repositories><repository><id>central</id><url>http://127.0.0.1:${port}/maven?private_token=${token}</url></repository></repositories></project>`,
      );
      return output('mvn -B validate', { cwd });
    },
  },
  {
    name: 'terraform output',
    look: 'plain',
    programs: ['terraform'],
    make: (token) => {
      const cwd = folder();
      writeFileSync(join(cwd, 'main.tf'), 'variable "t" {}\noutput "token" { value = var.t }\n');
      return output(`terraform apply -auto-approve -var "t=${token}"`, { cwd });
    },
  },
  {
    name: 'kubectl create secret',
    look: 'encoded',
    programs: ['kubectl'],
    make: (token) => output(`kubectl create secret generic x --dry-run=client -o yaml --from-literal=token=${token}`),
  },
  {
    name: 'kubectl create secret docker-registry',
    look: 'encoded',
    programs: ['kubectl'],
    make: (token) =>
      output(
        `kubectl create secret docker-registry x --dry-run=client -o yaml --docker-server=registry.example.com --docker-username=ci --docker-password=${token}`,
      ),
  },
  {
    name: 'docker login, traced',
    look: 'plain',
    programs: ['docker'],
    make: (token) => output(`set -x; docker login -u ci -p ${token} 127.0.0.1:1`),
  },
  {
    name: 'go env',
    look: 'plain',
    programs: ['go'],
    make: (token) => output(`GOPROXY=https://oauth2:${token}@gitlab.example.com/go go env GOPROXY`),
  },
  {
    name: 'make, which prints the recipe',
    look: 'plain',
    programs: ['make'],
    make: (token) => {
      const cwd = folder();
      writeFileSync(join(cwd, 'Makefile'), `deploy:\n\ttrue --token ${token}\n`);
      return output('make deploy', { cwd });
    },
  },
  { name: 'bash -x, an assignment', look: 'plain', make: quoted },
  {
    name: 'bash -x, a header in quotes',
    look: 'plain',
    make: (token) => output(`set -x; true -H "PRIVATE-TOKEN: ${token}"`),
  },
  { name: 'env', look: 'plain', make: (token) => output('env', { env: { DEPLOY_TOKEN: token } }) },
  { name: 'export -p', look: 'plain', make: (token) => output('export -p', { env: { DEPLOY_TOKEN: token } }) },
  {
    name: 'JSON lines',
    look: 'plain',
    programs: ['python3'],
    make: (token) =>
      output(
        `python3 -c "import json,os; print(json.dumps({'log':'using '+os.environ['T']+' now\\n','stream':'stdout'}))"`,
        { env: { T: token } },
      ),
  },
  {
    name: 'a value in an address, escaped',
    look: 'plain',
    programs: ['python3'],
    make: (token) =>
      output(
        `python3 -c "import urllib.parse,os; print('redirect='+urllib.parse.quote('/x?private_token='+os.environ['T'],safe=''))"`,
        { env: { T: token } },
      ),
  },
  { name: 'base64 of a variable', look: 'encoded', make: (token) => output(`printf %s '${token}' | base64 -w 0`) },
  {
    name: 'base64 of a file, wrapped',
    look: 'encoded',
    make: (token) =>
      output(
        `printf 'user = a-person-with-a-long-name\\ntoken = ${token}\\nother = something else that is long enough to wrap\\n' | base64`,
      ),
  },
  {
    name: 'xxd -p, wrapped',
    look: 'encoded',
    programs: ['xxd'],
    make: (token) => output(`printf 'token = ${token} and some more text behind it' | xxd -p`),
  },
  {
    name: 'grep in colours, within the token',
    look: 'in pieces',
    programs: ['grep'],
    make: (token) => output(`printf 'TOKEN=${token}\\n' | grep --color=always '${token.slice(3, 12)}'`),
  },
  { name: 'tmux, 80 columns', look: 'in pieces', programs: ['tmux'], make: (token) => pane(80, wide(80, 12, token)) },
  { name: 'tmux, 120 columns', look: 'in pieces', programs: ['tmux'], make: (token) => pane(120, wide(120, 9, token)) },
  {
    name: 'a shell in script, 80 columns',
    look: 'in pieces',
    programs: ['script'],
    make: (token) =>
      output(`script -qec "stty cols 80; bash --norc -i" /dev/null`, {
        input: `: ${'x'.repeat(52)} ${token} y\nexit\n`,
        env: { PS1: '$ ' },
      }),
  },
  {
    name: 'fold -w 80',
    look: 'in pieces',
    make: (token) => output(`printf '%s\\n' '${wide(80, 15, token)}' | fold -w 80`),
  },
  {
    name: 'a progress bar',
    look: 'plain',
    make: (token) => output(`for i in 1 2 3; do printf 'pulling %s0%%\\r' $i; done; printf 'done with ${token}\\r\\n'`),
  },
  {
    name: 'a link of a terminal',
    look: 'plain',
    make: (token) =>
      output(
        `printf '\\033]8;;https://oauth2:${token}@gitlab.example.com/x\\033\\\\\\\\here\\033]8;;\\033\\\\\\\\\\n'`,
      ),
  },
  {
    name: 'GitLab Runner, sections',
    look: 'plain',
    programs: ['curl'],
    make: (token, port) => sections(curl(token, port)),
  },
  {
    name: 'GitLab Runner, time stamps',
    look: 'plain',
    programs: ['curl'],
    make: (token, port) => stamped(sections(curl(token, port))),
  },
  {
    name: 'GitLab Runner, a line that it cuts',
    look: 'in pieces',
    make: (token) => stamped(Buffer.from(`{"pad":"${'x'.repeat(8192 - 30)}","token":"${token}"}\n`)),
  },
  {
    name: 'GitLab Runner, two streams',
    look: 'in pieces',
    make: (token) =>
      Buffer.from(
        `${stamp('01O')}token ${token.slice(0, 9)}\n${stamp('01E')}npm warn x\n${stamp('00O')}y\n${stamp('01O', '+')}${token.slice(9)} end\n`,
      ),
  },
  {
    name: 'GitLab Runner, time stamps on what a terminal has wrapped',
    look: 'in pieces',
    make: (token) => stamped(output(`printf '%s\\n' '${wide(80, 15, token)}' | fold -w 80`)),
  },
  { name: 'GitHub Actions', look: 'plain', make: (token) => github(quoted(token)) },
  {
    name: 'a log of GitHub Actions, in a zip file',
    look: 'plain',
    make: (token) => zip([{ name: '0_build.txt', content: github(quoted(token)) }]),
  },
  { name: 'a log in gzip', look: 'plain', make: (token) => gzipSync(stamped(quoted(token))) },
];

/** What tmux shows of a line, in hard lines of its own. */
function pane(columns: number, text: string): Buffer {
  const socket = join(folder(), 'tmux');
  return output(
    `tmux -S ${socket} -f /dev/null new-session -d -x ${columns} -y 24 "printf '%s\\n' '${text}'; sleep 30"; sleep 0.7; tmux -S ${socket} capture-pane -p; tmux -S ${socket} kill-server`,
  );
}
