/** The stream walker (AssemblyScript), as `stream-walker.ts` calls it. */

export { nextPlace, walk } from './marks';
export { joinWords } from './words';
