/**
 * The file behind a file handler, and the text on its way to it.
 *
 * @module
 */

import { dirname } from "node:path";
import { writeSome } from "../write_whole.ts";

const encoder = new TextEncoder();

/** How many bytes a code unit of a string takes in UTF-8 at most. */
const MOST_BYTES = 3;
/** The bytes that the buffer starts with, and goes back to when it grew beyond the next one. */
const INITIAL_BYTES = 8 * 1024;
const KEPT_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * A file that is appended to. What is added waits in memory until it is written; what could not be
 * written goes on waiting, so a line whose second half found a full disk is completed later.
 */
export class LogFile {
  /** Where it is. */
  readonly path: string;
  #mode: "a" | "w";
  #file: Deno.FsFile | undefined;
  /** Added and not encoded yet: joining strings costs a third of encoding each. */
  #text = "";
  /** Encoded and not written yet: the first `#end` bytes. */
  #bytes = new Uint8Array(INITIAL_BYTES);
  #end = 0;
  /** How many code units of each record that was added are not written yet. */
  #records: number[] = [];
  /** Whether the file ends within a line. */
  #torn = false;
  /** Whether the rest of that line was given up. */
  #interrupted = false;

  /**
   * Names the file; it is not opened yet.
   *
   * @param path Where it is.
   * @param mode "w" empties the file when it is opened for the first time.
   */
  constructor(path: string, mode: "a" | "w") {
    this.path = path;
    this.#mode = mode;
  }

  /** Whether the file is open. */
  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** How much waits to be written: exact for ASCII, otherwise a little less than the bytes. */
  get waiting(): number {
    return this.#end + this.#text.length;
  }

  /**
   * Opens the file if it is not open, and makes its folder if that is missing.
   *
   * @throws {Error} What `Deno.openSync` throws.
   */
  open(): Deno.FsFile {
    if (this.#file) return this.#file;
    try {
      this.#file = openToAppend(this.path, this.#mode);
    } catch (error) {
      // Only now, so that a folder that is there needs no permission to make it.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(dirname(this.path), { recursive: true });
      this.#file = openToAppend(this.path, this.#mode);
    }
    this.#mode = "a";
    return this.#file;
  }

  /** Keeps the text of a record for the next write. */
  add(text: string): void {
    const whole = this.#interrupted ? `\n${text}` : text;
    this.#interrupted = false;
    this.#text += whole;
    if (whole !== "") this.#records.push(whole.length);
  }

  /**
   * Writes what waits. What could not be written goes on waiting.
   *
   * @throws {Error} What opening or writing throws.
   */
  write(): void {
    if (this.waiting === 0) return;
    const file = this.open();
    this.#encode();
    let done = 0;
    try {
      while (done < this.#end) done += writeSome(file, this.#bytes.subarray(done, this.#end));
    } finally {
      if (done === this.#end) this.#forgetAll();
      else if (done > 0) this.#forget(done);
    }
  }

  /**
   * The bytes of the file with those that wait. Opens the file.
   *
   * @returns The count; `undefined` for what has no size, such as a pipe.
   * @throws {Error} What opening throws.
   */
  size(): number | undefined {
    const file = this.open();
    this.#encode();
    try {
      return file.seekSync(0, Deno.SeekMode.End) + this.#end;
    } catch {
      return undefined; // "Illegal seek": there is no class or code to tell it by.
    }
  }

  /** What the operating system says of the open file; needs permission to read it. */
  stat(): Deno.FileInfo {
    return this.open().statSync();
  }

  /** Closes the file; what waits goes on waiting. */
  close(): void {
    const file = this.#file;
    this.#file = undefined;
    file?.close();
  }

  /**
   * Gives up what waits. A line that is in the file in part stays so; the next begins on a new line.
   *
   * @returns How many records were given up, one that is in the file in part among them.
   */
  discard(): number {
    const lost = this.#records.length;
    this.#records = [];
    this.#text = "";
    this.#end = 0;
    this.#interrupted = this.#torn;
    return lost;
  }

  /** Takes off the buffer what is written: all of it. */
  #forgetAll(): void {
    this.#records = [];
    this.#end = 0;
    this.#torn = false;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(INITIAL_BYTES);
  }

  /** Takes off the buffer what is written: its first bytes. */
  #forget(done: number): void {
    this.#torn = this.#bytes[done - 1] !== NEWLINE;
    let units = unitsOf(this.#bytes.subarray(0, done));
    let count = 0;
    for (const length of this.#records) {
      if (length > units) break;
      units -= length;
      count++;
    }
    this.#records.splice(0, count);
    if (this.#records[0] !== undefined) this.#records[0] -= units;
    this.#bytes.copyWithin(0, done, this.#end);
    this.#end -= done;
  }

  #encode(): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    // A long text is measured, since three times its length would be a waste.
    const long = text.length * MOST_BYTES > KEPT_BYTES ? encoder.encode(text) : undefined;
    this.#reserve(long?.length ?? text.length * MOST_BYTES);
    if (long) {
      this.#bytes.set(long, this.#end);
      this.#end += long.length;
    } else {
      this.#end += encoder.encodeInto(text, this.#bytes.subarray(this.#end)).written;
    }
  }

  #reserve(count: number): void {
    const needed = this.#end + count;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bytes;
  }
}

/** How many code units of a string some bytes of UTF-8 stand for; one that was begun counts. */
function unitsOf(bytes: Uint8Array): number {
  let units = 0;
  for (const byte of bytes) {
    if (byte < 0x80 || byte >= 0xc0) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

function openToAppend(path: string, mode: "a" | "w"): Deno.FsFile {
  // Appending, also after emptying, so that another process's lines are never overwritten.
  if (mode === "w") Deno.openSync(path, { create: true, write: true, truncate: true }).close();
  return Deno.openSync(path, { create: true, append: true });
}
