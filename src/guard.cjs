// Checks the version of Node before anything else, in syntax that every Node can parse. GUI programs may start hooks with an
// old Node, which would fail at newer syntax with an incomprehensible error. The build puts this at the top of both commands.
(function () {
  var found = process.versions.node.split('.');
  if (+found[0] > 20 || (+found[0] === 20 && +found[1] >= 19)) return;
  // Hooks on a server cannot be skipped.
  var skippable = process.argv[2] === 'hook' && process.argv[3] === 'run' && process.argv[4] !== 'pre-receive';
  var skip = skippable ? process.env.GLAIVE_SKIP : undefined;
  if (skip !== undefined && /\S/.test(skip)) {
    process.stderr.write('glaive: skipped: ' + skip.replace(/[^\x20-\x7e]/g, '?') + '\n');
    process.exit(0);
  }
  process.stderr.write(
    'glaive: it needs Node 20.19 or newer, and this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ')\n' +
      '  Install a newer Node, or put it first on the PATH of the program that starts glaive.\n',
  );
  process.exit(2);
})();
