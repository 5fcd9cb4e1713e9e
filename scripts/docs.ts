/**
 * Generates documents from the code, so that they cannot differ from it: `docs/reference.md` from its tables, the JSON schema of
 * `.glaive.toml` for editors from glaive's own schema, the plain form of the CI component, version and name of the npm package in the
 * files that others include or read, and the list of man pages in the manifest.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { type Command, COMMANDS, type CommandName } from '../src/cli/args/command-table.ts';
import { type Flag, type FlagName, FLAGS, flagsOf } from '../src/cli/args/flags.ts';
import { flagSynopsis } from '../src/cli/args/help.ts';
import { configSchema, USERS_OWN } from '../src/config/schema.ts';
import { FindingRowSchema, RepositoryRowSchema } from '../src/fleet/merge/rows.ts';
import { type Confidence, CONFIDENCES } from '../src/model/confidence.ts';
import { type GapKind, SKIP_REASONS } from '../src/model/gap.ts';
import { EXIT } from '../src/model/io.ts';
import type { Rule } from '../src/model/rule.ts';
import { type Risk, RISKS, SEVERITIES, SEVERITY_BY_RISK } from '../src/model/severity.ts';
import { FORMATS } from '../src/report/index.ts';
import { SEVERITY_SCALES } from '../src/report/severity-scales.ts';
import { confidenceText } from '../src/report/messages.ts';
import { severityOf } from '../src/triage/rating.ts';
import { MAN_FOLDER, manPages } from './man.ts';
import { COMPONENT, PLAIN_INCLUDE, plainInclude } from './plain-include.ts';
import { VERSIONED_FILES, withVersion } from './release/pins.ts';
import { readBuiltinRules } from './builtin-rules.ts';
import { filesWithPackageName, withPackageName } from './release/package-name.ts';
import { type Manifest, readProduct, repositoryUrl } from './release/product.ts';

/** The path of the reference. */
export const REFERENCE = 'docs/reference.md';
/** The path of the schema of `.glaive.toml`. */
export const CONFIG_SCHEMA = 'schema/glaive-config.schema.json';
/** The path of the schema of the lines of a fleet's index. */
export const FLEET_SCHEMA = 'schema/glaive-fleet-index-1.schema.json';

export async function main(root: string, args: string[]): Promise<void> {
  if (args.length > 0) throw new Error('npm run docs takes no arguments');
  const file = join(root, REFERENCE);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, renderReference(readBuiltinRules(root)));
  writeFileSync(join(root, CONFIG_SCHEMA), renderConfigSchema());
  writeFileSync(join(root, FLEET_SCHEMA), renderFleetSchema());
  const manifest = join(root, 'package.json');
  writeFileSync(manifest, completeManifest(readFileSync(manifest, 'utf8')));
  const product = readProduct(root);
  for (const path of filesWithPackageName(root)) {
    const text = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(root, path), withPackageName(text, product.packageName, product.command));
  }
  for (const path of VERSIONED_FILES) {
    const text = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(root, path), withVersion(text, product));
  }
  writeFileSync(join(root, PLAIN_INCLUDE), plainInclude(readFileSync(join(root, COMPONENT), 'utf8')));
}

/**
 * The manifest of the package with the list of its man pages, which npm links (it knows no pattern for them), and the addresses that follow from
 * that of the repository.
 */
export function completeManifest(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  const homepage = repositoryUrl(manifest);
  const man = [...manPages().keys()].map((name) => `./dist/${MAN_FOLDER}/${name}`);
  return `${JSON.stringify({ ...manifest, homepage, bugs: { url: `${homepage}/-/issues` }, man }, null, 2)}\n`;
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

/** The part of a JSON schema that is needed to list its keys. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

// JSON Schema cannot express checks of several keys together. The loader makes them.
const configJsonSchema = (): JsonSchema => toJsonSchema(configSchema, { errorMode: 'ignore' }) as JsonSchema;

/** The lines of `repositories.jsonl` and `findings.jsonl`; later versions may add columns. */
export function renderFleetSchema(): string {
  const definition = (schema: Parameters<typeof toJsonSchema>[0]): object => {
    const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: 'ignore' });
    return rest;
  };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A line of the index of glaive fleet merge',
    anyOf: [{ $ref: '#/definitions/repository' }, { $ref: '#/definitions/finding' }],
    definitions: { repository: definition(RepositoryRowSchema), finding: definition(FindingRowSchema) },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

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
    `Only the user’s own file may say where secrets are sent, and with which credentials. In a repository’s file these keys are refused, even in versions that do not know them: ${USERS_OWN.map(code).join(', ')}.`,
  ];
}

/** The whole reference as Markdown. Deterministic. */
export function renderReference(rules: readonly Rule[]): string {
  const chapters = [
    ['# Reference', 'Generated by `npm run docs` from the tables in the code: do not edit it by hand.'],
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
    'The values for `--format` and `--output FORMAT=FILE`.',
    table(
      ['Format', 'Purpose', 'Default for files named'],
      Object.entries(FORMATS).map(([name, { summary, endings }]) => [
        code(name),
        summary,
        endings.map((ending) => code(ending.startsWith('.') ? `*${ending}` : ending)).join(', '),
      ]),
    ),
  ];
}

const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  clean:
    'Everything was scanned, and there are no findings (or none that `--fail-on` counts, or `--exit-zero` was given).',
  findings: 'There are findings. Everything was scanned.',
  incomplete:
    'Something could not be scanned (a [gap](#gaps)), even if there are findings; or there is an error in the command line, a ' +
    'rule file or an output file. `--exit-zero` never hides it.',
  interrupted:
    'Ended by Ctrl-C or a signal (SIGINT, SIGTERM). The report holds the findings until then, and a gap. A second Ctrl-C or signal ends it at once.',
};

function renderExitCodes(): string[] {
  const codes = Object.entries(EXIT) as [keyof typeof EXIT, number][]; // the table's own keys
  return [
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      codes.map(([name, value]) => [code(String(value)), EXIT_TEXTS[name]]),
    ),
    '`explain`, `rules list`, `completions` and `help` end with `0`; `rules test` ends with `2` if an example fails.',
  ];
}

const CONFIDENCE_TEXTS: Readonly<Record<Confidence, string>> = {
  proven: 'The checksum in the token is valid: GitLab created it, character for character.',
  certain: "GitLab's own prefix, the exact shape, and an alphabet that GitLab's generator uses.",
  likely:
    'The shape matches, but the body has a letter that the generator never writes, or only the context makes it a credential, ' +
    'or its exact length is not published.',
  unlikely:
    'A placeholder, the full shape with an invalid checksum, or a JWT that cannot be decoded. Counted; listed with ' +
    '`--show-unlikely`.',
};

function renderConfidences(): string[] {
  return [
    '## Confidence',
    'How certain it is that a string is a real credential, highest confidence first.',
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
    'Every rule has a risk: what an attacker can do. The risk determines the severity, which the status of the token can change.',
    table(
      ['Risk', 'An attacker can', 'Severity', 'Severity if expired'],
      RISKS.map((risk) => [
        code(risk),
        RISK_TEXTS[risk],
        SEVERITY_BY_RISK[risk],
        severityOf(risk, { state: 'inactive', reason: 'expired' }),
      ]),
    ),
    'Severities in each report format:',
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
  missing: 'a named path does not exist',
  unreadable: 'a file cannot be read',
  'special-file': 'a FIFO, socket or device was named',
  listing: 'a folder cannot be listed',
  git: 'git is missing, too old, or cannot list the files',
  'time-limit': '`--time-limit` ended the scan early',
  interrupted: 'Ctrl-C or a signal (SIGTERM) ended the scan early',
  'too-many-findings': 'a file or a scan has more possible credentials than glaive lists',
  history: 'commits are not in the repository: a shallow clone, or a base that was overwritten by a forced push',
  truncated:
    'a job log is incomplete: the job is still running, the runner cut it at its `output_limit`, or it is too large',
  unverified: 'a server did not say whether a credential is active',
  skipped: 'something was skipped, and `--strict` was given',
};

function renderGaps(): string[] {
  return [
    '## Gaps',
    'A gap is something that could not be scanned. Every gap is reported, on standard error and in the report, and makes the ' +
      'exit code `2`.',
    table(
      ['Kind', 'When'],
      Object.entries(GAP_TEXTS).map(([kind, text]) => [code(kind), text]),
    ),
  ];
}

function renderSkips(): string[] {
  return [
    '## Skips',
    'A skip is something inside a folder that a rule leaves out. It is only counted; `--strict` makes it a gap.',
    table(
      ['Reason', 'Skipped'],
      Object.entries(SKIP_REASONS).map(([reason, text]) => [code(reason), text]),
    ),
  ];
}

function renderRules(rules: readonly Rule[]): string[] {
  const families = [...new Set(rules.map((rule) => rule.family))].toSorted();
  return [
    '## Rules',
    'In parentheses after each form: the highest confidence that it can reach.',
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

function formsOf({ forms, routable, assigned }: Rule): string {
  return [
    ...forms.map(({ name, maxConfidence }) => `${name} (${maxConfidence})`),
    ...routable.map(({ name }) => `${name} (proven)`),
    ...assigned.map(({ name }) => name),
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
