/** Questions on the terminal; the only file that uses @clack/prompts. */

import { type Readable, Writable } from 'node:stream';
import { confirm, isCancel, selectKey, text } from '@clack/prompts';
import { throwIfInterrupted, GlaiveError } from '../../../model/errors.ts';

export interface Choice<Key extends string> {
  /** The key that chooses it: one character. */
  readonly key: Key;
  readonly label: string;
}

/** All throw GlaiveError (`interrupted`) after Ctrl-C, or when the terminal is closed. */
export interface Prompts {
  /** The key that was pressed. Enter is the first choice. Undefined after Escape. */
  choose<Key extends string>(
    question: string,
    choices: readonly [Choice<Key>, ...Choice<Key>[]],
  ): Promise<Key | undefined>;
  /** A line of text. Undefined after Escape. @param problemOf what is wrong with a text; undefined: nothing */
  ask(question: string, problemOf: (text: string) => string | undefined): Promise<string | undefined>;
  /** False is the default, and what Escape means. */
  confirm(question: string): Promise<boolean>;
}

export interface Terminal {
  readonly input: Readable;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** Without it, only text and the moves of the cursor are written. */
  readonly color: boolean;
}

export function openPrompts({ input, output, signal, color }: Terminal): Prompts {
  const target = color ? (output as Writable) : withoutColors(output);
  const asked = async <T>(ask: (common: Common) => Promise<T>): Promise<Exclude<T, symbol> | undefined> => {
    throwIfInterrupted(signal);
    const closed = new AbortController();
    let isEnded = false;
    const end = (): void => {
      isEnded = true;
      // Not before all listeners had the key.
      setImmediate(() => closed.abort());
    };
    // The prompt does not say which key has cancelled it; and Ctrl-D closes its input, after which it would wait for ever.
    const watch = (_: unknown, key: { readonly ctrl?: boolean; readonly name?: string } | undefined): void => {
      if (key?.ctrl === true && (key.name === 'c' || key.name === 'd')) end();
    };
    input.on('keypress', watch);
    input.once('end', end);
    const either = AbortSignal.any([signal, closed.signal]);
    try {
      const answer = await ask({ input, output: target, signal: either });
      throwIfInterrupted(signal);
      if (isEnded) throw new GlaiveError('interrupted', 'interrupted');
      return isCancel(answer) ? undefined : (answer as Exclude<T, symbol>); // the only symbol
    } finally {
      input.off('keypress', watch);
      input.off('end', end);
    }
  };
  return {
    choose: async <Key extends string>(message: string, choices: readonly [Choice<Key>, ...Choice<Key>[]]) => {
      const options = choices.map(({ key, label }) => ({ value: key as string, label }));
      let isAnswered = false;
      const answer = await asked(async (common) => {
        const key = await selectKey({ ...common, message, options, caseSensitive: false });
        isAnswered = !isCancel(key);
        return key;
      });
      if (!isAnswered) return undefined;
      // It knows no value for Enter, and marks the first.
      return choices.find(({ key }) => key === answer)?.key ?? choices[0].key;
    },
    ask: async (message, problemOf) =>
      await asked(async (common) => await text({ ...common, message, validate: (value = '') => problemOf(value) })),
    confirm: async (message) =>
      (await asked(async (common) => await confirm({ ...common, message, initialValue: false }))) ?? false,
  };
}

interface Common {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

// oxlint-disable-next-line no-control-regex -- the sequences that colour
const COLOUR = /\u001B\[[\d;]*m/g;

/** A stream that drops colours: the library asks only the process whether there should be any. */
function withoutColors(output: NodeJS.WritableStream): Writable {
  const terminal = output as NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
  const plain = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _, done) => {
      output.write(String(chunk).replace(COLOUR, ''));
      done();
    },
  });
  Object.defineProperties(plain, {
    columns: { get: () => terminal.columns },
    rows: { get: () => terminal.rows },
  });
  return plain;
}
