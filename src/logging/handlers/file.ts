/**
 * The handler that writes lines to a file.
 *
 * @module
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Handler, type HandlerOptions, reportLoggingError } from "../handler.ts";
import { inspect } from "../text/inspect.ts";
import { type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { checkTerminator, checkWhole } from "../check_option.ts";
import { LogFile } from "../files/log_file.ts";
import { writeAfterBatch } from "../files/write_batch.ts";

/** Options of {@linkcode FileHandler}. */
export interface FileHandlerOptions extends HandlerOptions {
  /**
   * "a" appends to a file that is there, "w" empties it first.
   *
   * @default "a"
   */
  mode?: "a" | "w";
  /**
   * Whether the file is opened at the first record rather than at once.
   *
   * @default false
   */
  delay?: boolean;
  /**
   * How many bytes of lines are kept before they are written together; 0 writes each line at once.
   *
   * @default 0
   */
  bufferSize?: number;
  /**
   * After how many milliseconds kept lines are written, full buffer or not; 0 does not write them
   * on a timer.
   *
   * @default 1000
   */
  flushInterval?: number;
  /**
   * A record at or above this level is written at once, with the lines that were kept before it.
   *
   * @default "ERROR"
   */
  flushLevel?: Level;
  /**
   * The encoding, as Python's configurations name it; UTF-8 is the only one.
   *
   * @default "utf-8"
   */
  encoding?: string;
  /**
   * What follows each record.
   *
   * @default "\n"
   */
  terminator?: string;
}

/** How many bytes of lines are written together, where many records are handled at once. */
const MOST_AT_ONCE = 64 * 1024;

/** How many bytes of lines that could not be written are kept, beyond `bufferSize`. */
const MOST_UNWRITTEN = 1024 * 1024;

/**
 * Writes each record as a line to a file. By default a line is written at once and whole, so what was
 * logged before a crash is in the file; the lines of records that come together from workers are written
 * together. With `bufferSize` lines are written together, which is faster:
 * when as many bytes wait, after `flushInterval`, with a record of `flushLevel`, and when the handler
 * is flushed or closed, which happens by itself at the end of its realm and of the program.
 *
 * What can't be written (a full disk) is reported, kept up to 1 MiB, and tried again with the next
 * record and on the timer; what is lost beyond that is counted and reported. A handler that was closed
 * and gets another record opens the file again, to append. Needs `--allow-write` for the file, and for
 * its folder if that has to be made.
 *
 * Ported from CPython's `logging.FileHandler`.
 *
 * @example
 * ```ts ignore
 * import { FileHandler, getLogger } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(new FileHandler("app.log", { formatter: "%(asctime)s %(message)s" }));
 * ```
 */
export class FileHandler extends Handler {
  /** The absolute path of the file. */
  readonly filename: string;
  /** Whether the file is opened at the next record rather than at once. */
  readonly delay: boolean;
  /** What follows each record. */
  terminator: string;
  readonly #bufferSize: number;
  readonly #flushInterval: number;
  readonly #flushLevel: number;
  readonly #file: LogFile;
  readonly #flushNow = () => this.flush();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last record that was taken, to name in reports. */
  #last: LogRecord | undefined;
  /** Whether the last write failed. */
  #failing = false;
  /** How many records were lost since, because too much was waiting. */
  #dropped = 0;

  /**
   * Opens the file, unless `delay` is set.
   *
   * @param filename The path, from the current folder as it is now; or a `file:` URL.
   * @param options How to open and to write, and what every handler takes.
   * @throws {TypeError} If the filename or an option has another type.
   * @throws {RangeError} If an option has a value that is not allowed.
   * @throws {Error} What `Deno.openSync` throws: no permission, is a folder, …
   */
  constructor(filename: string | URL, options: FileHandlerOptions = {}) {
    super(options);
    this.filename = toPath(filename);
    const { mode = "a", delay = false, bufferSize = 0, flushInterval = 1000 } = options;
    if (mode !== "a" && mode !== "w") {
      throw new TypeError(`Cannot open ${filename} in mode ${inspect(mode)}: use "a" or "w"`);
    }
    checkEncoding(options.encoding ?? "utf-8", this.filename);
    this.delay = delay;
    this.terminator = checkTerminator(options.terminator ?? "\n");
    this.#bufferSize = checkWhole("bufferSize", bufferSize);
    this.#flushInterval = checkWhole("flushInterval", flushInterval);
    this.#flushLevel = parseLevel(options.flushLevel ?? LEVELS.ERROR);
    this.#file = new LogFile(this.filename, mode);
    if (!delay) this.#file.open();
  }

  /** Writes the record as a line, or keeps the line for later. */
  override emit(record: LogRecord): void {
    const line = this.format(record) + this.terminator;
    this.prepareFile(record, line);
    this.#last = record;
    if (this.#failing) this.#makeRoom();
    this.#file.add(line);
    if (this.#file.waiting < this.#bufferSize && record.level < this.#flushLevel) {
      this.#writeSoon();
    } else if (!this.#writesAfterBatch()) this.#write();
  }

  /** Records of workers come many at a time; then one write takes the lines of all. */
  #writesAfterBatch(): boolean {
    return !this.#failing && this.#file.waiting < MOST_AT_ONCE &&
      writeAfterBatch(this.filename, this.#flushNow);
  }

  /** Writes the lines that wait. What goes wrong is reported, never thrown. */
  override flush(): void {
    const failing = this.#failing;
    try {
      this.#write();
    } catch (error) {
      if (!failing) this.#report(error);
    }
  }

  /** Writes the lines that wait, and closes the file. Lines that can't be written are given up. */
  override close(): void {
    this.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lost = this.#file.discard();
    if (lost > 0) {
      this.#reportLoss(
        `${countRecords(lost)} could not be written to ${this.filename} before it was closed`,
      );
    }
    this.#failing = false;
    this.#file.close();
  }

  /**
   * Is called before a line is written or kept; a subclass looks after its file here. Must not throw.
   *
   * @param _record The record.
   * @param _line Its line, with the terminator.
   */
  protected prepareFile(_record: LogRecord, _line: string): void {}

  /** Whether the file is open. */
  protected get isOpen(): boolean {
    return this.#file.isOpen;
  }

  /**
   * The size of the file in bytes, with the lines that wait. Opens the file.
   *
   * @returns The size; `undefined` for what has none, such as a pipe.
   * @throws {Error} What opening the file throws.
   */
  protected fileSize(): number | undefined {
    return this.#file.size();
  }

  /**
   * What the operating system says of the open file, wherever its path leads by now. Opens the file;
   * needs `--allow-read` for it.
   *
   * @returns Its device, inode and the like.
   * @throws {Error} What opening the file throws, or missing permission.
   */
  protected statFile(): Deno.FileInfo {
    return this.#file.stat();
  }

  /**
   * Writes the lines that wait, and closes the file until the next line.
   *
   * @throws {Error} If they can't be written; then the file stays open.
   */
  protected closeFile(): void {
    this.#write();
    this.#file.close();
  }

  /**
   * Closes the file until the next line, without a write: the lines that wait go to the file that the
   * path names then. For a file that is gone.
   */
  protected leaveFile(): void {
    this.#file.close();
  }

  /**
   * Closes the file if it is open, and opens it again, unless `delay` is set.
   *
   * @throws {Error} What writing or opening throws.
   */
  protected reopenFile(): void {
    this.closeFile();
    if (!this.delay) this.#file.open();
  }

  #write(): void {
    try {
      this.#file.write();
    } catch (cause) {
      this.#failing = true;
      this.#writeSoon();
      const reason = cause instanceof Error ? cause.message : inspect(cause);
      const message = `Cannot write to ${this.filename}: ${reason}; it will be tried again`;
      throw new Error(message, { cause });
    }
    this.#failing = false;
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) {
      this.#reportLoss(
        `${countRecords(dropped)} ${dropped === 1 ? "was" : "were"} dropped while ` +
          `${this.filename} took none`,
      );
    }
  }

  #writeSoon(): void {
    if (this.#timer !== undefined || this.#flushInterval === 0) return;
    const timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, this.#flushInterval);
    this.#timer = timer;
    Deno.unrefTimer(timer); // It keeps no program alive; the end of the program flushes.
  }

  /** Counts the record as lost if too much is waiting already. */
  #makeRoom(): void {
    if (this.#file.waiting < this.#bufferSize + MOST_UNWRITTEN) return;
    try {
      this.#write();
    } catch (error) {
      this.#dropped++;
      throw error;
    }
  }

  #report(error: unknown): void {
    if (this.#last) this.handleError(this.#last, error);
  }

  /** Not through `handleError`, which leaves out most of a row of failures: this is its total. */
  #reportLoss(what: string): void {
    if (!this.#last) return;
    reportLoggingError(`${this.constructor.name} lost records`, this.#last, what);
  }
}

function countRecords(count: number): string {
  return count === 1 ? "1 record" : `${count} records`;
}

/** Absolute as in Python, so that a later `Deno.chdir` does not move the file. */
function toPath(filename: string | URL): string {
  if (filename instanceof URL) {
    if (filename.protocol === "file:") return fileURLToPath(filename);
    throw new TypeError(`Cannot write to ${filename}: a URL of a log file begins with file:`);
  }
  if (typeof filename === "string" && filename !== "") return resolve(filename);
  throw new TypeError(
    `Cannot write to a file named ${inspect(filename)}: give a path or a file: URL`,
  );
}

function checkEncoding(encoding: unknown, filename: string): void {
  if (typeof encoding === "string" && /^utf[-_ ]?8$/i.test(encoding)) return;
  throw new RangeError(
    `Cannot write ${filename} with encoding ${inspect(encoding)}: the only one is "utf-8"`,
  );
}
