/** `json` and `jsonl`: that they agree with the report and with each other, and that JSON is safe on a terminal. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatName } from '../../src/report/index.ts';
import { jsonPieces, jsonText } from '../../src/report/json-text.ts';
import { SAMPLES } from '../support/sample-report.ts';
import { render } from '../support/sample-scan.ts';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe.each(Object.keys(SAMPLES))('the report "%s"', async (name) => {
  const { report } = await SAMPLES[name]!();
  const json = await render('json', report);
  const whole = JSON.parse(json);

  it('counts what it lists', () => {
    expect(whole.counts.findings + whole.counts.suppressed).toBe(whole.findings.length);
    expect(whole.findings).toHaveLength(report.findings.length);
    expect(whole.counts.gaps).toBe(whole.gaps.length);
    expect(whole.scan.complete).toBe(whole.gaps.length === 0);
    expect(whole.counts.skips).toEqual(report.counts.skips);
  });

  it('lists each rule that has findings once, sorted, and no other', () => {
    const used = new Set(report.findings.map((finding) => finding.ruleId));
    expect(whole.rules.map((rule: { id: string }) => rule.id)).toEqual([...used].toSorted());
  });

  it('jsonl: each line a value with its type; together they are the json report', async () => {
    const lines = (await render('jsonl', report)).split('\n');
    expect(lines.pop()).toBe('');
    const values: { type: string }[] = lines.map((line) => JSON.parse(line));
    expect(values.filter(({ type }) => !/^(?:report|rule|finding|gap|note)$/.test(type))).toEqual([]);
    expect(values[0]!.type).toBe('report');
    const ofType = (wanted: string): object[] =>
      values.filter(({ type }) => type === wanted).map(({ type: _type, ...value }) => value);
    const [head] = ofType('report');
    const notes = ofType('note').map((value) => (value as { message: string }).message);
    expect({ ...head, rules: ofType('rule'), findings: ofType('finding'), gaps: ofType('gap'), notes }).toEqual(whole);
  });

  it.each<FormatName>(['json', 'jsonl', 'sarif', 'gitlab', 'codequality'])(
    '%s: every character can be seen',
    async (format) => {
      expect((await render(format, report)).replaceAll('\n', '')).not.toMatch(UNSEEN);
    },
  );
});

it('jsonText: the same value, and no character that cannot be seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(undefined, 2), (text, indent) => {
      const value = { [text]: [text] };
      const written = jsonText(value, indent);
      expect(JSON.parse(written)).toEqual(value);
      expect(written.replaceAll('\n', '')).not.toMatch(UNSEEN);
    }),
    { numRuns: 1000 },
  );
  expect(jsonText({ a: '\u009b\u202e\u{e0041}\u0007é😀' })).toBe('{"a":"\\u009b\\u202e\\udb40\\udc41\\u0007é😀"}');
});

it('jsonPieces: what jsonText gives, and no piece grows with the lists', () => {
  const value = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  const list = fc.array(fc.oneof(value, fc.string({ unit: 'binary' })), { maxLength: 5 });
  fc.assert(
    fc.property(list, list, (one, other) => {
      const head = { version: '1', nested: { a: [1], b: undefined } };
      const pieces = [...jsonPieces(head, { one, other })].join('');
      expect(pieces).toBe(jsonText({ ...head, one, other }, 2));
    }),
  );
  const longest = (count: number): number => {
    const many = Array.from({ length: count }, () => ({ text: 'x'.repeat(100) }));
    const pieces = [...jsonPieces({ a: 1 }, { many })];
    expect(pieces.join('')).toBe(jsonText({ a: 1, many }, 2));
    return Math.max(...pieces.map(({ length }) => length));
  };
  expect(longest(10_000)).toBe(longest(1000));
});
