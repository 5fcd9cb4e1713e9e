/** Made when glaive is built, by `scripts/kernel-plugin.ts`. */
declare module 'virtual:simd-kernel' {
  /** WebAssembly, base64. */
  export const simd: string;
  /** The same with relaxed SIMD, which Node 20 does not have. */
  export const relaxedSimd: string;
  /** Where the windows of the built-in rules' literals are: offset and bucket, at even and at odd addresses. */
  export const builtinPlan: Readonly<Record<string, readonly number[]>>;
}
