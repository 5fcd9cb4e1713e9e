/**
 * The summary for Prometheus, in OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/). Labels are words of glaive alone:
 * names of projects would make a time series each, and are for the index.
 */

import { SEVERITIES } from '../../model/severity.ts';
import { FINDING_STATUSES, REPOSITORY_STATUSES } from './rows.ts';
import type { Summary } from './summary.ts';

export function* openMetrics(summary: Summary): Generator<string> {
  const { repositories, findings, secrets, isComplete, at, oldestWhole } = summary;
  const family = (
    name: string,
    help: string,
    values: readonly (readonly [labels: string, value: number])[],
    unit = '',
  ) =>
    `# TYPE glaive_fleet_${name} gauge\n${unit === '' ? '' : `# UNIT glaive_fleet_${name} ${unit}\n`}# HELP glaive_fleet_${name} ${help}\n` +
    values.map(([labels, value]) => `glaive_fleet_${name}${labels} ${value}\n`).join('');
  yield family(
    'repositories',
    'Repositories by what the newest plan says about them.',
    REPOSITORY_STATUSES.map((status) => [`{status="${status}"}`, repositories[status]]),
  );
  yield family('complete', 'Whether every repository of the plan has a whole result.', [['', isComplete ? 1 : 0]]);
  yield family(
    'findings',
    'Findings that are not accepted, by status.',
    FINDING_STATUSES.map((status) => [`{status="${status}"}`, findings.statuses[status]]),
  );
  yield family(
    'open_findings',
    'Findings that count, by severity.',
    SEVERITIES.map((severity) => [`{severity="${severity}"}`, findings.severities[severity]]),
  );
  yield family('new_findings', 'Findings that the newest plan saw first.', [['', findings.new]]);
  yield family('open_secrets', 'Different secrets that count.', [['', secrets.open]]);
  yield family('shared_secrets', 'Different secrets in more than one repository.', [['', secrets.shared]]);
  yield family('plan_timestamp_seconds', 'When the newest plan was made.', [['', seconds(at)]], 'seconds');
  if (oldestWhole !== undefined)
    yield family(
      'oldest_whole_scan_timestamp_seconds',
      'When the whole scan ended that is the oldest of all repositories.',
      [['', seconds(oldestWhole.at)]],
      'seconds',
    );
  yield '# EOF\n';
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
