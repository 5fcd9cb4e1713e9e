/** The YAML of docs/ci-gitlab.md and docs/ci-github.md: inputs exist, and have values that are allowed. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { yamlBlocks } from './support/yaml-blocks.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Input {
  readonly type?: string;
  readonly options?: readonly unknown[];
  readonly default?: unknown;
}

describe('docs/ci-gitlab.md', () => {
  const [head] = parseAllDocuments(read('templates/glaive.yml')) as { toJS(): unknown }[];
  const { inputs } = (head!.toJS() as { spec: { inputs: Record<string, Input> } }).spec;

  it.each(yamlBlocks('docs/ci-gitlab.md'))('%s', (code) => {
    const { include = [], ...others } = parse(code) as {
      include?: readonly { readonly inputs?: Readonly<Record<string, unknown>> }[];
    };
    expect(Object.keys(others).filter((key) => key !== 'workflow')).toEqual([]);
    for (const [name, value] of include.flatMap((each) => Object.entries(each.inputs ?? {}))) {
      const input = inputs[name];
      expect(input, name).toBeDefined();
      expect(typeof value).toBe(input!.type ?? 'string');
      if (input!.options !== undefined) expect(input!.options).toContain(value);
    }
  });
});

describe('docs/ci-github.md', () => {
  const action = parse(read('action.yml')) as Readonly<Record<'inputs' | 'outputs', Record<string, Input>>>;

  it.each(yamlBlocks('docs/ci-github.md'))('%s', (code) => {
    const { jobs } = parse(code) as {
      jobs: Record<string, { steps: readonly { readonly uses?: string; readonly with?: object }[] }>;
    };
    const own = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses?.includes('/glaive@')));
    expect(own).toHaveLength(1);
    expect(Object.keys(own[0]!.with ?? {}).filter((name) => !(name in action.inputs))).toEqual([]);
  });

  it('lists every input with its default, and every output', () => {
    const text = read('docs/ci-github.md');
    const rows = Object.fromEntries(
      [...text.matchAll(/^\| `([\w-]+)` +\| (?:`([^`]*)`)?/gm)].map(([, name, value]) => [name, value ?? '']),
    );
    for (const [name, input] of Object.entries(action.inputs))
      expect([name, rows[name]]).toEqual([name, input.default]);
    for (const name of Object.keys(action.outputs)) expect(rows).toHaveProperty(name);
  });
});
