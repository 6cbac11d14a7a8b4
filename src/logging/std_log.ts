/**
 * The one file that knows `@std/log`: its handlers can be added to our loggers, and what is logged
 * through its root logger joins the current realm.
 *
 * `@std/log` has no seam for the second: its root logger is an object with a list of handlers and a
 * level. So {@linkcode joinStdLog} turns these two into accessors that answer for the current realm, and
 * does so again with the root logger that the next `log.setup` makes.
 *
 * @module
 */

import { BaseHandler } from "@std/log/base-handler";
import { ConsoleHandler as StdConsoleHandler } from "@std/log/console-handler";
import { getLogger as getStdLogger } from "@std/log/get-logger";
import {
  getLevelByName as getStdLevelByName,
  getLevelName as getStdLevelName,
  type LevelName as StdLevelName,
  type LogLevel as StdLevel,
} from "@std/log/levels";
import { Logger as StdLogger, LogRecord as StdLogRecord } from "@std/log/logger";
import "@std/log/setup"; // Makes the root logger.
import { formatError } from "./errors.ts";
import { Handler } from "./handler.ts";
import type { RecordOutcome } from "./outcome.ts";
import type { LogRecord } from "./record.ts";

/** A handler of `@std/log`: what extends its `BaseHandler`. */
export type StdHandler = BaseHandler;

/**
 * Makes a handler of ours of what was given for one.
 *
 * @param handler A handler of ours, or one of `@std/log`'s, which is set up if it is not yet.
 * @returns A handler of ours.
 * @throws {TypeError} If it is neither.
 */
export function toHandler(handler: Handler | StdHandler): Handler {
  if (handler instanceof Handler) return handler;
  if (isStdHandler(handler)) return StdHandlerAdapter.of(handler);
  throw new TypeError(
    `Cannot add ${
      Deno.inspect(handler, { depth: 0 })
    } as a handler: extend Handler, or BaseHandler ` +
      "of @std/log",
  );
}

/**
 * Whether a handler is the one that was added, or wraps it.
 *
 * @param handler A handler of a logger.
 * @param given What a user added: a handler of ours, or one of `@std/log`'s.
 */
export function isSameHandler(handler: Handler, given: Handler | StdHandler): boolean {
  return handler === given || (handler instanceof StdHandlerAdapter && handler.handler === given);
}

/** By shape, since a program may hold several versions of `@std/log`. */
function isStdHandler(value: unknown): value is StdHandler {
  return value instanceof BaseHandler ||
    (typeof value === "object" && value !== null && "handle" in value && "log" in value &&
      "setup" in value && "destroy" in value);
}

/** A handler of `@std/log` among ours. Its own level, formatter and buffer stay in force. */
class StdHandlerAdapter extends Handler {
  /** One for each, so that a handler on two loggers is set up once and closed once. */
  static readonly #adapters = new WeakMap<StdHandler, StdHandlerAdapter>();
  readonly handler: StdHandler;
  /** Whether it was set up here; a handler that `log.setup` opened is closed by `log.setup`. */
  #opened = false;

  private constructor(handler: StdHandler) {
    super();
    this.handler = handler;
  }

  static of(handler: StdHandler): StdHandlerAdapter {
    let adapter = this.#adapters.get(handler);
    if (!adapter) {
      adapter = new StdHandlerAdapter(handler);
      this.#adapters.set(handler, adapter);
    }
    adapter.#open();
    return adapter;
  }

  #open(): void {
    if (this.#opened || hasOpenFile(this.handler)) return;
    this.handler.setup();
    this.#opened = true;
  }

  override emit(record: LogRecord): void {
    this.#open(); // It may have been closed since, and is used again.
    this.handler.handle(new StdRecord(record));
  }

  override handle(record: LogRecord): RecordOutcome {
    const outcome = super.handle(record);
    return outcome === "written" && isBelowLevel(record, this.handler) ? "filtered" : outcome;
  }

  override flush(): void {
    if ("flush" in this.handler && typeof this.handler.flush === "function") this.handler.flush();
  }

  override close(): void {
    if (this.#opened) this.handler.destroy();
    else this.flush();
    this.#opened = false;
  }
}

/** A handler of `@std/log` looks at its own level, and does not tell what it refuses. */
function isBelowLevel(record: LogRecord, handler: StdHandler): boolean {
  return record.level < handler.level;
}

/** `@std/log`'s file handlers keep their file behind a symbol that is not exported. */
function hasOpenFile(handler: StdHandler): boolean {
  return Object.getOwnPropertySymbols(handler).some((symbol) =>
    Reflect.get(handler, symbol) instanceof Deno.FsFile
  );
}

/** A record of ours as `@std/log` has them, custom levels included (its own class refuses those). */
class StdRecord extends StdLogRecord {
  readonly #time: number;

  constructor(record: LogRecord) {
    const msg = record.error ? `${record.msg}\n${formatError(record.error)}` : record.msg;
    super({ msg, args: [...record.args], level: 0, loggerName: record.name });
    Object.assign(this, { level: record.level, levelName: record.levelName });
    this.#time = record.time;
  }

  override get datetime(): Date {
    return new Date(this.#time);
  }
}

/** What the root logger of `@std/log` shows while a realm is current. */
export interface StdLogState {
  handlers: StdHandler[];
  /** `undefined` follows the level of the realm's own root logger. */
  level: number | undefined;
}

/** What a realm is to `@std/log`. */
export interface StdLogHost {
  readonly stdLog: StdLogState;
  /** The level of the realm's root logger. */
  rootLevel(): number;
  /** Logs on the realm's root logger. */
  logOnRoot(level: number, message: string, args: readonly unknown[]): void;
}

/** Passes what `@std/log` logs into the realm that is current then. */
class JoinHandler extends BaseHandler {
  readonly #current: () => StdLogHost;

  constructor(current: () => StdLogHost) {
    super("NOTSET");
    this.#current = current;
  }

  override handle(record: StdLogRecord): void {
    this.#current().logOnRoot(record.level, record.msg, record.args);
  }

  override log(): void {} // Never called: handle() is what @std/log calls.
}

/**
 * The state of a realm whose `@std/log` calls are its own records.
 *
 * @param current Finds the current realm.
 * @param kept Handlers and level that `@std/log` was set up with, if they stay in force.
 */
export function joinedState(current: () => StdLogHost, kept?: StdLogState): StdLogState {
  const own =
    kept?.handlers.filter((handler) => !isStock(handler) && !(handler instanceof JoinHandler)) ??
      [];
  return {
    handlers: [new JoinHandler(current), ...own],
    level: own.length > 0 ? kept?.level : undefined,
  };
}

/**
 * Whether a realm takes the records of `@std/log`.
 *
 * @param state The state of the realm.
 */
export function isJoined(state: StdLogState): boolean {
  return state.handlers.some((handler) => handler instanceof JoinHandler);
}

/**
 * Whether a program has set `@std/log` up: given its root logger other handlers than it starts with.
 *
 * @param state What the root logger has.
 */
export function isSetUp(state: StdLogState): boolean {
  return state.handlers.some((handler) => !isStock(handler));
}

/** What `@std/log` starts with; its formatter is not exported, so it is compared with this one's. */
const STOCK: StdHandler = new StdConsoleHandler("INFO");

/** The console handler that `@std/log` starts with; it steps aside for handlers of ours. */
function isStock(handler: StdHandler): boolean {
  return handler.constructor === STOCK.constructor && handler.levelName === STOCK.levelName &&
    handler.formatter === STOCK.formatter;
}

/**
 * Handles a record as if it had been logged on the root logger of `@std/log`. Never throws.
 *
 * @param state What the root logger was set up with.
 * @param record The record.
 * @returns What became of it.
 */
export function handleByStdLog(state: StdLogState, record: LogRecord): RecordOutcome {
  return new StdHandlers(state.handlers).handle(record);
}

/** The handlers of a logger of `@std/log`, which that has set up and will close. */
class StdHandlers extends Handler {
  readonly #handlers: readonly StdHandler[];

  constructor(handlers: readonly StdHandler[]) {
    super();
    this.#handlers = handlers;
  }

  override handle(record: LogRecord): RecordOutcome {
    const outcome = super.handle(record);
    const isRefused = this.#handlers.every((handler) => isBelowLevel(record, handler));
    return outcome === "written" && isRefused ? "filtered" : outcome;
  }

  override emit(record: LogRecord): void {
    const loggerName = record.name === "root" ? "default" : record.name;
    const stdRecord = new StdRecord({ ...record, name: loggerName });
    for (const handler of this.#handlers) handler.handle(stdRecord);
  }
}

/** Marks a root logger that answers for the current realm: each task looks for it. */
const JOINED = Symbol("paralog has joined it");

/**
 * What the root logger of `@std/log` was set up with.
 *
 * @returns Its handlers and level; `undefined` if it answers for the current realm.
 */
export function unjoinedState(): StdLogState | undefined {
  const root = getStdLogger();
  if (JOINED in root) return undefined;
  if (Object.getOwnPropertyDescriptor(root, "handlers")?.get) return undefined; // By another copy of this file.
  return { handlers: root.handlers, level: root.level };
}

/**
 * Makes the root logger of `@std/log` answer for the current realm. Does nothing if it does so
 * already; `log.setup` makes a new root logger, which then has to be joined anew.
 *
 * @param current Finds the current realm.
 * @param watcher Is told when that happens.
 * @returns What the root logger was set up with, if it had not been joined.
 */
export function joinStdLog(
  current: () => StdLogHost,
  watcher: StdLogWatcher,
): StdLogState | undefined {
  const found = unjoinedState();
  if (!found) return undefined;
  const level = () => current().stdLog.level ?? current().rootLevel();
  const change = (changed: Partial<StdLogState>) => {
    Object.assign(current().stdLog, changed);
    watcher.onChange();
  };
  Object.defineProperties(getStdLogger(), {
    [JOINED]: { value: true },
    handlers: {
      get: () => current().stdLog.handlers,
      set: (handlers: StdHandler[]) => change({ handlers }),
    },
    level: {
      get: level,
      // The setters refuse what @std/log refuses.
      set: (value: StdLevel) => change({ level: getStdLevelByName(getStdLevelName(value)) }),
    },
    levelName: {
      get: () => getStdLevelName(level() as StdLevel), // Throws on a custom level, as @std/log does.
      set: (name: StdLevelName) => change({ level: getStdLevelByName(name) }),
    },
  });
  watch(watcher);
  return found;
}

/** Is told of what happens to the root logger of `@std/log`. */
export interface StdLogWatcher {
  /** `log.setup` was called, and makes a new root logger now. */
  onSetup(): void;
  /** Something is about to be logged on a root logger that is not joined. */
  onLog(): void;
  /** The handlers or the level of a root logger that is joined were set. */
  onChange(): void;
}

const WATCHED = Symbol("paralog watches @std/log");

/**
 * `@std/log` tells nobody of `log.setup`, so methods that it calls are wrapped, once: `setup` of
 * handlers, which `log.setup` calls on each (its stock console handler is always among them unless
 * it was replaced), and the methods that log.
 */
function watch(watcher: StdLogWatcher): void {
  const prototype: StdLogger & { [WATCHED]?: true } = StdLogger.prototype;
  if (prototype[WATCHED]) return;
  Object.defineProperty(prototype, WATCHED, { value: true });
  wrap(BaseHandler.prototype, "setup", () => watcher.onSetup());
  for (const method of ["debug", "info", "warn", "error", "critical"] as const) {
    wrap(prototype, method, (logger) => {
      if (unjoinedState() && logger === getStdLogger()) watcher.onLog();
    });
  }
}

function wrap<K extends string, T extends Record<K, (...args: never[]) => unknown>>(
  prototype: T,
  name: K,
  before: (self: T) => void,
): void {
  const method = prototype[name];
  Object.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    value(this: T, ...args: Parameters<typeof method>) {
      before(this);
      return method.apply(this, args);
    },
  });
}
