/**
 * The handler that hands records to OpenTelemetry.
 *
 * @module
 */

import { formatError } from "../errors.ts";
import { Handler, type HandlerOptions } from "../handler.ts";
import { LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { toJsonValue } from "../text/json_value.ts";
import { Delivery, type DeliveryOptions } from "../delivery/delivery.ts";
import { reportUndelivered, SendError } from "../delivery/delivery_error.ts";
import {
  type FindProvider,
  loadOpenTelemetry,
  type OpenTelemetryLogger,
  type OpenTelemetryLoggerProvider,
  type OpenTelemetryRecord,
  type OpenTelemetryValue,
} from "./opentelemetry_api.ts";

/** Options of {@linkcode OpenTelemetryHandler}. */
export interface OpenTelemetryHandlerOptions extends HandlerOptions, DeliveryOptions {
  /**
   * Where the records go. Without it, OpenTelemetry's API is loaded from npm with the first record,
   * and its global provider counts at each record.
   *
   * @default the global provider
   */
  provider?: OpenTelemetryLoggerProvider;
  /**
   * The name of OpenTelemetry's logger (its instrumentation scope).
   *
   * @default the name of the logger that logged
   */
  loggerName?: string;
}

interface Packed {
  readonly scope: string;
  readonly record: OpenTelemetryRecord;
}

/**
 * Hands each record to OpenTelemetry's logs, with severity, fields and error by its conventions. The
 * message is the body; with a formatter, what that writes, as in OpenTelemetry's handler for Python.
 *
 * With a `provider`, a record is handed on in the call that logged it, so that the current span is
 * known. Without one, records that are logged before the API is loaded wait, in order.
 *
 * @example
 * ```ts ignore
 * import { LoggerProvider } from "npm:@opentelemetry/sdk-logs@3.1.1";
 * import { getLogger, OpenTelemetryHandler } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(new OpenTelemetryHandler({ provider: new LoggerProvider() }));
 * ```
 */
export class OpenTelemetryHandler extends Handler {
  readonly #scope: string | undefined;
  readonly #flushTimeout: number;
  readonly #delivery: Delivery<Packed>;
  readonly #loggers = new Map<string, OpenTelemetryLogger>();
  #findProvider: FindProvider | undefined;
  #provider: OpenTelemetryLoggerProvider | undefined;
  #last: LogRecord | undefined;

  /**
   * Makes a handler.
   *
   * @param options The provider, and what every handler takes.
   * @throws {TypeError} If the provider is none.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: OpenTelemetryHandlerOptions = {}) {
    super(options);
    const { provider, loggerName, flushTimeout = 5000 } = options;
    if (provider !== undefined && typeof provider?.getLogger !== "function") {
      throw new TypeError("Cannot hand records to this provider: it has no method getLogger");
    }
    this.#scope = loggerName;
    this.#flushTimeout = flushTimeout;
    if (provider) this.#findProvider = () => provider;
    this.#delivery = new Delivery({
      name: "OpenTelemetry",
      batchSize: 1000,
      pack: (record) => this.#pack(record),
      send: async (items) => {
        this.#findProvider ??= await loadOpenTelemetry();
        for (const [delivered, item] of items.entries()) this.#emitInRow(item, delivered);
      },
      disconnect: () => {},
      report: (record, error) => this.handleError(record, error),
    }, options);
  }

  /** How many records were lost so far, because the API could not be loaded. */
  get dropped(): number {
    return this.#delivery.dropped;
  }

  /** Hands the record on. */
  override emit(record: LogRecord): void {
    this.#last = record;
    if (this.#findProvider && this.#delivery.pending === 0) this.#emitNow(this.#pack(record));
    else this.#delivery.push(record);
  }

  /** Reports what went wrong with a record, or with loading the API. */
  override handleError(record: LogRecord, error: unknown): void {
    if (!reportUndelivered(this, record, error)) super.handleError(record, error);
  }

  /**
   * Waits until what was logged is handed on, and has the provider export it, for `flushTimeout` at
   * most each.
   *
   * @returns When it is done, or the time is up.
   */
  override async flush(): Promise<void> {
    await this.#delivery.flush();
    await this.#forceFlush();
  }

  /**
   * Flushes. The provider stays open: whoever made it shuts it down.
   *
   * @returns When it is done.
   */
  override async close(): Promise<void> {
    await this.#delivery.close();
    await this.#forceFlush();
  }

  #pack(record: LogRecord): Packed {
    const seconds = Math.floor(record.time / 1000);
    const nanoseconds = Math.floor((record.time - seconds * 1000) * 1e6);
    return {
      scope: this.#scope ?? record.name,
      record: {
        severityNumber: severityOf(record.level),
        severityText: record.levelName,
        body: this.hasFormatter ? this.format(record) : record.msg,
        timestamp: [seconds, nanoseconds],
        attributes: attributesOf(record),
      },
    };
  }

  #emitInRow(item: Packed, delivered: number): void {
    try {
      this.#emitNow(item);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new SendError(message, { delivered, refused: 1, cause });
    }
  }

  #emitNow({ scope, record }: Packed): void {
    const provider = this.#findProvider?.();
    if (!provider) return;
    if (provider !== this.#provider) {
      this.#provider = provider;
      this.#loggers.clear();
    }
    let logger = this.#loggers.get(scope);
    if (!logger) {
      logger = provider.getLogger(scope);
      this.#loggers.set(scope, logger);
    }
    logger.emit(record);
  }

  async #forceFlush(): Promise<void> {
    const last = this.#last;
    if (!this.#provider?.forceFlush || !last) return;
    const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#flushTimeout);
    try {
      await Promise.race([this.#provider.forceFlush(), timeIsUp]);
    } catch (error) {
      this.handleError(last, error); // Closing at the end of a scope has nobody to catch it.
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * The severity of a level: TRACE (1) below DEBUG, then DEBUG 5, INFO 9, WARN 13, ERROR 17, and FATAL
 * 21 for CRITICAL. Levels above one of them are its steps 2, 3 and 4, as in OpenTelemetry's handler
 * for Python.
 */
function severityOf(level: number): number {
  if (level < LEVELS.DEBUG) return level > LEVELS.NOTSET ? 1 : 0;
  const base = Math.min(Math.floor(level / 10) * 10, LEVELS.CRITICAL);
  return base / 10 * 4 + 1 + Math.min(level - base, 3);
}

/** By OpenTelemetry's semantic conventions; a field of the same name that was logged wins. */
function attributesOf(record: LogRecord): { [key: string]: OpenTelemetryValue } {
  const { error, location, stack, taskIndex, attempt } = record;
  const attributes = {
    "process.pid": record.process,
    "thread.name": record.processName,
    "paralog.task_index": taskIndex,
    "paralog.attempt": attempt,
    "code.file.path": location?.file,
    "code.line.number": location?.line,
    "code.function.name": location?.functionName,
    "code.stacktrace": stack,
    "exception.type": error?.className,
    "exception.message": error?.message,
    "exception.stacktrace": error && formatError(error),
    ...record.extra,
  };
  // An object becomes an object, and all of it is new: nobody else can see it change.
  return toJsonValue(attributes) as { [key: string]: OpenTelemetryValue };
}
