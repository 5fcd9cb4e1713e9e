/** `glaive explain [TOKEN|-]`; `glaive explain PATH[:LINE]` is in `explain-place.ts`. */

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Palette, palette, wantsColor } from '../../lib/color.ts';
import { explain, type Explained, type Explanation } from '../../scan/explain.ts';
import type { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { printable } from '../../lib/printable.ts';
import { showWord } from '../../lib/show-word.ts';
import type { Gap } from '../../model/gap.ts';
import { checkedLines, statusText, ownerText, confidenceText } from '../../report/messages.ts';
import { builtinRuleset } from '../../rules/builtin.ts';
import { applyVerificationResults } from '../../scan/apply-verification.ts';
import type { VerifyStage } from '../../credentials/verification-stage.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { readStdin } from '../read-stdin.ts';
import { revokePage } from '../servers/revoke-page.ts';

const PLACE_FLAGS = ['staged', 'config', 'baseline', 'min-confidence'] as const;
/** Longer than any token; the rest of a file that was piped in by mistake is not read. */
const TEXT_MAX = 64 * 1024;

/** Explains a token; it is sent nowhere without `--verify`. */
export async function explainCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const { placeIn, explainPlaceCommand } = await import('./explain-place.ts');
  const place = placeIn(args.positionals[0], io.cwd);
  if (place !== undefined) {
    if (args.has('verify')) throw usage('explain', '--verify needs a TOKEN, not a PATH');
    return await explainPlaceCommand(place, args, io);
  }
  const placeFlag = PLACE_FLAGS.find((name) => args.has(name));
  if (placeFlag !== undefined) throw usage('explain', `--${placeFlag} needs the PATH of a file, or PATH:LINE`);
  const format = args.value('format') ?? 'text';
  // Wrong flags are reported before the user types a token.
  const stage = args.has('verify')
    ? await (await import('../servers/verification.ts')).openVerifyStage(args, io, io.signal)
    : undefined;
  const plain = await explain(await readToken(args, io), builtinRuleset(), io.clock());
  const [argument] = args.positionals;
  const isArgument = argument !== undefined && argument !== '-';
  if (isArgument && plain.tokens.length === 0 && plain.nearMisses.length === 0 && isPathLike(argument))
    throw usage(
      'explain',
      `${pathToShow(argument, io.cwd)}: there is no such file`,
      'Paths are relative to the current folder.',
    );
  if (isArgument && !args.has('quiet'))
    await io.stderr.write(
      'glaive: a token given as an argument lands in the shell history and in the process list.\n' +
        '  Next time pipe it in: glaive explain -\n',
    );
  const { explained, gaps } = stage === undefined ? { explained: plain, gaps: [] } : await verified(plain, stage);
  const server = await addressOf(args, io);
  if (format === 'json') await io.stdout.write(`${JSON.stringify(toPlain(explained), undefined, 2)}\n`);
  else
    for (const line of toText(explained, server, palette(wantsColor(io.env, io.stdout.isTTY, args.has('no-color')))))
      await io.stdout.write(`${line}\n`);
  if (explained.tokens.length === 0 && isArgument)
    await io.stderr.write('glaive: no file has that name either\n  For a place in a file: glaive explain PATH:LINE\n');
  if (gaps.length > 0) await (await import('../run-scan.ts')).sayGaps({ gaps }, io);
  return gaps.length > 0 ? EXIT.incomplete : EXIT.clean;
}

/** Checks each token with its issuer. */
async function verified(
  { tokens, nearMisses }: Explained,
  stage: VerifyStage,
): Promise<{ readonly explained: Explained; readonly gaps: readonly Gap[] }> {
  const findings = tokens.map(({ finding }) => finding);
  const { verdicts, gaps } = await stage.verify(findings);
  const checked = applyVerificationResults(
    findings,
    verdicts,
    tokens.map(({ rule }) => rule),
  );
  return {
    explained: { tokens: tokens.map((token, index) => ({ ...token, finding: checked[index]! })), nearMisses }, // one for each
    gaps,
  };
}

/** The GitLab whose pages are shown; no request is sent to it. */
async function addressOf(args: ParsedArgs, io: Io): Promise<string | undefined> {
  const isNamed = args.has('gitlab-url') || ['GLAIVE_GITLAB_URL', 'CI_SERVER_URL'].some((name) => io.env[name]);
  return isNamed ? (await import('../servers/gitlab-access.ts')).serversOf(args, io)[0] : undefined;
}

/** Whether a text that is no token must be the path of a file: by its start, a line number or an ending. */
const isPathLike = (text: string): boolean => /^(?:\.{0,2}\/|~)|:\d+$|[\w)]\.[a-z]\w{0,4}$/i.test(text);

/** A path whose folder exists is no secret; of any other text only a short one is repeated. */
function pathToShow(path: string, cwd: string): string {
  return path.includes('/') && existsSync(dirname(resolve(cwd, path))) ? path : showWord(path);
}

async function readToken(args: ParsedArgs, io: Io): Promise<string> {
  const [argument] = args.positionals;
  if (argument !== undefined && argument !== '-') return argument;
  if (argument === undefined && io.stdin.isTTY) {
    // Hidden first, then asked for: nothing that is typed early may be seen.
    const line = io.stdin.readHidden();
    const [token] = await Promise.all([line, io.stderr.write('Paste the token and press Enter; it is not shown: ')]);
    return token;
  }
  const tooLong = (): GlaiveError =>
    usage('explain', 'the input is longer than any token', 'To scan a text: glaive scan -.');
  return (await readStdin(io, { max: TEXT_MAX, tooLong })).toString('utf8').trim();
}

function* toText({ tokens, nearMisses }: Explained, server: string | undefined, paint: Palette): Generator<string> {
  if (tokens.length === 0) {
    yield 'Not a credential that glaive knows.';
    for (const rule of nearMisses) {
      const shapes = rule.forms.map((form) => form.name).join('; ');
      yield `It has the prefix of a ${rule.name}, but not its shape (${shapes}).`;
    }
    return;
  }
  for (const [index, token] of tokens.entries()) {
    if (index > 0) yield '';
    yield* tokenLines(token, server, paint);
  }
}

const CHECKSUM: Readonly<Record<Explanation['checksum'], string>> = {
  fits: 'valid: GitLab created it, character for character',
  fails: 'invalid: altered, cut, or invented',
  none: 'this form has none',
};

function* tokenLines(
  { finding, rule, checksum }: Explanation,
  server: string | undefined,
  paint: Palette,
): Generator<string> {
  const { facts, tokenStatus } = finding;
  const row = (name: string, value: string): string => `${paint.dim(name.padEnd(12))}${value}`;
  yield row('type', `${paint.bold(rule.name)} (${rule.id}; ${finding.form})`);
  yield row('what it is', rule.description);
  yield row('confidence', `${finding.confidence}: ${confidenceText(finding, rule)}`);
  yield row('checksum', CHECKSUM[checksum]);
  yield row('severity', finding.severity);
  yield row('belongs to', ownerText(facts) || `${rule.owner} (the token does not say which)`);
  if (facts.expiresAt !== undefined) yield row('expires', `${facts.expiresAt} (${statusText(tokenStatus)})`);
  for (const [index, line] of checkedLines(finding).entries()) yield row(index === 0 ? 'checked' : '', printable(line));
  yield row('lifetime', rule.lifetime);
  yield row('impact', rule.impact);
  for (const [index, way] of rule.revoke.entries()) yield row(index === 0 ? 'to revoke' : '', way);
  const page = revokePage(rule, finding, server);
  if (page !== undefined) yield row('', printable(page));
  yield row('see', rule.references.join('  '));
  yield row('fingerprint', finding.secretFingerprint);
}

function toPlain({ tokens, nearMisses }: Explained): object {
  return {
    tokens: tokens.map(({ finding, rule, checksum }) => ({
      ruleId: rule.id,
      name: rule.name,
      form: finding.form,
      description: rule.description,
      confidence: finding.confidence,
      checksum,
      severity: finding.severity,
      tokenStatus: finding.tokenStatus.state,
      ...(finding.tokenStatus.state === 'active' ? {} : { tokenStatusReason: finding.tokenStatus.reason }),
      ...(finding.verification === undefined ? {} : { verification: finding.verification }),
      facts: finding.facts,
      owner: rule.owner,
      lifetime: rule.lifetime,
      impact: rule.impact,
      revoke: rule.revoke,
      references: rule.references,
      secretFingerprint: finding.secretFingerprint,
    })),
    nearMisses: nearMisses.map((rule) => rule.id),
  };
}
