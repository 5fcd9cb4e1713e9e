/** Scans the sources of one pass with its rules, and hides how many inputs are scanned at once. */

import { createRuleLookup } from '../triage/rule-lookup.ts';
import { type Detector, openDetector } from '../detect/open-detector.ts';
import { orAborted } from '../lib/abortable.ts';
import type { Input } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import type { Suppressor } from '../triage/suppress.ts';
import { type Coverage, untilStopped, uncounted, withProgress } from './coverage.ts';
import type { Pass, ScanRequest } from './request.ts';
import { createInputScanner, type InputScanner } from './scan-input.ts';

export interface ScannedInput {
  readonly uri: string;
  readonly findings: readonly Finding[];
}

export interface PassScanner extends Pass {
  readonly coverage: Coverage;
  readonly redact: (text: string) => string;
  /** The findings of each input, in the order of the inputs. */
  scan(inputs: AsyncIterable<Input>): AsyncIterable<ScannedInput>;
  /** Scans one more input, for attribution: it is not counted. */
  readonly rescan: InputScanner;
  /** Scans a text that the change removes: it is not counted, and nothing in it is accepted. */
  readonly scanRemoved: InputScanner;
  close(): Promise<void>;
}

export interface ScannerOptions {
  readonly request: ScanRequest;
  readonly coverage: Coverage;
  readonly suppressor: Suppressor;
  readonly startTime: Date;
}

/** Opens the detector of a pass; {@link PassScanner.close} ends its threads. */
export function openScanner(
  { sources, ruleset }: Pass,
  { request, coverage: whole, suppressor, startTime }: ScannerOptions,
): PassScanner {
  const { signal, progress, onDrop } = request;
  const detector = openDetector(ruleset, request);
  const { matcher, quietMatcher, redactor } = detector;
  const coverage = untilStopped(whole, signal);
  const removed = { ruleOf: createRuleLookup(ruleset), now: startTime };
  const context = { ...removed, suppressor };
  const counted = { ...detector, coverage, context: { ...context, onDrop }, signal, progress };
  const again = { matcher: quietMatcher, redactor, coverage: uncounted(coverage), signal };
  return {
    sources,
    ruleset,
    coverage: withProgress(coverage, progress),
    redact: redactor.redact,
    scan: (inputs) => scanInOrder(inputs, { detector, scanInput: createInputScanner(counted), signal }),
    rescan: createInputScanner({ ...again, context }),
    scanRemoved: createInputScanner({ ...again, context: removed }),
    close: () => matcher.close(),
  };
}

/** The inputs of every source, one after the other. */
export async function* inputsOf({ sources, coverage }: PassScanner): AsyncGenerator<Input> {
  for (const source of sources) yield* source.inputs(coverage);
}

interface InOrder {
  readonly detector: Detector;
  readonly scanInput: InputScanner;
  readonly signal: AbortSignal | undefined;
}

/** Runs ahead as far as the threads of the detector can work, and yields the results in the order of the inputs. */
async function* scanInOrder(
  inputs: AsyncIterable<Input>,
  { detector: { matcher }, scanInput, signal }: InOrder,
): AsyncGenerator<ScannedInput> {
  const ahead: { readonly uri: string; readonly findings: Promise<readonly Finding[]> }[] = [];
  const oldest = async (): Promise<ScannedInput> => {
    const { uri, findings } = ahead.shift()!; // called only when there is one
    // Workers do not see the signal; they are terminated.
    return { uri, findings: (await orAborted(findings, signal)) ?? [] };
  };
  for await (const input of inputs) {
    if (signal?.aborted === true) return;
    const { uri } = input.artifact;
    if (matcher.depth === 1 && ahead.length === 0) {
      yield { uri, findings: await scanInput(input) };
      continue;
    }
    const findings = scanInput(input);
    // If one fails, the others are never awaited: their errors must not go unhandled.
    findings.catch(() => {});
    ahead.push({ uri, findings });
    // An input that is not a file may be a stream, which is lost when the next input is requested.
    if (input.file === undefined) {
      matcher.flush();
      while (ahead.length > 0) yield await oldest();
    }
    if (ahead.length >= matcher.depth) yield await oldest();
  }
  matcher.flush();
  while (ahead.length > 0) {
    if (signal?.aborted === true) return;
    yield await oldest();
  }
}
