/** `glaive mask [-- COMMAND...]` */

import { untilAborted } from '../../lib/abortable.ts';
import { plural } from '../../lib/format-amounts.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { printable } from '../../lib/printable.ts';
import { showWord } from '../../lib/show-word.ts';
import { UnfitFile } from '../../lib/unfit-file.ts';
import { createMasks, type Mask, VALUE_MIN } from '../../mask/index.ts';
import { GlaiveError, throwIfInterrupted } from '../../model/errors.ts';
import { EXIT, type Io, type Output } from '../../model/io.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { loadRules } from '../scan-setup.ts';

/** Milliseconds for which the beginning of a prefix is held back: a user at a prompt must see it. */
const PAUSE = 100;

/** Passes text on with its credentials masked: standard input, or what a command prints. */
export async function maskCommand(args: ParsedArgs, io: Io): Promise<number> {
  const ruleset = await loadRules(args, io);
  const values = await readValues(args, io);
  const createMask = await createMasks(ruleset, values);
  const open = (output: Output): Masker => new Masker(createMask(), output);
  const { code, leaks } =
    args.positionals.length === 0 ? await filter(io, open) : await wrap(args.positionals, io, open);
  const failing = leaks > 0 && args.has('fail-on-leak');
  if (failing && !args.has('quiet'))
    await io.stderr.write(`glaive: ${plural(leaks, 'credential')} masked in the output\n`);
  return failing && code === EXIT.clean ? EXIT.findings : code;
}

interface Outcome {
  readonly code: number;
  readonly leaks: number;
}

type Open = (output: Output) => Masker;

/** A mask and its output; text that is held back is written after a pause. */
class Masker {
  readonly #mask: Mask;
  readonly #output: Output;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(mask: Mask, output: Output) {
    this.#mask = mask;
    this.#output = output;
  }

  get leaks(): number {
    return this.#mask.leaks;
  }

  async take(piece: Uint8Array): Promise<void> {
    clearTimeout(this.#timer);
    // What was given before is valid until the mask is used again.
    await this.#turn;
    await this.#give(this.#mask.push(piece));
    if (this.#mask.isHolding) this.#timer = setTimeout(() => void this.#give(this.#mask.release()), PAUSE);
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#turn;
    await this.#give(this.#mask.end());
  }

  async #give(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) this.#turn = this.#turn.then(async () => await this.#output.write(bytes));
    await this.#turn;
  }
}

async function filter(io: Io, open: Open): Promise<Outcome> {
  const masker = open(io.stdout);
  let failure: NodeJS.ErrnoException | undefined;
  try {
    for await (const piece of untilAborted(io.stdin.bytes(), io.signal)) {
      await masker.take(piece);
      if (io.stdout.isClosed) return { code: EXIT.clean, leaks: masker.leaks };
    }
  } catch (error) {
    failure = error as NodeJS.ErrnoException;
    if (failure.code === undefined) throw error;
  }
  // Text that has been read is written even if the rest cannot be read.
  await masker.end();
  if (failure !== undefined)
    throw new GlaiveError('usage', `cannot read standard input: ${fsErrorMessage(failure)}`, {
      hint: 'Pipe text into it, or name a command: glaive mask -- COMMAND',
      cause: failure,
    });
  throwIfInterrupted(io.signal);
  return { code: EXIT.clean, leaks: masker.leaks };
}

async function wrap([command = '', ...args]: readonly string[], io: Io, open: Open): Promise<Outcome> {
  const { runWrapped } = await import('../../lib/wrapped-command.ts');
  const maskers = { stdout: open(io.stdout), stderr: open(io.stderr) };
  try {
    const code = await runWrapped(command, args, {
      cwd: io.cwd,
      env: io.env,
      take: async (stream, bytes) => {
        await maskers[stream].take(bytes);
        return !io[stream].isClosed;
      },
      end: async (stream) => await maskers[stream].end(),
      signal: io.signal,
      hasTerminal: io.stdin.isTTY,
    });
    return { code, leaks: maskers.stdout.leaks + maskers.stderr.leaks };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined && !(error instanceof UnfitFile)) throw error;
    const name = printable(createTextRedactor()(command));
    await io.stderr.write(
      `glaive: cannot start ${name}: ${code === 'ENOENT' ? 'command not found' : fsErrorMessage(error)}\n`,
    );
    // The exit codes of shells.
    return { code: code === 'ENOENT' ? 127 : 126, leaks: 0 };
  }
}

/** The values of the variables to mask, without those that are not set. */
async function readValues(args: ParsedArgs, io: Io): Promise<string[]> {
  const values: string[] = [];
  for (const name of args.values('env')) {
    const value = io.env[name] ?? '';
    if (value === '') {
      // A name with a slip in it would leave a secret unmasked.
      if (!args.has('quiet'))
        await io.stderr.write(
          `glaive: note: --env ${printable(showWord(name))}: that variable is not set, or empty, so it masks nothing\n`,
        );
      continue;
    }
    if (value.length < VALUE_MIN)
      throw usage(
        args.command,
        `the value of ${name} is shorter than ${VALUE_MIN} characters, and cannot be masked`,
        'It would be masked in the middle of words. Give the variable a longer value, or leave it out.',
      );
    values.push(value);
  }
  return values;
}
