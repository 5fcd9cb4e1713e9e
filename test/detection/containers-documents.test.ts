/** Documents whose text is in pieces or compressed: office documents, pictures, databases of SQLite. */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zip } from '../support/archives.ts';
import { Random } from '../support/mint.ts';
import { placesByToken, scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(271);

async function scanFiles(files: Parameters<typeof writeFiles>[1]) {
  const folder = tempFolder();
  writeFiles(folder, files);
  return await scanJson(['.'], { cwd: folder });
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const SLIDE =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"';
const ODF =
  'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"';
const cut = (text: string): [string, string, string] => [text.slice(0, 3), text.slice(3, 11), text.slice(11)];

/** Each has a token in three runs. */
const OFFICE: Readonly<Record<string, (text: string) => string>> = {
  'word/document.xml': (text) =>
    `${XML}<w:document ${WORD}><w:body><w:p><w:r><w:t xml:space="preserve">key: </w:t></w:r>${cut(text)
      .map((part) => `<w:r><w:rPr><w:b/></w:rPr>\n  <w:t>${part}</w:t></w:r>\n  `)
      .join('')}</w:p><w:p><w:r><w:t>Owner</w:t></w:r></w:p></w:body></w:document>`,
  'word/comments.xml': (text) =>
    `<w:comments ${WORD}><w:p><w:del><w:r><w:delText>${text.slice(0, 8)}</w:delText></w:r></w:del><w:del><w:r><w:delText>${text.slice(8)}</w:delText></w:r></w:del></w:p></w:comments>`,
  'word/footer1.xml': (text) =>
    `${XML}<w:ftr ${WORD}><w:p><w:r><w:instrText>HYPERLINK "https://a:${text.slice(0, 9)}</w:instrText></w:r><w:r><w:instrText>${text.slice(9)}@example.com"</w:instrText></w:r></w:p></w:ftr>`,
  'xl/sharedStrings.xml': (text) =>
    `<sst ${SHEET}><si><r><t>${cut(text).join('</t></r><r><rPr><b/></rPr><t>')}</t></r></si><si><t>Owner</t></si></sst>`,
  'xl/worksheets/sheet1.xml': (text) =>
    `<worksheet ${SHEET}><sheetData><row><c t="inlineStr"><is><r><t>${cut(text).join('</t></r><r><t>')}</t></r></is></c><c><v>12345</v></c></row></sheetData></worksheet>`,
  'ppt/slides/slide1.xml': (text) =>
    `${XML}<p:sld ${SLIDE}><p:txBody><a:p><a:r><a:t>${cut(text).join('</a:t></a:r><a:r><a:rPr lang="en"/><a:t>')}</a:t></a:r></a:p></p:txBody></p:sld>`,
  'content.xml': (text) =>
    `${XML}<office:document-content ${ODF}><office:text><text:p>key: <text:span>${cut(text).join('</text:span><text:span>')}</text:span></text:p><text:p>Owner</text:p></office:text></office:document-content>`,
  'a.fodt': (text) =>
    `\uFEFF${XML}<office:document ${ODF}><text:p>${cut(text)
      .join('<text:s text:c="0"/>')
      .replaceAll(/<text:s[^>]*>/g, '<text:bookmark/>')}</text:p></office:document>`,
};

describe('office documents: a word in several runs', () => {
  it.each(Object.keys(OFFICE))('%s', async (name) => {
    const [secret, whole] = [token(), token()];
    const content = OFFICE[name]!(secret).replace('Owner', `Owner ${whole}`);
    const { code, report } = await scanFiles({ 'a.zip': zip([{ name, content: Buffer.from(content) }]) });
    const isShown = content.includes(whole);
    expect([code, report.gaps, report.counts.skips]).toEqual([1, [], {}]);
    expect(placesByToken(report, [secret, whole])).toEqual([
      [`a.zip!/${name}!/text`],
      // In one run, it has its place in the document.
      isShown ? [`a.zip!/${name}`] : [],
    ]);
    expect(report.findings.map(({ confidence }) => confidence)).toEqual(isShown ? ['certain', 'certain'] : ['certain']);
  });

  it('characters that are written as entities; other XML stays as it is', async () => {
    const secret = token();
    const written = secret.replace('-', '&#x2d;');
    const { report } = await scanFiles({
      'document.xml': `${XML}<w:document ${WORD}><w:p><w:r><w:t>${written.slice(0, 9)}</w:t></w:r><w:r><w:t>${written.slice(9)}</w:t></w:r></w:p></w:document>`,
      'other.xml': `${XML}<a><b>${token().slice(0, 9)}</b><b>x</b></a>`,
    });
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['document.xml!/text']);
    expect(placesByToken(report, [secret])[0]).toHaveLength(1);
  });
});

type Chunk = readonly [type: string, data: Uint8Array];

function png(chunks: readonly Chunk[], pixels: Uint8Array = Buffer.alloc(0)): Buffer {
  const chunk = ([type, data]: Chunk): Buffer => {
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const all: readonly Chunk[] = [['IHDR', Buffer.alloc(13, 1)], ['IDAT', pixels], ...chunks, ['IEND', Buffer.alloc(0)]];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...all.map(chunk)]);
}

describe('pictures', () => {
  const zText = (text: string): Buffer => Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(text)]);
  const iText = (text: string): Buffer => Buffer.concat([Buffer.from('XML\0\u0001\0en\0k\0'), deflateSync(text)]);

  it('compressed texts of a PNG, also behind many pixels', async () => {
    const secrets = [token(), token(), token()];
    const { code, report } = await scanFiles({
      'a.png': png([
        ['zTXt', zText(`key ${secrets[0]}`)],
        ['iTXt', iText(`key ${secrets[1]}`)],
      ]),
      'b.png': png([['zTXt', zText(`key ${secrets[2]}`)]], new Random(272).bytes(700_000)),
      'none.png': png([]),
    });
    expect([code, report.gaps, placesByToken(report, secrets)]).toEqual([
      1,
      [],
      [['a.png!/text 1'], ['a.png!/text 2'], ['b.png!/text 1']],
    ]);
  });

  it('a bomb in a PNG, and a cut one, are reported', async () => {
    const bomb = await scanFiles({
      'a.png': png([['zTXt', Buffer.concat([Buffer.from('C\0\0'), deflateSync(Buffer.alloc(90_000_000))])]]),
    });
    expect([bomb.code, bomb.report.gaps.length]).toEqual([2, 1]);
    const cutShort = await scanFiles({ 'a.png': png([['zTXt', zText('x'.repeat(900))]]).subarray(0, -20) });
    expect([cutShort.code, cutShort.report.gaps.length]).toEqual([2, 1]);
  });

  it('a comment of a GIF in several blocks', async () => {
    const secret = token();
    const text = Buffer.from(`${'a'.repeat(240)} ${secret} ${'b'.repeat(300)}`);
    const blocks: Buffer[] = [];
    for (let at = 0; at < text.length; at += 255) {
      const block = text.subarray(at, at + 255);
      blocks.push(Buffer.from([block.length]), block);
    }
    const header = Buffer.concat([Buffer.from('GIF89a'), Buffer.from([1, 0, 1, 0, 0x80, 0, 0]), Buffer.alloc(6)]);
    const { report } = await scanFiles({
      'a.gif': Buffer.concat([header, Buffer.from([0x21, 0xfe]), ...blocks, Buffer.from([0, 0x3b])]),
    });
    expect(placesByToken(report, [secret])).toEqual([['a.gif!/comment 1']]);
  });
});

const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;

describe.skipIf(!hasSqlite)(`databases of SQLite${hasSqlite ? '' : ' (skipped: there is no sqlite3)'}`, () => {
  const make = (path: string, ...statements: string[]): void =>
    void execFileSync('sqlite3', [path], { input: statements.map((each) => `${each};\n`).join(''), stdio: 'pipe' });
  /** Values that cross the ends of pages at every place. */
  const rows = (secrets: readonly string[], table: string): string[] =>
    secrets.map(
      (secret, index) =>
        `insert into ${table} values ('k${index}', '${'y'.repeat(index * 37)} ${secret} ${'z'.repeat(900)}', 'end')`,
    );
  const secretsOf = (count = 30): string[] => Array.from({ length: count }, token);

  it.each([
    ['UTF-8', ''],
    ['UTF-16le', ''],
    ['UTF-16be', ''],
    ['UTF-8', ' without rowid'],
  ])('values over several pages, in %s%s', async (encoding, option) => {
    const folder = tempFolder();
    const secrets = secretsOf();
    make(
      join(folder, 'a.db'),
      'pragma page_size=512',
      `pragma encoding='${encoding}'`,
      `create table "my notes" (name text primary key, text, x)${option}`,
      ...rows(secrets, '"my notes"'),
    );
    const { code, report } = await scanJson(['.'], { cwd: folder });
    expect([code, report.gaps, report.counts.skips]).toEqual([1, [], {}]);
    expect(placesByToken(report, secrets)).toEqual(secrets.map(() => ['a.db!/my notes']));
  });

  it('values that touch, values without a prefix in a column that speaks of GitLab, archives in blobs, deleted rows', async () => {
    const folder = tempFolder();
    const [touched, packed, deleted] = [token(), token(), token()];
    const plain = token().slice('glpat-'.length);
    make(
      join(folder, 'a.db'),
      'pragma page_size=512',
      'pragma secure_delete=off',
      'create table a (u text, gitlab_token text, o text, check (length(u) > 1))',
      `insert into a values ('me', '${touched}', 'Owner')`,
      `insert into a values ('me', '${plain}', 'Owner')`,
      `insert into a values ('me', x'${gzipSync(`key ${packed}`).toString('hex')}', 'Owner')`,
      'create table d (x)',
      ...Array.from({ length: 40 }, (_, row) => `insert into d values ('${row} ${'p'.repeat(100)}')`),
      `insert into d values ('${'x'.repeat(700)} ${deleted}')`,
      'drop table d',
    );
    const { report } = await scanJson(['.'], { cwd: folder });
    expect(placesByToken(report, [touched, plain, packed, deleted])).toEqual([
      ['a.db!/a'],
      ['a.db!/a'],
      ['a.db!/a/gitlab_token/3!/3'],
      ['a.db!/unused pages'],
    ]);
    expect(report.findings.find(({ artifact }) => artifact.uri === 'a.db!/a')?.confidence).toBe('certain');
  });

  it('what is only in the log of the database', async () => {
    const folder = tempFolder();
    const secrets = secretsOf(12);
    const path = join(folder, 'a.db');
    make(
      path,
      'pragma page_size=512',
      'pragma journal_mode=wal',
      'pragma wal_autocheckpoint=0',
      'create table n (name text, text, x)',
      ...rows(secrets, 'n'),
      // The log is merged when the database is closed.
      `.shell cp ${path}-wal ${path}.log`,
      `.shell cp ${path} ${path}.old`,
    );
    const copied = tempFolder();
    cpSync(`${path}.old`, join(copied, 'b.db'));
    cpSync(`${path}.log`, join(copied, 'b.db-wal'));
    const { report } = await scanJson(['.'], { cwd: copied });
    expect(placesByToken(report, secrets)).toEqual(secrets.map(() => ['b.db-wal!/rows']));
  });

  it('cut short: a gap; a header alone is no loop', async () => {
    const folder = tempFolder();
    const path = join(folder, 'a.db');
    make(path, 'pragma page_size=512', 'create table n (name text, text, x)', ...rows(secretsOf(), 'n'));
    expect(existsSync(path)).toBe(true);
    const bytes = readFileSync(path);
    for (const length of [bytes.length >> 1, 600, 100]) {
      writeFileSync(path, bytes.subarray(0, length));
      const { code, report } = await scanJson(['.'], { cwd: folder });
      expect([code, report.gaps.length]).toEqual([2, 1]);
    }
  });
});
