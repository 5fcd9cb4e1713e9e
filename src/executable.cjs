// Starts the command in an executable: its modules are assets, and so is V8's code cache of those that a hook needs. The same text
// starts a thread, with the module that piscina runs there. No module comes from the file system, whatever it is called.
(function (first) {
  'use strict';
  const { getAsset, getAssetKeys, getRawAsset } = process.getBuiltinModule('node:sea');
  const { Script } = process.getBuiltinModule('node:vm');
  const assets = new Set(getAssetKeys());
  const modules = new Map();
  let threads;
  // The build puts the modules of the quick check into one text, which takes V8 less time than many.
  const quick = evaluate('quick.cjs', '', '');
  load(first);

  function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    const run = quick[name] ?? evaluate(name, '(function(exports,require,module,__filename,__dirname){', '\n})');
    run(module.exports, requireFrom, module, process.execPath, '');
    return module.exports;
  }

  function requireFrom(name) {
    const chunk = name.startsWith('./') ? name.slice(2) : '';
    if (chunk in quick || assets.has(chunk)) return load(chunk);
    const builtin = process.getBuiltinModule(name);
    if (builtin !== undefined) return name === 'node:worker_threads' ? (threads ??= withThread(builtin)) : builtin;
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  }

  // A thread starts from a file or a text, and an executable has no files.
  function withThread(builtin) {
    class Thread extends builtin.Worker {
      constructor(_, options) {
        super(getAsset('thread.cjs', 'utf8'), { ...options, eval: true });
      }
    }
    return { ...builtin, Worker: Thread };
  }

  function evaluate(name, before, after) {
    // Code of another version of V8 or for another processor is refused, and the text compiled.
    const code = `${name}.code`;
    const cachedData = assets.has(code) ? Buffer.from(getRawAsset(code)) : undefined;
    const text = before + Buffer.from(getRawAsset(name)).utf8Slice() + after;
    return new Script(text, { filename: `glaive/${name}`, cachedData }).runInThisContext();
  }
})('%FIRST%');
