/** `glaive report`: one report out of several, and other tools' in our formats; nothing is lost, and no secret comes along. */

import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { IS_LONG } from '../support/runs.ts';
import { parseReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(1234);
const random = new Random(99);

async function convert(
  inputs: Readonly<Record<string, string>>,
  args: readonly string[] = ['--format', 'json'],
): Promise<Ran> {
  const cwd = tempFolder();
  writeFiles(cwd, inputs);
  return await glaive(['report', ...Object.keys(inputs), ...args], { cwd });
}

describe('its own', () => {
  it('comes out of JSON as it went in, in every format', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.env': `A=${newToken()}\n`, 'b.txt': `x ${mint('deploy', random)} y\n` });
    const formats = ['json', 'jsonl', 'sarif', 'gitlab', 'codequality', 'junit', 'csv', 'markdown', 'text'];
    const json = await glaive(['scan', '.', '--format', 'json'], { cwd });
    writeFileSync(join(cwd, 'r.json'), json.stdout);
    for (const format of formats) {
      const direct = await glaive(['scan', 'a.env', 'b.txt', '--format', format], { cwd });
      const ran = await glaive(['report', 'r.json', '--format', format], { cwd });
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      expect(ran.stdout).toBe(direct.stdout);
    }
  });

  it('comes out of JSON lines as it went in, one report or several', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.env': `A=${newToken()}\n`, 'b.env': `A=${newToken()}\n` });
    const one = await glaive(['scan', 'a.env', 'not-there', '--format', 'jsonl'], { cwd });
    const two = await glaive(['scan', 'b.env', '--format', 'jsonl'], { cwd });
    const none = await glaive(['scan', 'not-there', '--format', 'jsonl', '--exit-zero'], { cwd });
    expect((await convert({ 'r.jsonl': one.stdout }, ['--format', 'jsonl'])).stdout).toBe(one.stdout);
    const both = parseReport(await convert({ 'r.jsonl': one.stdout + two.stdout + none.stdout }));
    expect(both.findings.map(({ artifact }) => artifact.uri)).toEqual(['a.env', 'b.env']);
    expect(both.gaps).toHaveLength(1);
  });

  it('names the repository, the ref and the commit, also of a clean scan and of a CI job, and again from JSON', async () => {
    const cwd = tempRepository({ 'a.txt': 'clean\n' });
    git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git');
    git(cwd, 'checkout', '--quiet', '-b', 'topic/one');
    const commit = git(cwd, 'rev-parse', 'HEAD').trim();
    const named = async (env: Readonly<Record<string, string>> = {}): Promise<unknown[]> => {
      const { stdout } = await glaive(['scan', '--format', 'json'], { cwd, env });
      writeFiles(cwd, { '.git/r.json': stdout });
      const again = await glaive(['report', join('.git', 'r.json'), '--format', 'json'], { cwd });
      expect(again.stdout).toBe(stdout);
      const { scan } = JSON.parse(stdout);
      return [scan.repository, scan.ref, scan.commit];
    };
    const repository = 'ssh://gitlab.example.com/group/project.git';
    expect(await named()).toEqual([repository, 'topic/one', commit]);
    git(cwd, 'checkout', '--quiet', '--detach');
    expect(await named()).toEqual([repository, undefined, commit]);
    expect(await named({ CI_COMMIT_SHA: commit, CI_COMMIT_REF_NAME: 'v1.0' })).toEqual([repository, 'v1.0', commit]);
    // The variables of the job of another repository.
    expect(await named({ CI_COMMIT_SHA: 'ab'.repeat(20), CI_COMMIT_REF_NAME: 'v1.0' })).toContain(undefined);
    const secret = newToken();
    const { stdout } = await glaive(['scan', '--format', 'json'], {
      cwd,
      env: { GITHUB_SHA: commit, GITHUB_REF_NAME: `try-${secret}` },
    });
    expect(JSON.parse(stdout).scan.ref).toContain('[MASKED]');
  });

  it('does not name the repository around the current folder for files outside of it', async () => {
    const cwd = tempRepository({ 'a.txt': 'clean\n', 'sub/b.txt': `A=${newToken()}\n` });
    const other = tempRepository({ 'a.txt': `A=${newToken()}\n` });
    const named = async (...paths: string[]): Promise<unknown> =>
      JSON.parse((await glaive(['scan', ...paths, '--format', 'json'], { cwd })).stdout).scan.commit;
    const commit = git(cwd, 'rev-parse', 'HEAD').trim();
    expect(await named('sub', 'a.txt')).toBe(commit);
    expect(await named(other)).toBeUndefined();
    expect(await named('sub', join(other, 'a.txt'))).toBeUndefined();
  });

  it('JSON lines that end early, or go astray, are refused', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.env': `A=${newToken()}\nB=${newToken()}\n` });
    const { stdout } = await glaive(['scan', 'a.env', '--format', 'jsonl'], { cwd });
    const lines = stdout.split('\n');
    for (const cut of [lines.slice(0, 1), lines.slice(0, -2), [...lines, 'x'], [...lines, '{"type":"x"}']]) {
      const ran = await convert({ 'r.jsonl': `${cut.join('\n')}\n` });
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('r.jsonl is not a report of glaive')]);
    }
  });

  it('too large for one file of SARIF is several, and one again', { timeout: 60_000 }, async () => {
    const cwd = tempFolder();
    for (const name of ['a', 'b', 'c'])
      writeFiles(cwd, { [`${name}.env`]: Array.from({ length: 3700 }, () => `A=${newToken()}\n`).join('') });
    if (IS_LONG) expect(await glaive(['scan', '--output', 'sarif=out/r.sarif'], { cwd })).toMatchObject({ code: 2 });
    mkdirSync(join(cwd, 'out'));
    const again = await glaive(['scan', '--output', 'sarif=out/r.sarif', '--output', 'csv=r.csv'], { cwd });
    expect(again.stderr).toContain('the report is in 2 files: out/r.sarif, out/r-2.sarif');
    const files = ['out/r.sarif', 'out/r-2.sarif'];
    for (const file of files) expect(statSync(join(cwd, file)).size).toBeLessThan(10_000_000);
    const merged = await glaive(['report', ...files, '--format', 'json'], { cwd });
    expect(parseReport(merged).findings).toHaveLength(11_100);
  });

  it('comes out of SARIF with its types, fingerprints and gaps', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.env': `A=${newToken()}\n` });
    const sarif = await glaive(['scan', 'a.env', 'not-there', '--format', 'sarif'], { cwd });
    const json = parseReport(await glaive(['scan', 'a.env', '--format', 'json'], { cwd }));
    const ran = await convert({ 'r.sarif': sarif.stdout });
    const report = parseReport(ran);
    expect(
      report.findings.map(({ ruleId, fingerprint, secretFingerprint, confidence }) => [
        ruleId,
        fingerprint,
        secretFingerprint,
        confidence,
      ]),
    ).toEqual(
      json.findings.map(({ ruleId, fingerprint, secretFingerprint, confidence }) => [
        ruleId,
        fingerprint,
        secretFingerprint,
        confidence,
      ]),
    );
    expect([report.scan.complete, report.gaps.length]).toEqual([false, 1]);
    expect(ran.stderr).toContain('not-there');
  });
});

describe('several', () => {
  it('are one: each finding once, counts summed, no gap forgotten', async () => {
    const cwd = tempFolder();
    const [one, two, both] = [newToken(), newToken(), newToken()];
    writeFiles(cwd, { 'a.env': `A=${one}\n`, 'b.env': `B=${two}\n`, 'c.env': `C=${both}\n` });
    const shard = async (...paths: string[]): Promise<string> =>
      (await glaive(['scan', ...paths, '--format', 'json'], { cwd })).stdout;
    const ran = await convert({
      '1.json': await shard('a.env', 'c.env'),
      '2.json': await shard('b.env', 'c.env', 'gone'),
    });
    const report = parseReport(ran);
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['a.env', 'b.env', 'c.env']);
    expect([report.counts.artifacts, report.scan.complete, report.gaps[0]!.uri]).toEqual([4, false, 'gone']);
  });

  it('of shards together are that of the whole: each file is scanned once', async () => {
    const cwd = tempFolder();
    writeFiles(
      cwd,
      Object.fromEntries(
        Array.from({ length: 60 }, (_, index) => [
          `d${index % 7}/${index}.env`,
          index % 3 === 0 ? `A=${newToken()}\n` : 'A=1\n',
        ]),
      ),
    );
    const whole = parseReport(await glaive(['scan', '--format', 'json'], { cwd }));
    for (const total of [1, 3]) {
      const shards: Record<string, string> = {};
      let artifacts = 0;
      for (let index = 1; index <= total; index++) {
        const ran = await glaive(['scan', '--shard', `${index}/${total}`, '--format', 'json'], { cwd });
        artifacts += parseReport(ran).counts.artifacts;
        if (total > 1) expect(parseReport(ran).counts.artifacts).toBeLessThan(60);
        shards[`${index}.json`] = ran.stdout;
      }
      expect(artifacts).toBe(60);
      const merged = parseReport(await convert(shards));
      expect(merged.findings.map(({ fingerprint }) => fingerprint)).toEqual(
        whole.findings.map(({ fingerprint }) => fingerprint),
      );
    }
    for (const wrong of ['0/2', '3/2', '1', 'a/b', '1/0'])
      expect((await glaive(['scan', '--shard', wrong], { cwd })).stderr).toContain('--shard must be a part like 2/4');
  });

  it('keep what was checked', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.env': `A=${newToken()}\n` });
    const plain = (await glaive(['scan', 'a.env', '--format', 'json'], { cwd })).stdout;
    const checked = plain
      .replace('"tokenStatus": "unknown"', '"tokenStatus": "active"')
      .replace(/ *"tokenStatusReason".*\n/, '');
    for (const inputs of [
      { '1.json': plain, '2.json': checked },
      { '2.json': checked, '1.json': plain },
    ])
      expect(parseReport(await convert(inputs)).findings.map(({ tokenStatus }) => tokenStatus)).toEqual(['active']);
  });

  it('do not depend on their order', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.env': `A=${newToken()}\n`, 'b.env': `B=${newToken()}\n` });
    const [one, two] = [
      (await glaive(['scan', 'a.env', '--format', 'json'], { cwd })).stdout,
      (await glaive(['scan', 'b.env', '--format', 'json'], { cwd })).stdout,
    ];
    const args = ['--format', 'codequality'];
    expect((await convert({ '1': one, '2': two }, args)).stdout).toBe(
      (await convert({ '2': two, '1': one }, args)).stdout,
    );
  });
});

describe('other tools', () => {
  const ours = newToken();
  const foreign = `AKIA${random.of('ABCDEFGHJKLMNPQRSTUVWXYZ234567', 16)}x`;
  const leak = (secret: string, more = {}): object => ({
    RuleID: 'generic-api-key',
    Description: 'Detected a Generic API Key',
    StartLine: 3,
    EndLine: 3,
    StartColumn: 5,
    EndColumn: 40,
    Match: `key = ${secret}`,
    Secret: secret,
    File: 'src/app.py',
    SymlinkFile: '',
    Commit: 'ab'.repeat(20),
    Entropy: 4,
    Author: 'Jane',
    Email: 'jane@example.com',
    Date: '2026-01-02T03:04:05Z',
    Message: `adds ${secret}`,
    Tags: [],
    Fingerprint: 'ab:src/app.py:generic-api-key:3',
    ...more,
  });

  it('gitleaks: a GitLab token gets its type, and no secret comes along', async () => {
    const input = JSON.stringify([leak(ours), leak(foreign, { StartLine: 9 }), leak('REDACTED', { StartLine: 12 })]);
    for (const format of ['json', 'text', 'sarif', 'gitlab', 'codequality', 'junit', 'csv', 'markdown', 'jsonl']) {
      const ran = await convert({ 'gitleaks.json': input }, ['--format', format]);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      for (const secret of [ours, foreign]) expect(ran.stdout).not.toContain(secret.slice(6));
    }
    const { findings } = parseReport(await convert({ 'gitleaks.json': input }));
    expect(findings).toMatchObject([
      {
        ruleId: 'gitlab_personal_access_token',
        confidence: 'certain',
        severity: 'critical',
        artifact: { uri: 'src/app.py' },
        regions: [{ startLine: 3, startColumn: 5 }],
        introduction: { commit: 'ab'.repeat(20), author: 'Jane <jane@example.com>' },
      },
      { ruleId: 'gitleaks.generic-api-key', confidence: 'likely', regions: [{ startLine: 9 }] },
      { ruleId: 'gitleaks.generic-api-key', regions: [{ startLine: 12 }] },
    ]);
    const cwd = tempFolder();
    writeFiles(cwd, { 'src/app.py': `\n\nkey=${ours}\n` });
    const direct = parseReport(await glaive(['scan', 'src/app.py', '--format', 'json'], { cwd })).findings[0]!;
    expect(findings[0]!.fingerprint).toBe(direct.fingerprint);
  });

  it('secrets in names, authors and descriptions are masked', async () => {
    const [inName, inAuthor, inRule] = [newToken(), newToken(), newToken()];
    const input = JSON.stringify([
      leak(ours, {
        File: `backup-${inName}.env`,
        Author: inAuthor,
        Description: `has ${inRule}`,
        RuleID: `r-${inRule}`,
      }),
      leak(foreign, {
        File: `backup-${inName}.env`,
        Author: inAuthor,
        Description: `has ${inRule}`,
        RuleID: `r-${inRule}`,
      }),
    ]);
    for (const format of ['json', 'text', 'sarif', 'gitlab', 'codequality', 'junit', 'csv', 'markdown', 'html']) {
      const { stdout } = await convert({ 'g.json': input }, ['--format', format]);
      for (const secret of [inName, inAuthor, inRule])
        expect([format, stdout.includes(secret.slice(6))]).toEqual([format, false]);
    }
  });

  it('gaps of another tool are kept', async () => {
    const sarif = (invocation: object): string =>
      JSON.stringify({
        version: '2.1.0',
        runs: [{ tool: { driver: { name: 'x' } }, results: [], invocations: [invocation] }],
      });
    const failed = await convert({ 's.sarif': sarif({ executionSuccessful: false }) });
    expect([parseReport(failed).scan.complete, parseReport(failed).gaps.length]).toEqual([false, 1]);
    expect(parseReport(await convert({ 's.sarif': sarif({ executionSuccessful: true }) })).scan.complete).toBe(true);
    const hog = JSON.stringify({
      SourceMetadata: { Data: {} },
      DetectorName: 'Gitlab',
      Verified: false,
      Raw: newToken(),
    });
    const log = JSON.stringify({ level: 'error', msg: 'error scanning repository' });
    const ran = await convert({ 't.json': `${hog}\n${log}\n` });
    expect([parseReport(ran).scan.complete, ran.stderr.length > 0]).toEqual([false, true]);
  });

  it('gitleaks: an empty list is no finding', async () => {
    const ran = await convert({ 'g.json': '[]\n' });
    expect([ran.code, parseReport(ran).findings]).toEqual([0, []]);
  });

  it('trufflehog: a line each, verified ones among them', async () => {
    const line = (raw: string, verified: boolean): string =>
      JSON.stringify({
        SourceMetadata: {
          Data: {
            Git: { commit: 'cd'.repeat(20), file: 'x.env', email: 'a@example.com', line: 7, timestamp: '2026-01-01' },
          },
        },
        DetectorName: 'Gitlab',
        Verified: verified,
        Raw: raw,
        RawV2: `${raw}https://gitlab.com`,
        Redacted: '',
      });
    const log = JSON.stringify({ level: 'info', msg: 'running source' });
    const ran = await convert({ 't.jsonl': `${log}\n${line(ours, true)}\n${line(newToken(), false)}\n` });
    expect(
      parseReport(ran)
        .findings.map(({ ruleId, tokenStatus }) => [ruleId, tokenStatus].join(' '))
        .toSorted(),
    ).toEqual(['gitlab_personal_access_token active', 'gitlab_personal_access_token unknown']);
    expect(ran.stdout).not.toContain(ours.slice(6));
  });

  it('SARIF of anybody', async () => {
    const result = (line: number, more = {}): object => ({
      ruleId: 'secret',
      message: { text: 'x' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b.txt' }, region: { startLine: line } } }],
      ...more,
    });
    const sarif = {
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'Other Tool', rules: [{ id: 'secret', shortDescription: { text: 'A secret' } }] } },
          results: [result(1), result(2), result(3, { suppressions: [{ kind: 'inSource' }] })],
        },
      ],
    };
    const { findings } = parseReport(await convert({ 'o.sarif': JSON.stringify(sarif) }));
    expect(findings.map(({ ruleId, artifact, regions }) => [ruleId, artifact.uri, regions[0]!.startLine])).toEqual([
      ['other-tool.secret', 'a b.txt', 1],
      ['other-tool.secret', 'a b.txt', 2],
    ]);
  });
});

describe('a file that is no report', () => {
  it.each([
    ['', 'not a report that glaive can read'],
    ['{"a":', 'not a report that glaive can read'],
    ['[{"x":1}]', 'not a report that glaive can read'],
    ['{"version":"1.5","tool":{"name":"glaive","version":"1"},"findings":[]}', 'scan is missing'],
    ['{"version":"2.1.0","runs":[]}', 'contains no run'],
  ])('is reported: %j', async (text, why) => {
    const ran = await convert({ 'x.json': text });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
  });

  it('is reported for a name given twice, and for none', async () => {
    expect((await glaive(['report'])).code).toBe(2);
    expect((await glaive(['report', 'a', 'a'])).stderr).toContain('named twice');
  });
});
