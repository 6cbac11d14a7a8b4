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

import "./all_modules.ts";

export { type AdaptedLogger, LoggerAdapter, type LoggerAdapterOptions } from "./adapter.ts";
export { captureConsole, type CaptureConsoleOptions } from "./capture_console.ts";
export { captureUncaught, type CaptureUncaughtOptions } from "./capture_uncaught.ts";
export { cleanRootLogger, withCleanRootLogger } from "./clean_root.ts";
export { basicConfig, type BasicConfigOptions } from "./config/basic_config.ts";
export { ConfigError, type ConfigProblem } from "./config/config_error.ts";
export {
  type ConfigServer,
  listen,
  type ListenOptions,
  type VerifyConfig,
} from "./config/config_server.ts";
export {
  dictConfig,
  type DictConfigOptions,
  dictConfigSync,
  type DictConfigSyncOptions,
} from "./config/dict_config.ts";
export { fileConfig, type FileConfigOptions } from "./config/file_config.ts";
export { type ModuleOptions } from "./config/modules.ts";
export { withContext } from "./context.ts";
export { type SerializedError, type SerializedThrown } from "./errors.ts";
export {
  type Filter,
  Filterer,
  type FilterFunction,
  type FilterObject,
  type FilterResult,
  PrefixFilter,
} from "./filter.ts";
export { DuplicateFilter, type DuplicateFilterOptions } from "./filters/duplicate.ts";
export { LevelRangeFilter, type LevelRangeFilterOptions } from "./filters/level_range.ts";
export { NameFilter } from "./filters/name.ts";
export { RateLimitFilter, type RateLimitFilterOptions } from "./filters/rate_limit.ts";
export { RedactionFilter, type RedactionFilterOptions } from "./filters/redaction.ts";
export { SamplingFilter, type SamplingFilterOptions } from "./filters/sampling.ts";
export {
  type FormatRecord,
  Formatter,
  type FormatterFunction,
  type FormatterLike,
  type FormatterOptions,
  type RecordFormatter,
} from "./formatter.ts";
export { JsonFormatter } from "./formatters/json.ts";
export { LogfmtFormatter } from "./formatters/logfmt.ts";
export { PinoFormatter, type PinoFormatterOptions } from "./formatters/pino.ts";
export { PrettyFormatter, type PrettyFormatterOptions } from "./formatters/pretty.ts";
export { Handler, type HandlerOptions } from "./handler.ts";
export { type BackoffOptions } from "./delivery/backoff.ts";
export {
  BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
  type RotationOptions,
} from "./handlers/base_rotating.ts";
export {
  ConsoleHandler,
  type ConsoleHandlerOptions,
  type ConsoleStream,
} from "./handlers/console.ts";
export { type DeliveryOptions } from "./delivery/delivery.ts";
export { UndeliveredError } from "./delivery/delivery_error.ts";
export { FileHandler, type FileHandlerOptions } from "./handlers/file.ts";
export {
  FingersCrossedHandler,
  type FingersCrossedHandlerOptions,
} from "./handlers/fingers_crossed.ts";
export { HTTPHandler, type HTTPHandlerOptions } from "./handlers/http.ts";
export { MemoryHandler, type MemoryHandlerOptions } from "./handlers/memory.ts";
export { NullHandler } from "./handlers/null.ts";
export {
  OpenTelemetryHandler,
  type OpenTelemetryHandlerOptions,
} from "./handlers/opentelemetry.ts";
export {
  type OpenTelemetryLogger,
  type OpenTelemetryLoggerProvider,
  type OpenTelemetryRecord,
  type OpenTelemetryValue,
} from "./handlers/opentelemetry_api.ts";
export { QueueHandler, type QueueHandlerOptions } from "./handlers/queue.ts";
export { QueueListener, type QueueListenerOptions } from "./queues/queue_listener.ts";
export {
  type QueuePolicy,
  type RecordConsumer,
  RecordQueue,
  type RecordQueueOptions,
} from "./queues/record_queue.ts";
export { type ScheduleOptions, type TimeOfDay } from "./files/rollover_schedule.ts";
export { RotatingFileHandler, type RotatingFileHandlerOptions } from "./handlers/rotating_file.ts";
export { SMTPHandler, type SMTPHandlerOptions } from "./handlers/smtp.ts";
export { SocketHandler, type SocketHandlerOptions } from "./handlers/socket.ts";
export { SysLogHandler, type SysLogHandlerOptions } from "./handlers/syslog.ts";
export { type SyslogFacility, type SyslogPriority } from "./handlers/syslog_message.ts";
export { type TlsOptions } from "./delivery/tcp.ts";
export {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from "./handlers/timed_rotating_file.ts";
export { WatchedFileHandler } from "./handlers/watched_file.ts";
export { addLevelName, getLevelName, type Level, type LevelName, LEVELS } from "./levels.ts";
export { type CallLocation } from "./location.ts";
export { LogMethods } from "./log_methods.ts";
export { Logger } from "./logger.ts";
export { makeLogRecord } from "./network/make_record.ts";
export {
  disable,
  getHandlerByName,
  getHandlerNames,
  getLoggerClass,
  getLogRecordFactory,
  setLoggerClass,
  setLogRecordFactory,
} from "./manager.ts";
export { type Fields, type LogKeywords } from "./message.ts";
export {
  DEFAULT_TCP_LOGGING_PORT,
  SocketReceiver,
  type SocketReceiverOptions,
} from "./network/socket_receiver.ts";
export { type RecordOutcome } from "./outcome.ts";
export { type RecordFactory } from "./realm/node_tree.ts";
export { type Style } from "./pattern.ts";
export { type LogRecord } from "./record.ts";
export { getLogger, type LoggerClass, shutdown } from "./realm.ts";
export { shutdownOnSignals, type ShutdownOnSignalsOptions } from "./shutdown_on_signals.ts";
export { type StdHandler } from "./std_log.ts";
export { type SyncWriter } from "./write_whole.ts";
