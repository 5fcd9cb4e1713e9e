/** `glaive explain PATH[:LINE]`: why a scan reports what is on a line, or does not. */

import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { type Palette, palette, wantsColor } from '../../lib/color.ts';
import { printable } from '../../lib/printable.ts';
import type { Drop } from '../../model/drop.ts';
import type { Finding } from '../../model/finding.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Region } from '../../model/region.ts';
import type { Rule } from '../../model/rule.ts';
import { dropStep, dropText } from '../../report/drop-text.ts';
import { confidenceText } from '../../report/messages.ts';
import { collectPlace, type ExplainedPlace } from '../../scan/explain-place.ts';
import { filesSource } from '../../sources/files.ts';
import { stagedSource } from '../../staged/staged.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { runScan, sayGaps } from '../run-scan.ts';
import type { ScanContext, ScanPlan } from '../scan-plan.ts';

interface Place {
  readonly path: string;
  readonly line?: number;
}

/** The place that an argument names; undefined when no such file exists. */
export function placeIn(argument: string | undefined, cwd: string): Place | undefined {
  if (argument === undefined || argument === '-') return undefined;
  if (isFile(argument, cwd)) return { path: argument };
  const [, path, line] = /^(.+):([1-9]\d{0,8})$/s.exec(argument) ?? [];
  return path !== undefined && isFile(path, cwd) ? { path, line: Number(line) } : undefined;
}

function isFile(path: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, path)).isFile();
  } catch {
    return false; // a token, not the name of a file
  }
}

export async function explainPlaceCommand(place: Place, args: ParsedArgs, io: Io): Promise<ExitCode> {
  const isStaged = args.has('staged');
  let collector: ReturnType<typeof collectPlace> | undefined;
  const scanning: ScanPlan = {
    sources(context) {
      const path = relativeTo(context.base, resolve(io.cwd, place.path));
      collector ??= collectPlace({
        ...(isStaged ? { path } : {}),
        ...(place.line === undefined ? {} : { line: place.line }),
      });
      if (context.exclusions.excludes(path))
        collector.onDrop({ artifact: { kind: 'file', uri: path, path }, reason: { kind: 'excluded-path' } });
      return [isStaged ? openStaged(context, io) : openFile(place.path, context, io)];
    },
    onDrop: (drop) => collector?.onDrop(drop),
    volume: 'commit',
  };
  const { report } = await runScan(args, io, scanning);
  const explained = collector!.explain(report.findings); // every scan opens its sources
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  // A name may contain a secret.
  const shown = { ...place, path: createTextRedactor()(place.path) };
  if (args.value('format') === 'json')
    await io.stdout.write(`${JSON.stringify(toPlain(shown, explained), undefined, 2)}\n`);
  else
    for (const line of toText(shown, explained, {
      rules,
      paint: palette(wantsColor(io.env, io.stdout.isTTY, args.has('no-color'))),
    }))
      await io.stdout.write(`${line}\n`);
  await sayGaps(report, io);
  return report.gaps.length > 0 ? EXIT.incomplete : EXIT.clean;
}

function openFile(path: string, { base, signal, exclusions: { excludes } }: ScanContext, io: Io) {
  return filesSource({ paths: [path], cwd: io.cwd, base, env: io.env, signal, excludes });
}

function openStaged({ signal, exclusions }: ScanContext, io: Io) {
  return stagedSource({ cwd: io.cwd, env: io.env, signal, ...exclusions });
}

function relativeTo(base: string, path: string): string {
  return relative(base, path).replaceAll(sep, '/');
}

function* toText(
  place: Place,
  { reported, drops }: ExplainedPlace,
  { rules, paint }: { readonly rules: ReadonlyMap<string, Rule>; readonly paint: Palette },
): Generator<string> {
  const nameOf = (ruleId: string | undefined): string =>
    ruleId === undefined ? 'Routable token' : `${rules.get(ruleId)?.name ?? 'rule'} (${ruleId})`;
  const row = (region: Region | undefined, rest: string): string =>
    `${paint.dim(printable(region === undefined ? place.path : `${place.path}:${region.startLine}:${region.startColumn}`))}  ${rest}`;

  if (reported.length + drops.length === 0) {
    const where = place.line === undefined ? 'in this file' : 'on this line';
    yield `No rule applies: none of their keywords is ${where}, as it is or encoded.`;
  }
  for (const finding of reported)
    for (const region of regionsAt(finding, place.line)) {
      yield row(region, paint.bold(nameOf(finding.ruleId)));
      yield `  reported as ${finding.confidence}: ${confidenceText(finding, rules.get(finding.ruleId)!)}`; // a finding has a rule
    }
  for (const { region, ruleId, forms, encodings, step, text } of merged(drops)) {
    const form = forms.length === 0 ? '' : `, form ${forms.map((name) => JSON.stringify(name)).join(', ')}`;
    const inside = encodings.length === 0 ? '' : `, in ${encodings.join(' in ')}`;
    yield row(region, region === undefined ? '' : `${nameOf(ruleId)}${form}${inside}`).trimEnd();
    yield `  dropped (${step}): ${printable(text)}`;
  }
}

function regionsAt({ regions }: Finding, line: number | undefined): readonly Region[] {
  return regions.filter(({ startLine, endLine }) => line === undefined || (startLine <= line && line <= endLine));
}

interface MergedDrop {
  readonly region: Region | undefined;
  readonly ruleId: string | undefined;
  readonly forms: readonly string[];
  readonly encodings: readonly string[];
  readonly step: string;
  readonly text: string;
}

/** The forms of a rule that one step drops at one place, as one. */
function merged(drops: readonly Drop[]): MergedDrop[] {
  const byPlace = new Map<string, MergedDrop>();
  for (const { region, ruleId, form, encodings = [], reason } of drops) {
    const text = dropText(reason);
    const key = [region?.byteOffset, ruleId, text].join(' ');
    const known = byPlace.get(key) ?? { region, ruleId, forms: [], encodings, step: dropStep(reason), text };
    byPlace.set(key, form === undefined ? known : { ...known, forms: [...known.forms, form] });
  }
  return [...byPlace.values()];
}

function toPlain({ path, line }: Place, { reported, drops }: ExplainedPlace): object {
  return {
    path,
    ...(line === undefined ? {} : { line }),
    reported: reported.flatMap((finding) =>
      regionsAt(finding, line).map((region) => ({
        ruleId: finding.ruleId,
        form: finding.form,
        region,
        confidence: finding.confidence,
        secretFingerprint: finding.secretFingerprint,
      })),
    ),
    dropped: drops.map(({ ruleId, form, region, encodings = [], reason }) => ({
      ...(ruleId === undefined ? {} : { ruleId }),
      ...(form === undefined ? {} : { form }),
      ...(region === undefined ? {} : { region }),
      encodings,
      step: dropStep(reason),
      reason,
      text: dropText(reason),
    })),
  };
}
