/** Sections of a GitLab job log: `ESC[0Ksection_start:TIME:NAME[OPTIONS]\rESC[0K`, and the same with `section_end`. */

/** Bytes of the longest marker. */
export const MARKER_MAX = 300;
const MARKER = /^section_(start|end):\d+:([A-Za-z0-9_.-]+)(?:\[[^\]\r\n]*\])?\r/;
const NESTED_MAX = 100;

export class Sections {
  readonly #open: string[] = [];

  /** The innermost open section. */
  get current(): string | undefined {
    return this.#open.at(-1);
  }

  /** Reads the marker at `start`, after an escape sequence; false if no marker is there. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    // Most sequences are colours; a marker begins with "section_".
    if (bytes[start] !== 0x73 || bytes[start + 1] !== 0x65 || bytes[start + 7] !== 0x5f) return false;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, MARKER_MAX));
    const [, kind, name] = MARKER.exec(text.toString('latin1')) ?? [];
    if (name === undefined) return false;
    if (kind === 'start') {
      if (this.#open.length < NESTED_MAX) this.#open.push(name);
    } else {
      const at = this.#open.lastIndexOf(name);
      if (at >= 0) this.#open.length = at;
    }
    return true;
  }
}
