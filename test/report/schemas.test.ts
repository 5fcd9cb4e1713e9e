/** Every format that has a schema is valid under it, whatever the report; and our own schema says what the code does. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ajv, { type AnySchemaObject, type ValidateFunction } from 'ajv';
import ajvDraft04 from 'ajv-draft-04';
import ajvFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { ARTIFACT_KINDS } from '../../src/model/artifact-kind.ts';
import { CONFIDENCES } from '../../src/model/confidence.ts';
import { SKIP_REASONS } from '../../src/model/gap.ts';
import { RISKS, SEVERITIES } from '../../src/model/severity.ts';
import type { TokenStatus } from '../../src/model/token-status.ts';
import { GAP_KINDS, reportWith, SAMPLES } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): AnySchemaObject => JSON.parse(readFileSync(join(root, path), 'utf8'));
const ours = read('schema/glaive-report-1.schema.json');

// GitLab's schemas hold keywords that strict mode does not know.
const loose = new ajv.default({ strict: false, allErrors: true });
const strict = new ajv.default({ strict: true, strictTypes: true, strictRequired: true, allErrors: true });
const draft04 = new ajvDraft04.default({ strict: false, allErrors: true });
ajvFormats.default(draft04);
const data = 'test/data/schemas/';
const validSarif = draft04.compile(read(`${data}sarif-2.1.0.schema.json`));
const validGitlab = ['15.0.6', '15.2.5'].map((version) =>
  // One instance each: both schemas have the same id.
  new ajv.default({ strict: false, allErrors: true }).compile(
    read(`${data}gitlab-secret-detection-report-${version}.schema.json`),
  ),
);
const validDegradation = loose.compile(read(`${data}gitlab-codequality-item.schema.json`));
const validOurs = strict.compile(ours);

function problems(validate: ValidateFunction, value: unknown): string[] {
  return validate(value) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Every object schema in ours, with its place. */
function* objects(node: unknown, at = '#'): Generator<[place: string, schema: AnySchemaObject]> {
  if (typeof node !== 'object' || node === null) return;
  if ('properties' in node && 'type' in node) yield [at, node];
  for (const [key, value] of Object.entries(node))
    if (key !== 'if' && key !== 'else') yield* objects(value, `${at}/${key}`);
}

/** Our schema with no room for what it does not describe. */
const closed = (() => {
  const copy: AnySchemaObject = { ...structuredClone(ours), $id: 'closed' };
  for (const [, schema] of objects(copy)) schema['additionalProperties'] = false;
  return loose.compile(copy);
})();

/** Too large for every test. */
const ALL: typeof SAMPLES = { ...SAMPLES, '10 000': async () => await reportWith(10_000) };

describe.each(Object.keys(ALL))('the report "%s" is valid', async (name) => {
  const { report } = await ALL[name]!();

  it('as SARIF 2.1.0', async () => {
    expect(problems(validSarif, JSON.parse(await render('sarif', report)))).toEqual([]);
  });

  it('as GitLab secret detection report, under the oldest and the newest schema', async () => {
    const parsed = JSON.parse(await render('gitlab', report));
    for (const validate of validGitlab) expect(problems(validate, parsed)).toEqual([]);
  });

  it('as Code Quality report, entry by entry', async () => {
    const entries: unknown[] = JSON.parse(await render('codequality', report));
    expect(entries.length > 0).toBe(report.findings.length > 0);
    for (const entry of entries) expect(problems(validDegradation, entry)).toEqual([]);
  });

  it('as glaive report, and holds nothing that the schema does not describe', async () => {
    const parsed = JSON.parse(await render('json', report));
    expect(problems(validOurs, parsed)).toEqual([]);
    expect(problems(closed, parsed)).toEqual([]);
  });
});

it('the schemas refuse what is wrong', async () => {
  const { report } = await SAMPLES['one']!();
  const sarif = await render('sarif', report);
  expect(problems(validSarif, JSON.parse(sarif.replace('"startLine": 2', '"startLine": 0')))).not.toEqual([]);
  const gitlab = await render('gitlab', report);
  for (const validate of validGitlab)
    expect(problems(validate, JSON.parse(gitlab.replace('08:00:00"', '08:00:00Z"')))).not.toEqual([]);
  const [{ severity: _, ...entry }] = JSON.parse(await render('codequality', report));
  expect(problems(validDegradation, entry)).not.toEqual([]);
});

describe('schema/glaive-report-1.schema.json', () => {
  interface Parsed {
    readonly findings: readonly Readonly<Record<string, unknown>>[];
  }
  const valid = async (): Promise<Parsed> => JSON.parse(await render('json', (await SAMPLES['gaps']!()).report));

  it('describes every property in a sentence', () => {
    const described = [...objects(ours)].flatMap(([at, { properties }]) =>
      Object.entries<AnySchemaObject>(properties).map(([key, property]) => [`${at}/${key}`, property['description']]),
    );
    expect(described.length).toBeGreaterThan(60);
    expect(described.filter(([, text]) => !/^[A-Z].*\.$/.test(String(text)))).toEqual([]);
  });

  it('requires what is always there', () => {
    const optional = [...objects(ours)].flatMap(([at, { properties, required = [] }]) =>
      /facts|skips/.test(at) ? required : Object.keys(properties).filter((key) => !required.includes(key)),
    );
    expect(optional).toEqual([
      // Not in 1.0.
      'notes',
      'known',
      'commit',
      'ref',
      'repository',
      'project',
      'comparedWith',
      'id',
      'path',
      'url',
      'tip',
      'ref',
      'suppressed',
      'known',
      'masked',
      'unopened',
      'isActive',
      'tokenStatusReason',
      'verification',
      'excerpt',
      'hints',
      'introduction',
      'touched',
      'removedLater',
      'job',
      'project',
      'history',
      'host',
      'id',
      'project',
      'name',
      'scopes',
      'owner',
      'createdAt',
      'expiresAt',
      'lastUsedAt',
      'lastUsedIps',
      'reach',
      'name',
      'id',
      'isAdmin',
      'job',
      'entries',
      'path',
      'blob',
      'commit',
      'author',
      'date',
      'introductions',
      'atOrBefore',
      'pipeline',
      'name',
      'ref',
      'id',
      'path',
      'url',
      'removed',
      'date',
      'log',
      'section',
      'time',
      'justification',
      'by',
      'addedByChange',
      'status',
      'uri',
      'hint',
      'count',
    ]);
  });

  it('takes its lists from the model', () => {
    const states: Record<TokenStatus['state'], true> = { active: true, inactive: true, unknown: true };
    const { rule, finding, gap } = ours['definitions'];
    expect(finding.properties.confidence.enum).toEqual(CONFIDENCES);
    expect(finding.properties.severity.enum).toEqual(SEVERITIES);
    expect(finding.properties.tokenStatus.enum).toEqual(Object.keys(states));
    expect(finding.properties.artifact.properties.kind.enum).toEqual(Object.keys(ARTIFACT_KINDS));
    expect(finding.properties.locator.properties.kind.enum).toEqual([...Object.keys(ARTIFACT_KINDS), 'blob']);
    expect(rule.properties.risk.enum).toEqual(RISKS);
    expect(gap.properties.kind.enum).toEqual(Object.keys(GAP_KINDS));
    expect(Object.keys(ours['properties'].counts.properties.skips.properties)).toEqual(Object.keys(SKIP_REASONS));
  });

  it('lets later versions add, and refuses another major version', async () => {
    const report = await valid();
    const added = { ...report, version: '1.9', news: 1, findings: [{ ...report.findings[0], news: 1 }] };
    expect(problems(validOurs, added)).toEqual([]);
    expect(problems(validOurs, { ...report, version: '2.0' })).not.toEqual([]);
  });

  it('knows suppressions', async () => {
    const report = await valid();
    const suppressed = (suppression: object): string[] =>
      problems(validOurs, { ...report, findings: [{ ...report.findings[0], suppressions: [suppression] }] });
    expect(suppressed({ kind: 'inSource', justification: 'a test' })).toEqual([]);
    expect(suppressed({ kind: 'external' })).toEqual([]);
    expect(suppressed({ kind: 'elsewhere' })).not.toEqual([]);
    expect(suppressed({ justification: 'a test' })).not.toEqual([]);
  });

  it('wants a reason unless the token is active', async () => {
    const report = await valid();
    const { tokenStatusReason: _, ...finding } = report.findings[0]!;
    const withStatus = (tokenStatus: string): string[] =>
      problems(validOurs, { ...report, findings: [{ ...finding, tokenStatus }] });
    expect(withStatus('active')).toEqual([]);
    expect(withStatus('inactive')).not.toEqual([]);
    expect(withStatus('dead')).not.toEqual([]);
  });
});
