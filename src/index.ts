/**
 * The library face: the main path and the types it speaks. Everything else is internal and may change.
 *
 * @packageDocumentation
 */

export { scan } from './scan/scan.ts';
export type { Pass, ScanRequest, Volume } from './scan/request.ts';
export type { Accepted } from './triage/suppress.ts';
export { filesSource, type FilesOptions } from './sources/files.ts';
export { commitMessageSource } from './sources/commit-message.ts';
export { stagedSource } from './staged/staged.ts';
export type { StagedOptions } from './staged/staged-options.ts';
export { stdinSource } from './sources/stdin.ts';
export { builtinRuleset } from './rules/builtin.ts';
export { compileRuleset } from './rules/compile.ts';
export { loadRuleFile } from './rules/load.ts';
export { FORMATS, type FormatName } from './report/index.ts';
export type { Artifact, ByteReader, Input } from './model/artifact.ts';
export type { Candidate, Facts } from './model/candidate.ts';
export type { Confidence } from './model/confidence.ts';
export { GlaiveError } from './model/errors.ts';
export type { Excerpt, Finding, Locator } from './model/finding.ts';
export { type Gap, Skipped, type SkipReason, ReadError } from './model/gap.ts';
export type { Region } from './model/region.ts';
export type { Report } from './model/report.ts';
export type { Rule } from './model/rule.ts';
export type { Ruleset } from './model/ruleset.ts';
export { Secret } from './model/secret.ts';
export type { Severity } from './model/severity.ts';
export type { Source, Diagnostics } from './model/source.ts';
export type { AllowEntry, BaselineEntry, Suppression } from './model/suppression.ts';
export type { TokenStatus } from './model/token-status.ts';
