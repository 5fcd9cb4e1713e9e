/** Collects what objects name (AssemblyScript), for the host to find out whether it is there. */

import { addCommitLinks, addTagLink } from './header-links';
import { followLinks } from './host';
import { BLOB, COMMIT, TREE } from './link-list';
import { REFUSED, WIDTH } from './memory';
import { addTreeLinks } from './tree-links';

/**
 * Collects what an object names: the tree and parents of a commit, the entries of a tree, the object of a tag.
 *
 * @param ranges how many copy ranges the text was made of; 0: it is to be read whole
 */
export function collectLinks(type: u32, text: usize, size: u32, ranges: u32): void {
  if (type == BLOB) return;
  const width = <usize>load<u32>(WIDTH);
  const isRead =
    type == TREE
      ? addTreeLinks(text, size, ranges, width)
      : type == COMMIT
        ? addCommitLinks(text, text + size, width)
        : addTagLink(text, text + size, width);
  if (!isRead) followLinks(REFUSED);
}
