/**
 * Containers in every place: in a tree, named, in a history, on standard input, in a tar and in a zip file. A token is found, or it is reported
 * that something was not read: by a gap where the container was named, by a count elsewhere.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { tar, zip } from '../support/archives.ts';
import { type Container, CONTAINERS, has, pack, COUNTED } from '../support/containers.ts';
import { Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { historyJson, parseReport, type Scanned, scanJson, tokenMint } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';
import { tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(251);
const random = new Random(252);
const filler = Array.from({ length: 4000 }, (_, line) => `${line} ${random.bytes(9).toString('hex')}\n`).join('');

const PLACES: Readonly<Record<string, (name: string, bytes: Buffer) => Promise<Scanned>>> = {
  tree: (name, bytes) => scanJson([], { cwd: folderOf(name, bytes) }),
  named: (name, bytes) => scanJson([name], { cwd: folderOf(name, bytes) }),
  history: (name, bytes) => historyJson(tempRepository({ [name]: bytes }), ['--archives']),
  async stdin(_, input) {
    const ran = await glaive(['scan', '-', '--format', 'json'], { cwd: tempFolder(), input });
    return { ...ran, report: parseReport(ran) };
  },
  tar: (name, bytes) => scanJson([], { cwd: folderOf('a.tar', tar({ [name]: bytes })) }),
  zip: (name, bytes) => scanJson([], { cwd: folderOf('a.zip', zip([{ name, content: bytes }])) }),
};

function folderOf(name: string, bytes: Buffer): string {
  const folder = tempFolder();
  writeFiles(folder, { [name]: bytes });
  return folder;
}

const rows: Record<string, string>[] = [];
afterAll(() => printTable('Containers, by place', rows));

async function outcomes(container: Container): Promise<Record<string, string>> {
  const bytes = pack(container, `${filler}key = "${token()}"\n${filler}`, filler);
  const all = Object.entries(PLACES).map(async ([place, scan]) => {
    const { code, report } = await scan(container.name ?? 'out', bytes);
    const { unopened = {} } = report.counts;
    const what = [
      ...(report.findings.length > 0 ? ['found'] : []),
      ...(report.gaps.length > 0 ? ['gap'] : []),
      ...Object.keys(unopened),
    ];
    return [place, `${what.join(', ')} (${code})`] as const;
  });
  const row = Object.fromEntries(await Promise.all(all));
  rows.push({ container: container.kind, ...row });
  return row;
}

const everywhere = (text: string, named = text): Record<string, string> => ({
  tree: text,
  named,
  history: text,
  stdin: named,
  tar: text,
  zip: text,
});
const titleOf = ({ needs }: Container, title: string): string => {
  const missing = needs.filter((program) => !has(program));
  return missing.length === 0 ? title : `${title} (skipped: there is no ${missing.join(', ')})`;
};
const isMissing = ({ needs }: Container): boolean => !needs.every(has);

describe.each(CONTAINERS)('$kind', (container) => {
  it.skipIf(isMissing(container))(
    titleOf(container, 'is opened in every place'),
    async () => {
      const found = everywhere('found (1)');
      // Without a name, nothing shows that it is brotli.
      const expected = container.name?.endsWith('.br') === true ? { ...found, history: ' (0)', stdin: ' (0)' } : found;
      expect(await outcomes(container)).toEqual(expected);
    },
    60_000,
  );
});

describe.each(COUNTED)('$kind', (container) => {
  it.skipIf(isMissing(container))(
    titleOf(container, 'is counted or reported in every place'),
    async () => {
      expect(await outcomes(container)).toEqual(everywhere(`${container.kind} (0)`, 'gap (2)'));
    },
    60_000,
  );
});
