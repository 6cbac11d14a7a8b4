/**
 * The handler that writes lines to a file.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import type { LogRecord } from "../record.ts";
import { writeWhole } from "../write_whole.ts";

/** Options of {@linkcode FileHandler}. */
export interface FileHandlerOptions extends HandlerOptions {
  /**
   * "a" appends to a file that is there, "w" empties it first.
   *
   * @default "a"
   */
  mode?: "a" | "w";
}

/**
 * Writes each record as a line to a file. A line is written at once and whole, so what was logged
 * before a crash is in the file. Needs `--allow-write` for the file.
 *
 * A handler that was closed and gets another record opens the file again, to append.
 *
 * @example
 * ```ts ignore
 * import { FileHandler, getLogger } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(new FileHandler("app.log", { formatter: "%(asctime)s %(message)s" }));
 * ```
 */
export class FileHandler extends Handler {
  /** The path of the file. */
  readonly filename: string;
  #file: Deno.FsFile | undefined;

  /**
   * Opens the file.
   *
   * @param filename The path, from the current folder.
   * @param options The mode, and what every handler takes.
   * @throws {TypeError} If the mode is neither "a" nor "w".
   * @throws {Error} What `Deno.openSync` throws: no permission, no such folder, …
   */
  constructor(filename: string, options: FileHandlerOptions = {}) {
    super(options);
    const { mode = "a" } = options;
    if (mode !== "a" && mode !== "w") {
      throw new TypeError(`Cannot open ${filename} in mode "${mode}": use "a" or "w"`);
    }
    this.filename = filename;
    this.#file = open(filename, mode);
  }

  /** Writes the record as a line. */
  override emit(record: LogRecord): void {
    const line = `${this.format(record)}\n`;
    this.#file ??= open(this.filename, "a");
    writeWhole(this.#file, line);
  }

  /** Closes the file. */
  override close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

function open(filename: string, mode: "a" | "w"): Deno.FsFile {
  // Appending, also after emptying, so that another process's lines are never overwritten.
  if (mode === "w") Deno.openSync(filename, { create: true, write: true, truncate: true }).close();
  return Deno.openSync(filename, { create: true, append: true });
}
