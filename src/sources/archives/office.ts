/**
 * The text of an XML document of an office suite, a line for each paragraph: a word may be in several runs, for example because only a
 * part of it was typed later.
 */

import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { memoryInput } from '../memory.ts';
import { HELD_MAX, type Budget } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';

const PIECE = /<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<(\/?)(?:[\w.-]+:)?([\w.-]+)[^>]*?(\/?)>|<[^>]*>|([^<]+)/g;
/** The elements with text of Office Open XML: text, deleted text, field codes, values and formulas of cells. */
const TEXTS = new Set(['t', 'delText', 'instrText', 'delInstrText', 'v', 'f']);
/** What ends a line: a paragraph, a cell, a shared string, a field. */
const ENDS = new Set(['p', 'h', 'si', 'is', 'c', 'row', 'br', 'cr', 'line-break', 'fldChar', 'table-cell', 'v', 'f']);
const BLANKS = new Set(['tab', 's']);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @throws Skipped if it is too large */
export async function* unpackOffice(input: Input, budget: Budget): AsyncGenerator<Input> {
  const bytes = await readWhole(input);
  if (bytes.length > HELD_MAX) throw new Skipped('archive-limit');
  budget.entry();
  const text = Buffer.from(officeText(bytes.toString('utf8')));
  budget.spend(text.length, text.length, bytes.length);
  yield memoryInput(text, entryArtifact(input.artifact, 'text'));
}

function officeText(xml: string): string {
  // In OpenDocument all characters are text, in any element of a paragraph.
  const isOpenDocument = xml.includes('urn:oasis:names:tc:opendocument', 0);
  const parts: string[] = [];
  let isText = false;
  for (const [, data, close, name, empty, characters] of xml.matchAll(PIECE)) {
    if (name !== undefined) {
      if (TEXTS.has(name)) isText = close === '' && empty === '';
      if (ENDS.has(name) && (close !== '' || empty !== '')) parts.push('\n');
      else if (BLANKS.has(name)) parts.push(' ');
    } else if (data !== undefined) parts.push(data);
    else if (characters !== undefined && (isOpenDocument || isText)) parts.push(unescaped(characters, isOpenDocument));
  }
  return parts.join('');
}

/** @param collapses whether line breaks are blanks, or nothing between elements */
function unescaped(characters: string, collapses: boolean): string {
  const text = collapses ? (characters.trim() === '' ? '' : characters.replaceAll(/\s+/g, ' ')) : characters;
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));/g,
    (entity: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? entity;
      const point = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
      return point < 0x11_0000 ? String.fromCodePoint(point) : entity;
    },
  );
}
