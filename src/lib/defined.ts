/** Optional properties without `undefined`, as `exactOptionalPropertyTypes` requires. */

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** A copy without the properties whose value is undefined. */
export function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>; // the remaining properties
}
