// Loads the chunks of the command with V8's code cache: compiling them takes longer than a commit hook may. Node's own cache
// (`module.enableCompileCache`) holds only what is compiled at once, not the functions that are compiled when they are called, is in a
// folder for temporary files that others may have made, and Node 20 has none. This one is made when a command ends: a file for each
// command in the user's folder. Code in it is executed, so it must belong to the user, and only the user may be able to write it.
// Without such a folder, chunks are compiled.
(function (build) {
  var fs = require('fs');
  var path = require('path');
  var vm = require('vm');
  var options = { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
  var modules = {};
  var scripts = {};
  var isStale = false;
  var file = cacheFile();
  var cached = file === undefined ? {} : readCache(file);

  if (file !== undefined) process.once('exit', writeCache);
  load('glaive.cjs');

  function load(name) {
    var known = modules[name];
    if (known !== undefined) return known.exports;
    var filename = __dirname + path.sep + name;
    var loaded = (modules[name] = { exports: {} });
    var data = cached[name];
    var source = readSource(filename);
    var script = new vm.Script(source, {
      filename: filename,
      cachedData: data,
      importModuleDynamically: options.importModuleDynamically,
    });
    if (data === undefined || script.cachedDataRejected) isStale = true;
    scripts[name] = script;
    script.runInThisContext()(loaded.exports, requireFrom, loaded, filename, __dirname);
    return loaded.exports;
  }

  // The wrapper is put around the bytes: V8 would copy the whole text to put it around a string.
  function readSource(filename) {
    var before = '(function(exports,require,module,__filename,__dirname){';
    var after = '\n})';
    var fd = fs.openSync(filename, 'r');
    try {
      var size = fs.fstatSync(fd).size;
      var bytes = Buffer.allocUnsafeSlow(before.length + size + after.length);
      bytes.latin1Write(before);
      var end = before.length;
      while (end < before.length + size) {
        var count = fs.readSync(fd, bytes, end, before.length + size - end, null);
        if (count === 0) throw new Error('glaive: ' + filename + ' has become shorter');
        end += count;
      }
      bytes.latin1Write(after, end);
      return bytes.latin1Slice();
    } finally {
      fs.closeSync(fd);
    }
  }

  function requireFrom(name) {
    return name.slice(0, 2) === './' ? load(name.slice(2)) : require(name);
  }

  function cacheFile() {
    var command = process.argv[2] === 'hook' ? process.argv[4] : process.argv[2];
    if (process.env.NODE_DISABLE_COMPILE_CACHE || !/^[a-z][a-z-]{0,19}$/.test(command || '')) return undefined;
    // The folder of a job is empty at each start, and writing takes longer than compiling.
    if (process.env.CI) return undefined;
    var root = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA;
    if (!root && process.env.HOME) root = path.join(process.env.HOME, '.cache');
    if (!root || !path.isAbsolute(root)) return undefined;
    return path.join(root, 'glaive', command + '-' + process.version + '-' + process.arch + '.code');
  }

  // The code of each chunk. The first line of the file is what it was made of, and where each code ends.
  function readCache(from) {
    var bytes;
    try {
      var fd = fs.openSync(from, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW || 0));
      try {
        var stats = fs.fstatSync(fd);
        if (!stats.isFile() || !isOwn(stats) || (process.getuid && (stats.mode & 18) !== 0)) return {};
        bytes = Buffer.allocUnsafeSlow(stats.size);
        if (fs.readSync(fd, bytes, 0, stats.size, 0) !== stats.size) return {};
      } finally {
        fs.closeSync(fd);
      }
      var start = bytes.indexOf(10) + 1;
      var head = JSON.parse(bytes.latin1Slice(0, start));
      var end =
        start +
        head.chunks.reduce(function (sum, chunk) {
          return sum + chunk[1];
        }, 0);
      if (head.build !== build || end !== bytes.length) return {};
      var codes = {};
      head.chunks.forEach(function (chunk) {
        codes[chunk[0]] = bytes.subarray(start, (start += chunk[1]));
      });
      return codes;
      // oxlint-disable-next-line no-unused-vars -- an old Node must be able to parse this
    } catch (_) {
      return {};
    }
  }

  function writeCache(code) {
    if (!isStale || code > 1) return;
    try {
      var names = Object.keys(scripts);
      var codes = names.map(function (name) {
        return scripts[name].createCachedData();
      });
      var head = {
        build: build,
        chunks: names.map(function (name, index) {
          return [name, codes[index].length];
        }),
      };
      var folder = path.dirname(file);
      makeOwnFolder(path.dirname(folder));
      makeOwnFolder(folder);
      if (!isOwn(fs.statSync(folder))) return;
      var draft = file + '.' + process.pid;
      fs.writeFileSync(draft, Buffer.concat([Buffer.from(JSON.stringify(head) + '\n')].concat(codes)), {
        mode: 384,
        flag: 'wx',
      });
      fs.renameSync(draft, file);
      // oxlint-disable-next-line no-unused-vars -- an old Node must be able to parse this
    } catch (_) {
      // The next run compiles again.
    }
  }

  // In the folder of another user, which `sudo` may leave as the home, nothing is made: that user could not change it.
  function makeOwnFolder(folder) {
    if (fs.existsSync(folder)) return;
    if (!isOwn(fs.statSync(path.dirname(folder)))) throw new Error('the folder of another user');
    fs.mkdirSync(folder, { mode: 448 });
  }

  function isOwn(stats) {
    return !process.getuid || stats.uid === process.getuid();
  }
})('%BUILD%');
