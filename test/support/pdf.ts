/** Writes PDFs by hand, object by object. */

import { deflateSync } from 'node:zlib';

export type PdfPart = string | Buffer;

/** A stream with its filters, which the content has passed already. */
export function stream(content: PdfPart, filters = '', entries = ''): PdfPart {
  const bytes = Buffer.from(content as string);
  const filter = filters === '' ? '' : `/Filter ${filters}`;
  return Buffer.concat([
    Buffer.from(`<</Length ${bytes.length}${filter}${entries}>>stream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ]);
}

export const flate = (content: PdfPart, entries = ''): PdfPart =>
  stream(deflateSync(Buffer.from(content as string)), '/FlateDecode', entries);

/** Object 1 is the first part; a reader finds them without a table, which is left out. */
export function pdf(parts: readonly PdfPart[], trailer = '/Root 1 0 R'): Buffer {
  return Buffer.concat([
    Buffer.from('%PDF-1.7\n'),
    ...parts.flatMap((part, index) => [
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(part as string),
      Buffer.from('\nendobj\n'),
    ]),
    Buffer.from(`trailer<<${trailer}>>\n%%EOF\n`),
  ]);
}

const HELVETICA = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';

/** One page with this content, and objects from number 5 on. */
export function pageOf(content: PdfPart, others: readonly PdfPart[] = [], font = HELVETICA): Buffer {
  return pdf([
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 ${font}>>>>>>`,
    '<</Type/Page/Parent 2 0 R/Contents 4 0 R>>',
    content,
    ...others,
  ]);
}
