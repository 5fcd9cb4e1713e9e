/**
 * Placeholders: text that people write in place of a secret. A body is a placeholder only if *all* of it is one: stop words
 * within a body would hide real tokens.
 */

/** Words of templates and documentation. A body of nothing else is a placeholder. */
const TEMPLATE_WORDS = new Set(
  (
    'a abc access actual add agent an and any api app auth authentication bar baz body change changeme ci client code copy ' +
    'credential credentials default demo deploy do docs dummy email enter error example examples fake feature feed filler ' +
    'flag flags foo for from generated gitlab goes group hash here id in incoming insert instance invalid is it job k8s key ' +
    'kubernetes mail masked me mock my new no none not null oauth of old on or password paste personal pipeline place ' +
    'placeholder please project put random real redacted registration replace replaced runner sample scim secret some ' +
    'string super test testing text that the this to todo token trigger unknown user username valid value with word xxx ' +
    'you your yours'
  ).split(' '),
);

const DISTINCT_MAX = 3;
const PERIOD_MAX = 4;

/** Whether a token's body is a placeholder. @param body the random part of the token */
export function isPlaceholder(body: string): boolean {
  const bare = body.replace(/[-_.]/g, '');
  return new Set(bare).size <= DISTINCT_MAX || hasShortPeriod(body) || isTemplate(body);
}

function hasShortPeriod(body: string): boolean {
  for (let period = 1; period <= PERIOD_MAX; period++) {
    let repeats = true;
    for (let at = period; at < body.length && repeats; at++) repeats = body[at] === body[at - period];
    if (repeats) return true;
  }
  return false;
}

/** Template words and runs of one character, joined by dashes, underscores, dots or capitals: `your-token-here-xxxx`. */
function isTemplate(body: string): boolean {
  const pieces = body
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .split(/[-_.]+/)
    .filter((piece) => piece !== '');
  return pieces.every((piece) => TEMPLATE_WORDS.has(piece.toLowerCase()) || /^(.)\1*$/.test(piece));
}
