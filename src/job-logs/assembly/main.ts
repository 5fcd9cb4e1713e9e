/** The line walker (AssemblyScript), as `line-walker.ts` calls it. */

export { findPair } from './pair';
export { walk } from './walk';
