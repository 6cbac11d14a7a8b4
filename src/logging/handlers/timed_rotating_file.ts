/**
 * The file handler that rotates its file by time.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import type { LogRecord } from "../record.ts";
import { BaseRotatingHandler, type RotationOptions } from "./base_rotating.ts";
import { checkWhole } from "../check_option.ts";
import { inspect } from "../text/inspect.ts";
import type { FileHandlerOptions } from "./file.ts";
import { isRollable, isThere, statIfThere } from "../files/file_status.ts";
import { RolloverSchedule, type ScheduleOptions } from "../files/rollover_schedule.ts";

/** Options of {@linkcode TimedRotatingFileHandler}. The file is always appended to. */
export interface TimedRotatingFileHandlerOptions
  extends Omit<FileHandlerOptions, "mode">, RotationOptions, ScheduleOptions {
  /**
   * How many backups are kept; 0 keeps all.
   *
   * @default 0
   */
  backupCount?: number;
}

/**
 * Writes each record as a line to a file. At the first record after each interval the file becomes a
 * backup, named for the time at which the interval began, such as "app.log.2026-11-21"; of
 * `backupCount` the oldest goes. A backup that is there is never replaced: the file goes on being
 * written to until the next rollover. An empty file and what is no regular file are not rotated; one
 * that was deleted is made anew at the next rollover. A backup that can't be removed is reported once.
 *
 * Ported from CPython's `logging.handlers.TimedRotatingFileHandler`.
 *
 * @example
 * ```ts ignore
 * import { getLogger, TimedRotatingFileHandler } from "@paralog/paralog/logging";
 *
 * const daily = new TimedRotatingFileHandler("app.log", { when: "MIDNIGHT", backupCount: 30 });
 * getLogger().addHandler(daily);
 * ```
 */
export class TimedRotatingFileHandler extends BaseRotatingHandler {
  /** How many backups are kept; 0 keeps all. */
  readonly backupCount: number;
  /** When the next rollover is due: seconds since 1970 (UTC). */
  rolloverAt: number;
  readonly #schedule: RolloverSchedule;
  /** The backups that the last rollover could not remove. */
  #unremoved: ReadonlySet<string> = new Set();
  /** Why, as far as that was not reported yet. */
  #unreported: Error[] = [];

  /**
   * Opens the file, unless `delay` is set. The first rollover is counted from when a file that is
   * there was written to last, so that a program which is started often rotates as well.
   *
   * @param filename The path, from the current folder as it is now; or a `file:` URL.
   * @param options The schedule, the backups, and what a `BaseRotatingHandler` takes but `mode`.
   * @throws {TypeError} If the filename or an option has another type.
   * @throws {RangeError} If an option has a value that is not allowed.
   * @throws {Error} What `Deno.openSync` throws: no permission, is a folder, …
   */
  constructor(filename: string | URL, options: TimedRotatingFileHandlerOptions = {}) {
    const schedule = new RolloverSchedule(options);
    const backupCount = checkWhole("backupCount", options.backupCount ?? 0);
    super(filename, { ...options, mode: "a" });
    this.#schedule = schedule;
    this.backupCount = backupCount;
    this.rolloverAt = this.computeRollover(lastWritten(this.filename) ?? now());
  }

  /**
   * The first rollover after a time.
   *
   * @param currentTime The time: whole seconds since 1970 (UTC).
   * @returns When to roll over, in the same unit.
   */
  computeRollover(currentTime: number): number {
    return this.#schedule.next(currentTime);
  }

  /** Whether the rollover is due, and there is something to roll over. */
  override shouldRollover(_record: LogRecord, _line: string): boolean {
    const time = now();
    if (time < this.rolloverAt) return false;
    if (this.isDeleted || this.fileSize() && isRollable(this.filename)) return true;
    this.rolloverAt = this.computeRollover(time);
    return false;
  }

  /** Makes the file a backup, begins a new one, and removes backups that are not kept. */
  override doRollover(): void {
    const time = now();
    const suffix = this.#schedule.suffix(this.rolloverAt, time);
    const backup = this.rotationFilename(`${this.filename}.${suffix}`);
    if (this.isDeleted) this.leaveFile();
    else if (!isThere(backup)) {
      this.closeFile();
      this.rotate(this.filename, backup);
    }
    this.rolloverAt = this.computeRollover(time);
    this.reopenFile();
    this.#removeBackups();
  }

  /** Rotates the file if it is time to, and reports backups that can't be removed, each once. */
  protected override prepareFile(record: LogRecord, line: string): void {
    super.prepareFile(record, line);
    const errors = this.#unreported;
    if (errors.length === 0) return;
    this.#unreported = [];
    const [first] = errors;
    const others = errors.length > 1 ? ` and ${errors.length - 1} more` : "";
    const message = `Cannot remove old backups of ${this.filename}: ${first?.message}${others}; ` +
      "they stay, and it will be tried at each rollover";
    this.handleError(record, new Error(message, { cause: new AggregateError(errors) }));
  }

  /** The rollover is done when they are removed: what goes wrong here is not a failure of that. */
  #removeBackups(): void {
    const failures = new Map<string, Error>();
    const attempt = (path: string, fn: () => void) => {
      try {
        fn();
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return; // Somebody else removed it.
        failures.set(path, error instanceof Error ? error : new Error(inspect(error)));
      }
    };
    attempt(this.filename, () => {
      for (const path of this.getFilesToDelete()) attempt(path, () => Deno.removeSync(path));
    });
    for (const [path, error] of failures) {
      if (!this.#unremoved.has(path)) this.#unreported.push(error);
    }
    this.#unremoved = new Set(failures.keys());
  }

  /**
   * The backups that are more than `backupCount`. Folders are none, whatever they are called.
   *
   * @returns Their paths, the oldest first.
   */
  getFilesToDelete(): string[] {
    if (this.backupCount === 0) return [];
    const folder = dirname(
      this.rotationFilename(`${this.filename}.${this.#schedule.suffix(0, 0)}`),
    );
    const backups: { suffix: string; path: string }[] = [];
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const suffix = isDirectory ? undefined : this.#suffixOf(name);
      if (suffix !== undefined) backups.push({ suffix, path: join(folder, name) });
    }
    backups.sort((a, b) => a.suffix < b.suffix ? -1 : 1);
    return backups.slice(0, -this.backupCount).map(({ path }) => path);
  }

  /** The time in the name of a backup; `undefined` if this handler would never name one so. */
  #suffixOf(name: string): string | undefined {
    for (const [suffix] of name.matchAll(this.#schedule.suffixPattern)) {
      const path = this.rotationFilename(`${this.filename}.${suffix}`);
      if (basename(path) === name) return suffix;
    }
    return undefined;
  }
}

/** In whole seconds since 1970 (UTC). */
function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** When the file was written to last; `undefined` if it is missing or empty. */
function lastWritten(path: string): number | undefined {
  const info = statIfThere(path);
  return info?.size && info.mtime ? Math.floor(info.mtime.getTime() / 1000) : undefined;
}
