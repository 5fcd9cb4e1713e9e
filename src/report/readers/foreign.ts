/** Converts findings of other tools. Their secrets are kept as `Secret`, to be reclassified. */

import { MASK, Secret } from '../../model/secret.ts';
import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import type { Rule } from '../../model/rule.ts';
import { SEVERITY_BY_RISK } from '../../model/severity.ts';
import { cut } from '../../lib/cut.ts';
import { defined } from '../../lib/defined.ts';
import { findingFingerprint, secretFingerprint } from '../../triage/fingerprint.ts';

/** One finding of another tool. */
export interface ForeignFinding {
  readonly rule: string;
  readonly description?: string | undefined;
  readonly uri: string;
  readonly startLine?: number | undefined;
  readonly endLine?: number | undefined;
  readonly startColumn?: number | undefined;
  readonly endColumn?: number | undefined;
  /** The secret itself, if the tool wrote it to the report. */
  readonly secret?: string | undefined;
  /** The tool's own fingerprint. */
  readonly identity?: string | undefined;
  readonly commit?: string | undefined;
  readonly author?: string | undefined;
  readonly date?: string | undefined;
  /** Whether the tool verified that it is active. */
  readonly isActive?: boolean | undefined;
}

export interface Tool {
  /** The prefix of rule ids. */
  readonly name: string;
  readonly home: string;
}

export function foreignReport(tool: Tool, found: readonly ForeignFinding[], now: Date): Report {
  const rules = new Map(found.map((one) => [one.rule, ruleOf(tool, one)]));
  return {
    tool: { name: 'glaive', version: '0' },
    command: 'report',
    rules: [...rules.values()],
    findings: found.map((one) => findingOf(tool, one)),
    gaps: [],
    notes: [],
    counts: { artifacts: 0, bytes: 0, belowConfidence: 0, suppressed: 0, skips: {} },
    startTime: now,
    endTime: now,
  };
}

const idOf = (tool: Tool, rule: string): string =>
  `${tool.name}.${rule.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'rule'}`;

function ruleOf(tool: Tool, { rule, description }: ForeignFinding): Rule {
  return {
    id: idOf(tool, rule),
    family: tool.name,
    name: cut(description ?? rule, 120) || 'rule',
    description: `Found by ${tool.name}.`,
    impact: 'Treat it as an active credential until you have checked it.',
    owner: 'unknown',
    lifetime: 'unknown',
    risk: 'read',
    revoke: ['Revoke it where it was issued.'],
    references: [tool.home],
    forms: [],
    routable: [],
    assigned: [],
  };
}

/** Texts that tools write in place of a secret. */
const REDACTED = /^(?:|REDACTED|\*+|\[?REDACTED\]?.*|\.\.\.)$/i;

function findingOf(tool: Tool, one: ForeignFinding): Finding {
  const secret = one.secret === undefined || REDACTED.test(one.secret) ? '' : one.secret;
  const ruleId = idOf(tool, one.rule);
  const startLine = Math.max(1, one.startLine ?? 1);
  const startColumn = Math.max(1, one.startColumn ?? 1);
  const endLine = Math.max(startLine, one.endLine ?? startLine);
  const identity = secret === '' ? `${tool.name}\0${one.identity ?? `${one.rule}\0${one.uri}\0${startLine}`}` : secret;
  const ofSecret = secretFingerprint(secretFrom(identity));
  const uri = one.uri === '' ? 'unknown' : one.uri;
  return {
    ruleId,
    form: tool.name,
    confidence: 'likely',
    severity: SEVERITY_BY_RISK.read,
    tokenStatus: one.isActive === true ? { state: 'active' } : { state: 'unknown', reason: 'not checked' },
    artifact: { kind: 'file', uri, path: uri },
    regions: [
      {
        startLine,
        startColumn,
        endLine,
        endColumn: Math.max(endLine === startLine ? startColumn : 1, one.endColumn ?? 1),
        byteOffset: 0,
        byteLength: 0,
      },
    ],
    secret: secretFrom(secret),
    preview: MASK,
    secretFingerprint: ofSecret,
    fingerprint: findingFingerprint(ofSecret, uri),
    facts: {},
    locator: { kind: 'file', path: uri, byteOffset: 0, byteLength: 0, encodings: [] },
    ...(one.commit === undefined || !/^[0-9a-f]{40,64}$/.test(one.commit)
      ? {}
      : {
          introduction: {
            commit: one.commit,
            ...defined({ author: one.author, date: one.date }),
            uri,
            startLine,
          },
        }),
    suppressions: [],
  };
}

function secretFrom(text: string): Secret {
  return new Secret(Buffer.from(text, 'utf8').toString('latin1'));
}

/** A value as text, truncated to a reasonable length; undefined if it is not a string. */
export function textOf(value: unknown, max = 2000): string | undefined {
  return typeof value === 'string' && value !== '' ? cut(value, max) : undefined;
}

/** A path or URI: it must not be truncated, so longer ones are refused. */
export function placeOf(value: unknown): string | undefined {
  const place = textOf(value, PLACE_MAX + 1);
  return place !== undefined && place.length <= PLACE_MAX ? place : undefined;
}

/** Longer than any path of a file, with the entries of archives. */
const PLACE_MAX = 70_000;

/** A value as a secret; GitLab's credentials are not longer. */
export function secretOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 70_000 && value !== '' ? value : undefined;
}

/** An address that may be shown as a link. */
export function addressOf(value: unknown): string | undefined {
  const address = textOf(value);
  return address !== undefined && /^https?:\/\/[^\s"'<>\\]+$/.test(address) ? address : undefined;
}

/** A line or column number; undefined if it is not one. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
