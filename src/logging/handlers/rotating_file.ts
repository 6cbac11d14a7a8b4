/**
 * The file handler that rotates its file by size.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { BaseRotatingHandler, type BaseRotatingHandlerOptions } from "./base_rotating.ts";
import { checkWhole } from "../check_option.ts";
import { isRollable, isThere, statIfThere } from "../files/file_status.ts";

/** Options of {@linkcode RotatingFileHandler}. */
export interface RotatingFileHandlerOptions extends BaseRotatingHandlerOptions {
  /**
   * "a" appends to a file that is there, "w" empties it first. With `maxBytes` it is always "a", or
   * each start of the program would empty the file.
   *
   * @default "a"
   */
  mode?: "a" | "w";
  /**
   * Before the file gets this big, in bytes, it becomes a backup; 0 never.
   *
   * @default 0
   */
  maxBytes?: number;
  /**
   * How many backups are kept; with 0 the file is never rotated.
   *
   * @default 0
   */
  backupCount?: number;
}

const encoder = new TextEncoder();

/**
 * Writes each record as a line to a file. Before a line would make the file `maxBytes` big or bigger,
 * the file becomes the backup "app.log.1", what was that becomes "app.log.2", and so on; the oldest of
 * `backupCount` goes. A line longer than `maxBytes` has a file to itself. An empty file and what is no
 * regular file are not rotated; one that was deleted is made anew when it would have been rotated. Only
 * one handler, in one program, should write to the file.
 *
 * Ported from CPython's `logging.handlers.RotatingFileHandler`.
 *
 * @example
 * ```ts ignore
 * import { getLogger, RotatingFileHandler } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(new RotatingFileHandler("app.log", { maxBytes: 1e6, backupCount: 5 }));
 * ```
 */
export class RotatingFileHandler extends BaseRotatingHandler {
  /** The size that the file stays below, in bytes. */
  readonly maxBytes: number;
  /** How many backups are kept. */
  readonly backupCount: number;
  /** How many bytes can be added, at least, before the size has to be looked at again. */
  #room = 0;

  /**
   * Opens the file, unless `delay` is set.
   *
   * @param filename The path, from the current folder as it is now; or a `file:` URL.
   * @param options The size, the backups, and what a `BaseRotatingHandler` takes.
   * @throws {TypeError} If the filename or an option has another type.
   * @throws {RangeError} If an option has a value that is not allowed.
   * @throws {Error} What `Deno.openSync` throws: no permission, is a folder, …; and if the file may
   *   not be read, which rollovers need.
   */
  constructor(filename: string | URL, options: RotatingFileHandlerOptions = {}) {
    const maxBytes = checkWhole("maxBytes", options.maxBytes ?? 0);
    const backupCount = checkWhole("backupCount", options.backupCount ?? 0);
    super(filename, maxBytes > 0 ? { ...options, mode: "a" } : options);
    this.maxBytes = maxBytes;
    this.backupCount = backupCount;
    if (maxBytes > 0 && backupCount > 0) this.#requireRead();
  }

  /** Whether the line would make the file `maxBytes` big or bigger. */
  override shouldRollover(_record: LogRecord, line: string): boolean {
    if (this.maxBytes === 0 || this.backupCount === 0) return false;
    // A line of n code units has at most 3n bytes, so most lines need no look at the file.
    const most = line.length * 3;
    if (most < this.#room) {
      this.#room -= most;
      return false;
    }
    this.#room = 0;
    const size = this.fileSize();
    if (!size) return false; // A pipe has no size, and an empty file needs no backup.
    const bytes = encoder.encode(line).length;
    if (size + bytes >= this.maxBytes) return isRollable(this.filename);
    this.#room = this.maxBytes - size - bytes;
    return false;
  }

  /** Makes the file the first backup and begins a new one. */
  override doRollover(): void {
    if (this.isDeleted) this.leaveFile(); // No backup has to make room.
    else {
      this.closeFile();
      if (this.backupCount > 0) {
        this.#shiftBackups();
        this.rotate(this.filename, this.#backup(1));
      }
    }
    this.reopenFile();
  }

  /** Rollovers look at the file and its backups: who may not is told at once, not at the first. */
  #requireRead(): void {
    try {
      statIfThere(this.filename);
      if (!this.namer) isThere(this.#backup(1));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Moves each backup up one, to make the first name free. Backups behind a gap stay, so that a
   * rollover which failed after this can be repeated without losing any.
   */
  #shiftBackups(): void {
    let free = 1;
    while (free < this.backupCount && isThere(this.#backup(free))) free++;
    for (let n = free; n > 1; n--) Deno.renameSync(this.#backup(n - 1), this.#backup(n));
  }

  #backup(n: number): string {
    return this.rotationFilename(`${this.filename}.${n}`);
  }
}
