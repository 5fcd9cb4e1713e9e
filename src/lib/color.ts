/** Colour for terminals; the one file that knows picocolors. */

import pc from 'picocolors';

export type Paint = (text: string) => string;

export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
}

/** A palette that paints, or one that leaves text as it is. */
export function palette(enabled: boolean): Palette {
  return pc.createColors(enabled);
}

/**
 * Whether to paint: `--no-color` and `NO_COLOR` (any value but empty, https://no-color.org) say no, `FORCE_COLOR` says
 * yes (`0` says no), else a terminal decides.
 */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
  noColorFlag: boolean,
): boolean {
  if (noColorFlag || (env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}
