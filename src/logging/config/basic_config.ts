/**
 * Configuring logging in one call.
 *
 * @module
 */

import { Formatter, type FormatterLike, type FormatterOptions } from "../formatter.ts";
import type { Handler } from "../handler.ts";
import { ConsoleHandler, type ConsoleHandlerOptions } from "../handlers/console.ts";
import { FileHandler, type FileHandlerOptions } from "../handlers/file.ts";
import { inspect } from "../text/inspect.ts";
import { type Level, parseLevel } from "../levels.ts";
import { closeNow } from "../realm/owned_handlers.ts";
import { currentRealm } from "../realm.ts";
import { type StdHandler, toHandler } from "../std_log.ts";

/** Options of {@linkcode basicConfig}: also those of {@linkcode Formatter}, for its pattern. */
export interface BasicConfigOptions extends FormatterOptions {
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
   * @default "%(levelname)s:%(name)s:%(message)s", in the style that is asked for
   */
  format?: FormatterLike;
  /**
   * The stream to write to; not together with `filename` or `handlers`.
   *
   * @default "stderr"
   */
  stream?: ConsoleHandlerOptions["stream"];
  /** The file to write to instead of a stream. */
  filename?: string | URL;
  /**
   * "a" appends to the file, "w" empties it first.
   *
   * @default "a"
   */
  filemode?: FileHandlerOptions["mode"];
  /**
   * The encoding of the file.
   *
   * @default "utf-8"
   */
  encoding?: FileHandlerOptions["encoding"];
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

const FORMATTER_OPTIONS = [
  "datefmt",
  "style",
  "validate",
  "defaults",
  "utc",
  "singleLine",
] as const;

const OPTIONS: ReadonlySet<string> = new Set<keyof BasicConfigOptions>(
  ["level", "format", ...FORMATTER_OPTIONS, "stream", "filename", "filemode", "encoding"]
    .concat("handlers", "force") as (keyof BasicConfigOptions)[],
);

/** Python's `logging.BASIC_FORMAT`, in each style. */
const BASIC_FORMAT = {
  "%": "%(levelname)s:%(name)s:%(message)s",
  "{": "{levelname}:{name}:{message}",
  $: "${levelname}:${name}:${message}",
} as const;

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
  for (const key of ["filemode", "encoding"] as const) {
    if (options[key] !== undefined && options.filename === undefined) {
      throw new TypeError(`Cannot configure logging with ${key}: it goes with filename`);
    }
  }
  const { format } = options;
  const shaping = FORMATTER_OPTIONS.filter((key) => options[key] !== undefined);
  if (shaping.length > 0 && format !== undefined && typeof format !== "string") {
    throw new TypeError(
      `Cannot configure logging with ${shaping.join(" and ")}: it goes with a pattern as format`,
    );
  }
}

function createHandlers(options: BasicConfigOptions): Handler[] {
  const { stream, filename, filemode: mode, encoding } = options;
  const formatter = createFormatter(options);
  if (options.handlers !== undefined) return givenHandlers(options.handlers, formatter);
  if (filename !== undefined) return [new FileHandler(filename, { mode, encoding, formatter })];
  return [new ConsoleHandler({ stream, formatter })];
}

function createFormatter(options: BasicConfigOptions): FormatterLike {
  const { style = "%", datefmt, validate, defaults, utc, singleLine } = options;
  // Object.hasOwn: a wrong style must reach Formatter, which says what is allowed.
  const format = options.format ?? (Object.hasOwn(BASIC_FORMAT, style) ? BASIC_FORMAT[style] : "");
  if (typeof format !== "string") return format;
  return new Formatter(format, { style, datefmt, validate, defaults, utc, singleLine });
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
