/** The supervisor of sweeps, with children that only answer. */

import { expect, it } from 'vitest';
import type { Attempt } from '../../../src/fleet/attempt.ts';
import { readAttempt } from '../../../src/fleet/attempt.ts';
import type { Answer, Ended, SweepChild } from '../../../src/fleet/child.ts';
import type { PlanHead, PlanItem } from '../../../src/fleet/plan.ts';
import { supervise, type SupervisorOptions } from '../../../src/fleet/supervisor.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const HEAD: PlanHead = {
  glaive: 'fleet-plan',
  version: 1,
  id: 'p1',
  at: '2027-01-15T08:00:00.000Z',
  detection: 'd'.repeat(64),
  options: { archives: false },
  source: { kind: 'list' },
  items: 0,
};

const WHOLE: Attempt = { try: 1, outcome: 'whole', code: 0, seconds: 1, at: HEAD.at, worker: 'w' };
const keyOf = (index: number): string => index.toString(16).padStart(24, '0');
const itemsOf = (count: number, rest: Partial<PlanItem> = {}): PlanItem[] =>
  Array.from({ length: count }, (_, index) => ({ key: keyOf(index), ...rest }));

interface World {
  readonly order: string[];
  readonly children: { ended: boolean; asked: string[] }[];
  readonly options: SupervisorOptions;
}

/** @param answer what a child says about a repository; a text: why it died */
function world(
  answer: (item: PlanItem, tries: number) => Answer | string | Promise<Answer>,
  rest: Partial<SupervisorOptions> = {},
): World {
  const order: string[] = [];
  const children: World['children'] = [];
  const tries = new Map<string, number>();
  const startChild = (): SweepChild => {
    const child = { ended: false, asked: [] as string[] };
    children.push(child);
    return {
      pid: undefined,
      end: () => void (child.ended = true),
      terminate: () => {},
      ask: async (question): Promise<Answer | Ended> => {
        if (!('item' in question)) throw new Error('it is asked for a repository');
        const { item } = question;
        order.push(item.key);
        child.asked.push(item.key);
        tries.set(item.key, (tries.get(item.key) ?? 0) + 1);
        const given = await answer(item, tries.get(item.key)!);
        return typeof given === 'string' ? { reason: given } : given;
      },
    };
  };
  return {
    order,
    children,
    options: {
      store: tempFolder(),
      head: HEAD,
      unchanged: new Set(),
      jobs: 1,
      retries: 2,
      diskFree: 1,
      startChild,
      writer: 'test',
      signal: new AbortController().signal,
      redact: (text) => text,
      ...rest,
    },
  };
}

it('stops where the server refuses the token: the others would fail too', async () => {
  const refused: Attempt = { ...WHOLE, outcome: 'no-access' };
  const { order, options } = world(({ key }) =>
    key === keyOf(2) ? { attempt: refused, isRefused: true } : { attempt: WHOLE },
  );
  expect(await supervise(itemsOf(50_000), options)).toEqual({ left: 49_997, stoppedBy: 'token-refused' });
  expect(order).toHaveLength(3);
});

it('stops where the disk is nearly full, and counts what it has not begun', async () => {
  let free = 10;
  const { order, options } = world(() => ({ attempt: WHOLE }), { diskFree: 5, freeBytes: () => free-- });
  expect(await supervise(itemsOf(20), options)).toEqual({ left: 14, stoppedBy: 'disk-full' });
  expect(order).toHaveLength(6);
});

it('small repositories share a child; a large one, and one that has killed its child, have their own', async () => {
  const items = itemsOf(6).map((item, index) => (index === 1 ? { ...item, size: 1e9 } : item));
  const { children, options } = world(({ key }, tries) =>
    key === keyOf(3) && tries < 3 ? 'it was ended by SIGKILL' : { attempt: WHOLE },
  );
  await supervise(items, options);
  expect(children.map(({ asked }) => asked.map((key) => Number.parseInt(key, 16)))).toEqual([
    [0],
    [1],
    [2, 3],
    [3],
    [3],
    [4, 5],
  ]);
  expect(children.every(({ ended }) => ended)).toBe(true);
  expect(readAttempt(options.store, 'p1', keyOf(3))).toMatchObject({ try: 2, outcome: 'killed' });
});

it('members wait for their pool, and nothing else waits', async () => {
  const items = [
    { key: keyOf(1), network: keyOf(9) },
    { key: keyOf(2), network: keyOf(8) },
    { key: keyOf(3) },
    { key: keyOf(9), isPool: true },
  ];
  const running: string[] = [];
  const { order, options } = world(
    async ({ key }) => {
      running.push(key);
      // The pool is the last to end of those that do not wait for it.
      if (key === keyOf(9)) while (running.length < 3) await new Promise((resolve) => void setImmediate(resolve));
      return { attempt: WHOLE };
    },
    { jobs: 3 },
  );
  await supervise(items, options);
  expect(order.at(-1)).toBe(keyOf(1));
  expect(order.toSorted()).toEqual(items.map(({ key }) => key).toSorted());
});
