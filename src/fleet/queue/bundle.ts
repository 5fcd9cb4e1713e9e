/** What `dist/glaive-fleet.cjs` is made of. */

export { VERSION } from '../../generated/package.ts';
export { openQueue } from './bullmq.ts';
