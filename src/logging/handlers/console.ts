/**
 * The handler that writes lines to stderr or stdout.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { writeWhole } from "../write_whole.ts";

/** Options of {@linkcode ConsoleHandler}. */
export interface ConsoleHandlerOptions extends HandlerOptions {
  /**
   * The stream to write to.
   *
   * @default "stderr"
   */
  stream?: "stderr" | "stdout";
  /**
   * Whether lines are coloured by level, as in `@std/log`.
   *
   * @default `true` if the stream is a terminal and `NO_COLOR` is not set
   */
  colors?: boolean;
}

/** ANSI codes by the lowest level they are for, highest first: the colours of `@std/log`. */
const COLORS = [
  [LEVELS.CRITICAL, "\x1b[1m\x1b[31m", "\x1b[39m\x1b[22m"],
  [LEVELS.ERROR, "\x1b[31m", "\x1b[39m"],
  [LEVELS.WARN, "\x1b[33m", "\x1b[39m"],
  [LEVELS.INFO, "\x1b[34m", "\x1b[39m"],
] as const;

/**
 * Writes each record as a line to stderr (as Python does) or stdout. A line is written at once and
 * whole, also from a worker.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger } from "@paralog/paralog/logging";
 *
 * const handler = new ConsoleHandler({ stream: "stdout", formatter: "%(levelname)s %(message)s" });
 * getLogger("app").addHandler(handler);
 * ```
 */
export class ConsoleHandler extends Handler {
  readonly #stream: typeof Deno.stderr | typeof Deno.stdout;
  readonly #colors: boolean;

  /**
   * Makes a handler.
   *
   * @param options The stream, the colours, and what every handler takes.
   * @throws {TypeError} If the stream is neither "stderr" nor "stdout".
   */
  constructor(options: ConsoleHandlerOptions = {}) {
    super(options);
    const { stream = "stderr" } = options;
    if (stream !== "stderr" && stream !== "stdout") {
      throw new TypeError(`Cannot write to stream "${stream}": use "stderr" or "stdout"`);
    }
    this.#stream = Deno[stream];
    this.#colors = options.colors ?? (!Deno.noColor && this.#stream.isTerminal());
  }

  /** Writes the record as a line. */
  override emit(record: LogRecord): void {
    const text = this.format(record);
    writeWhole(this.#stream, `${this.#colors ? paint(text, record.level) : text}\n`);
  }
}

function paint(text: string, level: number): string {
  const color = COLORS.find(([lowest]) => level >= lowest);
  return color ? color[1] + text + color[2] : text;
}
