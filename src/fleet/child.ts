/**
 * The one place that starts processes for sweeps. Each leads a group of its own, with the git that it starts, so that all of it can be
 * ended at once. It is asked on standard input, a line for each repository, and answers on standard output.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Attempt } from './attempt.ts';
import type { PlanHead, PlanItem } from './plan.ts';

/** Set for such a process. Its arguments are those of the command that has started it. */
export const CHILD_VARIABLE = 'GLAIVE_FLEET_CHILD';

/** What a child is asked. The first line has the head of the plan. */
export type Question =
  | { readonly head: PlanHead }
  | { readonly item: PlanItem; readonly timeLimit?: number | undefined; readonly isPoolUnchanged: boolean };

export interface Answer {
  /** Undefined: the sweep was interrupted. */
  readonly attempt?: Attempt | undefined;
  /** The server refuses the token. */
  readonly isRefused?: boolean;
}

/** The child has ended, or was ended, without an answer. */
export interface Ended {
  /** For people: the signal or the exit code, and the last line that it printed. */
  readonly reason: string;
}

export interface ChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly head: PlanHead;
  readonly endGroup: (leader: number, signal: 'SIGTERM' | 'SIGKILL') => void;
}

export interface SweepChild {
  /** Undefined if it could not be started. */
  readonly pid: number | undefined;
  /** One question at a time. Never rejects. */
  ask(question: Question): Promise<Answer | Ended>;
  /** Ends the whole group at once; what it was asked ends without an answer. */
  end(): void;
  /** Asks the group to end. */
  terminate(): void;
}

/** Characters of what a child prints on standard error that are kept. */
const KEPT = 2000;

export function startChild({ program, args, cwd, env, head, endGroup }: ChildOptions): SweepChild {
  const child = spawn(program, args, {
    cwd,
    env: { ...env, [CHILD_VARIABLE]: '1' },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let answered: ((answer: Answer | Ended) => void) | undefined;
  let ended: Ended | undefined;
  let printed = '';
  const answer = (given: Answer | Ended): void => {
    const take = answered;
    answered = undefined;
    take?.(given);
  };
  const kill = (): void => {
    if (child.pid !== undefined) endGroup(child.pid, 'SIGKILL');
  };
  const over = (why: string): void => {
    // The git that it has started must not outlive it.
    kill();
    const last = printed.trimEnd().split('\n').at(-1) ?? '';
    ended ??= { reason: last === '' ? why : `${why}: ${last}` };
    answer(ended);
  };
  child.on('error', (error) => over(`it could not be started: ${error.message}`));
  child.on('exit', (code, signal) =>
    over(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
  );
  streamsOf(child, {
    onAnswer: answer,
    onPrinted: (text) => {
      printed = (printed + text).slice(-KEPT);
    },
  });
  const send = (question: Question): void => void child.stdin.write(`${JSON.stringify(question)}\n`);
  send({ head });
  return {
    pid: child.pid,
    ask: (question) =>
      new Promise((resolve) => {
        if (ended !== undefined) return resolve(ended);
        answered = resolve;
        send(question);
      }),
    end: kill,
    terminate: () => {
      if (child.pid !== undefined) endGroup(child.pid, 'SIGTERM');
    },
  };
}

function streamsOf(
  { stdin, stdout, stderr }: ChildProcess,
  { onAnswer, onPrinted }: { onAnswer: (answer: Answer) => void; onPrinted: (text: string) => void },
): void {
  // A child that has ended does not read; `exit` says so.
  stdin?.on('error', () => {});
  stderr?.on('data', (piece: Buffer) => onPrinted(piece.toString('utf8')));
  if (stdout === null) return;
  createInterface({ input: stdout }).on('line', (line) => onAnswer(JSON.parse(line) as Answer));
}
