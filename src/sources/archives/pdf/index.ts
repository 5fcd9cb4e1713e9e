/** PDF: the text of pages, the strings of objects, and every other stream but pictures and fonts. */

import type { Input } from '../../../model/artifact.ts';
import { memoryInput } from '../../memory.ts';
import type { Budget } from '../budget.ts';
import { readWhole } from '../bytes-of.ts';
import { entryArtifact } from '../entry.ts';
import { PdfDocument, type PdfObject } from './document.ts';
import { type Font, fontOf } from './fonts.ts';
import { type Dict, isDict, isList, nameOf, type Value } from './objects.ts';
import { pageText, stringText } from './page-text.ts';

/** Streams that hold no text of people. */
const TYPES_PASSED = new Set(['XRef', 'ObjStm', 'CMap']);
const SUBTYPES_PASSED = new Set(['Image', 'Type1C', 'CIDFontType0C', 'OpenType']);
const FONT_FILES = ['FontFile', 'FontFile2', 'FontFile3'];
/** Strings are nested as deep as objects are. */
const DEPTH_MAX = 60;

/** @throws Skipped if it is encrypted, or over a limit */
export async function* unpackPdf(input: Input, budget: Budget): AsyncGenerator<Input> {
  const pdf = new PdfDocument(await readWhole(input), budget);
  const named = (name: string, text: string | Buffer): Input =>
    memoryInput(Buffer.from(text as string), entryArtifact(input.artifact, name));
  const strings = pdf.objects.flatMap(({ value }) => stringsIn(value));
  if (strings.length > 0) yield named('strings', strings.join('\n'));
  const read = new Set<PdfObject>();
  let page = 0;
  for (const { name, streams, resources } of drawings(pdf)) {
    const contents = streams.flatMap((stream) => pdf.contentOf(stream) ?? []);
    for (const stream of streams) read.add(stream);
    const text = pageText(joined(contents), fontsOf(resources, pdf));
    if (text.trim() !== '') yield named(name ?? `page ${++page}`, text);
  }
  const passed = passedStreams(pdf);
  for (const object of pdf.objects) {
    if (object.raw === undefined || read.has(object) || passed.has(object)) continue;
    // Without a filter it was searched with the file.
    const { value } = object;
    if (isDict(value) && !value.has('Filter') && !value.has('F')) continue;
    const content = pdf.contentOf(object);
    if (content !== undefined) yield named(`object ${object.number}`, content);
  }
  if (pdf.problem !== undefined) throw pdf.problem;
}

interface Drawing {
  /** Undefined for a page. */
  readonly name: string | undefined;
  readonly streams: readonly PdfObject[];
  readonly resources: Dict | undefined;
}

/** Everything that is drawn: pages, and forms, which pages and annotations draw. */
function* drawings(pdf: PdfDocument): Generator<Drawing> {
  for (const object of pdf.objects) {
    const { value, number } = object;
    if (!isDict(value)) continue;
    if (value.get('Subtype') === 'Form' || value.has('PatternType'))
      yield { name: `form ${number}`, streams: [object], resources: pdf.dictOf(value.get('Resources')) };
    if (value.get('Type') !== 'Page') continue;
    const contents = value.get('Contents');
    const list = pdf.resolve(contents);
    const streams = (isList(list) ? list : [contents]).flatMap((each) => pdf.objectOf(each) ?? []);
    yield { name: undefined, streams, resources: inherited(value, 'Resources', pdf) };
  }
}

/** A value of a page, or of a group of pages that it is in. */
function inherited(page: Dict, key: string, pdf: PdfDocument): Dict | undefined {
  let at: Dict | undefined = page;
  for (let depth = 0; at !== undefined && depth < DEPTH_MAX; depth++) {
    const found = pdf.dictOf(at.get(key));
    if (found !== undefined) return found;
    at = pdf.dictOf(at.get('Parent'));
  }
  return undefined;
}

function fontsOf(resources: Dict | undefined, pdf: PdfDocument): (name: string) => Font | undefined {
  const fonts = pdf.dictOf(resources?.get('Font'));
  const known = new Map<string, Font | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    const dict = pdf.dictOf(fonts?.get(name));
    const font = dict === undefined ? undefined : fontOf(dict, pdf);
    known.set(name, font);
    return font;
  };
}

function passedStreams(pdf: PdfDocument): ReadonlySet<PdfObject> {
  const passed = new Set<PdfObject>();
  for (const object of pdf.objects) {
    const { value } = object;
    if (!isDict(value)) continue;
    if (TYPES_PASSED.has(nameOf(value.get('Type'))) || SUBTYPES_PASSED.has(nameOf(value.get('Subtype'))))
      passed.add(object);
    for (const key of [...FONT_FILES, 'ToUnicode']) {
      const file = pdf.objectOf(value.get(key));
      if (file !== undefined) passed.add(file);
    }
  }
  return passed;
}

function stringsIn(value: Value, depth = 0): string[] {
  if (Buffer.isBuffer(value)) return value.length < 4 ? [] : [stringText(value)];
  if (depth > DEPTH_MAX) return [];
  if (isDict(value)) return [...value.values()].flatMap((each) => stringsIn(each, depth + 1));
  return isList(value) ? value.flatMap((each) => stringsIn(each, depth + 1)) : [];
}

function joined(contents: readonly Buffer[]): Buffer {
  // Words do not continue in the next stream.
  return Buffer.concat(contents.flatMap((content) => [content, Buffer.from('\n')]));
}
