import type { Door } from './door.ts';

/**
 * A mirror for pre-commit: it installs the npm package, and builds nothing, which a hook from glaive's own repository does. Each version is a
 * commit with a tag.
 */
export const preCommit: Door = {
  name: 'pre-commit',
  files({ product, hooks }) {
    const pinned = `  additional_dependencies: ['${product.packageName}@${product.version}']`;
    const own = hooks.replaceAll(/^#.*\n/gm, '').replaceAll(/^ {2}language: node$/gm, `  language: node\n${pinned}`);
    return {
      '.pre-commit-hooks.yaml': `# The hooks of ${product.repository}, at ${product.version}.\n${own}`,
      // pre-commit packs and installs what it clones.
      'package.json': `${JSON.stringify({ name: 'pre-commit-placeholder', version: '0.0.0', private: true, files: [] }, null, 2)}\n`,
    };
  },
};
