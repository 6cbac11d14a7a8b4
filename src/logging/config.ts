/**
 * Configuring logging in one call.
 *
 * @module
 */

import type { Handler } from "./handler.ts";
import { Formatter, type FormatterLike } from "./formatter.ts";
import { ConsoleHandler, type ConsoleHandlerOptions } from "./handlers/console.ts";
import { FileHandler, type FileHandlerOptions } from "./handlers/file.ts";
import { inspect } from "./inspect.ts";
import { type Level, parseLevel } from "./levels.ts";
import { closeNow } from "./owned_handlers.ts";
import { currentRealm } from "./realm.ts";
import { type StdHandler, toHandler } from "./std_log.ts";

/** Options of {@linkcode basicConfig}. */
export interface BasicConfigOptions {
  /**
   * The level of the root logger.
   *
   * @default it stays as it is ("WARN" in a new program)
   */
  level?: Level;
  /**
   * How records become text: a pattern such as "%(asctime)s %(levelname)s %(message)s", a function,
   * or a formatter.
   *
   * @default "%(levelname)s:%(name)s:%(message)s"
   */
  format?: FormatterLike;
  /**
   * The stream to write to; not together with `filename` or `handlers`.
   *
   * @default "stderr"
   */
  stream?: ConsoleHandlerOptions["stream"];
  /** The file to write to instead of a stream. */
  filename?: string;
  /**
   * "a" appends to the file, "w" empties it first.
   *
   * @default "a"
   */
  filemode?: FileHandlerOptions["mode"];
  /** Handlers to add instead of making one; those of ours without a formatter get `format`. */
  handlers?: Iterable<Handler | StdHandler>;
  /**
   * Whether handlers that the root logger has are removed and closed first. Without it, nothing
   * happens if there are any.
   *
   * @default false
   */
  force?: boolean;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof BasicConfigOptions>(
  ["level", "format", "stream", "filename", "filemode", "handlers", "force"],
);

/** Python's `logging.BASIC_FORMAT`. */
const BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s";

/**
 * Gives the root logger of the current realm a handler and a level. Does nothing if it has a
 * handler, unless `force` is set. The rules are those of Python's `logging.basicConfig`.
 *
 * @param options What to write where; without any, lines of INFO style go to stderr.
 * @throws {TypeError} If an option is unknown, or two contradict each other.
 * @throws {RangeError} If there is no such level.
 * @throws {Error} What opening the file throws.
 *
 * @example
 * ```ts
 * import { basicConfig, getLogger } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "DEBUG", format: "%(asctime)s %(levelname)-8s %(name)s %(message)s" });
 * getLogger("app").debug("ready");
 * ```
 */
export function basicConfig(options: BasicConfigOptions = {}): void {
  checkOptions(options);
  const { root, origin } = currentRealm();
  if (root.handlers.length > 0 && !options.force) return;
  const level = options.level === undefined ? undefined : parseLevel(options.level);
  const handlers = createHandlers(options);
  for (const handler of root.handlers) {
    root.removeHandler(handler);
    closeNow(handler, origin);
  }
  for (const handler of handlers) root.addHandler(handler);
  if (level !== undefined) root.level = level;
}

function checkOptions(options: BasicConfigOptions): void {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key)) {
      throw new TypeError(
        `Cannot configure logging: unknown option "${key}", allowed are ${[...OPTIONS].join(", ")}`,
      );
    }
  }
  const targets = (["stream", "filename", "handlers"] as const)
    .filter((key) => options[key] !== undefined);
  if (targets.length > 1) {
    throw new TypeError(`Cannot configure logging with ${targets.join(" and ")}: give one of them`);
  }
  if (options.filemode !== undefined && options.filename === undefined) {
    throw new TypeError("Cannot configure logging with filemode: it goes with filename");
  }
}

function createHandlers(options: BasicConfigOptions): Handler[] {
  const { stream, filename, filemode } = options;
  const formatter = options.format ?? new Formatter(BASIC_FORMAT);
  if (options.handlers !== undefined) return givenHandlers(options.handlers, formatter);
  if (filename !== undefined) return [new FileHandler(filename, { mode: filemode, formatter })];
  return [new ConsoleHandler({ stream, formatter })];
}

function givenHandlers(
  given: Iterable<Handler | StdHandler>,
  formatter: FormatterLike,
): Handler[] {
  if (typeof given?.[Symbol.iterator] !== "function") {
    throw new TypeError(`Cannot add ${inspect(given)} as handlers: give a list of them`);
  }
  return Array.from(given, (each) => {
    const handler = toHandler(each);
    if (!handler.hasFormatter) handler.setFormatter(formatter);
    return handler;
  });
}
