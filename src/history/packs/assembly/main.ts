/** The functions that handle every byte of a pack (AssemblyScript), as `unpacker.ts` calls them. */

export { writeNeighbours, writeTables } from '../../../detect/search/simd/assembly/tables';
export { mayBeArchive } from './archives';
export { addToBoundaries } from './boundary-tables';
export { findHits, foundSignature } from './find-hits';
export { prepare } from './huffman';
export { inflate } from './inflate';
export { addKnown } from './known-ids';
export { mayContinue } from './line-breaks';
export { collectLinks } from './links';
export { followAll } from './link-list';
export { begin, openPack, reached, scan } from './scan-trees';
