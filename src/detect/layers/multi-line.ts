/** The encodings whose text may be broken into lines anywhere. */

import type { Encoding } from '../encodings/encoding.ts';
import { ENCODINGS } from '../encodings/index.ts';

type MultiLineEncoding = Encoding & Required<Pick<Encoding, 'across'>>;

export const MULTI_LINE = ENCODINGS.filter((encoding): encoding is MultiLineEncoding => encoding.across !== undefined);
