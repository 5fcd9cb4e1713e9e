/** The SIMD kernel (AssemblyScript), as `simd-kernel.ts` calls it. */

export { search } from './search';
export { breaks } from './breaks';
export { findRuns } from './runs';
export { writeNeighbours, writeTables } from './tables';
export { asciiLength, countLines, utf16Units } from './text';
