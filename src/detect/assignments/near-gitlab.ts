/** Whether the block around a value is about GitLab: its line, the lines above it up to its heading, and the lines below. */

const GITLAB = /git[-_. ]?lab|glab\b|\bGL_|\/api\/v4\b|\bCI_(?:REGISTRY|SERVER|API_V4)|glrunner/i;
/** The names of other services that have tokens. */
const OTHERS =
  /\b(?:artifactory|asana|atlassian|aws|azure|bitbucket|bugsnag|buildkite|circle-?ci|cloudflare|codecov|confluence|coveralls|datadog|digitalocean|discord|docker(?:hub|\.io)|dropbox|fastly|figma|firebase|gcp|gerrit|gitea|github|gitee|google|grafana|heroku|hubspot|jfrog|jira|launchdarkly|linear|mailchimp|mailgun|mapbox|netlify|newrelic|nexus|npmjs|okta|pagerduty|paypal|pivotal|pypi\.org|rollbar|rubygems|segment|sendgrid|sentry|shopify|slack|snyk|sonar(?:cloud|qube)?|square|stripe|sumologic|telegram|travis|trello|twilio|twitter|vercel|youtrack|zendesk)\b/i;

/** A line with the name or the address of something. */
const NAMES =
  /:[ \t]{1,4}["']?https?:\/\/|^[ \t]*(?:- )?["']?(?:name|url|uri|host|hostname|server|endpoint|registry|repository|image|base_?url|address|id|type|kind|path)["']?[ \t]*[:=]/i;

const LINES_BEFORE = 14;
const LINES_AFTER = 6;

/**
 * @param left text that ends where the value begins @param right text that begins where it ends
 * @param within `line`: only the command or the sentence that it is in
 */
export function isNearGitlab(left: string, right: string, within: 'block' | 'line'): boolean {
  const above = left.split('\n');
  const below = right.split('\n');
  let line = `${above.pop()!}\u0000${below.shift()!}`;
  // A command may go on after a backslash.
  while (above.at(-1)?.trimEnd().endsWith('\\') === true) line = `${above.pop()!}${line}`;
  while (line.trimEnd().endsWith('\\') && below.length > 0) line = `${line.trimEnd().slice(0, -1)}${below.shift()!}`;
  if (GITLAB.test(line)) return true;
  if (within === 'line' || OTHERS.test(line)) return false;
  const indent = indentOf(line);
  return isAbove(above, indent) ?? isBelow(below, indent);
}

/** undefined: nothing above says it. */
function isAbove(above: readonly string[], indent: number): boolean | undefined {
  let least = indent;
  let seen = 0;
  for (let at = above.length - 1; at >= 0 && seen < LINES_BEFORE; at--) {
    const line = above[at]!;
    if (line.trim() === '') {
      // A block that is indented goes on after an empty line; any other ends there.
      if (least === 0) return undefined;
      continue;
    }
    seen++;
    const own = indentOf(line);
    // The block of a sibling says something only by its name or its address.
    if (own > least && !NAMES.test(line)) continue;
    if (GITLAB.test(line)) return true;
    if (own > least) continue;
    if (OTHERS.test(line)) return false;
    least = Math.min(least, own);
    if (/^[ \t]*\[/.test(line) && own === 0) return undefined;
  }
  return undefined;
}

function isBelow(below: readonly string[], indent: number): boolean {
  for (const line of below.slice(0, LINES_AFTER)) {
    if (line.trim() === '' || indentOf(line) < indent || /^[ \t]*\[/.test(line)) return false;
    if (GITLAB.test(line)) return true;
    if (OTHERS.test(line)) return false;
  }
  return false;
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}
