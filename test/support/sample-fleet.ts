/** A store of three hundred projects with everything that a dashboard shows. */

import { type MadeFinding, makeAttempt, makePlan, sweep } from './fleet-store.ts';

const GROUPS = [
  'platform',
  'security/tools',
  'payments/api',
  'payments/web/shop',
  'data-science/notebooks',
  'infra/terraform',
];
const TYPES = [
  { rule: 'gitlab_personal_access_token', risk: 'write', severity: 'critical' },
  { rule: 'gitlab_deploy_token', risk: 'read', severity: 'high' },
  { rule: 'gitlab_ci_job_token', risk: 'short-lived', severity: 'high' },
  { rule: 'gitlab_feed_token', risk: 'public', severity: 'info' },
] as const;

const night = (day: number) => ({ plan: `2026110${day}-a`, at: `2026-11-0${day}T02:00:00.000Z` });

/** @param path what the first project is called, for hostile names */
export async function sampleFleet(store: string, path = 'platform/gateway'): Promise<void> {
  const names = Array.from({ length: 300 }, (_, at) =>
    at === 0 ? path : `${GROUPS[at % GROUPS.length]}/service-${at}`,
  );
  const items = names.map((name, at) => ({
    path: name,
    project: at + 1,
    web: `https://gitlab.example.com/${name}`,
    ...(at % 50 === 49 ? { nothing: 'empty' as const } : {}),
  }));
  for (const day of [1, 2]) {
    await makePlan(store, night(day).plan, `2026-11-0${day}T01:00:00.000Z`, [
      ...items.map((item, at) => (day === 2 && at % 50 !== 49 && at % 3 === 1 ? { ...item, unchanged: 1 } : item)),
      ...(day === 1 ? [{ path: 'old/removed-project', project: 999 }] : []),
    ]);
    if (day === 1) sweep(store, night(1), 'old/removed-project', 0, { findings: [{ secret: 'removed' }] });
    for (const [at, name] of names.entries()) {
      if (at % 50 === 49 || (day === 2 && at % 3 === 1)) continue;
      if (day === 2 && at % 60 === 20) {
        makeAttempt(store, night(2).plan, name, { outcome: 'timeout', try: 3, reason: 'it did not end within 1800 s' });
        continue;
      }
      if (day === 2 && at % 90 === 30) continue;
      const found = findingsOf(at, name);
      const isNew = day === 2 && at % 40 === 5;
      sweep(store, night(day), name, day - 1, {
        findings:
          day === 1
            ? found
            : isNew
              ? [{ secret: `new ${at}`, uri: 'deploy/production/values.yaml', ...TYPES[at % 2]! }]
              : [],
        ...(day === 1 ? {} : { known: found.filter((_, place) => at % 70 !== 14 || place > 0) }),
        ...(day === 2 && at % 80 === 6 ? { gaps: ['object 0123456789abcdef could not be read'] } : {}),
      });
    }
  }
}

function findingsOf(at: number, name: string): MadeFinding[] {
  if (at % 7 !== 0) return [];
  return [
    {
      secret: `own ${name}`,
      uri: `config/settings-${at}.env`,
      date: `202${at % 6}-0${(at % 9) + 1}-11T10:00:00Z`,
      ...TYPES[at % 4]!,
    },
    ...(at % 14 === 0
      ? [
          {
            secret: 'shared',
            uri: '.gitlab-ci.yml',
            tokenStatus: 'active' as const,
            checkedAt: '2026-11-01T01:00:00Z',
            ...TYPES[0],
          },
        ]
      : []),
    ...(at % 21 === 0 ? [{ secret: `old ${at}`, uri: 'scripts/old.sh', inHead: false, ...TYPES[1] }] : []),
    ...(at % 35 === 0
      ? [
          {
            secret: `dead ${at}`,
            uri: 'notes.md',
            tokenStatus: 'inactive' as const,
            checkedAt: '2026-11-01T01:00:00Z',
            ...TYPES[0],
            severity: 'low' as const,
          },
        ]
      : []),
  ];
}
