/** Which reports were asked for, and where they go. */

import { resolve } from 'node:path';
import { wantsColor } from '../lib/color.ts';
import { writeWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import type { RenderOptions } from '../report/format.ts';
import { type FormatName, FORMATS } from '../report/index.ts';
import type { Call } from './parse.ts';
import { usage } from './parse.ts';

export interface Destination {
  readonly format: FormatName;
  /** Absent: standard output. */
  readonly file?: string;
}

/**
 * Reads `--format` and `--output`. A bare `--output FILE` takes the place of standard output; `FORMAT=FILE` comes in
 * addition.
 */
export function readDestinations(call: Call): Destination[] {
  const main = (call.value('format') ?? 'text') as FormatName; // parseCall has checked the choice
  let mainFile: string | undefined;
  const additional: Destination[] = [];
  for (const value of call.values('output')) {
    const [, format, file] = /^([a-z]+)=(.*)$/s.exec(value) ?? [];
    if (format !== undefined && isFormat(format)) {
      if (file === '' || file === undefined) throw usage(call.command, `--output ${format}= names no file`);
      additional.push({ format, file });
    } else if (mainFile === undefined) mainFile = value;
    else {
      throw usage(call.command, '--output FILE is given twice', 'For a second report say which: --output FORMAT=FILE.');
    }
  }
  if (mainFile === '') throw usage(call.command, '--output names no file');
  return [{ format: main, ...(mainFile === undefined ? {} : { file: mainFile }) }, ...additional];
}

function isFormat(word: string): word is FormatName {
  return Object.hasOwn(FORMATS, word);
}

/** Renders and writes every report; files are whole or not there. @throws GlaiveError (`output`) */
export async function writeReports(
  report: Report,
  destinations: readonly Destination[],
  call: Call,
  io: Io,
): Promise<void> {
  for (const { format, file } of destinations) {
    const render = await FORMATS[format].load();
    const options: RenderOptions = {
      color: file === undefined && wantsColor(io.env, io.stdout.isTTY, call.has('no-color')),
      quiet: call.has('quiet'),
    };
    if (file === undefined) for (const piece of render(report, options)) await io.stdout.write(piece);
    else await writeReport(resolve(io.cwd, file), file, render(report, options));
  }
}

async function writeReport(path: string, shown: string, pieces: Iterable<string>): Promise<void> {
  try {
    await writeWhole(path, pieces);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'its folder does not exist'
        : code === 'ENOSPC'
          ? 'the disk is full'
          : code === 'EISDIR'
            ? 'it is a folder'
            : code;
    throw new GlaiveError('output', `cannot write the report to ${shown}: ${why}`, {
      hint: 'Nothing was left there. Name a file that can be written.',
      cause: error,
    });
  }
}
