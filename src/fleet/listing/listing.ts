/** What a source of repositories gives to the plan: the repositories, what could not be listed, and what was left out. */

import type { Gap } from '../../model/gap.ts';
import type { PlanItem } from '../plan.ts';

/** Why a repository is not in the plan though nothing is wrong with it. The texts are for people. */
export const LEFT_OUT = {
  skip: 'left out by --skip',
  archived: 'archived',
  fork: 'forks',
  deleted: 'being deleted',
  temporary: 'temporary folders of the server',
  link: 'symbolic links to repositories that are found anyway',
  'work-tree': 'linked work trees, whose repositories are found anyway',
  twice: 'listed twice',
} as const;

export type LeftOut = keyof typeof LEFT_OUT;

export class Listing {
  readonly items: PlanItem[] = [];
  /** What may be missing in the plan. */
  readonly gaps: Gap[] = [];
  readonly left = new Map<LeftOut, number>();

  leave(reason: LeftOut): void {
    this.left.set(reason, (this.left.get(reason) ?? 0) + 1);
  }

  gap(message: string, { uri, hint }: { readonly uri?: string; readonly hint?: string } = {}): void {
    this.gaps.push({
      kind: 'listing',
      ...(uri === undefined ? {} : { uri }),
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
