/** Names that say nothing of GitLab, but belong to another name whose value does: `FORGE_URL=https://gitlab.example.com`, `FORGE_TOKEN`. */

/** Where a name may be split: before its last words. */
const JOINT = /[._-]|(?<=[a-z0-9])(?=[A-Z])/g;
const STEM_MIN = 3;
const SECRET_WORDS_MAX = 3;
const VALUE_REACH = 160;
const IS_ADDRESS_OF_GITLAB =
  /^[\w.-]{1,40}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:https?:\/\/|ssh:\/\/|git@)?[^\s"',;]{0,60}git[-_. ]?lab/i;

/**
 * The last words of a name whose first words are also those of the address of a GitLab.
 *
 * @param left text that ends where the value begins @param right text that begins where it ends
 */
export function wordsAfterServer(name: string, left: string, right: string): string | undefined {
  const joints = [...name.matchAll(JOINT)].slice(-SECRET_WORDS_MAX).toReversed();
  for (const joint of joints) {
    const end = joint.index + joint[0].length;
    const stem = name.slice(0, end);
    if (stem.length >= STEM_MIN && (hasAddress(left, stem) || hasAddress(right, stem))) return name.slice(end);
  }
  return undefined;
}

function hasAddress(text: string, stem: string): boolean {
  for (let at = text.indexOf(stem); at >= 0; at = text.indexOf(stem, at + stem.length)) {
    const from = at + stem.length;
    if (IS_ADDRESS_OF_GITLAB.test(text.slice(from, from + VALUE_REACH))) return true;
  }
  return false;
}
