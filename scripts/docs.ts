/**
 * Writes `docs/reference.md` from the tables in the code, so that it cannot say anything else than the code does, and the
 * JSON schema of `.glaive.toml` for editors from the one that glaive itself checks with; and the plain form of the CI component.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { type Command, COMMANDS, type CommandName } from '../src/cli/args/command-table.ts';
import { type Flag, type FlagName, FLAGS, flagsOf } from '../src/cli/args/flags.ts';
import { flagSynopsis } from '../src/cli/args/help.ts';
import { configSchema, USERS_OWN } from '../src/config/schema.ts';
import { type Confidence, CONFIDENCES } from '../src/model/confidence.ts';
import { type GapKind, SKIP_REASONS } from '../src/model/gap.ts';
import { EXIT } from '../src/model/io.ts';
import type { Rule } from '../src/model/rule.ts';
import { type Risk, RISKS, SEVERITIES, SEVERITY_BY_RISK } from '../src/model/severity.ts';
import { FORMATS } from '../src/report/index.ts';
import { SEVERITY_SCALES } from '../src/report/severity-scales.ts';
import { confidenceText } from '../src/report/messages.ts';
import { severityOf } from '../src/triage/rating.ts';
import { COMPONENT, PLAIN_INCLUDE, plainInclude } from './plain-include.ts';
import { readBuiltinRules } from './builtin-rules.ts';

/** The path of the reference. */
export const REFERENCE = 'docs/reference.md';
/** The path of the schema of `.glaive.toml`. */
export const CONFIG_SCHEMA = 'schema/glaive-config.schema.json';

export async function main(root: string, args: string[]): Promise<void> {
  if (args.length > 0) throw new Error('npm run docs takes no arguments');
  const file = join(root, REFERENCE);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, renderReference(readBuiltinRules(root)));
  writeFileSync(join(root, CONFIG_SCHEMA), renderConfigSchema());
  writeFileSync(join(root, PLAIN_INCLUDE), plainInclude(readFileSync(join(root, COMPONENT), 'utf8')));
}

/** The JSON schema of `.glaive.toml`, as text. */
export function renderConfigSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'glaive-config.schema.json',
    title: 'glaive configuration',
    description: 'The file .glaive.toml of a repository, and ~/.config/glaive/config.toml of a user.',
    ...configJsonSchema(),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** What is used of a JSON schema to list its keys. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

// A check that looks at several keys has no counterpart in a JSON schema; the loader makes it all the same.
const configJsonSchema = (): JsonSchema => toJsonSchema(configSchema, { errorMode: 'ignore' }) as JsonSchema;

/** Every key of the configuration, dotted. */
export function configKeys(schema = configJsonSchema(), path = ''): { key: string; schema: JsonSchema }[] {
  const { properties } = schema.items ?? schema;
  if (properties === undefined) return [{ key: path, schema }];
  return Object.entries(properties).flatMap(([name, inner]) =>
    configKeys(inner, path === '' ? name : schema.items === undefined ? `${path}.${name}` : `[[${path}]] ${name}`),
  );
}

function renderConfiguration(): string[] {
  const typeOf = ({ type, items, enum: words }: JsonSchema): string =>
    words !== undefined ? words.map(code).join(', ') : type === 'array' ? `list of ${items!.type}s` : (type ?? '');
  return [
    '## Configuration',
    'The keys of `.glaive.toml`, and of a user’s own `~/.config/glaive/config.toml`.',
    table(
      ['Key', 'Type', 'Meaning'],
      configKeys().map(({ key, schema }) => [code(key), typeOf(schema), schema.description ?? '']),
    ),
    `Where secrets are sent, and with which credentials, only a user may say. In a repository’s file these are refused, whether or not this version knows them: ${USERS_OWN.map(code).join(', ')}.`,
  ];
}

/** The whole reference as Markdown; the same rules give the same text. */
export function renderReference(rules: readonly Rule[]): string {
  const chapters = [
    ['# Reference', 'Made by `npm run docs` from the tables in the code; changes made by hand are lost.'],
    ['## Commands', 'Results go to standard output, everything else to standard error.'],
    ...commandEntries().map(([name, command]) => renderCommand(name, command)),
    renderGlobalFlags(),
    renderConfiguration(),
    renderFormats(),
    renderExitCodes(),
    renderConfidences(),
    renderSeverities(),
    renderGaps(),
    renderSkips(),
    renderRules(rules),
  ];
  return `${chapters.map((parts) => parts.filter((part) => part !== '').join('\n\n')).join('\n\n')}\n`;
}

const commandEntries = (): [CommandName, Command][] => Object.entries(COMMANDS) as [CommandName, Command][]; // the table's own keys

function renderCommand(name: CommandName, command: Command): string[] {
  const { summary, args, details, examples } = command;
  return [
    `### glaive ${name}`,
    `${summary}.`,
    fence('text', [`glaive ${name} ${args}`.trimEnd()]),
    details.join('\n'),
    flagTable(flagsOf(name)),
    fence(
      'sh',
      examples.flatMap(([line, purpose]) => [`# ${purpose}`, line]),
    ),
  ];
}

/** Flags of glaive itself, without a command. */
function renderGlobalFlags(): string[] {
  const all = Object.entries(FLAGS) as [FlagName, Flag][]; // the table's own keys
  const alone = all.filter(([, { commands }]) => commands.length === 0);
  return alone.length === 0 ? [] : ['### Without a command', flagTable(alone)];
}

function flagTable(flags: readonly (readonly [FlagName, Flag])[]): string {
  return table(
    ['Flag', 'Meaning'],
    flags.map(([name, flag]) => {
      const choices = flag.choices === undefined ? '' : `. One of: ${flag.choices.map(code).join(', ')}`;
      const often = flag.repeatable === true ? '. May be given several times' : '';
      return [code(flagSynopsis(name, flag)), `${flag.text}${choices}${often}.`];
    }),
  );
}

function renderFormats(): string[] {
  return [
    '## Formats',
    'What `--format` and `--output FORMAT=FILE` take.',
    table(
      ['Format', 'What it is for'],
      Object.entries(FORMATS).map(([name, { summary }]) => [code(name), summary]),
    ),
  ];
}

const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  clean:
    'Everything that was asked for was looked at, and nothing was found (or nothing that `--fail-on` counts, or ' +
    '`--exit-zero` was given).',
  findings: 'Something was found. Everything that was asked for was looked at.',
  trouble:
    'Something could not be looked at (a [gap](#gaps)), even if something was found; or the command line, a rule file ' +
    'or an output file was wrong. `--exit-zero` never hides it.',
  interrupted:
    'Ended by Ctrl-C or a request to end (SIGINT, SIGTERM). The report holds what was found by then, and a gap. Asked twice, it ends at once.',
};

function renderExitCodes(): string[] {
  const codes = Object.entries(EXIT) as [keyof typeof EXIT, number][]; // the table's own keys
  return [
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      codes.map(([name, value]) => [code(String(value)), EXIT_TEXTS[name]]),
    ),
    '`explain`, `rules list`, `completions` and `help` end with `0` when done; `rules test` ends with `2` when a ' +
      'vector fails.',
  ];
}

const CONFIDENCE_TEXTS: Readonly<Record<Confidence, string>> = {
  proven: 'A checksum in the token matches: GitLab created it, character for character.',
  certain: "GitLab's own prefix, the exact shape, and an alphabet that GitLab's generator uses.",
  likely:
    'The shape fits, but the body has a letter that the generator never writes, or only the context makes it a credential, ' +
    'or its exact length is not published.',
  unlikely:
    'A placeholder, a wrong checksum on the full shape, or a JWT that cannot be decoded. Counted; listed with ' +
    '`--show-unlikely`.',
};

function renderConfidences(): string[] {
  return [
    '## Confidence',
    'How sure glaive is that a string is a real credential, surest first.',
    table(
      ['Confidence', 'When', 'In reports'],
      CONFIDENCES.toReversed().map((name) => [
        code(name),
        CONFIDENCE_TEXTS[name],
        confidenceText({ confidence: name, facts: {} }, { family: 'gitlab' }),
      ]),
    ),
  ];
}

const RISK_TEXTS: Readonly<Record<Risk, string>> = {
  write: 'write, use the API, administer, or run code on a runner',
  read: 'read private data',
  'short-lived': 'anything, but for minutes or hours only',
  public: 'little: it is meant to be public',
};

function renderSeverities(): string[] {
  return [
    '## Severity',
    'Every rule has a risk: what a finder can do. The risk gives the severity, and what is known of the token moves it.',
    table(
      ['Risk', 'A finder can', 'Severity', 'Known to be dead (expired)'],
      RISKS.map((risk) => [
        code(risk),
        RISK_TEXTS[risk],
        SEVERITY_BY_RISK[risk],
        severityOf(risk, { state: 'inactive', reason: 'expired' }),
      ]),
    ),
    'The words and numbers that each report format has for it:',
    table(
      ['Severity', '`gitlab`', '`codequality`', '`sarif` level', '`sarif` rank', '`sarif` security-severity'],
      SEVERITIES.toReversed().map((severity) => {
        const { gitlab, codequality, level, rank, score } = SEVERITY_SCALES[severity];
        return [severity, gitlab, codequality, level, String(rank), score];
      }),
    ),
  ];
}

const GAP_TEXTS: Readonly<Record<GapKind, string>> = {
  missing: 'a path that was named is not there',
  unreadable: 'a file cannot be read',
  'special-file': 'a FIFO, socket or device was named',
  listing: 'a folder cannot be listed',
  git: 'git is missing, too old, or cannot list the files',
  'time-limit': 'the scan was ended before it was done, by `--time-limit`',
  interrupted: 'the scan was ended before it was done, by Ctrl-C or a signal (SIGTERM)',
  'too-many-findings': 'a file or a scan holds more possible credentials than glaive takes',
  history: 'commits are not in the repository: a shallow clone, or a base that was pushed away',
  truncated:
    'a job log is incomplete: the job is still running, the runner cut it at its `output_limit`, or it is too large',
  unverified: 'a server that was to be asked about a credential did not answer, or said nothing that helps',
  skipped: 'something was passed over, and `--strict` was given',
};

function renderGaps(): string[] {
  return [
    '## Gaps',
    'A gap is something that was asked for and could not be looked at. Each one is told, on standard error and in the ' +
      'report, and makes the exit code `2`.',
    table(
      ['Kind', 'When'],
      Object.entries(GAP_TEXTS).map(([kind, text]) => [code(kind), text]),
    ),
  ];
}

function renderSkips(): string[] {
  return [
    '## Skips',
    'A skip is something that was passed over by rule inside a folder. It is only counted; `--strict` makes it a gap.',
    table(
      ['Reason', 'What was passed over'],
      Object.entries(SKIP_REASONS).map(([reason, text]) => [code(reason), text]),
    ),
  ];
}

function renderRules(rules: readonly Rule[]): string[] {
  const families = [...new Set(rules.map((rule) => rule.family))].toSorted();
  return [
    '## Rules',
    'Behind each form: the best confidence that it can reach.',
    ...families.flatMap((family) => [
      `### Family ${family}`,
      table(
        ['Rule', 'Type', 'Severity', 'Forms'],
        rules
          .filter((rule) => rule.family === family)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .map((rule) => [code(rule.id), rule.name, SEVERITY_BY_RISK[rule.risk], formsOf(rule)]),
      ),
    ]),
  ];
}

function formsOf({ forms, routable }: Rule): string {
  return [
    ...forms.map(({ name, ceiling }) => `${name} (${ceiling})`),
    ...routable.map(({ name }) => `${name} (proven)`),
  ].join('; ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function fence(language: string, lines: readonly string[]): string {
  return ['```' + language, ...lines, '```'].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
