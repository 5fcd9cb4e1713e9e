/**
 * `npm run release`: makes every file of a release in `release/`, and publishes nothing. `npm run release -- STEP...`: only these steps.
 * `npm run release -- --list`: what the steps are, and what this machine lacks for them. `npm run release -- compare`
 * and `npm run release -- prepare VERSION` are described in their files, and RELEASING.md says how a release is made.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { main as build } from './build.ts';
import { compare } from './release/compare.ts';
import { PINNED_FILES } from './release/pins.ts';
import { prepare } from './release/prepare.ts';
import { readProduct } from './release/product.ts';
import type { ReleaseContext, ReleaseStep } from './release/step.ts';
import { STEPS } from './release/steps/index.ts';

export async function main(root: string, args: readonly string[]): Promise<void> {
  const context: ReleaseContext = {
    root,
    folder: join(root, 'release'),
    product: readProduct(root),
    epoch: epochOf(root),
    say: (line) => process.stdout.write(`${line}\n`),
  };
  const [word, ...rest] = args;
  if (word === 'prepare') return prepare(root, rest, context.say);
  if (word === 'compare') {
    if (!(await compare(root, rest, context.say))) process.exitCode = 1;
    return;
  }
  if (args.includes('--list')) {
    for (const step of STEPS) context.say(`${step.name.padEnd(12)} ${step.missing?.(context) ?? step.makes}`);
    return;
  }
  const steps = stepsOf(args);
  // A file of an earlier release must not be taken for one of this one.
  if (args.length === 0) rmSync(context.folder, { recursive: true, force: true });
  mkdirSync(context.folder, { recursive: true });
  await build(root);
  for (const step of steps) {
    const missing = step.missing?.(context);
    if (missing !== undefined) {
      if (step.isOptional !== true || args.length > 0) throw new Error(`${step.name}: ${missing}`);
      context.say(`${step.name}: left out, because ${missing}`);
      continue;
    }
    const start = Date.now();
    await step.run(context);
    context.say(`${step.name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
}

function stepsOf(names: readonly string[]): readonly ReleaseStep[] {
  const unknown = names.find((name) => STEPS.every((step) => step.name !== name));
  if (unknown !== undefined)
    throw new Error(`there is no step ${unknown}; there are: ${STEPS.map(({ name }) => name).join(', ')}`);
  if (names.length === 0) return STEPS.filter(({ onlyIfNamed }) => onlyIfNamed !== true);
  return STEPS.filter(({ name }) => names.includes(name));
}

/** `SOURCE_DATE_EPOCH`, or the time of the last commit that is more than the pins: those are the checksums of what it gives its time to. */
function epochOf(root: string): number {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given !== undefined && /^\d+$/.test(given)) return Number(given);
  return Number(
    execFileSync('git', ['log', '-1', '--format=%ct', '--', '.', ...PINNED_FILES.map((path) => `:(exclude)${path}`)], {
      cwd: root,
      encoding: 'utf8',
    }),
  );
}
