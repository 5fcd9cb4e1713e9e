// Run by the Node of an executable, in place of it: `code-cache.cjs FOLDER ARGUMENTS` starts the command from the assets in FOLDER, and
// adds V8's code cache of each module that it has used. What it has from earlier runs stays in it.
const fs = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

const folder = process.argv[2];
const scripts = new Map();
const replaced = {
  'node:sea': {
    isSea: () => true,
    getAsset: (name) => fs.readFileSync(join(folder, name), 'utf8'),
    getAssetKeys: () => fs.readdirSync(folder),
    getRawAsset: (name) => new Uint8Array(fs.readFileSync(join(folder, name))).buffer,
  },
  'node:vm': {
    Script: class extends vm.Script {
      constructor(text, options) {
        super(text, options);
        if (this.cachedDataRejected) throw new Error(`the code cache of ${options.filename} was refused`);
        scripts.set(options.filename.replace(/^glaive\//, ''), this);
      }
    },
  },
};
const { getBuiltinModule } = process;
process.getBuiltinModule = (name) => replaced[name] ?? getBuiltinModule(name);
process.argv.splice(1, 2, process.execPath);
process.once('exit', () => {
  for (const [name, script] of scripts) fs.writeFileSync(join(folder, `${name}.code`), script.createCachedData());
});
new vm.Script(fs.readFileSync(join(folder, '..', 'main.cjs'), 'utf8')).runInThisContext();
