/**
 * Placeholders: text that people write in place of a secret. A body is a placeholder only if *all* of it is one: stop words
 * within a body would hide real tokens.
 */

/** Words of templates and documentation. A body of nothing else is a placeholder. */
const TEMPLATE_WORDS = new Set(
  (
    'a abc access actual add agent an and any api app auth authentication bar baz body change changeme ci client code copy ' +
    'credential credentials dead default demo deploy do docs dummy email enter error example examples fake feature feed filler ' +
    'flag flags foo for from generated gitlab goes group hash here id in incoming insert instance invalid is it job k8s key ' +
    'kubernetes mail masked me mock my new no none not null oauth of old on or password paste personal pipeline place ' +
    'placeholder please project put random real redacted registration replace replaced runner sample scim secret some ' +
    'string super test testing tests text that the this to todo token trigger unknown user username valid value variable with ' +
    'word xxx you your yours'
  ).split(' '),
);

const DISTINCT_MAX = 3;
const PERIOD_MAX = 10;
/** Characters in the order in which people type them. */
const LADDERS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '0123456789abcdef0123456789abcdef',
].flatMap((ladder) => [ladder, [...ladder].toReversed().join('')]);
/** Shorter parts of a ladder happen by chance. */
const LADDER_MIN = 3;
/** Words that hex digits can spell. */
const HEX_WORDS = [
  'deadbeef',
  'deadc0de',
  'cafebabe',
  'cafed00d',
  'baadf00d',
  'badc0ffee',
  'c0ffee',
  'feedface',
  'f00dbabe',
  'decafbad',
];
/** Characters of a body that need no explanation. */
const UNEXPLAINED_MAX = 2;
/** Hashes of nothing (MD5, SHA-1, SHA-256): every example has them. */
const HASHES_OF_NOTHING = ['d41d8cd98f00b204', 'da39a3ee5e6b4b0d', 'e3b0c44298fc1c14'];

/** Whether a token's body is a placeholder. @param body the random part of the token */
export function isPlaceholder(body: string): boolean {
  const bare = body.replace(/[-_.]/g, '');
  return (
    new Set(bare).size <= DISTINCT_MAX ||
    hasShortPeriod(body) ||
    HASHES_OF_NOTHING.some((hash) => body.startsWith(hash)) ||
    isExplained(body)
  );
}

/** Whether it repeats itself, at least twice. */
function hasShortPeriod(body: string): boolean {
  for (let period = 1; period <= Math.min(PERIOD_MAX, body.length / 2); period++) {
    let repeats = true;
    for (let at = period; at < body.length && repeats; at++) repeats = body[at] === body[at - period];
    if (repeats) return true;
  }
  return false;
}

/** Template words, runs of one character and ladders, joined by dashes, underscores, dots or capitals: `your-token-here-1234`. */
function isExplained(body: string): boolean {
  // `a1b2c3`, and `aAbBcC`.
  if (isLadder(everyOther(body, 0)) && isLadder(everyOther(body, 1))) return true;
  const pieces = body
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/([A-Za-z])(\d)|(\d)([A-Za-z])/g, '$1$3-$2$4')
    .split(/[-_.]+/)
    .filter((piece) => piece !== '');
  let unexplained = 0;
  let known = 0;
  for (const piece of pieces) {
    if (TEMPLATE_WORDS.has(piece.toLowerCase()) || /^(.)\1{2,}$/.test(piece) || isLadder(piece)) known += piece.length;
    else unexplained += piece.length;
  }
  if (unexplained <= UNEXPLAINED_MAX && known > unexplained) return true;
  return restOf(body.toLowerCase().replace(/[-_.]/g, '')) <= UNEXPLAINED_MAX;
}

/** How many characters are in no ladder and in no word of hex digits; counted only until they are too many. */
function restOf(text: string): number {
  let rest = HEX_WORDS.reduce((left, word) => left.replaceAll(word, ''), text);
  let unexplained = 0;
  while (rest !== '' && unexplained <= UNEXPLAINED_MAX) {
    const length = ladderLength(rest);
    if (length < LADDER_MIN) unexplained++;
    rest = rest.slice(length < LADDER_MIN ? 1 : length);
  }
  return unexplained;
}

function isLadder(text: string): boolean {
  const lower = text.toLowerCase();
  return lower.length >= LADDER_MIN && ladderLength(lower) === lower.length;
}

/** How many characters at the beginning are a part of a ladder, or one character again and again. */
function ladderLength(text: string): number {
  let longest = /^(.)\1*/.exec(text)?.[0].length ?? 0;
  for (const ladder of LADDERS) {
    for (let start = ladder.indexOf(text[0]!); start >= 0; start = ladder.indexOf(text[0]!, start + 1)) {
      let length = 1;
      while (length < text.length && ladder[start + length] === text[length]) length++;
      longest = Math.max(longest, length);
    }
  }
  return longest;
}

function everyOther(text: string, first: number): string {
  let result = '';
  for (let at = first; at < text.length; at += 2) result += text[at]!;
  return result;
}
