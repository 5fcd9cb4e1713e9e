/** The keywords at which values are looked for that are assigned to the names of a form. */

import type { AssignedForm } from '../model/rule.ts';

const GITLAB = ['gitlab', 'GITLAB', 'GitLab', 'Gitlab', 'gitLab'];
/** The kernel needs so many bytes. */
const SHORTEST = 4;

/** A name with GitLab's name in it, or that counts only next to it, is found there; any other in all its spellings. */
export function anchorsOfAssigned({ names, near, users, anchors }: AssignedForm): string[] {
  const own = names.filter((name) => !/gitlab/i.test(name)).flatMap(spellingsOf);
  const ofUsers = users.filter((user) => !/gitlab/i.test(user)).map((user) => user.replace(/\*$/, ''));
  const isNearGitlab = near.length > 0 || users.length > 0 || names.some((name) => /gitlab/i.test(name));
  return [...new Set([...(isNearGitlab ? GITLAB : []), ...own, ...ofUsers, ...anchors])].filter(
    ({ length }) => length >= SHORTEST,
  );
}

function spellingsOf(name: string): string[] {
  if (name !== name.toLowerCase()) return [name];
  // What is on either side of other words is not searched.
  const words = name.split('*')[0]!.trim().split(' ');
  const capital = words.map((word) => word[0]!.toUpperCase() + word.slice(1));
  const upper = words.map((word) => word.toUpperCase());
  const camel = [words[0]!, ...capital.slice(1)].join('');
  return [
    ...['_', '-', '.'].map((joint) => words.join(joint)),
    ...['_', '-'].map((joint) => upper.join(joint)),
    capital.join('-'),
    capital.join(''),
    camel,
  ];
}
