/** The functions that handle every byte of a pack (AssemblyScript), as `unpacker.ts` calls them. */

export { prepare } from './huffman';
export { inflate } from './inflate';
export { applyDelta, targetSize } from './delta';
export { changedRegions } from './changed-regions';
export { treeEntries } from './tree-entries';
export { holdsSignature } from './signatures';
