/** The line walker (AssemblyScript), as `line-walker.ts` calls it. */

export { walk } from './walk';
