/** What processes use, as far as Linux lists it in `/proc`; elsewhere nothing is known. */

import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the clock in a second, on every Linux that Node runs on. */
const TICKS = 100;

export interface Usage {
  /** Seconds of CPU, with those of the children that have ended. */
  readonly cpu: number | undefined;
  /** The most memory that the process itself has had, in bytes. */
  readonly rss: number | undefined;
}

/** What this process has used until now. */
export function ownUsage(): Usage {
  const stat = fieldsOf('/proc/self/stat');
  // utime, stime, cutime, cstime
  const ticks = stat?.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const [, peak] = /^VmHWM:\s*(\d+) kB/m.exec(textOf('/proc/self/status') ?? '') ?? [];
  return {
    cpu: ticks === undefined ? undefined : ticks / TICKS,
    rss: peak === undefined ? undefined : Number(peak) * 1024,
  };
}

/** The memory in use by all processes of each group, in bytes, by the id of its leader. Pages that they share count for each. */
export function memoryOfGroups(leaders: ReadonlySet<number>): ReadonlyMap<number, number> {
  const used = new Map<number, number>();
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return used;
  }
  for (const name of names) {
    if (!/^\d/.test(name)) continue;
    const stat = fieldsOf(`/proc/${name}/stat`);
    const group = Number(stat?.[2]);
    if (stat === undefined || !leaders.has(group)) continue;
    used.set(group, (used.get(group) ?? 0) + Number(stat[21]) * PAGE);
  }
  return used;
}

const PAGE = 4096;

/** The fields behind the name of the program, which may contain anything. */
function fieldsOf(path: string): string[] | undefined {
  const text = textOf(path);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
