/**
 * The file handler that notices when its file was moved away.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { FileHandler, type FileHandlerOptions } from "./file.ts";
import { statIfThere } from "../files/file_status.ts";

/**
 * A file handler for files that another program rotates, such as logrotate: before each record it
 * looks whether the path still names the file that is open, and opens it anew if not. Lines that were
 * kept (`bufferSize`) when the file was moved are written to the moved file. Needs `--allow-read` and
 * `--allow-write` for the file.
 *
 * Not for Windows, which neither moves open files nor numbers them.
 *
 * Ported from CPython's `logging.handlers.WatchedFileHandler`.
 *
 * @example
 * ```ts ignore
 * import { getLogger, WatchedFileHandler } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(new WatchedFileHandler("/var/log/app.log"));
 * ```
 */
export class WatchedFileHandler extends FileHandler {
  /** The device and inode of the file that is open. */
  #opened: Deno.FileInfo | undefined;
  /** Whether looking failed at the last record; a row of failures is reported once. */
  #failing = false;

  /**
   * Opens the file, unless `delay` is set.
   *
   * @param filename The path, from the current folder as it is now; or a `file:` URL.
   * @param options Those of a `FileHandler`.
   * @throws {TypeError} If the filename or an option has another type.
   * @throws {RangeError} If an option has a value that is not allowed.
   * @throws {Error} What `Deno.openSync` or `Deno.statSync` throws: no permission, …
   */
  constructor(filename: string | URL, options: FileHandlerOptions = {}) {
    super(filename, options);
    if (!this.delay) this.#opened = this.statFile();
  }

  /**
   * Opens the file anew if the path names another file than the one that is open, or none.
   *
   * @throws {Error} What writing the lines that wait, or opening the file, throws.
   */
  reopenIfNeeded(): void {
    if (this.isOpen) {
      const now = statIfThere(this.filename);
      if (now && now.dev === this.#opened?.dev && now.ino === this.#opened.ino) return;
      this.closeFile();
    }
    // The open file is asked and not the path, which may name another one by now.
    this.#opened = this.statFile();
  }

  /** Looks whether the file was moved. */
  protected override prepareFile(record: LogRecord): void {
    try {
      this.reopenIfNeeded();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.handleError(record, error);
      this.#failing = true;
    }
  }
}
