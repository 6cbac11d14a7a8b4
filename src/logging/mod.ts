/**
 * Logging by the rules of Python's `logging`: a tree of loggers with levels, filters, handlers and
 * formatters. Every task, and every {@linkcode withCleanRootLogger}, has a tree of its own.
 *
 * @example
 * ```ts
 * import { basicConfig, getLogger } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO" });
 * getLogger("app").info("took %d ms", 12, { jobId: 7 });
 * ```
 *
 * @module
 */

export { cleanRootLogger, withCleanRootLogger } from "./clean_root.ts";
export { basicConfig, type BasicConfigOptions } from "./config.ts";
export { type SerializedError, type SerializedThrown } from "./errors.ts";
export {
  type Filter,
  Filterer,
  type FilterFunction,
  type FilterObject,
  type FilterResult,
  PrefixFilter,
} from "./filter.ts";
export {
  type FormatRecord,
  Formatter,
  type FormatterFunction,
  type FormatterLike,
  JsonFormatter,
  type RecordFormatter,
} from "./formatter.ts";
export { Handler, type HandlerOptions } from "./handler.ts";
export { ConsoleHandler, type ConsoleHandlerOptions } from "./handlers/console.ts";
export { FileHandler, type FileHandlerOptions } from "./handlers/file.ts";
export { addLevelName, getLevelName, type Level, type LevelName, LEVELS } from "./levels.ts";
export { Logger } from "./logger.ts";
export { type Fields } from "./message.ts";
export { type LogRecord } from "./record.ts";
export { getLogger, shutdown } from "./realm.ts";
export { type StdHandler } from "./std_log.ts";
