// Loaded into a sweeping child of `glaive fleet work` (NODE_OPTIONS): kills it, as a lack of memory would, at one moment of its work, or lets it hang.
// GLAIVE_TEST_DIE_AT: the moment, and `before`, `after` or `hang`; GLAIVE_TEST_DIE_KEY: only with this repository.
'use strict';
const fs = require('node:fs');
const [moment, when] = (process.env.GLAIVE_TEST_DIE_AT ?? '').split(' ');
const key = process.env.GLAIVE_TEST_DIE_KEY ?? '';
const die = () => process.kill(process.pid, 'SIGKILL');

/** @param nameOf the path that the call is about */
const patch = (object, name, nameOf, moments) => {
  const real = object[name];
  object[name] = function (...args) {
    const path = String(nameOf(args));
    const isIt = path.includes(key) && moments.some(([at, part]) => at === moment && path.includes(part));
    if (isIt && when === 'before') die();
    if (isIt && when === 'hang') for (;;);
    const result = real.apply(this, args);
    if (!isIt) return result;
    if (typeof result?.then !== 'function') die();
    return result.then(die);
  };
  // Such as realpathSync.native.
  Object.assign(object[name], real);
};

if (process.env.GLAIVE_FLEET_CHILD !== undefined && moment !== '') {
  patch(fs.promises, 'open', ([path]) => path, [['sweep', '/tmp/']]);
  patch(fs, 'linkSync', ([, to]) => to, [['report', '/report/']]);
  patch(fs.promises, 'rename', ([, to]) => to, [
    ['stage-report', '.report.'],
    ['stage-state', '.state.'],
    ['state', '/state/'],
  ]);
  patch(fs, 'renameSync', ([, to]) => to, [['attempt', '/attempt/']]);
  // As soon as it is asked for anything of the repository.
  patch(fs, 'realpathSync', ([path]) => path, [['begin', '.git']]);
}
