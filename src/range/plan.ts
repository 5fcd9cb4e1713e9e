/** The range to scan, in names: as the user names it, else from the CI job, else the commits that are not upstream yet. */

import { commitOf, type ResolveOptions } from '../git/resolve.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { showWord } from '../lib/show-word.ts';
import type { Refused } from '../model/refused.ts';
import { type RangePlan, rangeOfPipeline } from './ci-range.ts';

export async function planRange(named: string | undefined, options: ResolveOptions): Promise<RangePlan | Refused> {
  if (named !== undefined) return planOf(named);
  const { GITLAB_CI: gitlab, GITHUB_ACTIONS: github, GITHUB_EVENT_PATH: path } = options.env;
  const event = gitlab !== undefined || github === undefined || path === undefined ? {} : readEvent(path);
  if ('kind' in event) return event;
  return rangeOfPipeline(options.env, () => event.payload) ?? (await upstreamPlan(options));
}

export function isId(revision: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(revision);
}

/** Bytes; GitHub sends no larger events. */
const EVENT_MAX = 32 * 1024 * 1024;

function readEvent(path: string): { readonly payload?: unknown } | Refused {
  try {
    const text = readOptionalFile(path, { max: EVENT_MAX });
    if (text === undefined) throw new Error('no such file');
    return { payload: JSON.parse(text) };
  } catch (error) {
    return {
      kind: 'refused',
      message: `cannot read the event file ${path}: ${(error as Error).message}`,
      hint: 'GitHub Actions writes it (GITHUB_EVENT_PATH). Else name a RANGE: glaive diff origin/main..HEAD',
    };
  }
}

/** `A..B`, `A...B` and `A` all mean the commits of B that A does not have. */
function planOf(named: string): RangePlan | Refused {
  const [, from = '', to = ''] = /^(.*?)\.{2,3}(.*)$/s.exec(named) ?? ['', named];
  if (from === '' || from.startsWith('-') || to.startsWith('-')) {
    const message = `RANGE must be like origin/main..HEAD, not ${JSON.stringify(showWord(named))}`;
    return { kind: 'refused', message, hint: '' };
  }
  return { why: named, tip: to === '' ? 'HEAD' : to, bases: [{ revision: from, chosen: 'as named' }] };
}

async function upstreamPlan(options: ResolveOptions): Promise<RangePlan | Refused> {
  if ((await commitOf('@{upstream}', options)) !== undefined)
    return {
      why: '@{upstream}..HEAD',
      tip: 'HEAD',
      bases: [{ revision: '@{upstream}', chosen: 'the upstream branch' }],
    };
  return {
    kind: 'refused',
    message: 'there is no RANGE, no CI job that glaive knows, and no upstream of this branch',
    hint: 'Name the commits to compare: glaive diff origin/main..HEAD',
  };
}
