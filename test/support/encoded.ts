/**
 * Tokens in encoded text, with the place of their encoded form. Like the minter it imports nothing from `src/`.
 */

import type { Span } from '../../src/model/region.ts';
import { type KindName, KINDS, mint, type Random } from './mint.ts';

export interface EncodedCase {
  readonly bytes: Buffer;
  readonly token: string;
  /** The position of its encoded form. */
  readonly span: Span;
}

/** Kinds that are recognised by their context need it in the same encoding; these need nothing. */
export const OWN_KINDS: readonly KindName[] = Object.keys(KINDS).filter(
  (kind) => !['runner bare typed', 'feed, old', 'session cookie'].includes(kind),
);

/** Joins pieces and remembers the position of one of them. */
type Write = (before: string, token: string, after: string, random: Random) => { bytes: Buffer; span: Span };

const BEFORE = ['', ' ', 'token=', '"', '{"token":"', 'oauth2:', 'x: y\n', 'export TOKEN=', 'user: me\npassword: '];
const AFTER = ['', ' ', '"', '"}', '@gitlab.example.com', '\n', ' # comment', '\nnext: line\n'];

/** @param count characters of encoded text on a line */
function wrap(encoded: string, span: Span, count: number, end: string, indent: string): { text: string; span: Span } {
  const place = (at: number): number => at + Math.floor(at / count) * (end.length + indent.length);
  const lines = encoded.match(new RegExp(`.{1,${count}}`, 'g')) ?? [];
  return {
    text: lines.join(end + indent),
    // The end is that of the last character, so no line end after it belongs to the span.
    span: { start: place(span.start), end: place(span.end - 1) + 1 },
  };
}

function base64(before: string, token: string, after: string, url: boolean): { encoded: string; span: Span } {
  const encoded = Buffer.from(before + token + after).toString(url ? 'base64url' : 'base64');
  const [first, last] = [Buffer.byteLength(before), Buffer.byteLength(before + token)];
  return { encoded, span: { start: Math.floor((first * 8) / 6), end: Math.ceil((last * 8) / 6) } };
}

function framed(head: string, text: string, span: Span, tail: string): { bytes: Buffer; span: Span } {
  const lead = Buffer.byteLength(head);
  return { bytes: Buffer.from(head + text + tail), span: { start: lead + span.start, end: lead + span.end } };
}

/** Each character by itself, some of them as escapes. */
function byCharacter(
  escape: (character: string, random: Random) => string,
): (before: string, token: string, after: string, random: Random) => { text: string; span: Span } {
  return (before, token, after, random) => {
    const [a, b, c] = [before, token, after].map((part) =>
      [...part].map((character) => escape(character, random)).join(''),
    ) as [string, string, string];
    return { text: a + b + c, span: { start: a.length, end: a.length + b.length } };
  };
}

const hex2 = (character: string, upper: boolean): string => {
  const digits = character.charCodeAt(0).toString(16).padStart(2, '0');
  return upper ? digits.toUpperCase() : digits;
};

/** One style for the whole text, as an encoder has it. */
function styled(
  frames: readonly (readonly [string, string])[],
  styles: (random: Random) => (character: string) => string,
): Write {
  return (before, token, after, random) => {
    const style = styles(random);
    const { text, span } = byCharacter(style)(before, token, after, random);
    const [head, tail] = random.pick(frames);
    return framed(head, text, span, tail);
  };
}

const isPlain = (character: string): boolean => /[A-Za-z0-9]/.test(character);

/** Soft line breaks after at most 75 characters, never within an escape. */
function softBreaks(pieces: readonly string[], end: string): string[] {
  let column = 0;
  return pieces.map((piece) => {
    if (piece === '\n') {
      column = 0;
      return piece;
    }
    const broken = column + piece.length > 75 ? `=${end}` : '';
    column = (broken === '' ? column : 0) + piece.length;
    return broken + piece;
  });
}

export const ENCODINGS: Readonly<Record<string, { readonly names: readonly string[]; readonly write: Write }>> = {
  'base64 on a line': {
    names: ['base64'],
    write(before, token, after, random) {
      const { encoded, span } = base64(before, token, after, random.below(3) === 0);
      const [head, tail] = random.pick([
        ['', ''],
        ['  password: ', '\n'],
        ['{"data":"', '"}'],
        ['Authorization: Basic ', '\r\n'],
        ["echo '", "' | base64 -d"],
        ['data:text/plain;base64,', ')'],
      ] as const);
      return framed(head, encoded, span, tail);
    },
  },
  'base64 of 64 or 76 columns': {
    names: ['base64'],
    write(before, token, after, random) {
      const filler = 'a line of text before it\n'.repeat(random.below(4)) + random.friendlyToken(random.below(90));
      const { encoded, span } = base64(
        `${filler} ${before}`,
        token,
        `${after} and more\n${'x'.repeat(random.below(100))}`,
        false,
      );
      const end = random.pick(['\n', '\r\n']);
      const broken = wrap(encoded, span, random.pick([64, 76]), end, '');
      return framed(`Content-Transfer-Encoding: base64${end}${end}`, broken.text, broken.span, end);
    },
  },
  'base64 in a YAML block': {
    names: ['base64'],
    write(before, token, after, random) {
      const filler = `${'key: value\n'.repeat(random.below(20))}${random.hex(random.below(20))} `;
      const { encoded, span } = base64(filler + before, token, `${after}\nlast: line\n`, false);
      const indent = ' '.repeat(2 * random.between(1, 6));
      const broken = wrap(encoded, span, random.between(40, 100), '\n', indent);
      const head = `data:\n  file: ${random.pick(['|', '>', '|-', '>-'])}\n${indent}`;
      return framed(head, broken.text, broken.span, '\nkind: Secret\n');
    },
  },
  hex: {
    names: ['hex'],
    write(before, token, after, random) {
      const upper = random.below(2) === 0;
      const encode = (text: string): string => {
        const digits = Buffer.from(text).toString('hex');
        return upper ? digits.toUpperCase() : digits;
      };
      const [a, b, c] = [encode(before), encode(token), encode(after)];
      const span = { start: a.length, end: a.length + b.length };
      const [head, tail] = random.pick([
        ['', '\n'],
        ["x'", "'"],
        ['\\x', "'"],
        ['0x', ', '],
      ] as const);
      if (random.below(2) === 0) return framed(head, a + b + c, span, tail);
      const filler = encode('something that fills a line before it. ');
      const all = filler + a + b + c;
      const broken = wrap(all, { start: filler.length + span.start, end: filler.length + span.end }, 60, '\n', '');
      return framed('', broken.text, broken.span, '\n');
    },
  },
  percent: {
    names: ['percent'],
    write: styled(
      [
        ['https://example.com/?q=', '&x=1'],
        ['', ''],
        ['"', '"'],
      ],
      (random) => {
        const upper = random.below(2) === 0;
        const all = random.below(3) === 0;
        return (character) => (isPlain(character) && !all ? character : `%${hex2(character, upper)}`);
      },
    ),
  },
  'unicode escapes': {
    names: ['unicode-escape'],
    write: styled(
      [
        ['{"x":"', '"}'],
        ["'", "'"],
        ['', '\n'],
      ],
      (random) => {
        const upper = random.below(2) === 0;
        const all = random.below(3) === 0;
        const style = random.pick([(x: string) => `\\u00${x}`, (x: string) => `\\x${x}`, (x: string) => `\\u{${x}}`]);
        return (character) => (isPlain(character) && !all ? character : style(hex2(character, upper)));
      },
    ),
  },
  'character references': {
    names: ['html'],
    write: styled(
      [
        ['<p>', '</p>'],
        ['<a title="', '">'],
      ],
      (random) => {
        const upper = random.below(2) === 0;
        const all = random.below(3) === 0;
        const style = random.pick([
          (character: string) => `&#${character.charCodeAt(0)};`,
          (character: string) => `&#x${hex2(character, upper)};`,
        ]);
        return (character) => (isPlain(character) && !all ? character : style(character));
      },
    ),
  },
  'quoted-printable': {
    names: ['quoted-printable'],
    write(before, token, after, random) {
      const end = random.pick(['\n', '\r\n']);
      const filler = 'words '.repeat(random.below(14)) + 'x'.repeat(random.below(12));
      const escape = (text: string): string[] =>
        [...text].map((character) => (/[=\-_.]/.test(character) ? `=${hex2(character, true)}` : character));
      const parts = [escape(`${filler} ${before}`), escape(token), escape(after)];
      const pieces = softBreaks(parts.flat(), end);
      const first = parts[0]!.length;
      const a = pieces.slice(0, first).join('');
      const b = pieces.slice(first, first + parts[1]!.length).join('');
      const lead = /^=\r?\n/.exec(b)?.[0].length ?? 0;
      const span = { start: a.length + lead, end: a.length + b.length };
      return framed(`Content-Transfer-Encoding: quoted-printable${end}${end}`, pieces.join(''), span, end);
    },
  },
  'UTF-16 file': {
    names: ['utf-16le', 'utf-16be'],
    write(before, token, after, random) {
      const text = `${random.pick(['\ufeff', ''])}some text ${before}`;
      const bytes = Buffer.from(`${text}${token}${after} and the rest of it`, 'utf16le');
      if (random.below(2) === 0) bytes.swap16();
      return { bytes, span: { start: 2 * text.length, end: 2 * (text.length + token.length) } };
    },
  },
  'UTF-16 in a program': {
    names: ['utf-16le'],
    write(_before, token, _after, random) {
      const head = Buffer.concat([
        Buffer.from('MZ\x90'),
        random.bytes(random.between(20, 60)),
        Buffer.from([0x41, 0, 0, 0]),
      ]);
      const body = Buffer.from(token, 'utf16le');
      const bytes = Buffer.concat([head, body, Buffer.from([0, 0]), random.bytes(30)]);
      return { bytes, span: { start: head.length, end: head.length + body.length } };
    },
  },
};

export function encodedCase(name: string, random: Random): EncodedCase {
  const kind = random.pick(OWN_KINDS);
  const token = mint(kind, random);
  const { bytes, span } = ENCODINGS[name]!.write(random.pick(BEFORE), token, random.pick(AFTER), random);
  return { bytes, token, span };
}
