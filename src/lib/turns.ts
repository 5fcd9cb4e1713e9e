/** Tasks that run one after the other, although they are started at any time. */

/** Returns a function that resolves when it is the caller's turn, to a function that ends the turn. */
export function createTurns(): () => Promise<() => void> {
  let last = Promise.resolve();
  return async () => {
    const before = last;
    let end = (): void => {};
    last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  };
}
