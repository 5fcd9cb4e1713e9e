/** Names in archives: entries are read whatever they are called, and names are shown so that they do nothing to a terminal or a report. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tar } from '../support/archives.ts';
import { has } from '../support/containers.ts';
import { Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { some } from '../support/runs.ts';
import { fingerprintOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

const token = tokenMint(261);
const random = new Random(262);
const LATIN = Buffer.from('latin-\u00e9.txt', 'latin1');
const NAMES: readonly Buffer[] = [
  Buffer.from('plain.txt'),
  Buffer.from('é-ü.txt'),
  Buffer.from('日本.txt'),
  LATIN,
  Buffer.from('new\nline.txt'),
  Buffer.from('escape\u001b[31m.txt'),
  Buffer.from('right\u202eleft.txt'),
];

/** A program that packs all files of a folder. */
const PROGRAMS: readonly (readonly [kind: string, program: string, make: string])[] = [
  ['cpio (newc)', 'cpio', 'find . -type f -print0 | cpio -0 -o -H newc > $OUT'],
  ['cpio (odc)', 'cpio', 'find . -type f -print0 | cpio -0 -o -H odc > $OUT'],
  ['tar', 'tar', 'tar cf $OUT .'],
  ['ar', 'ar', 'ar rc $OUT *'],
  ['7z', '7z', '7z a -bd $OUT.7z . && mv $OUT.7z $OUT'],
  ['rar', 'rar', 'rar a -idq $OUT.rar . && mv $OUT.rar $OUT'],
  ['zip', '7z', '7z a -tzip -bd $OUT.zip . && mv $OUT.zip $OUT'],
  ['iso (Rock Ridge)', 'xorriso', 'xorriso -as mkisofs -quiet -R -o $OUT .'],
  ['iso (Joliet)', 'xorriso', 'xorriso -as mkisofs -quiet -J -o $OUT .'],
  ['cab', 'gcab', 'gcab -cz $OUT.cab * && mv $OUT.cab $OUT'],
  ['lha', 'jlha', 'jlha aqo5 $OUT.lzh * && mv $OUT.lzh $OUT'],
];

describe.each(some(PROGRAMS, 6))('%s', (_, program, make) => {
  it.skipIf(!has(program))(
    'every entry is read, and shown without control characters',
    async () => {
      const folder = tempFolder();
      const files = join(folder, 'files');
      mkdirSync(files);
      // The program leaves out names that are not UTF-8.
      const names = program === 'jlha' ? NAMES.filter((name) => name !== LATIN) : NAMES;
      const secrets = names.map(() => token());
      for (const [index, name] of names.entries())
        writeFileSync(
          Buffer.concat([Buffer.from(`${files}/`), name]),
          `${random.bytes(2000).toString('hex')}\nkey = "${secrets[index]}"\n`,
        );
      execFileSync('sh', ['-c', make], {
        cwd: files,
        env: { ...process.env, OUT: join(folder, 'out') },
        stdio: 'pipe',
      });
      const { code, report } = await scanJson(['out'], { cwd: folder });
      expect([code, report.gaps]).toEqual([1, []]);
      expect(report.findings.map(({ secretFingerprint }) => secretFingerprint).toSorted()).toEqual(
        secrets.map(fingerprintOf).toSorted(),
      );
      for (const format of ['text', 'csv', 'markdown', 'junit', 'html']) {
        const { stdout, stderr } = await glaive(['scan', 'out', '--format', format], { cwd: folder });
        // oxlint-disable-next-line no-control-regex
        expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e]/);
      }
    },
    60_000,
  );
});

it.skipIf(!has('cpio'))('absolute names, and names that lead upwards, are names only', async () => {
  const folder = tempFolder();
  const [above, absolute] = [token(), token()];
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'above.txt'), above);
  writeFileSync(join(folder, 'absolute.txt'), absolute);
  const list = `../above.txt\n${join(folder, 'absolute.txt')}\n`;
  const packed = execFileSync('cpio', ['-o', '-H', 'newc', '--quiet'], { cwd: join(folder, 'in'), input: list });
  const other = tempFolder();
  writeFileSync(join(other, 'a.tar'), tar({ 'a.cpio': packed }));
  const { code, report } = await scanJson([], { cwd: other });
  expect([code, report.findings.map(({ artifact }) => artifact.uri)]).toEqual([
    1,
    ['a.tar!/a.cpio!/../above.txt', `a.tar!/a.cpio!/${join(folder, 'absolute.txt')}`],
  ]);
  expect(readFileSync(join(folder, 'above.txt'), 'utf8')).toBe(above);
});
