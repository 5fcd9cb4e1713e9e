/**
 * A line break that splits no encoded needle, packed into one number, for there are millions: twice its position, plus 1 when the
 * lines around it are what shows that.
 */

export type InertBreak = number & { readonly brand: unique symbol };

export function packInertBreak(position: number, dependsOnLines: boolean): InertBreak {
  return (2 * position + (dependsOnLines ? 1 : 0)) as InertBreak;
}

export function unpackInertBreak(packed: InertBreak): { readonly position: number; readonly dependsOnLines: boolean } {
  return { position: packed >>> 1, dependsOnLines: (packed & 1) === 1 };
}

/** The same line break in a text where it is `distance` bytes nearer to the start. */
export function movedInertBreak(packed: InertBreak, distance: number): InertBreak {
  return (packed - 2 * distance) as InertBreak;
}
