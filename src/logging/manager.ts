/**
 * What holds for all loggers of the current realm at once. In Python these are functions of the
 * module `logging`, and the state of its `Manager`.
 *
 * @module
 */

import type { Handler } from "./handler.ts";
import { type Level, parseLevel } from "./levels.ts";
import { Logger } from "./logger.ts";
import type { RecordFactory } from "./realm/node_tree.ts";
import { currentRealm, type LoggerClass } from "./realm.ts";

/**
 * Turns a level and all below it off, for all loggers of the current realm and whatever their own
 * levels are. Python's `logging.disable`.
 *
 * @param level The highest level that is off; "NOTSET" turns everything on again.
 * @throws {RangeError} If there is no such level.
 *
 * @example
 * ```ts
 * import { disable, getLogger } from "@paralog/paralog/logging";
 *
 * disable("WARN");
 * getLogger("app").warn("not seen");
 * disable("NOTSET");
 * ```
 */
export function disable(level: Level = "CRITICAL"): void {
  currentRealm().disable(parseLevel(level));
}

/**
 * Finds a handler by its name, among those that loggers of the current realm have and those that were
 * configured. Python's `logging.getHandlerByName`.
 *
 * @param name The name: an option of handlers; `dictConfig` gives the key in the configuration.
 * @returns The handler, or `undefined` if there is none.
 *
 * @example
 * ```ts
 * import { basicConfig, ConsoleHandler, getHandlerByName } from "@paralog/paralog/logging";
 *
 * basicConfig({ handlers: [new ConsoleHandler({ name: "console" })] });
 * getHandlerByName("console")?.setLevel("ERROR");
 * ```
 */
export function getHandlerByName(name: string): Handler | undefined {
  return currentRealm().handlerByName(name);
}

/**
 * The names of the handlers that {@linkcode getHandlerByName} finds.
 *
 * @returns The names.
 */
export function getHandlerNames(): string[] {
  return currentRealm().handlerNames();
}

/**
 * Sets the class of the loggers that `getLogger` makes from now on in the current realm. Loggers that
 * were asked for before, and the root, stay what they are. Python's `logging.setLoggerClass`.
 *
 * @param loggerClass A class that extends `Logger` and passes its arguments on.
 * @throws {TypeError} If it is none.
 *
 * @example
 * ```ts
 * import { getLogger, Logger, setLoggerClass } from "@paralog/paralog/logging";
 *
 * class AppLogger extends Logger {
 *   notice(message: unknown, ...rest: unknown[]) {
 *     this.log(25, message, ...rest);
 *   }
 * }
 * setLoggerClass(AppLogger);
 * const log = getLogger("app.notices") as AppLogger;
 * log.notice("ready");
 * ```
 */
export function setLoggerClass(loggerClass: LoggerClass): void {
  const isLogger = loggerClass === Logger ||
    (typeof loggerClass === "function" && loggerClass.prototype instanceof Logger);
  if (!isLogger) {
    throw new TypeError(
      `Cannot make loggers of ${String(loggerClass)}: give a class that extends Logger`,
    );
  }
  currentRealm().loggerClass = loggerClass;
}

/**
 * The class of the loggers that `getLogger` makes.
 *
 * @returns `Logger`, or what {@linkcode setLoggerClass} set.
 */
export function getLoggerClass(): LoggerClass {
  return currentRealm().loggerClass;
}

/**
 * Sets a function that every new record of the current realm goes through, before filters. Python's
 * `logging.setLogRecordFactory`; there the function makes the record from its parts, here it gets the
 * record and returns it, or a copy with changes.
 *
 * @param factory The function.
 * @throws {TypeError} If it is none.
 *
 * @example
 * ```ts
 * import { getLogRecordFactory, setLogRecordFactory } from "@paralog/paralog/logging";
 *
 * const before = getLogRecordFactory();
 * setLogRecordFactory((record) => {
 *   const made = before(record);
 *   return { ...made, extra: { ...made.extra, version: "1.2" } };
 * });
 * ```
 */
export function setLogRecordFactory(factory: RecordFactory): void {
  if (typeof factory !== "function") {
    throw new TypeError(
      `Cannot make records with ${String(factory)}: give a function (record) => record`,
    );
  }
  currentRealm().recordFactory = factory;
}

/**
 * The function that new records of the current realm go through.
 *
 * @returns What {@linkcode setLogRecordFactory} set; otherwise a function that changes nothing.
 */
export function getLogRecordFactory(): RecordFactory {
  return currentRealm().recordFactory ?? ((record) => record);
}
