/** Formats numbers for people. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.5 MB`; powers of 1000. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `1 file`, `2 files`. @param many for nouns that get more than an s */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}

/** `a, b and 3 more`. @param joint the separator */
export function firstOf(items: readonly string[], most: number, joint = ', '): string {
  const more = items.length > most ? ` and ${items.length - most} more` : '';
  return `${items.slice(0, most).join(joint)}${more}`;
}
