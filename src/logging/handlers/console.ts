/**
 * The handler that writes lines to stderr, stdout or another stream.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { inspect } from "../text/inspect.ts";
import { LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { isTerminal, writeAbove } from "../terminal/status_line.ts";
import type { SyncWriter } from "../write_whole.ts";
import { checkTerminator } from "../check_option.ts";

/** Where a {@linkcode ConsoleHandler} writes: a stream by name, or any object that takes bytes. */
export type ConsoleStream = "stderr" | "stdout" | SyncWriter;

/** Options of {@linkcode ConsoleHandler}. */
export interface ConsoleHandlerOptions extends HandlerOptions {
  /**
   * The stream to write to: its name, or an object with `writeSync(bytes)`, such as an open file.
   *
   * @default "stderr"
   */
  stream?: ConsoleStream;
  /**
   * Whether lines are coloured by level, as in `@std/log`.
   *
   * @default `true` if the stream is a terminal and `NO_COLOR` is not set
   */
  colors?: boolean;
  /**
   * What follows each record.
   *
   * @default "\n"
   */
  terminator?: string;
}

/** ANSI codes by the lowest level they are for, highest first: the colours of `@std/log`. */
const COLORS = [
  [LEVELS.CRITICAL, "\x1b[1m\x1b[31m", "\x1b[39m\x1b[22m"],
  [LEVELS.ERROR, "\x1b[31m", "\x1b[39m"],
  [LEVELS.WARN, "\x1b[33m", "\x1b[39m"],
  [LEVELS.INFO, "\x1b[34m", "\x1b[39m"],
] as const;

/**
 * Writes each record as a line to stderr (as Python does), stdout or another stream. A line is written
 * at once and whole, also from a worker, and above a progress bar that is shown on the same terminal. The
 * stream is not closed by the handler.
 *
 * Ported from CPython's `logging.StreamHandler`.
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
  /** What follows each record. */
  terminator: string;
  #stream: SyncWriter;
  readonly #wantsColors: boolean | undefined;
  #colors = false;

  /**
   * Makes a handler.
   *
   * @param options The stream, the colours, the terminator, and what every handler takes.
   * @throws {TypeError} If the stream is neither a name nor an object with `writeSync`.
   */
  constructor(options: ConsoleHandlerOptions = {}) {
    super(options);
    this.#wantsColors = options.colors;
    this.#stream = this.#take(options.stream ?? "stderr");
    this.terminator = checkTerminator(options.terminator ?? "\n");
  }

  /** The stream that is written to. */
  get stream(): SyncWriter {
    return this.#stream;
  }

  /**
   * Writes to another stream from now on.
   *
   * @param stream Its name, or an object with `writeSync(bytes)`.
   * @throws {TypeError} If it is neither.
   */
  setStream(stream: ConsoleStream): void {
    this.#stream = this.#take(stream);
  }

  /** Writes the record as a line. */
  override emit(record: LogRecord): void {
    const text = this.format(record);
    const shown = this.#colors ? paint(text, record.level) : text;
    writeAbove(this.#stream, shown + this.terminator);
  }

  #take(stream: ConsoleStream): SyncWriter {
    const writer = toWriter(stream);
    this.#colors = this.#wantsColors ?? (!Deno.noColor && isTerminal(writer));
    return writer;
  }
}

function toWriter(stream: ConsoleStream): SyncWriter {
  if (stream === "stderr" || stream === "stdout") return Deno[stream];
  if (typeof stream === "object" && typeof stream?.writeSync === "function") return stream;
  throw new TypeError(
    `Cannot write to stream ${inspect(stream)}: use "stderr", "stdout" or an object with ` +
      "writeSync(bytes)",
  );
}

function paint(text: string, level: number): string {
  const color = COLORS.find(([lowest]) => level >= lowest);
  return color ? color[1] + text + color[2] : text;
}
