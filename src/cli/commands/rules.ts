/** `glaive rules list|test [FILE]` */

import { resolve } from 'node:path';
import { plural } from '../../lib/format-amounts.ts';
import { palette, wantsColor } from '../../lib/color.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Rule } from '../../model/rule.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { SEVERITY_BY_RISK } from '../../model/severity.ts';
import { builtinRuleset } from '../../rules/builtin.ts';
import { openNamed } from '../named-input.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { subcommandOf } from '../args/subcommand.ts';

/** Bytes. */
const RULES_MAX = 8 * 1024 * 1024;

/** Lists the built-in rules, or tests a rule file with its own examples. */
export async function rulesCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [action, [file]] = subcommandOf(args, 'rules');
  if (action === 'test') return await runRuleTests(file, args, io);
  if (file !== undefined) throw usage('rules', 'list takes no file');
  return await listRules(args, io);
}

async function listRules(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const { rules } = builtinRuleset();
  const format = args.value('format') ?? 'text';
  if (format === 'json') {
    const plain = rules.map(({ forms, routable, assigned, ...rule }) => ({
      ...rule,
      severity: SEVERITY_BY_RISK[rule.risk],
      forms: [...forms, ...routable, ...assigned].map((form) => form.name),
    }));
    await io.stdout.write(`${JSON.stringify(plain, undefined, 2)}\n`);
    return EXIT.clean;
  }
  const paint = palette(wantsColor(io.env, io.stdout.isTTY, args.has('no-color')));
  const width = Math.max(...rules.map((rule) => rule.id.length));
  for (const rule of rules) {
    await io.stdout.write(
      `${paint.bold(rule.id.padEnd(width))}  ${SEVERITY_BY_RISK[rule.risk].padEnd(8)}  ${rule.name}\n`,
    );
  }
  return EXIT.clean;
}

async function runRuleTests(file: string | undefined, args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [{ testRules }, { createTextRedactor }] = await Promise.all([
    import('../../scan/test-rules.ts'),
    import('../../scan/redact-text.ts'),
  ]);
  const ruleset = file === undefined ? builtinRuleset() : await readRules(file, io);
  const { examples, failures } = await testRules(ruleset);
  const safe = createTextRedactor();
  for (const { ruleId, form, template, problem } of failures) {
    // An example should be a template, but it may contain a real token.
    const lines = [`${ruleId}, form "${form}": ${problem}`, `  ${template}`];
    await io.stdout.write(lines.map((line) => `${printable(safe(line))}\n`).join(''));
  }
  if (!args.has('quiet')) {
    await io.stdout.write(
      `${plural(ruleset.rules.length, 'rule')}, ${plural(examples, 'example')}: ${examples - failures.length} passed, ${failures.length} failed\n`,
    );
  }
  if (failures.length > 0)
    throw new GlaiveError('rules', `${failures.length} of ${examples} examples failed`, {
      hint: 'Fix the rule, or the example.',
    });
  // The built-in ones are checked when glaive is built.
  const slow = file === undefined ? 0 : await refuseSlow(ruleset.rules, io, safe);
  if (slow > 0)
    throw new GlaiveError('rules', `${plural(slow, 'pattern')} could take very long on some texts`, {
      hint: 'Two adjacent repetitions must not match the same text; see rules/README.md.',
    });
  return EXIT.clean;
}

/** Prints every pattern that can backtrack badly, with the reason. @returns their number */
async function refuseSlow(rules: readonly Rule[], io: Io, safe: (text: string) => string): Promise<number> {
  const [{ checkPattern }, { isCheap }] = await Promise.all([
    import('../../lib/pattern-check.ts'),
    import('../../rules/harmless.ts'),
  ]);
  let slow = 0;
  for (const rule of rules) {
    for (const form of rule.forms) {
      if (isCheap(form)) continue;
      const verdict = await checkPattern(form.pattern);
      if (verdict.kind === 'fast') continue;
      if (verdict.kind === 'unavailable') {
        await io.stderr.write('glaive: patterns were not checked for backtracking: this single file has no checker\n');
        return slow;
      }
      const problem =
        verdict.kind === 'slow'
          ? `the pattern backtracks (${verdict.complexity}), as on ${verdict.attack}`
          : 'the pattern could not be proven to be fast: make it simpler';
      await io.stdout.write(`${printable(safe(`${rule.id}, form "${form.name}": ${problem}`))}\n`);
      slow++;
    }
  }
  return slow;
}

async function readRules(file: string, io: Io): Promise<Ruleset> {
  const [{ loadRuleFile }, { compileRuleset }] = await Promise.all([
    import('../../rules/load.ts'),
    import('../../rules/compile.ts'),
  ]);
  const refuse = (why: string, cause?: unknown): GlaiveError =>
    new GlaiveError('rules', `cannot read the rule file ${file}: ${why}`, {
      hint: 'Check the spelling; paths are relative to the current folder.',
      cause,
    });
  let text: string | undefined;
  try {
    text = await openNamed(io)(resolve(io.cwd, file), RULES_MAX);
  } catch (error) {
    throw error instanceof GlaiveError ? error : refuse(fsErrorMessage(error), error);
  }
  if (text === undefined) throw refuse('no such file');
  return compileRuleset(loadRuleFile(text, file));
}
