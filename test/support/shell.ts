/**
 * One shell for each test process, which starts its short programs. To start one from a process as large as this costs several
 * times what git takes, since the page tables are copied.
 */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment is its own alone: without the two variables that the shell adds. Its files are closed for what it starts. */
const SCRIPT = `exec 3<"$1/ask" 4>"$1/code"
while read -r _ <&3; do
  (. "$1/command") </dev/null >"$1/stdout" 2>"$1/stderr" 3<&- 4>&-
  echo $? >&4
done
rm -rf -- "$1"`;

class Shell {
  readonly #folder = mkdtempSync(join(tmpdir(), 'glaive-shell-'));
  readonly #ask: number;
  readonly #code: number;

  constructor(env: Readonly<Record<string, string>>) {
    const file = (name: string): string => join(this.#folder, name);
    execFileSync('mkfifo', [file('ask'), file('code')]);
    // It ends when this process does, however that ends: then nothing can write to `ask`.
    spawn('sh', ['-c', SCRIPT, 'sh', this.#folder], { cwd: '/', env, stdio: 'ignore' }).unref();
    this.#ask = openSync(file('ask'), 'w');
    this.#code = openSync(file('code'), 'r');
  }

  run(command: string): { readonly code: number; readonly stdout: string; readonly stderr: string } {
    const text = (name: string): string => readFileSync(join(this.#folder, name), 'utf8');
    writeFileSync(join(this.#folder, 'command'), command);
    writeSync(this.#ask, '\n');
    const bytes = Buffer.alloc(8);
    const length = readSync(this.#code, bytes);
    if (length === 0) throw new Error(`the shell of the tests has ended: ${command}`);
    return { code: Number(bytes.toString('latin1', 0, length)), stdout: text('stdout'), stderr: text('stderr') };
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const shells = new Map<string, Shell>();

/**
 * Runs programs one after the other in a folder, until one fails; without standard input.
 *
 * @returns what they have printed
 * @throws Error with `status`, `stdout` and `stderr` if one fails
 */
export function inShell(
  folder: string,
  env: Readonly<Record<string, string>>,
  programs: readonly (readonly string[])[],
): string {
  const key = JSON.stringify(env);
  const shell = shells.get(key) ?? new Shell(env);
  shells.set(key, shell);
  const steps = [['cd', '--', folder], ['unset', 'PWD', 'OLDPWD'], ...programs];
  const { code, stdout, stderr } = shell.run(steps.map((step) => step.map(quoted).join(' ')).join(' && '));
  if (code === 0) return stdout;
  const asked = programs.map((words) => words.join(' ')).join(' && ');
  throw Object.assign(new Error(`Command failed: ${asked}\n${stderr}`), { status: code, stdout, stderr });
}
