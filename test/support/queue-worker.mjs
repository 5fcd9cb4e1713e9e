/**
 * A worker of a queue, for tests that kill it: its sweeps only write lines.
 * usage: queue-worker.mjs BUNDLE LOG OPTIONS, the last as JSON: url, plan, times, jobs, milliseconds, ends (by key), refill
 */

import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';

const [bundle, log, text] = process.argv.slice(2);
const { jobs = 1, milliseconds = 0, ends = {}, refill = [], ...options } = JSON.parse(text);
const write = (...words) => appendFileSync(log, `${words.join(' ')}\n`);

const queue = await createRequire(bundle)(bundle).openQueue({ isOwner: false, ...options });
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
let left = refill;
const end = await queue.work({
  jobs,
  signal: stop.signal,
  async run(key) {
    write('start', key);
    if (ends[key] === 'die') process.kill(process.pid, 'SIGKILL');
    await setTimeout(milliseconds);
    write('end', key);
    return ends[key] ?? 'done';
  },
  onGivenUp: ({ key, reason }) => write('given-up', key, reason),
  onConnection: (isThere) => write(isThere ? 'back' : 'away'),
  refill({ waiting, running }) {
    if (waiting + running > 0) return [];
    const more = left;
    left = [];
    return more;
  },
});
write('worker', end);
await queue.close();
