/** The files of `glaive fleet merge --output`: metrics, the summary, and the pages as text. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { FLEET_SCHEMA, renderFleetSchema } from '../../scripts/docs.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { sampleFleet } from '../support/sample-fleet.ts';
import { tempFolder } from '../support/temp-folder.ts';

const merge = async (cwd: string, ...outputs: string[]): Promise<Ran> =>
  await glaive(['fleet', 'merge', '--store', join(cwd, 'store'), ...outputs.flatMap((each) => ['--output', each])], {
    cwd,
  });

interface Family {
  readonly type: string;
  readonly samples: Map<string, number>;
}

/** A strict reader of the part of OpenMetrics that gauges need. */
function families(text: string): Map<string, Family> {
  const all = new Map<string, Family>();
  const lines = text.split('\n');
  expect(lines.splice(-2)).toEqual(['# EOF', '']);
  let current = '';
  for (const line of lines) {
    const [, kind, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (kind === 'TYPE') {
      expect([all.has(name), rest]).toEqual([false, 'gauge']);
      all.set(name, { type: rest, samples: new Map() });
      current = name;
    } else if (kind !== undefined) {
      expect(name).toBe(current);
      if (kind === 'UNIT') expect(name.endsWith(`_${rest}`)).toBe(true);
    } else {
      const [, sample, labels = '', value] =
        /^([a-z_]+)((?:\{[a-z_]+="[^"\\\n]*"\})?) (-?\d+(?:\.\d+)?)$/.exec(line) ?? [];
      expect([line, sample]).toEqual([line, current]);
      const { samples } = all.get(current)!;
      expect(samples.has(labels)).toBe(false);
      samples.set(labels, Number(value));
    }
  }
  return all;
}

describe('outputs of fleet merge', () => {
  it('every line of the index is as its schema says', async () => {
    const cwd = tempFolder();
    await sampleFleet(join(cwd, 'store'));
    await merge(cwd);
    const text = readFileSync(join(import.meta.dirname, '../..', FLEET_SCHEMA), 'utf8');
    expect(JSON.parse(text), 'run: npm run docs').toEqual(JSON.parse(renderFleetSchema()));
    const schema = JSON.parse(text) as { definitions: Record<string, object> };
    const ajv = new Ajv({ strict: false });
    for (const [file, name] of [
      ['repositories.jsonl', 'repository'],
      ['findings.jsonl', 'finding'],
    ] as const) {
      const validate = ajv.compile(schema.definitions[name]!);
      const lines = readFileSync(join(cwd, 'store/index', file), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines.length).toBeGreaterThan(50);
      for (const line of lines) expect([validate(JSON.parse(line)), validate.errors]).toEqual([true, null]);
    }
  });

  it('metrics have the numbers of the summary, and nothing of a project', async () => {
    const cwd = tempFolder();
    await sampleFleet(join(cwd, 'store'));
    const { code } = await merge(cwd, 'json=all.json', 'openmetrics=glaive.prom');
    expect(code).toBe(2);
    const summary = JSON.parse(readFileSync(join(cwd, 'all.json'), 'utf8')) as Record<string, Record<string, number>>;
    expect(readFileSync(join(cwd, 'store/index/summary.json'), 'utf8')).toBe(
      readFileSync(join(cwd, 'all.json'), 'utf8'),
    );
    const text = readFileSync(join(cwd, 'glaive.prom'), 'utf8');
    const metrics = families(text);
    expect(metrics.get('glaive_fleet_repositories')!.samples.get('{status="failed"}')).toBe(
      summary['repositories']!['failed'],
    );
    expect(metrics.get('glaive_fleet_complete')!.samples.get('')).toBe(0);
    expect(metrics.get('glaive_fleet_new_findings')!.samples.get('')).toBe(summary['findings']!['new']);
    expect(text).not.toContain('service-');
  });

  it('pages have a file for each group; those of groups that are gone are deleted, other files stay', async () => {
    const cwd = tempFolder();
    const hostile = '<script>alert(1)</script>&"\'/x/y';
    await sampleFleet(join(cwd, 'store'), hostile);
    const folder = join(cwd, 'pages');
    await merge(cwd, 'html=pages');
    writeFileSync(join(folder, 'group-gone-01234567.html'), 'old');
    writeFileSync(join(folder, 'notes.html'), 'of the user');
    await merge(cwd, 'html=pages');
    const names = readdirSync(folder);
    expect(names).not.toContain('group-gone-01234567.html');
    expect(names).toContain('notes.html');
    expect(names.filter((name) => name.startsWith('group-')).length).toBe(7);
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    // Coverage is above everything that was found.
    expect(index.indexOf('id="coverage"')).toBeLessThan(index.indexOf('New tonight'));
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      expect(text).not.toMatch(/<script|alert\(1\)<\/|"'\/x/);
      for (const [, to] of text.matchAll(/href="([^"#][^"]*)"/g))
        if (!to!.startsWith('https://gitlab.example.com/')) expect(names).toContain(to);
    }
  });

  it('refuses other formats, and says which files cannot be written', async () => {
    const cwd = tempFolder();
    await sampleFleet(join(cwd, 'store'));
    expect((await merge(cwd, 'sarif=x')).stderr).toContain('It writes html=FOLDER, json=FILE and openmetrics=FILE');
    expect((await merge(cwd, 'x.json')).stderr).toContain('merge cannot write x.json');
    const { code, stderr } = await merge(cwd, 'json=no/such/folder.json', 'openmetrics=m.prom');
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot write no/such/folder.json')]);
    expect(readdirSync(cwd)).toContain('m.prom');
  });
});
