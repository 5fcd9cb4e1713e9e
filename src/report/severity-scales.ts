/** Severity in the terms and numbers of each format. */

import type { Severity } from '../model/severity.ts';

/** `rank` and `score` fall into GitLab's and GitHub's bands. */
export const SEVERITY_SCALES: Readonly<
  Record<
    Severity,
    {
      readonly gitlab: 'Critical' | 'High' | 'Medium' | 'Low' | 'Info';
      readonly codequality: 'blocker' | 'critical' | 'major' | 'minor' | 'info';
      readonly level: 'error' | 'warning' | 'note';
      readonly rank: number;
      readonly score: string;
    }
  >
> = {
  critical: { gitlab: 'Critical', codequality: 'blocker', level: 'error', rank: 95, score: '9.5' },
  high: { gitlab: 'High', codequality: 'critical', level: 'error', rank: 80, score: '8.0' },
  medium: { gitlab: 'Medium', codequality: 'major', level: 'warning', rank: 55, score: '5.5' },
  low: { gitlab: 'Low', codequality: 'minor', level: 'note', rank: 25, score: '2.5' },
  info: { gitlab: 'Info', codequality: 'info', level: 'note', rank: 5, score: '0.5' },
};
