/**
 * The adapter for OpenTelemetry's API, which is loaded when the first record is logged.
 *
 * @module
 */

/** A value of OpenTelemetry's log data model. */
export type OpenTelemetryValue =
  | string
  | number
  | boolean
  | null
  | OpenTelemetryValue[]
  | { [key: string]: OpenTelemetryValue };

/** A log record as OpenTelemetry takes it: the part of its `LogRecord` that we use. */
export interface OpenTelemetryRecord {
  /** From 1 (TRACE) to 24 (FATAL4). */
  readonly severityNumber: number;
  /** The name of the level. */
  readonly severityText: string;
  /** The message. */
  readonly body: string;
  /** When it was logged: seconds since 1970 (UTC), and nanoseconds of the second. */
  readonly timestamp: [seconds: number, nanoseconds: number];
  /** The facts beside the message. */
  readonly attributes: { [key: string]: OpenTelemetryValue };
}

/** OpenTelemetry's `Logger`: the part that we use. */
export interface OpenTelemetryLogger {
  /**
   * Takes a record.
   *
   * @param record The record.
   */
  emit(record: OpenTelemetryRecord): void;
}

/** OpenTelemetry's `LoggerProvider`: what a `LoggerProvider` of `@opentelemetry/sdk-logs` is. */
export interface OpenTelemetryLoggerProvider {
  /**
   * The logger of that name.
   *
   * @param name The name of the instrumentation scope.
   */
  getLogger(name: string): OpenTelemetryLogger;
  /** Has everything exported, if it can. */
  forceFlush?(): Promise<void>;
}

/** Finds the provider that is registered globally at that moment. */
export type FindProvider = () => OpenTelemetryLoggerProvider;

/**
 * Variables, and not literals in `import`: Deno downloads what literals name, used or not.
 * `deno compile` needs `--include` with them.
 */
const API_LOGS: string = "npm:@opentelemetry/api-logs@0.223.1";
const API: string = "npm:@opentelemetry/api@1.10.0";

/** What we use of both packages. */
interface LogsApi {
  readonly logs: { getLoggerProvider(): OpenTelemetryLoggerProvider };
}

/** Where `@opentelemetry/api-logs` keeps the provider that was registered with it. */
const API_LOGS_GLOBAL = Symbol.for("io.opentelemetry.js.api.logs");

/**
 * Loads OpenTelemetry's API. Until version 1.10, logs had a package of their own,
 * `@opentelemetry/api-logs`; since then they are in `@opentelemetry/api`, and each knows only the
 * provider that was registered with it. The first counts if something was.
 *
 * @returns What finds the global provider.
 * @throws {Error} If a package can't be loaded.
 */
export async function loadOpenTelemetry(): Promise<FindProvider> {
  const [apiLogs, api]: [LogsApi, LogsApi] = await Promise.all([import(API_LOGS), import(API)]);
  return () =>
    API_LOGS_GLOBAL in globalThis ? apiLogs.logs.getLoggerProvider() : api.logs.getLoggerProvider();
}
