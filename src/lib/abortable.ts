/** Streams and promises that end when a signal fires, even if their producer ignores it. */

/** The pieces of a stream, up to its end or to the signal. */
export async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const pieces = stream[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const next = await nextOrEnd(pieces, signal);
    if (next.done === true) return;
    yield next.value;
  }
}

/** The value of a promise; undefined when the signal fires first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (signal === undefined) return promise;
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(undefined);
    signal.addEventListener('abort', end);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** One listener for each piece: a race against one long-lived promise would keep a record of every piece. */
function nextOrEnd<T>(pieces: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve({ done: true, value: undefined });
    signal.addEventListener('abort', end);
    pieces
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', end));
  });
}
