/** Versions like 1.2.3 and 1.2.3-rc.1, in the order of Semantic Versioning. */

const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([\dA-Za-z-]{1,20}(?:\.[\dA-Za-z-]{1,20}){0,4}))?$/;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Whether `a` is newer than `b`; false if one of them is no version. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [VERSION.exec(a), VERSION.exec(b)];
  if (left === null || right === null) return false;
  for (const index of [1, 2, 3]) {
    const difference = Number(left[index]) - Number(right[index]);
    if (difference !== 0) return difference > 0;
  }
  const [before, other] = [left[4], right[4]];
  // 1.2.3-rc.1 comes before 1.2.3.
  if (before === undefined || other === undefined) return before === undefined && other !== undefined;
  return comparePieces(before.split('.'), other.split('.')) > 0;
}

function comparePieces(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const [isNumber, otherIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (isNumber !== otherIsNumber) return isNumber ? -1 : 1;
    const order = isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}
