/** Runs glaive: the quick check of a commit, else the command. The only place that catches errors. */

import { printable } from '../lib/printable.ts';
import { GlaiveError } from '../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../model/io.ts';

/** Runs glaive once. Never throws. */
export async function run(io: Io): Promise<number> {
  try {
    const checked = isCommitHook(io.argv) ? await (await import('./quick-check.ts')).quickCheck(io) : undefined;
    if (checked?.isClear === true) return EXIT.clean;
    const { dispatch } = await import('./dispatch.ts');
    return await dispatch(io, checked?.diff);
  } catch (error) {
    return await explainError(error, io);
  }
}

/** The hook of a commit, without flags. */
function isCommitHook([first, second, third, ...others]: readonly string[]): boolean {
  if (first === 'staged') return second === undefined;
  return first === 'hook' && second === 'run' && third === 'pre-commit' && others.length === 0;
}

/** Writes an error to standard error, with every secret masked. @returns the exit code for it */
export async function explainError(error: unknown, io: Io): Promise<ExitCode> {
  if (/^(?:EMFILE|ENFILE)$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '')) {
    // Nothing more can be loaded, so this message must not need a module.
    await io.stderr.write('glaive: too many files are open\n  Raise the limit: ulimit -n\n');
    return EXIT.incomplete;
  }
  const { isStop } = await import('../git/spawn.ts');
  if ((error instanceof GlaiveError && error.code === 'interrupted') || (io.signal.aborted && isStop(error))) {
    await io.stderr.write('glaive: interrupted\n');
    return EXIT.interrupted;
  }
  if (isStop(error)) {
    await io.stderr.write('glaive: the time limit was reached before the scan had begun\n');
    return EXIT.incomplete;
  }
  const { createTextRedactor } = await import('../scan/redact-text.ts');
  const safe = createTextRedactor();
  const known = error instanceof GlaiveError;
  const message = error instanceof Error ? error.message : String(error);
  const isGits = known && error.code === 'git' && error.hint === undefined && !message.startsWith('git ');
  const kind = known ? (isGits ? 'git failed: ' : '') : 'internal error: ';
  const { wrapText, widthOf } = await import('../lib/wrap.ts');
  // In a log or a pipe each message stays one line, for search.
  const width = io.stderr.isTTY ? widthOf(io.stderr) : Number.POSITIVE_INFINITY;
  const say = async (text: string, indent: number): Promise<void> => {
    const lines = wrapText(printable(safe(text)), { width, indent, hanging: 2 });
    await io.stderr.write(`${lines.join('\n')}\n`);
  };
  await say(`glaive: ${kind}${message}`, 0);
  const hint = known ? error.hint : 'This is a bug in glaive; please report it with what --debug shows.';
  if (hint !== undefined) await say(hint, 2);
  for (const line of known ? error.lines : []) await io.stderr.write(`${printable(safe(line))}\n`);
  if (io.argv.includes('--debug') && error instanceof Error) await io.stderr.write(`${safe(error.stack ?? '')}\n`);
  return EXIT.incomplete;
}
