/** PDF: text in pieces, in streams with any filters, in strings, and by codes of fonts. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { flate, pageOf, pdf, stream } from '../support/pdf.ts';
import { placesByToken, scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const token = tokenMint(261);

async function scanPdf(bytes: Buffer, args = ['a.pdf']) {
  const folder = tempFolder();
  writeFileSync(join(folder, 'a.pdf'), bytes);
  return await scanJson(args, { cwd: folder });
}

const draw = (operations: string): string => `BT /F1 12 Tf 72 700 Td ${operations} ET\n`;
/** Text that is read before and after. */
const around = (operations: string): string =>
  `q 1 0 0 1 0 0 cm\n${draw('(before it) Tj')}${draw(operations)}${draw('0 -20 Td (after) Tj')}Q\n`;
const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const ascii85 = (bytes: Buffer): string => {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = '';
  for (let at = 0; at < padded.length; at += 4) {
    let value = padded.readUInt32BE(at);
    let group = '';
    for (let digit = 0; digit < 5; digit++, value = Math.floor(value / 85))
      group = String.fromCharCode((value % 85) + 0x21) + group;
    text += group === '!!!!!' && at + 4 <= bytes.length ? 'z' : group;
  }
  return `${text.slice(0, text.length - (padded.length - bytes.length))}~>`;
};

/** Each draws a token. */
const PIECES: Readonly<Record<string, (text: string) => string>> = {
  whole: (text) => `(${text}) Tj`,
  kerned: (text) => `[(${text.slice(0, 2)})-20(${text.slice(2, 9)})15.5(${text.slice(9)})] TJ`,
  'several operators': (text) => `(${text.slice(0, 7)}) Tj <${hexOf(text.slice(7))}> Tj`,
  'a glyph each, at its own place': (text) =>
    [...text].map((glyph, index) => `1 0 0 1 ${72 + index * 6.6} 500 Tm (${glyph}) Tj`).join(' '),
  'moved by widths': (text) => `(${text.slice(0, 10)}) Tj 65 0 Td (${text.slice(10)}) Tj`,
  escaped: (text) => `(${text.replace('-', String.raw`\055`).replace(/(?<=^.{9})/, '\\\n')}) Tj (\\(and\\) more) '`,
  'hex digits with blanks': (text) => `< ${hexOf(text).replaceAll(/(.{10})/g, '$1\n')} > Tj`,
};

describe('text in pieces', () => {
  it.each(Object.keys(PIECES))('%s', async (kind) => {
    const secret = token();
    const { code, report } = await scanPdf(pageOf(flate(around(PIECES[kind]!(secret)))));
    expect([code, report.gaps, placesByToken(report, [secret])]).toEqual([1, [], [['a.pdf!/page 1']]]);
  });

  it('a column next to it is no part of it', async () => {
    const secret = token();
    const { report } = await scanPdf(pageOf(flate(draw(`(${secret}) Tj 260 0 Td (Owner) Tj`))));
    expect(report.findings.map(({ confidence, regions }) => [confidence, regions[0]!.startColumn])).toEqual([
      ['certain', 1],
    ]);
  });

  it('codes of glyphs, by the table of the font', async () => {
    const secret = token();
    const glyphs = [...new Set(secret)];
    const code = (glyph: string): string => (0x200 + glyphs.indexOf(glyph)).toString(16).padStart(4, '0');
    const table = `/CIDInit /ProcSet findresource begin ${glyphs.length} beginbfchar\n${glyphs
      .map((glyph) => `<${code(glyph)}> <00${hexOf(glyph)}>`)
      .join('\n')}\nendbfchar end`;
    const font = '<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</DW 600>>]/ToUnicode 5 0 R>>';
    const content = flate(draw(`<${[...secret].map(code).join('')}> Tj`));
    const { report } = await scanPdf(pageOf(content, [flate(table)], font));
    expect(placesByToken(report, [secret])).toEqual([['a.pdf!/page 1']]);
  });
});

const FILTERS: Readonly<Record<string, (text: Buffer) => ReturnType<typeof stream>>> = {
  none: (text) => stream(text),
  FlateDecode: (text) => flate(text),
  'ASCIIHexDecode, FlateDecode': (text) =>
    stream(`${deflateSync(text).toString('hex')}>`, '[/ASCIIHexDecode/FlateDecode]'),
  ASCII85Decode: (text) => stream(ascii85(text), '/ASCII85Decode'),
  RunLengthDecode: (text) => stream(Buffer.concat([...text].map((byte) => Buffer.from([0, byte]))), '/RunLengthDecode'),
  'LZWDecode, of codes that are cleared again and again': (text) => stream(lzw(text), '/LZWDecode'),
  'FlateDecode, cut before its end': (text) => stream(deflateSync(text).subarray(0, -6), '/FlateDecode'),
};

/** Codes of nine bits: one for each byte, and one that clears the table before it grows. */
function lzw(text: Buffer): Buffer {
  const codes = [...text].flatMap((byte, index) => (index % 200 === 0 ? [256, byte] : [byte]));
  const bits = [...codes, 257].map((code) => code.toString(2).padStart(9, '0')).join('');
  return Buffer.from(bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
}

describe('filters', () => {
  it.each(Object.keys(FILTERS))('%s', async (kind) => {
    const secret = token();
    const text = around(PIECES['kerned']!(secret)) + draw('(and so on) Tj').repeat(90);
    const { code, report } = await scanPdf(pageOf(FILTERS[kind]!(Buffer.from(text))));
    expect([code, report.gaps, placesByToken(report, [secret])]).toEqual([1, [], [['a.pdf!/page 1']]]);
  });
});

describe('what is not drawn', () => {
  it('strings of objects, also in streams of objects, in any encoding', async () => {
    const [link, title, packed] = [token(), token(), token()];
    const wide = Buffer.from(`﻿${title}`, 'utf16le').swap16().toString('hex');
    const objects = `7 0 8 9 <</A 1 >><</S(${packed.replace('-', String.raw`\055`)})>>`;
    const first = objects.indexOf('<<');
    const { report } = await scanPdf(
      pageOf(flate(draw('(x) Tj')), [
        `<</Subtype/Link/A<</S/URI/URI<${hexOf(`https://a:${link}@example.com/a`)}>>>>>`,
        `<</Title<${wide}>>>`,
        flate(objects, `/Type/ObjStm/N 2/First ${first}`),
      ]),
    );
    expect(placesByToken(report, [link, title, packed])).toEqual([
      ['a.pdf!/strings'],
      ['a.pdf!/strings'],
      ['a.pdf!/strings'],
    ]);
  });

  it('attached files, and forms', async () => {
    const [attached, form, old] = [token(), token(), token()];
    const bytes = pageOf(flate(draw('(x) Tj')), [
      flate(`key = ${attached}\n`, '/Type/EmbeddedFile'),
      flate(draw(PIECES['kerned']!(form)), '/Subtype/Form/Resources<</Font<</F1 <</BaseFont/Courier>>>>>>'),
    ]);
    // An older version of the page stays in the file.
    const changed = Buffer.concat([pageOf(flate(draw(`(${old}) Tj`))), bytes.subarray(9)]);
    const { report } = await scanPdf(changed);
    expect(placesByToken(report, [attached, form]).map(([uri]) => uri)).toEqual(['a.pdf!/object 5', 'a.pdf!/form 6']);
    expect(placesByToken(report, [old])[0]).toHaveLength(1);
  });
});

describe('what is not read', () => {
  it('encrypted: named, a gap; in a tree, counted', async () => {
    const bytes = pdf(['<</Type/Catalog>>'], '/Root 1 0 R/Encrypt<</Filter/Standard>>');
    const named = await scanPdf(bytes);
    expect([named.code, named.report.gaps]).toMatchObject([2, [{ message: expect.stringContaining('encrypted') }]]);
    const tree = await scanPdf(bytes, ['.']);
    expect([tree.code, tree.report.counts.skips]).toEqual([0, { 'archive-encrypted': 1 }]);
  });

  it('damaged: a gap, and the rest is scanned', async () => {
    const secret = token();
    const damaged = stream(Buffer.from('789cffffff', 'hex'), '/FlateDecode');
    const { code, report } = await scanPdf(pageOf(flate(draw(`(${secret}) Tj`)), [damaged]));
    expect([code, report.gaps.length, placesByToken(report, [secret])]).toEqual([2, 1, [['a.pdf!/page 1']]]);
  });

  it('cut short: a gap', async () => {
    const bytes = pageOf(flate(draw('(x) Tj')));
    for (const length of [bytes.length - 3, bytes.length - 70]) {
      const { code, report } = await scanPdf(bytes.subarray(0, length));
      expect([code, report.gaps.length]).toEqual([2, 1]);
    }
  });

  it('a bomb is stopped', async () => {
    const bomb = stream(deflateSync(deflateSync(Buffer.alloc(200_000_000))), '[/FlateDecode/FlateDecode]');
    const { code, report } = await scanPdf(pageOf(flate(draw('(x) Tj')), [bomb]), ['.']);
    expect([code, report.counts.skips]).toEqual([0, { 'archive-limit': 1 }]);
  });

  it('a text that mentions PDF is not one', async () => {
    const { code, report } = await scanPdf(Buffer.from('a file begins with %PDF-1.4\n1 0 obj'));
    expect([code, report.counts.artifacts]).toEqual([0, 1]);
  });
});
