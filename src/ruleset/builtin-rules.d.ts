/** Made by `scripts/rules-plugin.ts` from `rules/*.toml`. */
declare module 'virtual:builtin-rules' {
  const rules: readonly import('../model/rule.ts').Rule[];
  export default rules;
}
