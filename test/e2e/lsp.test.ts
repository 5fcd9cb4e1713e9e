/** `glaive lsp` as editors use it: a process that a client of the protocol talks to. */

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import { applied, openEditor } from '../support/editor.ts';
import { plantAll, watch } from '../support/leak-watch.ts';
import { Random, routableToken } from '../support/mint.ts';
import { glaiveProcess, start, until } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository } from '../support/temp-folder.ts';

const token = tokenMint(51);
const proven = routableToken(new Random(52), { prefix: 'glpat-', payload: { o: 1, u: 42 }, version: 'v1' });

/** The range of a text on line `line` of a document, counted as editors do. */
function rangeOn(line: number, text: string, part: string) {
  const character = text.split('\n')[line]!.indexOf(part);
  return { start: { line, character }, end: { line, character: character + part.length } };
}

const ruleIds = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);

it('shows findings while the user types, at their range, and clears them', async () => {
  const editor = await openEditor({ folder: tempRepository() });
  const secret = token();
  const text = `// 🦊 é\nconst x = "🦊🦊", key = "${secret}";\r\n`;
  const [found, ...others] = await editor.open('a.ts', text, 'typescript');
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    range: rangeOn(1, text, secret),
    severity: 1,
    source: 'glaive',
    code: 'gitlab_personal_access_token',
    codeDescription: { href: expect.stringMatching(/^https:\/\/docs\.gitlab\.com\//) as string },
  });
  expect(found!.message).toMatch(/^GitLab personal access token \(certain: [^\n]+\)\.$/);
  expect(JSON.stringify(found)).not.toContain(secret.slice(6));

  // Twenty characters typed before it on the same line move it.
  for (let count = 0; count < 20; count++)
    await editor.change('a.ts', 'é', { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } });
  const [moved] = await editor.diagnostics('a.ts');
  expect(moved!.range.start.character).toBe(found!.range.start.character + 20);
  await editor.change('a.ts', 'process.env.KEY', moved!.range);
  expect(await editor.diagnostics('a.ts')).toEqual([]);

  await editor.change('a.ts', text);
  expect(await editor.diagnostics('a.ts')).toHaveLength(1);
  await editor.close('a.ts');
  await editor.untilDiagnostics('a.ts', (diagnostics) => diagnostics.length === 0);
  // A document without a file.
  expect(ruleIds(await editor.open('untitled:Untitled-1', `x ${proven}`))).toEqual([
    found!.code + '_routable_versioned',
  ]);
  // An old version, which no one can change.
  await editor.notify('textDocument/didOpen', {
    textDocument: { uri: 'git:/a.ts', languageId: 'typescript', version: 1, text },
  });
  // A name that is a secret itself.
  expect(await editor.open(`${token()}.txt`, 'x\n')).toMatchObject([
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } },
  ]);
  expect([...editor.published.keys()]).not.toContain('git:/a.ts');
  await editor.shutDown();
  expect(await editor.server.ended).toMatchObject({ code: 0, stderr: '' });
});

it('rates by confidence, and leaves out what is unlikely', async () => {
  const editor = await openEditor({ folder: tempFolder() });
  const text = `a ${proven}\nb ${token()}\nc glpat-${'l'.repeat(1)}${token().slice(7)}\nd glpat-${'x'.repeat(20)}\n`;
  const found = await editor.open('a.txt', text);
  expect(found.map(({ range, severity }) => [range.start.line, severity])).toEqual([
    [0, 1],
    [1, 1],
    [2, 2],
  ]);
  await editor.shutDown();
  const strict = await openEditor({ folder: tempFolder(), args: ['--min-confidence', 'proven'] });
  expect(await strict.open('a.txt', text)).toEqual([found[0]]);
  await strict.shutDown();
});

it('explains a finding: type, why, owner, and what to do now', async () => {
  const editor = await openEditor({ folder: tempFolder() });
  await editor.open('a.txt', `token: ${proven}\n`);
  const text = await editor.hover('a.txt', { line: 0, character: 12 });
  expect(text).toContain('**GitLab personal access token');
  expect(text).toContain('Confidence: proven (checksum matches)');
  expect(text).toContain('Severity: critical');
  expect(text).toContain('Owner: user 42, organization 1');
  expect(text).toContain('move it to an environment variable or a CI/CD variable');
  expect(text).toMatch(/revoke it first[^\n]+\n {3}1\. \S/);
  expect(text).toMatch(/`glaive accept [0-9a-f]{64} --reason "\.\.\."`/);
  expect(text).not.toContain(proven.slice(6, 30));
  expect(await editor.hover('a.txt', { line: 0, character: 2 })).toBeUndefined();
  await editor.shutDown();
});

const titled = (actions: readonly CodeAction[], title: RegExp): CodeAction | undefined =>
  actions.find((action) => title.test(action.title));

it('has two quick fixes that leave nothing to report', async () => {
  const editor = await openEditor({ folder: tempRepository() });
  for (const [name, languageId, pattern, line] of [
    ['a.py', 'python', 'x = 1\n    gitlab_token = "SECRET"\n', '    gitlab_token = os.environ["GITLAB_TOKEN"]\n'],
    ['a.ts', 'typescript', 'const deployKey = "SECRET";\n', 'const deployKey = process.env.DEPLOY_KEY;\n'],
    [
      'a.sh',
      'shellscript',
      'curl -H "PRIVATE-TOKEN: SECRET" $URL\r\n',
      'curl -H "PRIVATE-TOKEN: $GITLAB_TOKEN" $URL\r\n',
    ],
    ['.gitlab-ci.yml', 'yaml', 'job:\n  script:\n    - a --token SECRET\n', '    - a --token $GITLAB_TOKEN\n'],
  ] as const) {
    const text = pattern.replace('SECRET', token());
    const [found] = await editor.open(name, text, languageId);
    const actions = await editor.actions(name, found!.range);
    for (const { kind, diagnostics } of actions) expect([kind, diagnostics]).toEqual(['quickfix', [found]]);

    const replaced = applied(text, titled(actions, /^Replace by/)!.edit!, editor.uriOf(name), 1);
    expect([name, replaced.endsWith(line)]).toEqual([name, true]);
    const allowed = applied(text, titled(actions, /comment/)!.edit!, editor.uriOf(name), 1);
    expect(allowed).toMatch(
      /(?:^|\n) *(?:#|\/\/) glaive:allow gitlab_personal_access_token say why this is no danger\r?\n/,
    );
    for (const repaired of [replaced, allowed]) {
      await editor.change(name, repaired);
      expect(await editor.diagnostics(name)).toEqual([]);
    }
  }
  await editor.shutDown();
});

it('offers the command for the baseline where the language has no comments, and it works', async () => {
  const folder = tempRepository();
  const editor = await openEditor({ folder });
  const [found] = await editor.open('a.json', `{"key": "${proven}"}\n`, 'json');
  const actions = await editor.actions('a.json', found!.range);
  expect(actions.map(({ title }) => title)).toEqual(['Allow with a reason (show the command for the baseline)']);
  await editor.request('workspace/executeCommand', actions[0]!.command);
  await until(() => editor.messages.length > 0);
  const [, fingerprint] = /glaive accept ([0-9a-f]{64}) --reason/.exec(editor.messages[0]!.message)!;
  expect((await glaiveProcess(['accept', fingerprint!, '--reason', 'a fixture'], { cwd: folder })).code).toBe(0);
  await editor.notify('workspace/didChangeWatchedFiles', {
    changes: [{ uri: editor.uriOf('.glaive-baseline'), type: 1 }],
  });
  await editor.untilDiagnostics('a.json', (diagnostics) => diagnostics.length === 0);
  await editor.shutDown();
});

it('offers fields to fill in where the editor has them', async () => {
  const capabilities = {
    workspace: { workspaceEdit: { documentChanges: true, snippetEditSupport: true } },
    textDocument: { codeAction: { codeActionLiteralSupport: {} } },
  };
  const editor = await openEditor({ folder: tempFolder(), capabilities });
  const [found] = await editor.open('a.php', `<?php\n$key = "${proven}";\n`, 'php');
  const allow = titled(await editor.actions('a.php', found!.range), /comment/);
  expect(allow!.edit!.documentChanges).toMatchObject([
    {
      textDocument: { version: 1 },
      edits: [
        {
          range: { start: { line: 1, character: 0 } },
          snippet: { value: `// glaive:allow ${String(found!.code)} \${1:say why this is no danger}\n` },
        },
      ],
    },
  ]);
  await editor.shutDown();
});

it('honours the policy of the repository, and reads it again when it changes', async () => {
  const folder = tempRepository({
    '.glaive.toml':
      '[scan]\nexclude = ["fixtures/"]\n[[allow]]\nrule = "gitlab_deploy_token"\npath = "docs/"\nreason = "examples"\n',
    '.gitignore': '.env\n',
    '.glaiveignore': 'generated.txt\n',
  });
  const editor = await openEditor({ folder });
  const text = `${proven}\n`;
  for (const name of ['fixtures/a.txt', 'generated.txt', '.env'])
    expect([name, await editor.open(name, text)]).toEqual([name, []]);
  expect(await editor.open('docs/a.md', `gldt-${token().slice(6)}\n`)).toEqual([]);
  expect(await editor.open('a.txt', text)).toHaveLength(1);
  await editor.change('a.txt', `${proven} # glaive:allow a fixture\n`);
  expect(await editor.diagnostics('a.txt')).toEqual([]);
  await editor.change('a.txt', text);
  expect(await editor.diagnostics('a.txt')).toHaveLength(1);
  expect(editor.watched).toMatchObject([{ method: 'workspace/didChangeWatchedFiles' }]);

  // Saved in this editor, which does not report changes of other files.
  await editor.open('.glaiveignore', 'a.txt\n');
  writeFileSync(join(folder, '.glaiveignore'), 'a.txt\n');
  await editor.notify('textDocument/didSave', { textDocument: { uri: editor.uriOf('.glaiveignore') } });
  await editor.untilDiagnostics('a.txt', (diagnostics) => diagnostics.length === 0);
  await editor.untilDiagnostics('generated.txt', (diagnostics) => diagnostics.length === 1);
  await editor.shutDown();
});

it('says where a configuration is broken, and goes on when it is repaired', async () => {
  const folder = tempRepository({ '.glaive.toml': '[scan]\nexclude = "oops\n' });
  const editor = await openEditor({ folder });
  expect(await editor.open('a.txt', `${proven}\n`)).toEqual([]);
  expect(await editor.open('b.txt', `${proven}\n`)).toEqual([]);
  expect(editor.messages).toHaveLength(1);
  expect(editor.messages[0]).toMatchObject({ type: 1, message: expect.stringContaining('.glaive.toml:2:') as string });
  await editor.untilDiagnostics(
    '.glaive.toml',
    ([problem]) => problem?.severity === 1 && problem.range.start.line === 1,
  );
  rmSync(join(folder, '.glaive.toml'));
  await editor.change('a.txt', `${proven}\nmore\n`);
  await editor.untilDiagnostics('a.txt', (diagnostics) => diagnostics.length === 1);
  await editor.untilDiagnostics('.glaive.toml', (diagnostics) => diagnostics.length === 0);
  await editor.shutDown();
});

it('sends no piece of a secret back, whatever is asked', async () => {
  const planted = plantAll(53);
  const leaksIn = watch(planted);
  const folder = tempFolder();
  const editor = await openEditor({ folder });
  const text = planted.map(({ text: one, token: other }) => `${one}\n${other}=${one}\n`).join('');
  const found = await editor.open('a.sh', text, 'shellscript');
  expect(found.length).toBeGreaterThan(100);
  for (const { range } of found.filter((_, index) => index % 3 === 0)) {
    await editor.hover('a.sh', range.start);
    await editor.actions('a.sh', range);
  }
  writeFileSync(join(folder, '.glaive.toml'), `[scan]\n"${planted[0]!.token}" = 1\n`);
  await editor.change('a.sh', `${planted[0]!.text}\n`);
  await until(() => editor.messages.length > 0);
  await editor.shutDown();
  const { stderr } = await editor.server.ended;
  expect(leaksIn(editor.received() + stderr)).toEqual([]);
});

it('says that a document is too large', async () => {
  const editor = await openEditor({ folder: tempFolder() });
  const [note] = await editor.open('a.txt', `${proven}\n${'x'.repeat(8_000_000)}`);
  expect(note).toMatchObject({
    severity: 3,
    message: expect.stringMatching(/^Not scanned: .*glaive scan PATH/) as string,
  });
  await editor.change('a.txt', 'x', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } });
  expect(await editor.diagnostics('a.txt')).toEqual([note]);
  await editor.change('a.txt', `${proven}\n`);
  await editor.untilDiagnostics('a.txt', ([found]) => found?.severity === 1);
  await editor.shutDown();
});

it.runIf(existsSync('/proc/self/status'))('scans again and again, and takes no more memory for it', async () => {
  const editor = await openEditor({ folder: tempFolder() });
  await editor.open('a.txt', `${'some text\n'.repeat(2000)}${proven}\n`);
  const scans = async (count: number): Promise<number> => {
    for (let at = 0; at < count; at++) {
      const [from, to] = [0, at % 2].map((character) => ({ line: at, character }));
      await editor.change('a.txt', at % 2 === 0 ? 'x' : '', { start: from!, end: to! });
      // It waits for the scan of this very text.
      expect(await editor.hover('a.txt', { line: 2000, character: 9 })).toBeDefined();
    }
    return editor.memory();
  };
  const before = await scans(50);
  expect((await scans(150)) - before).toBeLessThan(128 * 1024 * 1024);
  await editor.shutDown();
});

it('scans no text that is older than the last edit', async () => {
  const editor = await openEditor({ folder: tempFolder() });
  await editor.open('a.txt', `${proven}\n`);
  for (let count = 0; count < 2000; count++)
    await editor.change('a.txt', 'x', { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } });
  expect(await editor.diagnostics('a.txt')).toHaveLength(1);
  expect(editor.publications).toBeLessThan(50);
  await editor.shutDown();
});

it('ends with its editor', async () => {
  // Its end of the pipe.
  const closed = await openEditor({ folder: tempFolder() });
  closed.server.child.stdin.end();
  expect((await closed.server.ended).code).toBe(1);
  // Its process, while another one keeps the pipe open.
  const other = start(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const orphan = await openEditor({ folder: tempFolder(), processId: other.child.pid! });
  other.child.kill('SIGKILL');
  expect((await orphan.server.ended).code).toBe(1);
  // Exit without a shutdown, as the protocol has it.
  const rude = await openEditor({ folder: tempFolder(), args: ['--stdio'] });
  await rude.notify('exit');
  expect((await rude.server.ended).code).toBe(1);
});

it('answers nonsense with an error of the protocol, and goes on', async () => {
  const editor = await openEditor({ folder: tempFolder() });
  await expect(editor.request('textDocument/rename', {})).rejects.toThrow(/Unhandled method/);
  await editor.notify('textDocument/didChange', {
    textDocument: { uri: 'file:///nowhere', version: 2 },
    contentChanges: [{ text: '' }],
  });
  expect(await editor.open('file://other-host/share/a.txt', `${proven}\n`)).toHaveLength(1);
  await editor.shutDown();
  expect((await editor.server.ended).code).toBe(0);
  expect(await glaiveProcess(['lsp'], { input: 'this is no protocol\n' })).toMatchObject({
    code: 1,
    stdout: expect.not.stringContaining('no protocol') as string,
  });
});
