/** The tables of the comparison. None of them shows a secret. */

import type { BenchOptions } from '../options.ts';
import { compare } from './compare.ts';
import type { Planted } from './planted.ts';
import type { Outcome, Reported } from './scanner.ts';

type Print = BenchOptions['print'];

const COST = ['CPU s', 'wall s', 'peak MB, largest process', 'peak MB, all'] as const;

function costOf({ run }: Outcome): string[] {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return [seconds(run.cpu), seconds(run.wall), megabytes(run.peak), megabytes(run.peakOfAll)];
}

/** What each found of the planted tokens, and what it reported beyond them. */
export function printPlanted(
  print: Print,
  title: string,
  planted: readonly Planted[],
  outcomes: readonly Outcome[],
): void {
  const secrets = new Set(planted.map(({ secret }) => secret));
  const rows = outcomes.flatMap((outcome) => {
    if (outcome.reported === undefined) return [];
    const { exact, partly, missed, others } = compare(secrets, outcome.reported);
    return [[outcome.name, ...[exact, partly, missed, others].map(({ size }) => String(size)), ...costOf(outcome)]];
  });
  print(title, ['scanner', 'as they are', 'a part, or more', 'missed', 'reported, not planted', ...COST], rows);
}

/** The share of each kind or place that was reported as it is. */
export function printGroups(
  print: Print,
  title: string,
  planted: readonly Planted[],
  outcomes: readonly Outcome[],
): void {
  const reporting = outcomes.filter(({ reported }) => reported !== undefined);
  const rows = [...new Set(planted.map(({ group }) => group))].map((name) => [
    name,
    ...reporting.map(({ reported }) => {
      const secrets = new Set(planted.filter(({ group }) => group === name).map(({ secret }) => secret));
      const { exact } = compare(secrets, reported!);
      return ((100 * exact.size) / secrets.size).toFixed(0);
    }),
  ]);
  print(title, ['tokens', ...reporting.map(({ name }) => name)], rows);
}

/** The findings of each against glaive's, which come first, and what each costs. */
export function printReal(print: Print, title: string, outcomes: readonly Outcome[]): void {
  const [first] = outcomes;
  const ours = new Set(first!.reported!.map(({ secret }) => secret));
  const rows = outcomes.map((outcome) => {
    const { reported, run, isPartial, name } = outcome;
    if (run.timedOut) return [name, 'stopped', '', '', '', ...costOf(outcome)];
    if (reported === undefined) return [name, '', '', '', '', ...costOf(outcome)];
    const { exact, partly, missed, others } = compare(ours, reported);
    return [
      isPartial ? `${name} (exit code ${run.code})` : name,
      String(new Set(reported.map(({ secret }) => secret)).size),
      ...[exact.size + partly.size, missed.size].map(String),
      others.size === 0 ? '0' : kindsOf(others, reported),
      ...costOf(outcome),
    ];
  });
  for (const { name, run, isPartial } of outcomes)
    if (isPartial && !run.timedOut) process.stdout.write(`${name} ended with ${run.code}: ${lastLine(run.stderr)}\n`);
  print(title, ['scanner', 'GitLab secrets', 'also glaive’s', 'glaive’s, missed', 'not glaive’s', ...COST], rows);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** How many of which rule: the secrets themselves are not shown. */
function kindsOf(secrets: ReadonlySet<string>, reported: readonly Reported[]): string {
  const rules = new Map<string, Set<string>>();
  for (const { rule, secret } of reported)
    if (secrets.has(secret)) rules.set(rule, (rules.get(rule) ?? new Set()).add(secret));
  return [...rules].map(([rule, { size }]) => (rule === '' ? String(size) : `${size} ${rule}`)).join(', ');
}
