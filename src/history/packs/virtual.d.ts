/** Made when glaive is built, by `scripts/pack-plugin.ts`. */
declare module 'virtual:unpack' {
  /** WebAssembly, base64. */
  export const unpack: string;
}
