/** Tokens in logs of real programs, each in a way of its own: all are found, at their place; masked, nothing is. */

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPrograms, WAYS } from '../support/log-corpus.ts';
import { glaive } from '../support/run-cli.ts';
import { some } from '../support/runs.ts';
import { fingerprintOf, parseReport, tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A process of its own: the programs are waited for in this one. */
const server = spawn(process.execPath, [
  '-e',
  `const server = require('node:http').createServer((_, response) => response.writeHead(404).end('not here\\n'));
   server.listen(0, '127.0.0.1', () => console.log(server.address().port));`,
]);
let port = 0;
beforeAll(async () => {
  port = Number(await new Promise((resolve) => server.stdout.once('data', resolve)));
});
afterAll(() => void server.kill());

const newToken = tokenMint(4000);

async function look(log: Buffer) {
  const file = join(tempFolder(), 'job.log');
  writeFileSync(file, log);
  return parseReport(await glaive(['logs', file, '--format', 'json', '--show-unlikely']));
}

/** The text at a place in a log, without the characters that the ways insert. */
const seen = (log: Buffer, offset: number, length: number): string =>
  log
    .toString('latin1', offset, offset + length)
    .replace(
      /\n\d{4}-\d\d-\d\dT[\d:.]+Z (?:(?!01O)\d\d[OE][^\n]*\n\d{4}-\d\d-\d\dT[\d:.]+Z )*(?:0\d[OE] [^\n]*\n\d{4}-\d\d-\d\dT[\d:.]+Z )*01O[ +]/g,
      '',
    )
    // eslint-disable-next-line no-control-regex
    .replace(/\u001B\[[0-9;?]*[A-Za-z]| \r|\r?\n/g, '');

describe('a token in a log', () => {
  it('a token is written in at least 40 ways', () => expect(WAYS.length).toBeGreaterThanOrEqual(40));

  it.for(some(WAYS, 30))('is found: $name', { timeout: 60_000 }, async (way, { skip }) => {
    skip(!hasPrograms(way), 'a program is missing');
    const token = newToken();
    const log = way.make(token, port);
    const { findings } = await look(log);
    const own = findings.filter(({ secretFingerprint }) => secretFingerprint === fingerprintOf(token));
    if (own.length === 0) expect(log.toString('latin1').slice(0, 1500)).toBe('a log in which the token is found');
    for (const { regions, locator, artifact } of own) {
      // What is in an archive has its places in there.
      if (artifact.uri.includes('!/') || log[0] === 0x1f) continue;
      const encodings = locator.encodings.filter((name) => name !== 'job-log');
      expect(encodings.length > 0).toBe(way.look === 'encoded');
      for (const { startLine, startColumn, byteOffset, byteLength } of regions) {
        const before = log.subarray(0, byteOffset).toString('utf8');
        expect([startLine, startColumn]).toEqual([before.split('\n').length, before.length - before.lastIndexOf('\n')]);
        if (way.look !== 'encoded') expect(seen(log, byteOffset, byteLength)).toBe(token);
        else expect(byteLength).toBeGreaterThanOrEqual(token.length);
      }
    }
    // Plain looks are there as often as the token is.
    if (way.look === 'plain' && own.length === 1 && !own[0]!.artifact.uri.includes('!/') && log[0] !== 0x1f) {
      const times = log.toString('latin1').split(token).length - 1;
      expect(own[0]!.regions.length).toBe(times);
    }
  });

  it.for(some(WAYS, 16))('is not found when it is masked: $name', { timeout: 60_000 }, async (way, { skip }) => {
    skip(!hasPrograms(way), 'a program is missing');
    expect((await look(way.make('glpat-[MASKED]', port))).findings).toEqual([]);
  });
});
