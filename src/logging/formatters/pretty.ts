/**
 * Records for people at a terminal.
 *
 * @module
 */

import { escapeControls, escapeToOneLine } from "../text/control_characters.ts";
import { formatError } from "../errors.ts";
import type { RecordFormatter } from "../formatter.ts";
import { inspect } from "../text/inspect.ts";
import { LEVELS } from "../levels.ts";
import type { Fields } from "../message.ts";
import type { LogRecord } from "../record.ts";
import { TimeText } from "../text/time_text.ts";
import { writeFields } from "./machine_fields.ts";

/** Options of {@linkcode PrettyFormatter}. */
export interface PrettyFormatterOptions {
  /**
   * Whether lines are coloured.
   *
   * @default `true` if stderr is a terminal and `NO_COLOR` is not set
   */
  colors?: boolean;
  /**
   * How times are written, in codes of C's `strftime`.
   *
   * @default "%H:%M:%S" and the milliseconds
   */
  datefmt?: string;
  /**
   * Whether times are written in UTC, and not in the time zone of the machine.
   *
   * @default false
   */
  utc?: boolean;
}

/** ANSI codes by the lowest level they are for, highest first: the colours of `@std/log`. */
const LEVEL_COLORS = [
  [LEVELS.CRITICAL, "\x1b[1m\x1b[31m"],
  [LEVELS.ERROR, "\x1b[31m"],
  [LEVELS.WARN, "\x1b[33m"],
  [LEVELS.INFO, "\x1b[34m"],
] as const;

const DIM = "\x1b[2m";
const BOLD = "\x1b[1m";
const RESET = "\x1b[0m";

const OWN_NAMES: ReadonlySet<string> = new Set();

/**
 * Formats records for people at a terminal: time, level in colour, logger, message, then the fields
 * that were logged beside it; an error follows with its causes, indented, and so do further lines of
 * the message.
 *
 * Control characters in what was logged are written as `\x1b`.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, PrettyFormatter } from "@paralog/paralog/logging";
 *
 * const formatter = new PrettyFormatter();
 * getLogger("app").addHandler(new ConsoleHandler({ formatter, colors: false }));
 * getLogger("app").warn("took %d ms", 12, { jobId: 7 });
 * // 10:00:00.123 WARN  app: took 12 ms jobId=7
 * ```
 */
export class PrettyFormatter implements RecordFormatter {
  /** Whether lines are coloured; the handler should then put no colours of its own around them. */
  readonly colors: boolean;
  readonly #datefmt: string | undefined;
  readonly #time: TimeText;

  /**
   * Makes a formatter.
   *
   * @param options The colours and how times are written.
   * @throws {TypeError} If `datefmt` is no text.
   */
  constructor(options: PrettyFormatterOptions = {}) {
    const { datefmt } = options;
    if (datefmt !== undefined && typeof datefmt !== "string") {
      throw new TypeError(
        `Cannot write times as ${inspect(datefmt)}: write codes such as "%Y-%m-%d %H:%M:%S"`,
      );
    }
    this.colors = options.colors ?? (!Deno.noColor && Deno.stderr.isTerminal());
    this.#datefmt = datefmt;
    this.#time = new TimeText(options.utc ?? false);
  }

  /**
   * Turns a record into lines for a person.
   *
   * @param record The record.
   * @returns One line; those of a long message, an error and a stack follow, indented.
   */
  format(record: LogRecord): string {
    const { error, stack } = record;
    const level = this.#paint(escapeToOneLine(record.levelName).padEnd(5), colorOf(record.level));
    let text = `${this.#paint(this.#timeOf(record), DIM)} ${level} ` +
      `${this.#paint(escapeToOneLine(record.name), BOLD)}: ${indent(record.msg)}`;
    const writeField = (name: string, value: unknown) =>
      ` ${this.#paint(`${fieldText(name)}=`, DIM)}${fieldText(value)}`;
    text += writeFields(whoLogged(record), OWN_NAMES, writeField) +
      writeFields(record.extra, OWN_NAMES, writeField);
    if (error) text += `\n    ${indent(formatError(error))}`;
    if (stack) text += `\n    ${indent(stack)}`;
    return text;
  }

  #timeOf({ time }: LogRecord): string {
    if (this.#datefmt) return this.#time.write(this.#datefmt, time);
    const milliseconds = Math.floor(time - Math.floor(time / 1000) * 1000);
    return `${this.#time.write("%H:%M:%S", time)}.${String(milliseconds).padStart(3, "0")}`;
  }

  #paint(text: string, color: string): string {
    return this.colors && color !== "" ? color + text + RESET : text;
  }
}

function colorOf(level: number): string {
  return LEVEL_COLORS.find(([lowest]) => level >= lowest)?.[1] ?? "";
}

/** Who logged it, where that is to be shown: in workers and tasks. */
function whoLogged({ processName, taskIndex, attempt = 1 }: LogRecord): Fields {
  return {
    ...(processName !== "MainProcess" && { processName }),
    ...(taskIndex !== undefined && { taskIndex }),
    ...(attempt !== 1 && { attempt }), // The first one is the rule.
  };
}

/** Further lines are indented, so that none can be taken for a record. */
function indent(text: string): string {
  return escapeControls(text).replaceAll("\n", "\n    ");
}

function fieldText(value: unknown): string {
  const isWord = typeof value === "string" && /^[^\s="']+$/u.test(value);
  return escapeToOneLine(isWord ? value : inspect(value));
}
