/** Text as scanners meet it, for benches: code, logs, markup, hashes and base64, made from a seed. */

const WORDS =
  `function return const export import string number value result error message module require default class this
  global gl glob login plan private public token key secret password config settings url http https com org
  version dependencies integrity sha512 resolved registry node_modules package name description license author
  the of and to in is for that with this not are from be or an as if when else true false null undefined
  section_start section_end step_script INFO DEBUG WARN Running Downloading Uploading cache artifacts job pipeline
  runner docker image build test deploy running with gitlab-runner group project span div class href style data
  engines node optional peer peerDependencies dev bin funding types exports files main repository npm keywords latest
  length push map filter forEach slice indexOf prototype constructor arguments apply call bind Object Array String
  Promise async await then catch throw new typeof instanceof interface extends implements public static void boolean
  any unknown never readonly enum type case switch break continue while for in of let var delete yield super self
  assert describe expect equal deep should mock before after each done callback options params request response
  headers body query status code message stack trace warning deprecated debug level logger event listener emit once
  width height color background border margin padding display position absolute relative flex grid font size weight
  input output stream buffer read write file path dir folder root base relative resolve join parse stringify format
  uint8 int32 float double char byte long short unsigned signed struct union sizeof include define ifdef endif pragma
  select insert update where from into values table index primary unique foreign references cascade commit rollback
  linux darwin win32 arm64 x64 glibc musl gnu native wasm bytes module context instance global runtime compile`
    .trim()
    .split(/\s+/);
const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const JOINTS = [
  ' ',
  ' ',
  ' ',
  ' ',
  '.',
  ', ',
  '(',
  ') ',
  '": "',
  '",\n',
  '_',
  '-',
  '/',
  ' = ',
  ';\n',
  '\n  ',
  ':',
  '=',
  '\t',
];

/** Zeros and small numbers, as programs and archives have them. */
function binary(random: (limit: number) => number): string {
  const words = Array.from({ length: 4 + random(12) }, () =>
    random(3) === 0 ? '\0\0\0\0' : String.fromCharCode(random(256), random(4) === 0 ? random(256) : 0, 0, 0),
  );
  return words.join('');
}

/** @param size about how many bytes */
export function sampleText(size: number): Uint8Array {
  let state = 1;
  /** Below 2^31, Park and Miller's generator. */
  const random = (limit: number): number => {
    state = Math.imul(state, 48_271) & 0x7fff_ffff || 1;
    return (state >>> 8) % limit;
  };
  const run = (alphabet: string, length: number): string => {
    let text = '';
    while (text.length < length) text += alphabet[random(alphabet.length)]!;
    return text;
  };
  const parts: string[] = [];
  let length = 0;
  while (length < size) {
    const kind = random(42);
    const part =
      kind === 0
        ? run(HEX, 40)
        : kind === 1
          ? run(BASE64, 76)
          : kind === 2
            ? `2026-0${1 + random(9)}-1${random(10)}T1${random(10)}:4${random(10)}:${10 + random(50)}.${run('0123456789', 6)}Z 00O `
            : kind === 3
              ? run('0123456789', 1 + random(6))
              : kind === 4
                ? binary(random)
                : kind === 5
                  ? [...WORDS[random(WORDS.length)]!].join('\0') + '\0'
                  : WORDS[random(WORDS.length)]! + JOINTS[random(JOINTS.length)]!;
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(parts.join(''), 'latin1');
}
