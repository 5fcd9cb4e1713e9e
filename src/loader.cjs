// Starts the command. The chunks that a hook needs are loaded with V8's code cache, because compiling them takes longer than a
// hook may. All other chunks, and these for other commands, are loaded as Node does it.
//
// The cache is made when a hook ends: it then holds the functions that were called, which Node's own cache
// (`module.enableCompileCache`) leaves out. Code in it is executed, so it is in files of the user, in a folder that only the user can
// write to, below folders that no other user can change. A file that was made for another build, or is damaged, is not used: V8 checks
// its own version and flags, and nothing else, so the code is in the file twice. Without such a folder, chunks are compiled.
(function (build, quick, rest) {
  var COMMANDS = ['staged', 'message', 'pre-commit', 'commit-msg', 'pre-push'];
  var WRITABLE_BY_OTHERS = 18; // 0o022
  var STICKY = 512; // 0o1000

  var fs = require('fs');
  var path = require('path');
  var folder = cacheFolder();
  var user = process.geteuid && process.geteuid();
  var isUsable = folder !== undefined && isSafe(folder);
  var isStale = false;
  var scripts = {};
  var functions = {};
  module.exports = folder === undefined ? require('./glaive.cjs') : load('glaive.cjs');

  function load(name) {
    var filename = __dirname + path.sep + name;
    // Chunks that Node loads must get the same modules.
    var known = require.cache[filename];
    if (known !== undefined) return known.exports;
    var loaded = (require.cache[filename] = new module.constructor(filename, module));
    loaded.filename = filename;
    loaded.paths = module.paths;
    functionOf(name)(loaded.exports, requireFrom, loaded, filename, __dirname);
    loaded.loaded = true;
    return loaded.exports;
  }

  function requireFrom(name) {
    var chunk = name.slice(0, 2) === './' ? name.slice(2) : '';
    return quick.indexOf(chunk) >= 0 || rest.indexOf(chunk) >= 0 ? load(chunk) : require(name);
  }

  // The build puts the chunks of the quick check into one file as well, because a file more takes half a millisecond.
  function functionOf(name) {
    if (functions[name] === undefined) {
      var file = quick.indexOf(name) >= 0 ? 'quick.cjs' : name;
      var filename = __dirname + path.sep + file;
      var code = isUsable ? readCode(file) : undefined;
      var script = new (require('vm').Script)(readSource(filename, file === name), {
        filename: filename,
        cachedData: code,
      });
      if (code === undefined || script.cachedDataRejected) {
        if (!isStale) process.once('exit', writeCodes);
        isStale = true;
      }
      scripts[file] = script;
      var made = script.runInThisContext();
      if (file === name) functions[name] = made;
      else functions = made;
    }
    return functions[name];
  }

  // These files are ASCII, which is read fastest.
  function readSource(filename, isChunk) {
    var text = fs.readFileSync(filename, 'latin1');
    return isChunk ? '(function(exports,require,module,__filename,__dirname){' + text + '\n})' : text;
  }

  // Undefined if this run has no cache. Windows has none: there, the owner of a file is not known.
  function cacheFolder() {
    var command = process.argv[2] === 'hook' ? process.argv[4] : process.argv[2];
    if (!process.geteuid || COMMANDS.indexOf(command) < 0) return undefined;
    // The folder of a CI job is empty at each start, and writing takes longer than compiling.
    if (process.env.NODE_DISABLE_COMPILE_CACHE || process.env.CI) return undefined;
    var root = process.env.XDG_CACHE_HOME;
    if (!root && process.env.HOME) root = process.env.HOME + '/.cache';
    if (!root || !path.isAbsolute(root)) return undefined;
    return root + '/glaive/' + command + '-' + process.version + '-' + process.arch;
  }

  function fileOf(name) {
    return folder + '/' + name.split(/[-.]/)[0] + '.code';
  }

  // The code of a chunk: behind the name of the build, twice.
  function readCode(name) {
    try {
      var fd = fs.openSync(fileOf(name), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
      try {
        var stats = fs.fstatSync(fd);
        if (!stats.isFile() || !isOwn(stats)) return undefined;
        var bytes = Buffer.allocUnsafeSlow(stats.size);
        if (fs.readSync(fd, bytes, 0, stats.size, 0) !== stats.size) return undefined;
        var middle = (build.length + bytes.length) / 2;
        var code = bytes.subarray(build.length, middle);
        return bytes.latin1Slice(0, build.length) === build && code.equals(bytes.subarray(middle)) ? code : undefined;
      } finally {
        fs.closeSync(fd);
      }
      // oxlint-disable-next-line no-unused-vars -- an old Node must be able to parse this
    } catch (_) {
      return undefined;
    }
  }

  function writeCodes(exitCode) {
    if (exitCode > 1) return;
    try {
      if (!isUsable) makeFolder(folder, 2);
      Object.keys(scripts).forEach(function (name) {
        var code = scripts[name].createCachedData();
        writeWhole(fileOf(name), Buffer.concat([Buffer.from(build), code, code]));
      });
      // oxlint-disable-next-line no-unused-vars -- as above
    } catch (_) {
      // The next run compiles again.
    }
  }

  function writeWhole(file, bytes) {
    var draft = file + '.' + process.pid;
    try {
      fs.writeFileSync(draft, bytes, { mode: 384, flag: 'wx' });
      fs.renameSync(draft, file);
    } finally {
      fs.rmSync(draft, { force: true });
    }
  }

  // Makes the folder, and as many above it; only in a folder of the user. In that of another one, which `sudo` may leave as the home,
  // the other one could not change it.
  function makeFolder(at, above) {
    var parent = path.dirname(at);
    if (above > 0 && !fs.existsSync(parent)) makeFolder(parent, above - 1);
    if (!isSafe(parent)) throw new Error('others can write to ' + parent);
    if (!fs.existsSync(at)) fs.mkdirSync(at, { mode: 448 });
    if (!isSafe(at)) throw new Error('others can write to ' + at);
  }

  // Whether the folder belongs to the user, and only the user or the administrator can put another one in its place.
  function isSafe(at) {
    try {
      var real = fs.realpathSync.native(at);
      if (!isOwn(fs.lstatSync(real))) return false;
      for (var above = path.dirname(real); ; above = path.dirname(above)) {
        var stats = fs.lstatSync(above);
        if (stats.uid !== 0 && stats.uid !== user) return false;
        if ((stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0) return false;
        if (above === path.dirname(above)) return true;
      }
      // oxlint-disable-next-line no-unused-vars -- as above
    } catch (_) {
      return false;
    }
  }

  function isOwn(stats) {
    return stats.uid === user && (stats.mode & WRITABLE_BY_OTHERS) === 0;
  }
})('%BUILD%', '%QUICK%'.split(' '), '%REST%'.split(' '));
