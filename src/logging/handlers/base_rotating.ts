/**
 * The base class of file handlers that rotate their file.
 *
 * @module
 */

import type { gzipSync } from "node:zlib";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { FileHandler, type FileHandlerOptions } from "./file.ts";
import { isThere, statIfThere } from "../files/file_status.ts";

/** Options of file handlers that rotate their file. */
export interface RotationOptions {
  /**
   * Names the backups: is given the name that a backup would have, and returns the one that it gets.
   * The same name must always give the same result.
   *
   * @default undefined
   */
  namer?: (defaultName: string) => string;
  /**
   * Makes the file a backup: is given the path of the file and of the backup, and must leave nothing
   * at the first.
   *
   * @default it is renamed
   */
  rotator?: (source: string, destination: string) => void;
  /**
   * Whether backups are compressed; their names get ".gz" at the end. It happens at once, in the call
   * that logs, and takes the memory of one file.
   *
   * @default false
   */
  gzip?: boolean;
}

/** Options of {@linkcode BaseRotatingHandler}. */
export interface BaseRotatingHandlerOptions extends FileHandlerOptions, RotationOptions {}

/** How long a rollover that failed is not tried again, in milliseconds. */
const RETRY_AFTER = 1000;

/**
 * Extend it for a file handler that rotates by a rule of your own: implement
 * {@linkcode BaseRotatingHandler.shouldRollover} and {@linkcode BaseRotatingHandler.doRollover}.
 *
 * A rollover that fails is reported once; the file goes on being written to, and it is tried again at
 * the first record after a second. Needs `--allow-read` and `--allow-write` for the file's folder.
 *
 * Ported from CPython's `logging.handlers.BaseRotatingHandler`.
 *
 * @example
 * ```ts ignore
 * import { BaseRotatingHandler, type LogRecord } from "@paralog/paralog/logging";
 *
 * class RotateOnStart extends BaseRotatingHandler {
 *   shouldRollover(record: LogRecord): boolean {
 *     return record.msg === "started";
 *   }
 *   doRollover(): void {
 *     this.closeFile();
 *     this.rotate(this.filename, this.rotationFilename(`${this.filename}.${Date.now()}`));
 *     this.reopenFile();
 *   }
 * }
 * ```
 */
export abstract class BaseRotatingHandler extends FileHandler {
  /** Names the backups; see the option. */
  namer: ((defaultName: string) => string) | undefined;
  /** Makes the file a backup; see the option. */
  rotator: ((source: string, destination: string) => void) | undefined;
  /** Whether backups are compressed. */
  readonly gzip: boolean;
  #rolling = false;
  /** When a rollover that failed may be tried again, on the clock of `performance.now()`. */
  #retryAt: number | undefined;

  /**
   * Opens the file, unless `delay` is set.
   *
   * @param filename The path, from the current folder as it is now; or a `file:` URL.
   * @param options How to name and make backups, and what a `FileHandler` takes.
   * @throws {TypeError} If the filename or an option has another type.
   * @throws {RangeError} If an option has a value that is not allowed.
   * @throws {Error} What `Deno.openSync` throws: no permission, is a folder, …
   */
  constructor(filename: string | URL, options: BaseRotatingHandlerOptions = {}) {
    checkRotation(options);
    super(filename, options);
    this.namer = options.namer;
    this.rotator = options.rotator;
    this.gzip = options.gzip ?? false;
  }

  /**
   * Whether the file must be rotated before a record is written.
   *
   * @param record The record.
   * @param line Its line, with the terminator.
   * @returns Whether to call `doRollover` first.
   */
  abstract shouldRollover(record: LogRecord, line: string): boolean;

  /**
   * Makes the file a backup: closes it, rotates it and opens a new one. What it throws is reported,
   * and the file goes on being written to.
   */
  abstract doRollover(): void;

  /**
   * The name of a backup.
   *
   * @param defaultName The name that it has without a namer, such as "/var/log/app.log.1".
   * @returns What the namer makes of it, with ".gz" if backups are compressed.
   */
  rotationFilename(defaultName: string): string {
    const name = this.namer ? this.namer(defaultName) : defaultName;
    return this.gzip ? `${name}.gz` : name;
  }

  /**
   * Moves a file to its backup, compressing it if that is asked for. Does nothing if there is no file.
   *
   * @param source The path of the file, which must be closed.
   * @param destination The path of the backup; a file that is there is replaced.
   * @throws {Error} What the operating system or the rotator says; then the file is where it was.
   */
  rotate(source: string, destination: string): void {
    if (this.rotator) this.rotator(source, destination);
    else if (!isThere(source)) return; // With `delay` it may not have been made yet.
    else if (this.gzip) compress(source, destination);
    else Deno.renameSync(source, destination);
  }

  /** Whether the path of the open file leads nowhere: somebody deleted it or moved it away. */
  protected get isDeleted(): boolean {
    return this.isOpen && !statIfThere(this.filename);
  }

  /** Rotates the file if it is time to. */
  protected override prepareFile(record: LogRecord, line: string): void {
    if (this.#rolling) return; // A namer or rotator logs, to this very handler.
    this.#rolling = true;
    try {
      if (!this.shouldRollover(record, line)) return;
      if (this.#retryAt !== undefined && performance.now() < this.#retryAt) return;
      this.doRollover();
      this.#retryAt = undefined;
    } catch (error) {
      const isFirst = this.#retryAt === undefined;
      this.#retryAt = performance.now() + RETRY_AFTER;
      if (isFirst) this.handleError(record, this.#explain(error));
    } finally {
      this.#rolling = false;
    }
  }

  #explain(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : inspect(cause);
    return new Error(
      `Cannot roll over ${this.filename}: ${reason}; it goes on being written to, and the rollover ` +
        "will be tried again",
      { cause },
    );
  }
}

/** The backup appears whole or not at all, and never beside the file that it was made of. */
function compress(source: string, destination: string): void {
  const unfinished = `${destination}.tmp`;
  const { mode } = Deno.statSync(source); // Nobody may read the backup who could not read the file.
  try {
    const bytes = loadGzip()(Deno.readFileSync(source));
    Deno.writeFileSync(unfinished, bytes, mode === null ? {} : { mode: mode & 0o777 });
    Deno.renameSync(unfinished, destination);
  } catch (error) {
    if (isThere(unfinished)) Deno.removeSync(unfinished);
    throw error;
  }
  try {
    Deno.removeSync(source);
  } catch (error) {
    Deno.removeSync(destination);
    throw error;
  }
}

function checkRotation({ namer, rotator, gzip }: RotationOptions): void {
  for (const [name, value] of Object.entries({ namer, rotator })) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`Cannot set ${name}: current value is ${inspect(value)}, give a function`);
  }
  if (gzip !== undefined && typeof gzip !== "boolean") {
    throw new TypeError(`Cannot set gzip: current value is ${inspect(gzip)}, give true or false`);
  }
  if (gzip && rotator) {
    throw new TypeError("Cannot compress backups with a rotator: give either gzip or rotator");
  }
}

/**
 * Loaded when it is needed, which a rollover can't wait for: an `import` of it takes longer than all
 * of this library.
 */
function loadGzip(): typeof gzipSync {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): unknown };
  }; // Deno has it.
  return (process.getBuiltinModule("node:zlib") as { gzipSync: typeof gzipSync }).gzipSync;
}
