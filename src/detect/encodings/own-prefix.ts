/** Rare ways to write a text have many needles: only GitLab's own prefixes are searched in them. */

const OWN = /^(?:gl[a-z]+[-_]|GR\d+)/;

export function isOwnPrefix(keyword: string): boolean {
  return OWN.test(keyword);
}
