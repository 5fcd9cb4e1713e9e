/** The schema of a rule file; `rules/README.md` explains it to authors. */

import * as v from 'valibot';
import { printable } from '../lib/printable.ts';
import { problemText } from '../lib/problem-text.ts';
import { CHECKS, PARSED_AS } from '../model/rule.ts';
import { RISKS } from '../model/severity.ts';

/** The longest match of a pattern: limits memory, and the work for each candidate. */
export const MAX_SPAN = 65_536;

/** The longest pattern: compiling and checking it recurses, and needs many times its size. */
const PATTERN_MAX = 4096;
/** Rules of one file, and forms of one rule: each is compiled and checked before a scan begins. */
const RULES_MAX = 5000;
const FORMS_MAX = 1000;

const text = v.pipe(v.string(), v.trim(), v.nonEmpty('must not be empty'));
/** One line for people: it goes into every report. */
const line = v.pipe(
  text,
  v.transform((words) => words.replace(/\s+/g, ' ')),
  v.check((words) => printable(words) === words, 'must contain no control characters and no invisible ones'),
);
const url = v.pipe(v.string(), v.regex(/^https:\/\/[^\s"'<>\\]+$/, 'must be an https:// address'));
const examples = {
  examples: v.pipe(v.array(v.string()), v.minLength(1, 'needs at least one example')),
  counterexamples: v.optional(v.array(v.string()), []),
};
// A keyword shorter than this would stop the scan at every other byte of ordinary text.
const keyword = v.pipe(
  v.string(),
  // oxlint-disable-next-line no-control-regex -- bytes, one character each
  v.regex(/^[\u0000-\u00ff]{4,32}$/, 'must be 4 to 32 single-byte characters'),
);

/** A longer text contains more than a credential. */
const ALONE_MAX = 256;

const patternFormObject = v.strictObject({
  name: line,
  keywords: v.optional(v.array(keyword), []),
  alone: v.optional(v.boolean(), false),
  pattern: v.pipe(text, v.maxLength(PATTERN_MAX, `must have at most ${PATTERN_MAX} characters`)),
  check: v.optional(v.picklist(CHECKS)),
  instance_prefix: v.optional(v.boolean(), false),
  touched_by: v.optional(v.pipe(v.string(), v.regex(/^\[[^[\]\\^]{1,100}\]$/, 'must be a class like "[0-9A-Za-z_-]"'))),
  max_confidence: v.optional(v.picklist(['certain', 'likely']), 'certain'),
  context: v.optional(v.boolean(), false),
  encoded: v.optional(v.boolean()),
  look_behind: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1024)), 0),
  max_span: v.optional(v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(MAX_SPAN)), 128),
  ...examples,
});
const patternForm = v.pipe(
  patternFormObject,
  v.check(({ keywords, alone }) => alone || keywords.length > 0, 'needs at least one keyword, or alone = true'),
  v.check(({ keywords, alone }) => !alone || keywords.length === 0, 'has keywords, or alone = true, and not both'),
  v.check(
    ({ alone, max_span }) => !alone || max_span <= ALONE_MAX,
    `max_span must be at most ${ALONE_MAX} with alone = true`,
  ),
);

const routableForm = v.pipe(
  v.strictObject({
    name: line,
    version: v.picklist(['01', 'none']),
    prefix: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{0,40}$/, 'must be at most 40 printable ASCII characters')),
    payload: v.optional(v.array(v.pipe(v.string(), v.regex(/^[a-z]{1,26}$/, 'must be payload keys, a-z'))), []),
    anchors: v.optional(v.array(keyword), []),
    ...examples,
  }),
  v.check(
    ({ version, prefix, anchors }) => version !== 'none' || anchors.length > 0 || prefix.length >= 4,
    'without version it needs a prefix of at least 4 characters, or anchors to search for',
  ),
);

const name = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9*]+(?:[ _.-][A-Za-z0-9*]+)*$/,
    'must be words with blanks between them, or a name as it is written',
  ),
);
const assignedForm = v.pipe(
  v.strictObject({
    name: line,
    values: v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^(?:devise|hex|runner):(?:1[6-9]|[2-9]\d|1[01]\d|12[0-8])$/, 'must be like "devise:20" or "hex:64"'),
        ),
      ),
      v.minLength(1, 'needs at least one kind of value'),
    ),
    names: v.optional(v.array(name), []),
    near: v.optional(v.array(name), []),
    anchors: v.optional(v.array(keyword), []),
    users: v.optional(v.array(v.pipe(v.string(), v.regex(/^[\w+.-]{2,64}\*?$/, 'must be a user name'))), []),
    ...examples,
  }),
  v.check(({ names, near, users }) => names.length + near.length + users.length > 0, 'needs names, near or users'),
);

const rule = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{2,99}$/, 'must be 3 to 100 of A-Z a-z 0-9 _ . -')),
  // `load.ts` has resolved every `like` that names a rule.
  like: v.exactOptional(v.never('must be the id of an earlier rule of this file')),
  name: v.pipe(line, v.maxLength(120)),
  description: v.pipe(line, v.maxLength(900)),
  impact: v.pipe(line, v.maxLength(900)),
  owner: line,
  lifetime: line,
  risk: v.picklist(RISKS),
  parsed_as: v.exactOptional(v.picklist(PARSED_AS)),
  credential: v.exactOptional(text),
  revoke: v.pipe(v.array(line), v.minLength(1, 'needs at least one way')),
  page: v.optional(
    v.pipe(v.string(), v.regex(/^\/[\w./#{}-]*$/, 'must be a path like "/-/user_settings/applications"')),
  ),
  references: v.pipe(v.array(url), v.minLength(1, 'needs at least one reference')),
  form: v.optional(v.pipe(v.array(patternForm), v.maxLength(FORMS_MAX, `must be at most ${FORMS_MAX}`)), []),
  routable: v.optional(v.pipe(v.array(routableForm), v.maxLength(FORMS_MAX, `must be at most ${FORMS_MAX}`)), []),
  assigned: v.optional(v.pipe(v.array(assignedForm), v.maxLength(FORMS_MAX, `must be at most ${FORMS_MAX}`)), []),
});

const ruleFile = v.strictObject({
  family: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, 'must be lower case, digits and dashes')),
  rule: v.pipe(
    v.array(rule),
    v.minLength(1, 'needs at least one [[rule]]'),
    v.maxLength(RULES_MAX, `must be at most ${RULES_MAX}`),
  ),
});

export type RuleFile = v.InferOutput<typeof ruleFile>;

export type Checked =
  | { readonly ok: true; readonly file: RuleFile }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

export interface Problem {
  /** A dotted path such as `rule.0.form.1.pattern`; empty for the whole file. */
  readonly key: string;
  readonly message: string;
}

const KEYS = [
  'family',
  'form',
  'routable',
  'assigned',
  ...Object.keys(rule.entries),
  ...Object.keys(patternFormObject.entries),
  'version',
  'prefix',
  'payload',
  'anchors',
  'values',
  'names',
  'near',
  'users',
];

/** Checks a parsed rule file; returns every problem with its key. */
export function checkRuleFile(value: unknown): Checked {
  const result = v.safeParse(ruleFile, value);
  if (result.success) return { ok: true, file: result.output };
  const [first, ...others] = result.issues.map((issue) => ({
    key: v.getDotPath(issue) ?? '',
    message: problemText(issue, KEYS),
  }));
  return { ok: false, problems: [first!, ...others] }; // a failure has at least one issue
}
