/** What is done with every byte of a pack (AssemblyScript), as `unpacker.ts` calls it. */

export { prepare } from './huffman';
export { inflate } from './inflate';
export { applyDelta, targetSize } from './delta';
export { gather } from './seams';
