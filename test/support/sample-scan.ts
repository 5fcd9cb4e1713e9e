/** Scans inputs in memory by the real main path, at a fixed time, for tests of the report formats. */

import { showPath } from '../../src/lib/path-bytes.ts';
import type { Input } from '../../src/model/artifact.ts';
import type { Gap, SkipReason } from '../../src/model/gap.ts';
import type { RenderOptions } from '../../src/report/format.ts';
import type { Report } from '../../src/model/report.ts';
import type { Source } from '../../src/model/source.ts';
import { type FormatName, FORMATS } from '../../src/report/index.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { scan } from '../../src/scan/scan.ts';
import { memoryInput } from '../../src/sources/memory.ts';

const TIMES = ['2026-11-20T08:00:00.123Z', '2026-11-20T08:00:01.456Z'];

export interface Scanned {
  readonly inputs?: readonly Input[];
  readonly gaps?: readonly Gap[];
  readonly skips?: Readonly<Partial<Record<SkipReason, number>>>;
  readonly strict?: boolean;
  readonly commit?: string;
}

/** The report of a scan; its times and version are the same for ever. */
export async function scanned({
  inputs = [],
  gaps = [],
  skips = {},
  strict = false,
  commit,
}: Scanned): Promise<Report> {
  let ticks = 0;
  const source: Source = {
    name: 'memory',
    async *inputs(diagnostics) {
      yield* inputs;
      for (const gap of gaps) diagnostics.gap(gap);
      for (const [reason, count] of Object.entries(skips)) diagnostics.skip(reason as SkipReason, count); // its keys are reasons
    },
  };
  const report = await scan({
    command: 'scan',
    sources: [source],
    ruleset: builtinRuleset(),
    minConfidence: 'likely',
    strict,
    ...(commit === undefined ? {} : { commit }),
    clock: () => new Date(TIMES[ticks++]!),
  });
  return { ...report, tool: { name: 'glaive', version: '1.2.3' } };
}

/** A file with this content. @param path as `decodePath` makes it */
export function file(path: string, content: string): Input {
  return memoryInput(Buffer.from(content), { kind: 'file', uri: showPath(path), path });
}

/** A file that cannot be opened. */
export function failing(path: string, error: Error): Input {
  return {
    artifact: { kind: 'file', uri: path, path },
    open() {
      throw error;
    },
  };
}

/** What a format writes, as one text. */
export async function render(
  format: FormatName,
  report: Report,
  options: Partial<RenderOptions> = {},
): Promise<string> {
  const plain = { color: false, quiet: false, showSuppressed: false };
  return [...(await FORMATS[format].load())(report, { ...plain, ...options })].join('');
}
