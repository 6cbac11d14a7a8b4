/**
 * What a program or a library writes with `console` becomes records.
 *
 * @module
 */

import { Console } from "node:console";
import { format } from "node:util";
import { isHandling, observeHandling, runHandling } from "./handling.ts";
import { LEVELS } from "./levels.ts";
import { currentRealm, getLogger } from "./realm.ts";

/** Options of {@linkcode captureConsole}. */
export interface CaptureConsoleOptions {
  /**
   * The name of the logger that the records are logged on.
   *
   * @default "console"
   */
  logger?: string;
}

/** Logs at a level; what follows the message is logged beside it. */
type Log = (level: number, message: string, ...rest: unknown[]) => void;

/** Makes what stands in for a method of the console. */
type Capture = (log: Log) => (...args: unknown[]) => void;

const text = (level: number): Capture => (log) => (...args) => {
  const error = args.findLast((arg) => arg instanceof Error);
  const message = format(...args.map((arg) => arg === error ? `${error}` : arg));
  if (error) log(level, escapeTemplate(message), error);
  else log(level, message);
};

/** With something behind it, a message is a template. */
function escapeTemplate(message: string): string {
  return message.replaceAll("%", "%%");
}

const METHODS: Readonly<Record<string, Capture>> = {
  debug: text(LEVELS.DEBUG),
  log: text(LEVELS.INFO),
  info: text(LEVELS.INFO),
  warn: text(LEVELS.WARN),
  error: text(LEVELS.ERROR),
  dirxml: text(LEVELS.INFO),
  dir: (log) => (value, options) =>
    log(LEVELS.INFO, Deno.inspect(value, { ...(options as Deno.InspectOptions), colors: false })),
  trace: (log) => (...args) =>
    log(LEVELS.DEBUG, escapeTemplate(titled("Trace", args)), { stackInfo: true }),
  assert: (log) => (condition, ...args) => {
    if (!condition) log(LEVELS.ERROR, titled("Assertion failed", args));
  },
};

/** What a console writes has the title before it, and its own template stays one. */
function titled(title: string, [first, ...rest]: readonly unknown[]): string {
  if (first === undefined) return title;
  return typeof first === "string"
    ? format(`${title}: ${first}`, ...rest)
    : format(`${title}:`, first, ...rest);
}

/** These keep counts, times and depths, which a console of their own does for them. */
const STATEFUL = [
  ...["table", "count", "countReset", "time", "timeLog", "timeEnd"],
  ...["group", "groupCollapsed", "groupEnd"],
] as const;

/** A console whose lines are logged. */
function createConsole(log: Log): Console {
  const stream = (level: number) => ({
    write: (line: string) => log(level, line.replace(/\n$/, "")),
    once() {},
    removeListener() {},
    listenerCount: () => 0,
  });
  // Of a stream, this is what a Console uses.
  const streams = { stdout: stream(LEVELS.INFO), stderr: stream(LEVELS.WARN) } as unknown;
  return new Console(streams as ConstructorParameters<typeof Console>[0]);
}

/**
 * Turns what is written with `console.log`, `warn`, `error`, … in the current realm into records, until
 * it is disposed. What handlers write to the console is printed as before, so there is no loop.
 * Python has `captureWarnings`.
 *
 * @param options The name of the logger.
 * @returns What ends it. Keep it, or ignore it to capture for as long as the program runs; with
 * `using` it ends with the block.
 *
 * @example
 * ```ts
 * import { basicConfig, captureConsole } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO" });
 * const captured = captureConsole();
 * console.log("took %d ms", 12); // INFO:console:took 12 ms
 * captured[Symbol.dispose]();
 * ```
 */
export function captureConsole(options: CaptureConsoleOptions = {}): Disposable {
  const logger = getLogger(options.logger ?? "console");
  const realm = currentRealm();
  const observing = observeHandling();
  let depth = 0;
  const log: Log = (level, message, ...rest) => logger.log(level, message, ...rest);
  const logInGroup: Log = (level, message, ...rest) =>
    log(level, message.replace(/^/gm, "  ".repeat(depth)), ...rest);
  const own = createConsole(log) as unknown as Record<string, (...args: unknown[]) => void>;
  const methods = console as unknown as Record<string, (...args: unknown[]) => void>; // By name.
  const restore: (() => void)[] = [];
  let active = true;
  const capture = (name: string, act: (...args: unknown[]) => void) => {
    const print = methods[name];
    if (!print) return;
    const captured = (...args: unknown[]): void => {
      if (!active || isHandling() || currentRealm() !== realm) return print(...args);
      runHandling(() => act(...args)); // What filters print is printed too.
    };
    methods[name] = captured;
    restore.push(() => {
      if (methods[name] === captured) methods[name] = print;
    });
  };
  for (const [name, make] of Object.entries(METHODS)) capture(name, make(logInGroup));
  for (const name of STATEFUL) {
    capture(name, (...args) => {
      own[name]?.(...args);
      if (name === "group" || name === "groupCollapsed") depth++;
      if (name === "groupEnd") depth = Math.max(depth - 1, 0);
    });
  }
  return {
    [Symbol.dispose]() {
      active = false; // Where somebody else has wrapped the console since, it passes calls on.
      for (const each of restore) each();
      observing[Symbol.dispose]();
    },
  };
}
