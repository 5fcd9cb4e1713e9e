/** Compressed values in base64, as programs store them in text: opened wherever the text is. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zip } from '../support/archives.ts';
import { pageOf, stream } from '../support/pdf.ts';
import { glaive } from '../support/run-cli.ts';
import { fingerprintOf, historyJson, placesByToken, scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(281);
const filler = Array.from({ length: 300 }, (_, line) => `key${line}: value ${line * 7919}\n`).join('');
const yaml = (secret: string): string => `${filler}token: ${secret}\n${filler}`;
const base64 = (bytes: Buffer | string): string => Buffer.from(bytes as string).toString('base64');
const wrapped = (text: string, width: number, between: string): string =>
  text.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${between}`);

/** Texts with a secret that is compressed in them. */
const TEXTS: Readonly<Record<string, (secret: string) => string>> = {
  'release of Helm': (secret) =>
    `apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\ndata:\n  release: ${base64(base64(gzipSync(yaml(secret))))}\n`,
  'release of Helm, as JSON': (secret) =>
    JSON.stringify({ kind: 'Secret', data: { release: base64(base64(gzipSync(yaml(secret)))) } }),
  'cloud-init, in one line': (secret) =>
    `#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: ${base64(gzipSync(yaml(secret)))}\n  path: /etc/x\n`,
  'cloud-init, in a block': (secret) =>
    `write_files:\n- encoding: gzip+base64\n  content: |\n    ${wrapped(base64(gzipSync(yaml(secret))), 76, '\n    ')}\n  path: /etc/x\n`,
  'body in a HAR file': (secret) =>
    JSON.stringify({ response: { content: { encoding: 'base64', text: base64(gzipSync(yaml(secret))) } } }, null, 2),
  'lines as escapes': (secret) =>
    JSON.stringify({ content: `${wrapped(base64(gzipSync(yaml(secret))), 60, '\n')}\n`, encoding: 'base64' }),
  'slashes as escapes': (secret) =>
    JSON.stringify({ a: base64(gzipSync(yaml(secret))) }).replaceAll('/', String.raw`\/`),
  'strings that are joined': (secret) =>
    `const data =\n  "${wrapped(base64(gzipSync(yaml(secret))), 64, '" +\n  "')}";\n`,
  'an address with data': (secret) =>
    `<a href="data:application/gzip;base64,${base64(gzipSync(yaml(secret)))}">x</a>\n`,
  'URL-safe': (secret) => `?state=${gzipSync(yaml(secret)).toString('base64url')}&x=1\n`,
  'zlib of Python': (secret) => `DATA = zlib.decompress(base64.b64decode('${base64(deflateSync(yaml(secret)))}'))\n`,
  'zlib, strongest': (secret) => `data: ${base64(deflateSync(yaml(secret), { level: 9 }))}\n`,
  'zlib, twice': (secret) => `{"data": "${base64(base64(deflateSync(yaml(secret))))}"}\n`,
  'zlib, and nothing else': (secret) => base64(deflateSync(yaml(secret))),
  'zip in base64': (secret) => `ZipFile: ${base64(zip([{ name: 'index.js', content: Buffer.from(yaml(secret)) }]))}\n`,
  'PDF in a notebook': (secret) =>
    JSON.stringify({
      data: {
        'application/pdf': `${base64(pageOf(stream(deflateSync(`BT (${secret}) Tj ET`), '/FlateDecode')))}\n`,
      },
    }),
};

async function scanText(text: string) {
  const folder = tempFolder();
  writeFileSync(join(folder, 'a.txt'), text);
  return await scanJson(['.'], { cwd: folder });
}

describe('compressed values in base64', () => {
  it.each(Object.keys(TEXTS))('%s', async (name) => {
    const secret = token();
    const { code, report } = await scanText(TEXTS[name]!(secret));
    expect([code, report.gaps, report.counts.skips]).toEqual([1, [], {}]);
    expect(placesByToken(report, [secret])[0]).toMatchObject([expect.stringMatching(/^a\.txt!\/line \d+/)]);
  });

  it('each of several, by its line, far into a text; and in an archive', async () => {
    const secrets = [token(), token(), token()];
    const [one, two, three] = secrets.map((secret) => base64(gzipSync(yaml(secret))));
    const text = `${'x\n'.repeat(400_000)}a: ${one}\nb: ["${two}", "${three}"]\n`;
    const folder = tempFolder();
    writeFiles(folder, { 'a.txt': text, 'b.zip': zip([{ name: 'in.txt', content: Buffer.from(text) }]) });
    const { report } = await scanJson(['.'], { cwd: folder });
    expect(placesByToken(report, secrets)).toEqual(
      ['line 400001', 'line 400002', 'line 400002 (2)'].map((line) => [`a.txt!/${line}`, `b.zip!/in.txt!/${line}`]),
    );
  });

  it('a value that is cut, damaged, or only looks like one, is text like any other', async () => {
    const secret = token();
    const whole = base64(gzipSync(yaml(secret)));
    const { code, report } = await scanText(
      [
        `cut: ${whole.slice(0, -40)}`,
        'sample: H4sIAAAAAAAA/0tMSk4BAMJBJDUDAAAA...',
        'sample: H4sIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'name: "eJwtNotCompressedAtAllButLongEnough"',
        'UEsDBBQAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAA',
      ].join('\n'),
    );
    expect([code, report.gaps]).toEqual([1, []]);
    expect(placesByToken(report, [secret])).toEqual([['a.txt!/line 1']]);
  });

  it('a text in which a value seems to begin in each line is not read again for each', async () => {
    const root = tempFolder();
    const lines = Array.from({ length: 4000 }, () => `H4sIAAAAAAAA${'QUJD'.repeat(16)}`);
    writeFiles(root, { 'a.txt': `${lines.join('\n')}\n` });
    const { code, stdout } = await glaive(['scan', '.'], { cwd: root });
    expect(stdout).toContain('over the limits');
    expect(code).toBe(0);
  });

  it('a bomb is stopped', async () => {
    const { report } = await scanText(`a: ${base64(gzipSync(Buffer.alloc(300_000_000)))}\n`);
    expect([report.findings, Object.keys(report.counts.skips)]).toEqual([[], ['archive-limit']]);
  });
});

describe('in other places', () => {
  const secret = token();
  const text = TEXTS['release of Helm']!(secret);
  const IDENTITY = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  const git = (cwd: string, ...args: string[]): void =>
    void execFileSync('git', [...IDENTITY, ...args], { cwd, stdio: 'pipe' });

  it('in the history, by both readers; archives there are counted as before', async () => {
    const root = tempFolder();
    git(root, 'init', '--quiet');
    writeFiles(root, { 'release.yaml': text });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'x');
    for (let version = 0; version < 3; version++) {
      writeFiles(root, { 'release.yaml': `${filler}${version}\n` });
      git(root, 'commit', '--quiet', '--all', '--message', 'y');
    }
    git(root, 'repack', '-adq');
    for (const reader of ['git', 'pack']) {
      const { report } = await historyJson(root, ['--reader', reader]);
      expect([report.counts.skips, placesByToken(report, [secret]).map(({ length }) => length)]).toEqual([{}, [1]]);
    }
  });

  it('in what is staged, if it is new', async () => {
    const root = tempFolder();
    git(root, 'init', '--quiet');
    writeFiles(root, { 'release.yaml': text });
    git(root, 'add', '--all');
    expect((await glaive(['staged'], { cwd: root })).code).toBe(1);
    git(root, 'commit', '--quiet', '--message', 'x');
    writeFiles(root, { 'release.yaml': `# changed\n${text}` });
    git(root, 'add', '--all');
    expect((await glaive(['staged'], { cwd: root })).code).toBe(0);
  });

  it('in a job log', async () => {
    const folder = tempFolder();
    const value = base64(gzipSync(yaml(secret)));
    writeFiles(folder, {
      'job.log': `2026-01-01T00:00:00.000000Z 00O $ helm get\n2026-01-01T00:00:00.000000Z 00O ${value}\n`,
    });
    const { stdout } = await glaive(['logs', '--format', 'json', 'job.log'], { cwd: folder });
    expect(stdout).toContain(fingerprintOf(secret));
  });
});
