/** Which ends of a sweep may be different the next time. */

import type { Outcome } from '../../../fleet/attempt.ts';

export const RETRIED: ReadonlySet<Outcome> = new Set(['killed', 'timeout', 'memory', 'disk-full', 'error']);
