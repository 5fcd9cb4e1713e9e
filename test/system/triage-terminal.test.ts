/** `glaive triage` in a real terminal of 80x24: tmux draws it. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { CLI, glaive, testEnvironment } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository } from '../support/temp-folder.ts';

const token = tokenMint(2524);

interface Screen {
  /** Presses keys, by their names in tmux. */
  press(...keys: readonly string[]): void;
  /** The screen, once it shows this. */
  shows(pattern: RegExp): Promise<string>;
}

/** A terminal in which a command runs; afterwards it shows its exit code. */
function terminal(cwd: string, argv: readonly string[], home: string): Screen {
  const socket = join(tempFolder(), 'tmux');
  const env = { ...testEnvironment({ HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8' }) };
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', env });
  const quoted = [process.execPath, CLI, ...argv].map((word) => `'${word}'`).join(' ');
  onTestFinished(() => void spawnSync('tmux', ['-S', socket, 'kill-server']));
  tmux('new-session', '-d', '-x', '80', '-y', '24', '-c', cwd, `${quoted}; echo "exit code $?"; sleep 60`);
  return {
    press: (...keys) => void tmux('send-keys', ...keys),
    async shows(pattern) {
      for (;;) {
        const screen = tmux('capture-pane', '-p');
        if (pattern.test(screen)) return screen;
        await pause(20);
      }
    },
  };
}

describe.runIf(spawnSync('tmux', ['-V']).status === 0)('a terminal of 80x24', () => {
  it('holds a card with its question; accept, revoke, skip and Ctrl-C do what they say', async () => {
    const secrets = [token(), token(), token(), token()];
    const root = tempRepository(
      Object.fromEntries(
        secrets.map((secret, at) => [`${'folder/'.repeat(20)}${at}.yml`, `# ${'x'.repeat(90)} ${secret}\n`]),
      ),
    );
    const home = tempFolder();
    const fake = await fakeIssuer();
    for (const [index, secret] of secrets.entries())
      fake.tokens.set(secret, { id: 90 + index, state: 'active', kind: 'access', scopes: ['api'] });
    const report = join(home, 'r.json');
    await glaive(['scan', '--output', `json=${report}`], { cwd: root });
    const { press, shows } = terminal(root, ['triage', report, '--gitlab-url', fake.url], home);
    const screens: string[] = [];
    const see = async (pattern: RegExp): Promise<string> => {
      screens.push(await shows(pattern));
      return screens.at(-1)!;
    };

    const card = (await see(/quit\n└/)).split('\n');
    expect(card.find((line) => line.startsWith('1 of 4: critical  GitLab personal access token'))).toBeDefined();
    expect(card.find((line) => line.startsWith('  fingerprint: '))).toBeDefined();
    press('a');
    await see(/Why is it no danger/);
    press('-l', 'a fixture');
    press('Enter');
    await see(/Its last day/);
    press('Enter');

    await see(/2 of 4[^]*quit\n└/);
    press('r');
    await see(/Revoke 1 credential\?/);
    press('y');
    await see(/3 of 4[^]*quit\n└/);
    press('Enter');
    await see(/4 of 4[^]*quit\n└/);
    press('C-c');
    await see(/Triage: accepted 1, revoked 1, skipped 1; 2 remain[^]*glaive: interrupted[^]*exit code 130/);

    expect(readFileSync(join(root, '.glaive-baseline'), 'utf8')).toContain('a fixture');
    expect(secrets.map((secret) => fake.tokens.get(secret)!.state)).toEqual(['active', 'revoked', 'active', 'active']);
    const log = join(home, '.local', 'state', 'glaive', 'audit.jsonl');
    expect(existsSync(log)).toBe(true);
    const seen = screens.join('\n') + readFileSync(log, 'utf8');
    for (const secret of secrets) expect(seen).not.toContain(secret.slice(8, 16));
  });
});
