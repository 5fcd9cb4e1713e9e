/** docs/ci-github.md says what action.yml says. (test/e2e/docs-commands.test.ts compares docs/ci-gitlab.md with the component.) */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blocksIn } from './support/documented.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('docs/ci-github.md', () => {
  const text = read('docs/ci-github.md');
  const action = parse(read('action.yml')) as {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly outputs: object;
  };

  it.each(blocksIn(text).filter(({ language }) => language === 'yaml'))('the workflow in line $line', ({ code }) => {
    const { jobs } = parse(code) as {
      jobs: Record<string, { steps: readonly { readonly uses?: string; readonly with?: object }[] }>;
    };
    const own = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses?.includes('/glaive@')));
    expect(own).toHaveLength(1);
    expect(Object.keys(own[0]!.with ?? {}).filter((name) => !(name in action.inputs))).toEqual([]);
  });

  it('lists every input with its default, and every output', () => {
    const rows = Object.fromEntries(
      [...text.matchAll(/^\| `([\w-]+)` +\| (?:`([^`]*)`)?/gm)].map(([, name, value]) => [name, value ?? '']),
    );
    for (const [name, input] of Object.entries(action.inputs))
      expect([name, rows[name]]).toEqual([name, input.default]);
    for (const name of Object.keys(action.outputs)) expect(rows).toHaveProperty(name);
  });
});
