/** Characters that are a part of a word in which others may be escaped: all visible ones but quotes and brackets. */

import { byteTable } from '../tokens/alphabet.ts';

export const PLAIN = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));
for (const end of '"\'`<>|^{}') PLAIN[end.charCodeAt(0)] = 0;
