/** Under `--new-suppressions fail` nothing is hidden by what a change does to settings, rules and exceptions. */

import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MERGING } from '../../src/config/strictest.ts';
import { expectNothingHidden } from '../support/change-settings.ts';
import { runs } from '../support/runs.ts';

it('a change fails for every finding of the settings before it, and of those after it', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1e9 }), expectNothingHidden), {
    numRuns: runs({ fast: 2, long: 100 }),
  });
});

describe('every key of the configuration', () => {
  it('says how before and after are joined', () => {
    const path = join(import.meta.dirname, '..', '..', 'schema', 'glaive-config.schema.json');
    const schema: { properties: Record<string, { properties?: object }> } = JSON.parse(readFileSync(path, 'utf8'));
    const keys = Object.entries(schema.properties).flatMap(([section, { properties }]) =>
      properties === undefined ? [section] : Object.keys(properties).map((key) => `${section}.${key}`),
    );
    expect(Object.keys(MERGING).toSorted()).toEqual(keys.toSorted());
  });
});
