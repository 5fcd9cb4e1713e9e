/** Shortens text. */

/** The first `max` UTF-16 units of a text. Half a surrogate pair at the end is dropped: readers of reports refuse it. */
export function cut(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** The end of a text that is longer than `max`, where a path has the name of its file. */
export function endOf(text: string, max: number): string {
  return text.length <= max ? text : `…${text.slice(1 - max).replace(/^[\udc00-\udfff]/, '')}`;
}
