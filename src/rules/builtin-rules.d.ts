/** Made by `scripts/rules-plugin.ts` from `rules/*.toml`. */
declare module 'virtual:builtin-rules' {
  // oxlint-disable-next-line typescript/consistent-type-imports -- an import statement would make this a module
  const rules: readonly import('../model/rule.ts').Rule[];
  export default rules;
}
