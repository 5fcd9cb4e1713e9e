/** Colours for terminals; the only file that uses picocolors. */

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

/** A palette that colours text, or one that returns it unchanged. */
export function palette(enabled: boolean): Palette {
  return pc.createColors(enabled);
}

/**
 * Whether to use colours: not with `--no-color` or `NO_COLOR` (any value but empty, https://no-color.org); with `FORCE_COLOR`,
 * unless it is `0`; by default on a terminal.
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
