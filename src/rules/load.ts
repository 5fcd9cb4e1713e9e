/** Reads rule files. Built-in files are read at build time, custom ones when the configuration names them. */

import { depthOf } from '../lib/backtracking.ts';
import { isRecord } from '../lib/is-record.ts';
import { lineOfKey, parseToml } from '../lib/toml.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import { checkRuleFile, type RuleFile } from './schema.ts';

/**
 * Reads a custom rule file.
 *
 * @param fileName the name of the file in messages
 * @throws GlaiveError (`rules`) with the file, the place in it, and the expected value
 */
export function loadRuleFile(text: string, fileName: string): Rule[] {
  const rules = readRules(text, fileName);
  const rule = rules.find(({ credential }) => credential !== undefined);
  if (rule !== undefined)
    throw new GlaiveError('rules', `${fileName}: rule ${rule.id}: credential: only built-in rules may have this key`, {
      hint: 'Remove it. glaive checks and revokes the credentials of built-in rules only.',
    });
  return rules;
}

export interface BuiltinRuleFile {
  readonly fileName: string;
  /** The values that `credential` may have. */
  readonly credentialTypes: readonly string[];
}

/** @throws GlaiveError (`rules`) */
export function loadBuiltinRuleFile(text: string, { fileName, credentialTypes }: BuiltinRuleFile): Rule[] {
  const rules = readRules(text, fileName);
  for (const { id, credential } of rules) {
    if (credential !== undefined && !credentialTypes.includes(credential))
      throw new GlaiveError('rules', `${fileName}: rule ${id}: credential: there is no credential type ${credential}`, {
        hint: `The credential types are ${credentialTypes.join(', ')}.`,
      });
  }
  return rules;
}

function readRules(text: string, fileName: string): Rule[] {
  const parsed = parseToml(text);
  if (!parsed.ok) throw new GlaiveError('rules', `${fileName}:${parsed.line}:${parsed.column}: ${parsed.message}`);
  const checked = checkRuleFile(withInherited(parsed.value));
  if (!checked.ok) {
    const [{ key, message }] = checked.problems;
    const line = lineOfKey(text, key);
    const more = checked.problems.length > 1 ? ` (and ${checked.problems.length - 1} more)` : '';
    throw new GlaiveError(
      'rules',
      `${fileName}${line === undefined ? '' : `:${line}`}: ${key || 'the file'}: ${message}${more}`,
      {
        hint: 'rules/README.md explains every key of a rule file.',
      },
    );
  }
  const rules = checked.file.rule.map((rule) => toRule(rule, checked.file.family));
  for (const rule of rules) inspectRule(rule, fileName);
  return rules;
}

/** Keys that a rule takes from the earlier rule that `like` names, unless it has its own. */
const INHERITED = new Set(['impact', 'owner', 'lifetime', 'risk', 'credential', 'revoke', 'page', 'references']);

/** The file with every `like` that names an earlier rule resolved. The schema check reports any other. */
function withInherited(file: unknown): unknown {
  if (!isRecord(file) || !Array.isArray(file['rule'])) return file;
  const earlier = new Map<unknown, Readonly<Record<string, unknown>>>();
  const rules = file['rule'].map((rule: unknown) => {
    if (!isRecord(rule)) return rule;
    const { like, ...own } = rule;
    const base = like === undefined ? undefined : earlier.get(like);
    const inherited = Object.entries(base ?? {}).filter(([key]) => INHERITED.has(key));
    const resolved = { ...Object.fromEntries(inherited), ...(base === undefined ? rule : own) };
    earlier.set(rule['id'], resolved);
    return resolved;
  });
  return { ...file, rule: rules };
}

function toRule({ form, routable, assigned, parsed_as, ...rule }: RuleFile['rule'][number], family: string): Rule {
  return {
    ...rule,
    ...(parsed_as === undefined ? {} : { parsedAs: parsed_as }),
    family,
    forms: form.map(
      ({ instance_prefix, touched_by, look_behind, max_span, max_confidence, check, encoded, ...rest }) => ({
        ...rest,
        ...(check === undefined ? {} : { check }),
        ...(touched_by === undefined ? {} : { touchedBy: touched_by }),
        // Context next to a credential is of little use if only a part of the text is decoded.
        encoded: encoded ?? !rest.pattern.includes('(?<secret>'),
        instancePrefix: instance_prefix,
        lookBehind: look_behind,
        maxSpan: max_span,
        maxConfidence: max_confidence,
      }),
    ),
    routable,
    assigned,
  };
}

/** Compiling and checking a pattern recurses into its groups. */
const DEPTH_MAX = 50;

/** Checks beyond the schema: patterns compile, the rule can match, and examples exist in both directions. */
function inspectRule(rule: Rule, fileName: string): void {
  const refuse = (place: string, message: string): never => {
    throw new GlaiveError('rules', `${fileName}: rule ${rule.id}: ${place}${message}`);
  };
  if (rule.forms.length + rule.routable.length + rule.assigned.length === 0) {
    refuse('', 'has no [[rule.form]], [[rule.routable]] or [[rule.assigned]], so it can never match');
  }
  const forms = [...rule.forms, ...rule.routable, ...rule.assigned];
  if (!forms.some((form) => form.counterexamples.length > 0)) refuse('', 'needs at least one counterexample');
  const names = new Set<string>();
  for (const form of forms) {
    if (names.has(form.name)) refuse('', `has two forms named "${form.name}"`);
    names.add(form.name);
    for (const example of form.examples) {
      if (!/«[^«»]+»/.test(example)) refuse(`form "${form.name}": `, 'an example has no «secret» marked in it');
    }
  }
  for (const form of rule.forms) {
    if (depthOf(form.pattern) > DEPTH_MAX)
      refuse(`form "${form.name}": `, `pattern: groups are nested deeper than ${DEPTH_MAX}`);
    try {
      void new RegExp(form.pattern, 'dy');
    } catch (error) {
      refuse(`form "${form.name}": `, `pattern: ${(error as Error).message}`);
    }
    try {
      void new RegExp(form.touchedBy ?? '');
    } catch (error) {
      refuse(`form "${form.name}": `, `touched_by: ${(error as Error).message}`);
    }
    if (form.check === 'devise' && !form.pattern.includes('(?<body>')) {
      refuse(`form "${form.name}": `, 'check "devise" needs a group (?<body>...) in the pattern');
    }
  }
}
