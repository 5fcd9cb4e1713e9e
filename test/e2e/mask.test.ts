/** `glaive mask` as people run it: as a filter, and around commands that behave well and badly. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLI, glaive } from '../support/run-cli.ts';
import { glaiveProcess } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const newToken = tokenMint(40);
const bash = (script: string): string[] => ['mask', '--', 'bash', '-c', script];

/** Starts glaive and gives what it prints while it runs. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return {
    child,
    text: () => text,
    until: async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    ended: async (): Promise<{ readonly code: number | null; readonly signal: string | null }> => await endOf(child),
  };
}

function endOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
}

describe('as a filter', () => {
  it('says what standard input cannot be', async () => {
    const { code, stdout } = await glaiveThrough(`"$NODE" "$CLI" mask < / 2>&1`);
    expect([code, stdout]).toEqual([2, expect.stringMatching(/^glaive: cannot read standard input: it is a folder\n/)]);
  });

  it('masks, keeps the prefix, and ends with 0', async () => {
    const token = newToken();
    const { code, stdout, stderr } = await glaive(['mask'], { input: `one ${token}\ntwo` });
    expect([code, stdout, stderr]).toEqual([0, 'one glpat-[MASKED]\ntwo', '']);
  });

  it('ends with 1 on --fail-on-leak, and says how many', async () => {
    const input = `${newToken()} ${newToken()}\n`;
    const leaked = await glaive(['mask', '--fail-on-leak'], { input });
    expect(leaked).toMatchObject({ code: 1, stdout: 'glpat-[MASKED] glpat-[MASKED]\n' });
    expect(leaked.stderr).toContain('2 credentials');
    expect((await glaive(['mask', '--fail-on-leak'], { input: 'glpat-[MASKED] and nothing\n' })).code).toBe(0);
  });

  it('gives what is asked at a prompt, although it has no end', async () => {
    const { child, until, ended, text } = start(['mask']);
    child.stdin.write('Name of the glpa');
    await until('Name of the glpa');
    const token = newToken();
    child.stdin.write(token.slice(4, 12));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.stdin.end(`${token.slice(12)} .\n`);
    expect(await ended()).toEqual({ code: 0, signal: null });
    expect(text()).toBe('Name of the glpat-[MASKED] .\n');
  });

  it('ends when its output is closed', async () => {
    const { stdout, code } = await glaiveThrough(`yes | "$NODE" "$CLI" mask | head -n 1`);
    expect([stdout, code]).toEqual(['y\n', 0]);
  });

  it('masks values of variables in the forms in which programs print them', async () => {
    const value = `it's "quoted" & p@ss/wörd+1`;
    const forms = [
      value,
      Buffer.from(value).toString('base64'),
      Buffer.from(`user:${value}`).toString('base64'),
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      `'${value.replaceAll("'", `'\\''`)}'`,
    ];
    for (const form of forms) {
      const { stdout } = await glaive(['mask', '--env', 'MY_PASSWORD'], {
        input: `<${form}>`,
        env: { MY_PASSWORD: value },
      });
      expect(stdout).toContain('[MASKED]');
      expect(stdout.replace('[MASKED]', '').length).toBeLessThan(16);
    }
    const short = await glaive(['mask', '--env', 'PIN'], { input: 'x', env: { PIN: '1234' } });
    expect(short.code).toBe(2);
    expect(short.stderr).toContain('PIN');
    expect(short.stderr).not.toContain('1234');
  });
});

/** A line of shell in which $NODE "$CLI" is glaive. */
function glaiveThrough(script: string): Promise<{ readonly stdout: string; readonly code: number | null }> {
  const child = spawn('bash', ['-c', script], { env: { ...process.env, NODE: process.execPath, CLI } });
  let stdout = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ stdout, code })));
}

describe('around a command', () => {
  it('masks both streams, and gives its code', async () => {
    const token = newToken();
    const ran = await glaive(bash(`echo out ${token}; echo err ${token} >&2; exit 7`));
    expect(ran).toMatchObject({ code: 7, stdout: 'out glpat-[MASKED]\n', stderr: 'err glpat-[MASKED]\n' });
  });

  it('keeps the order of both streams', async () => {
    const script = 'for i in 1 2 3 4 5; do echo out $i; sleep 0.05; echo err $i >&2; sleep 0.05; done';
    const { stdout } = await glaiveThrough(`"$NODE" "$CLI" mask -- bash -c '${script}' 2>&1`);
    expect(stdout.split('\n').slice(0, 4)).toEqual(['out 1', 'err 1', 'out 2', 'err 2']);
  });

  it('masks a token that is written in two pieces, with a pause', async () => {
    const token = newToken();
    const { stdout } = await glaive(
      bash(`printf %s ${token.slice(0, 3)}; sleep 0.3; printf '%s\\n' ${token.slice(3)}`),
    );
    expect(stdout).toBe('glpat-[MASKED]\n');
  });

  it('reports what has ended it', async () => {
    expect((await glaive(bash('kill -9 $$'))).code).toBe(137);
    expect((await glaive(bash('kill -TERM $$'))).code).toBe(143);
    const missing = await glaive(['mask', '--', 'no-such-command-here']);
    expect(missing.code).toBe(127);
    expect(missing.stderr).toContain('no-such-command-here');
    const folder = tempFolder();
    writeFileSync(join(folder, 'data'), 'x');
    expect((await glaive(['mask', '--', join(folder, 'data')])).code).toBe(126);
  });

  it('passes a signal on, and gives what the command still has to say', async () => {
    const { child, until, ended, text } = start(
      bash('trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.05; done'),
    );
    await until('ready');
    child.kill('SIGTERM');
    expect(await ended()).toEqual({ code: 3, signal: null });
    expect(text()).toBe('ready\nbye\n');
  });

  it('does not wait for what it has left running', async () => {
    const { child, ended, until } = start(bash('sleep 60 & echo main'));
    await until('main');
    const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    expect(await ended()).toEqual({ code: 0, signal: null });
    expect(pid).toBeDefined();
  });

  it('lets it notice that its output is closed', async () => {
    const { stdout, code } = await glaiveThrough(`"$NODE" "$CLI" mask -- yes | head -n 1`);
    expect([stdout, code]).toEqual(['y\n', 0]);
  });

  it('hands standard input on', async () => {
    const token = newToken();
    expect((await glaiveProcess(['mask', '--', 'cat'], { input: `hello ${token}\n` })).stdout).toBe(
      'hello glpat-[MASKED]\n',
    );
  });

  it('passes binary byte for byte', async () => {
    const folder = tempFolder();
    const file = join(folder, 'noise');
    const noise = randomBytes(3_000_000);
    writeFileSync(file, noise);
    const { code } = await glaiveThrough(`"$NODE" "$CLI" mask -- cat "${file}" | cmp - "${file}"`);
    expect(code).toBe(0);
  });
});
