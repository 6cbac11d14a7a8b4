/**
 * The methods that log, which loggers and adapters have in common.
 *
 * @module
 */

import { LEVELS } from "./levels.ts";
import { Beside } from "./message.ts";

/**
 * What can be logged on.
 *
 * After the message come its arguments (Python's `%` rules), then fields as a plain object, and an
 * error; all are optional. `{ stackInfo: true }` among the fields adds the calls that led to the
 * record. A function in place of the message is called only if the record is made.
 */
export abstract class LogMethods {
  /**
   * Logs at a level given by number, which has been checked.
   *
   * @param level The number of the level.
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   */
  protected abstract write(level: number, message: unknown, rest: readonly unknown[]): void;

  /**
   * Logs at DEBUG.
   *
   * @param message The message, a template for the arguments, or a function that makes the message.
   * @param rest Its arguments, then fields and an error.
   */
  debug(message: unknown, ...rest: unknown[]): void {
    this.write(LEVELS.DEBUG, message, rest);
  }

  /**
   * Logs at INFO.
   *
   * @param message The message, a template for the arguments, or a function that makes the message.
   * @param rest Its arguments, then fields and an error.
   */
  info(message: unknown, ...rest: unknown[]): void {
    this.write(LEVELS.INFO, message, rest);
  }

  /**
   * Logs at WARN.
   *
   * @param message The message, a template for the arguments, or a function that makes the message.
   * @param rest Its arguments, then fields and an error.
   */
  warn(message: unknown, ...rest: unknown[]): void {
    this.write(LEVELS.WARN, message, rest);
  }

  /**
   * Logs at ERROR.
   *
   * @param message The message, a template for the arguments, or a function that makes the message.
   * @param rest Its arguments, then fields and an error.
   */
  error(message: unknown, ...rest: unknown[]): void {
    this.write(LEVELS.ERROR, message, rest);
  }

  /**
   * Logs at CRITICAL.
   *
   * @param message The message, a template for the arguments, or a function that makes the message.
   * @param rest Its arguments, then fields and an error.
   */
  critical(message: unknown, ...rest: unknown[]): void {
    this.write(LEVELS.CRITICAL, message, rest);
  }

  /**
   * Logs what was caught, at ERROR, with its stack and causes. Python's `exception`, which finds the
   * error by itself.
   *
   * @param message The message, or a template for the arguments.
   * @param error What was caught; anything can be thrown.
   * @param rest The arguments of the message, then fields.
   *
   * @example
   * ```ts
   * import { getLogger } from "@paralog/paralog/logging";
   *
   * try {
   *   JSON.parse("no JSON");
   * } catch (error) {
   *   getLogger("app").exception("could not read %s", error, "settings.json");
   * }
   * ```
   */
  exception(message: unknown, error?: unknown, ...rest: unknown[]): void {
    // An error that follows its arguments, as in the other methods, is meant too.
    const behind = error instanceof Error
      ? -1
      : rest.findLastIndex((each) => each instanceof Error);
    const [caught, others] = behind < 0
      ? [error, rest]
      : [rest[behind], [error, ...rest.toSpliced(behind, 1)]];
    this.write(LEVELS.ERROR, message, [...others, new Beside({ error: caught })]);
  }
}
