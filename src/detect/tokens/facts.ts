/** Facts in tokens. A stranger may have written the token, so only values with the shape of an id or a host are passed on. */

/** A base36 id as a decimal string (ids may exceed 2^53); undefined for anything else. */
export function decodeId(text: string | undefined): string | undefined {
  if (text === undefined || !/^[0-9a-z]{1,25}$/.test(text)) return undefined;
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value.toString();
}

/** A host, as job tokens name their instance, or the URL of one; undefined for anything else. */
export function readHost(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:https?:\/\/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?\/?$/.test(text)
    ? text
    : undefined;
}
