/** Ways to write a text in which each character, or some of them, have another form. */

/** What a token is written as, and what surrounds that. */
export interface Written {
  readonly before: string;
  readonly written: string;
  readonly after: string;
}

type Form = (token: string) => Written;
type Character = (character: string) => string;

const code = (character: string): number => character.charCodeAt(0);
const hex: Character = (character) => code(character).toString(16).padStart(2, '0');
const HEX: Character = (character) => hex(character).toUpperCase();
const octal: Character = (character) => code(character).toString(8);
const binary: Character = (character) => code(character).toString(2).padStart(8, '0');
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const shifted: Character = (text) => `+${wide(text).toString('base64').replace(/=+$/, '')}-`;

const between =
  (before: string, write: (token: string) => string, after = '\n'): Form =>
  (token) => ({ before, written: write(token), after });
/** Each character, with a text between two. */
const each = (write: Character, joint = '', before = 'x = ', after = '\n'): Form =>
  between(before, (token) => [...token].map(write).join(joint), after);
/** Only the characters that are no letters or digits. */
const some = (write: Character): Form => between('x = ', (token) => token.replaceAll(/[-_.]/g, write));
/** An invisible character behind so many characters. */
const invisible = (character: string, at: number): Form =>
  between('x = ', (token) => token.slice(0, at) + latin1(character) + token.slice(at));

/** Lines as `xxd` and `hexdump` print them. @param lead bytes before the token */
function dump(token: string, lead: number, group: 1 | 2, bar: string): Written {
  const bytes = Buffer.from(`${'some text before it'.slice(0, lead)}${token}`);
  let text = '';
  let [start, end] = [0, 0];
  for (let from = 0; from < bytes.length; from += 16) {
    const line = bytes.subarray(from, from + 16);
    const first = text.length;
    text += from.toString(16).padStart(8, '0') + (bar === '' ? ':' : ' ');
    line.forEach((byte, index) => {
      if (index % group === 0) text += ' ';
      if (bar !== '' && index === 8) text += ' ';
      if (from + index === lead) start = text.length;
      text += byte.toString(16).padStart(2, '0');
      end = text.length;
    });
    const width = bar === '' ? 50 : 58;
    text = `${text.padEnd(first + width)} ${bar}${line.toString('latin1')}${bar}\n`;
  }
  return { before: text.slice(0, start), written: text.slice(start, end), after: text.slice(end) };
}

const INVISIBLE = {
  '200B': '\u200b',
  '200C': '\u200c',
  '200D': '\u200d',
  '2060': '\u2060',
  FEFF: '\ufeff',
  '00AD': '\u00ad',
};

export const TEXT_FORMS: Readonly<Record<string, Form>> = {
  'percent, twice': some((character) => `%25${hex(character)}`),
  'percent, three times': some((character) => `%2525${HEX(character)}`),
  'percent, five times': each((character) => `%25252525${HEX(character)}`),
  '%u': some((character) => `%u00${hex(character)}`),
  '%u for all': each((character) => `%u00${HEX(character)}`),
  '%25u': each((character) => `%25u00${HEX(character)}`),
  'octal, three digits': each((character) => `\\${octal(character).padStart(3, '0')}`),
  'octal, as few digits as possible': each((character) => `\\${octal(character)}`),
  'octal, four digits': each((character) => `\\0${octal(character).padStart(3, '0')}`),
  'octal in braces': each((character) => `\\o{${octal(character)}}`),
  'names of Unicode': each((character) => `\\N{U+${HEX(character)}}`),
  'CSS, six digits': some((character) => `\\0000${hex(character)}`),
  'CSS, two digits': between('x = ', (token) => token.replaceAll(/[-_.](?!$)/g, (character) => `\\${hex(character)} `)),
  LDAP: some((character) => `\\${HEX(character)}`),
  'HTML in HTML': some((character) => `&amp;#${code(character)};`),
  'HTML in HTML in HTML': each((character) => `&amp;amp;#x${hex(character)};`),
  'HTML without semicolons': each((character) => `&#${code(character)}`),
  'HTML in hex without semicolons': each((character) => `&#x${hex(character)}`),
  'HTML by names': some((character) => ({ _: '&lowbar;', '.': '&period;' })[character] ?? '&#45;'),
  'UTF-7': some(shifted),
  'UTF-7 for each': each(shifted),
  mixture: between('x = ', (token) =>
    [...token]
      .map((character, index) => {
        const forms = [character, `\\x${hex(character)}`, `\\u{${hex(character)}}`, `&#x${hex(character)};`];
        return [...forms, `\\${octal(character).padStart(3, '0')}`, `%${hex(character)}`][index % 6]!;
      })
      .join(''),
  ),
  'array in C': each((character) => `0x${hex(character)}`, ', ', 'char x[] = {', '};\n'),
  'array in C, upper case, on lines': each((character) => `0x${HEX(character)}`, ',\n    ', '{\n    ', '\n}\n'),
  'array in Java': each((character) => `0x${hex(character)}`, ', (byte)', '{(byte)', '}\n'),
  'array with suffixes': each((character) => `0x${hex(character)}`, 'u,', '[', 'u]\n'),
  'array in JSON': each((character) => `${code(character)}`, ',', '{"type":"Buffer","data":[', ']}\n'),
  'array in Python': each((character) => `${code(character)}`, ', ', 'bytes([', '])\n'),
  'array in JSON on lines': each((character) => `${code(character)}`, ',\n      ', '[\n      ', '\n]\n'),
  'numbers and blanks': each((character) => `${code(character)}`, ' ', 'x = (', ')\n'),
  'numbers on lines': each((character) => `${code(character)}`, '\n', 'x\n', '\nx\n'),
  'chr in PHP': each((character) => `${code(character)}`, ').chr(', 'chr(', ')\n'),
  'CHR in SQL': each((character) => `${code(character)}`, ') || CHR(', 'CHR(', ')\n'),
  'char in PowerShell': each((character) => `${code(character)}`, '+[char]', '[char]', '\n'),
  fromCharCode: each((character) => `${code(character)}`, ', ', 'String.fromCharCode(', ')\n'),
  'fromCharCode for each': each(
    (character) => `${code(character)}`,
    ') + String.fromCharCode(',
    'String.fromCharCode(',
    ')\n',
  ),
  'numbers in Pascal': each((character) => `#${code(character)}`, '', 'x := ', ';\n'),
  'numbers in Basic': each((character) => `&H${HEX(character)}`, ', ', 'Array(', ')\n'),
  'numbers in Erlang': each((character) => `16#${hex(character)}`, ',', '<<', '>>\n'),
  'numbers in assembler': each((character) => hex(character), 'h, ', 'db ', 'h\n'),
  'numbers of Unicode': each((character) => `U+00${HEX(character)}`, ' ', '', '\n'),
  'octal array in C': each((character) => `0${octal(character)}`, ', ', '{', '}\n'),
  'octal array in Rust': each((character) => `0o${octal(character)}`, ', ', '[', ']\n'),
  'octal dump': each((character) => octal(character).padStart(3, '0'), ' ', 'x ', '\n'),
  'binary array': each((character) => `0b${binary(character)}`, ', ', '[', ']\n'),
  'binary text': each(binary, ' ', 'x ', '\n'),
  'characters in C': each((character) => character, "', '", "{'", "'}\n"),
  'characters without blanks': each((character) => character, '","', '["', '"]\n'),
  'characters in Rust': each((character) => character, "', b'", "[b'", "']\n"),
  'characters on lines': each((character) => character, "',\n  '", "['", "']\n"),
  'characters and plus signs': each((character) => character, '" + "', '"', '"\n'),
  'characters and dots': each((character) => character, "'.'", "'", "'\n"),
  'escaped characters in quotes': each((character) => `\\x${hex(character)}`, "', '", "{'", "'}\n"),
  'octal characters in quotes': each((character) => `\\${octal(character).padStart(3, '0')}`, "','", "{'", "'}\n"),
  'hex and blanks': each(hex, ' ', 'x\n', '\n'),
  'hex and colons': each(hex, ':', 'x = ', '\n'),
  'hex and dashes': each(HEX, '-', 'x = ', '\n'),
  'hex and commas': each(hex, ',', '"x"=hex:', '\n'),
  'hex and commas on lines': (token) => ({
    before: '"x"=hex:',
    written: [...token]
      .map((character, index) => (index % 20 === 19 ? `${hex(character)},\\\r\n  ` : `${hex(character)},`))
      .join('')
      .replace(/,(?:\\\r\n  )?$/, ''),
    after: '\r\n',
  }),
  'UTF-16 in hex': each((character) => `${hex(character)}00`, '', '0x', '\n'),
  xxd: (token) => dump(token, 5, 2, ''),
  'xxd, from the end of a line': (token) => dump(token, 15, 2, ''),
  hexdump: (token) => dump(token, 3, 1, '|'),
  'hexdump, from the end of a line': (token) => dump(token, 14, 1, '|'),
  ...Object.fromEntries(
    Object.entries(INVISIBLE).flatMap(([name, character]) => [
      ...[1, 3, 4, 5, 11, 20].map((at) => [`U+${name} after ${at}`, invisible(character, at)] as const),
      [`U+${name} after each`, each((own) => own, latin1(character))] as const,
    ]),
  ),
  'several invisible characters': invisible('\u200b\ufeff\u00ad', 4),
};
