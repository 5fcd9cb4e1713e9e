/** Made when glaive is built, by `scripts/needles-plugin.ts`. */
declare module 'virtual:builtin-needles' {
  const builtin: {
    /** Of the literals that they are the needles of. */
    readonly key: string;
    /** Text, index of the literal or -1, then index and phase of each encoding. */
    readonly needles: readonly (readonly [string, number, ...(readonly [number, number])[]])[];
  };
  export default builtin;
}
