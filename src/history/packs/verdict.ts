/** What the pack scan knows of one object, packed into a byte, because threads share the verdicts of all objects. */

import type { ObjectType } from '../../git/objects.ts';
import { ARCHIVE, TOO_LARGE, UNCLEAN } from './assembly/memory.ts';
import { TYPES } from './delta-trees.ts';

/** Whether a verdict is one: the type, and {@link UNCLEAN}, {@link ARCHIVE} or nothing. Others are {@link TOO_LARGE}, and 0: the object was not read. */
export function isRead(verdict: number): boolean {
  return verdict !== 0 && verdict !== TOO_LARGE;
}

/** The type in a verdict. */
export function typeIn(verdict: number): ObjectType | undefined {
  return TYPES[verdict % UNCLEAN];
}

export function isClean(verdict: number): boolean {
  return verdict < UNCLEAN;
}

/** Whether the object has no candidate, and is an archive, whose entries were not read. */
export function isClosed(verdict: number): boolean {
  return verdict >= ARCHIVE;
}
