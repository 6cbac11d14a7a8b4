/**
 * What a program or a library writes with `console` becomes records.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { format } from "node:util";
import { inspect } from "./text/inspect.ts";
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

/** Makes a record of a call: the level, and what to log. `undefined` if there is nothing to log. */
type Capture = (
  ...args: unknown[]
) => readonly [level: number, message: string, ...rest: unknown[]] | undefined;

const text = (level: number): Capture => (...args) => {
  const error = args.findLast((arg) => arg instanceof Error);
  const message = format(...args.map((arg) => arg === error ? `${error}` : arg));
  // With an error behind it the message is a template.
  return error ? [level, message.replaceAll("%", "%%"), error] : [level, message];
};

/** The methods that are captured; `table`, `time`, `count` and `group` go on to print. */
const METHODS: Readonly<Record<string, Capture>> = {
  debug: text(LEVELS.DEBUG),
  log: text(LEVELS.INFO),
  info: text(LEVELS.INFO),
  warn: text(LEVELS.WARN),
  error: text(LEVELS.ERROR),
  dir: (value) => [LEVELS.INFO, inspect(value)],
  dirxml: text(LEVELS.INFO),
  trace: (...args) => [LEVELS.DEBUG, format("Trace:", ...args).replaceAll("%", "%%"), STACK],
  assert: (condition, ...args) =>
    condition ? undefined : [LEVELS.ERROR, format("Assertion failed:", ...args)],
};

const STACK = { stackInfo: true };

/** Set while a captured record is handled: what its handlers write to the console is printed. */
const handling = new AsyncLocalStorage<true>();

/**
 * Turns what is written with `console.log`, `warn`, `error`, … in the current realm into records, until
 * it is disposed. What handlers write to the console meanwhile is printed as before, so there is no
 * loop. Python has `captureWarnings`.
 *
 * @param options The name of the logger.
 * @returns What ends it: declare it with `using`, or keep it for as long as the program runs.
 *
 * @example
 * ```ts
 * import { basicConfig, captureConsole } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO" });
 * using _ = captureConsole();
 * console.log("took %d ms", 12); // INFO:console:took 12 ms
 * ```
 */
export function captureConsole(options: CaptureConsoleOptions = {}): Disposable {
  const logger = getLogger(options.logger ?? "console");
  const realm = currentRealm();
  const methods = console as unknown as Record<string, (...args: unknown[]) => void>; // By name.
  const restore: (() => void)[] = [];
  let active = true;
  for (const [name, capture] of Object.entries(METHODS)) {
    const print = methods[name];
    if (!print) continue;
    const captured = (...args: unknown[]): void => {
      if (!active || handling.getStore() || currentRealm() !== realm) return print(...args);
      handling.run(true, () => {
        const call = capture(...args);
        if (call) logger.log(...call);
      });
    };
    methods[name] = captured;
    restore.push(() => {
      if (methods[name] === captured) methods[name] = print;
    });
  }
  return {
    [Symbol.dispose]() {
      active = false; // Where somebody else has wrapped the console since, it passes calls on.
      for (const each of restore) each();
    },
  };
}
