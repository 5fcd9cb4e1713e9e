/** ASCII bytes by name. */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const ESC = 0x1b;
export const SPACE = 0x20;
export const SLASH = 0x2f;
export const EQUALS = 0x3d;
