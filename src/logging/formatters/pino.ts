/**
 * Records as pino writes them.
 *
 * @module
 */

import type { SerializedError, SerializedThrown } from "../errors.ts";
import type { RecordFormatter } from "../formatter.ts";
import { jsonMember, jsonText } from "../text/json_text.ts";
import { LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { writeFields } from "./machine_fields.ts";

/** Options of {@linkcode PinoFormatter}. */
export interface PinoFormatterOptions {
  /**
   * The name of the machine; "" leaves it out.
   *
   * @default its real name where the program may know it (`--allow-sys=hostname`), otherwise none
   */
  hostname?: string;
}

/** pino's levels by the lowest of ours that they are for, highest first. */
const PINO_LEVELS = [
  [LEVELS.CRITICAL, 60],
  [LEVELS.ERROR, 50],
  [LEVELS.WARN, 40],
  [LEVELS.INFO, 30],
  [LEVELS.DEBUG, 20],
] as const;

/** pino's level for what is below DEBUG. */
const TRACE = 10;

const BUILT_IN_LEVELS: ReadonlySet<number> = new Set(Object.values(LEVELS));

const OWN_NAMES: ReadonlySet<string> = new Set(
  ["level", "levelName", "time", "pid", "hostname", "name", "processName", "taskIndex"]
    .concat("attempt", "msg", "err", "stack"),
);

/**
 * Formats records as pino does, one object of JSON a line, for pino-pretty, lnav and other programs
 * that read those. Levels become pino's numbers: DEBUG 20, INFO 30, WARN 40, ERROR 50, CRITICAL 60,
 * anything below DEBUG 10; a custom level the one below it, with its own name in `levelName`.
 *
 * Fields logged beside the message stand at the top level; one that would hide a field of the
 * record's own is written with `extra.` before its name. `processName` is there in workers only.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, PinoFormatter } from "@paralog/paralog/logging";
 *
 * const formatter = new PinoFormatter({ hostname: "web-1" });
 * getLogger("app").addHandler(new ConsoleHandler({ stream: "stdout", formatter }));
 * getLogger("app").warn("slow", { ms: 1200 });
 * // {"level":40,"time":1795251600123,"pid":4711,"hostname":"web-1","name":"app","msg":"slow","ms":1200}
 * ```
 */
export class PinoFormatter implements RecordFormatter {
  /** The part of a line that stays the same: `,"hostname":"web-1"`. */
  readonly #hostname: string;

  /**
   * Makes a formatter.
   *
   * @param options The name of the machine.
   */
  constructor(options: PinoFormatterOptions = {}) {
    const hostname = options.hostname ?? allowedHostname();
    this.#hostname = hostname === "" ? "" : `,"hostname":${jsonText(hostname)}`;
  }

  /**
   * Turns a record into one line of JSON. Never throws.
   *
   * @param record The record.
   * @returns The line.
   */
  format(record: LogRecord): string {
    const { level, processName, taskIndex, attempt, error, stack } = record;
    let line = `{"level":${pinoLevel(level)},"time":${jsonText(Math.floor(record.time))}` +
      `,"pid":${jsonText(record.process)}${this.#hostname},"name":${jsonText(record.name)}`;
    if (!BUILT_IN_LEVELS.has(level)) line += `,"levelName":${jsonText(record.levelName)}`;
    if (processName !== "MainProcess") line += `,"processName":${jsonText(processName)}`;
    if (taskIndex !== undefined) line += `,"taskIndex":${jsonText(taskIndex)}`;
    if (attempt !== undefined) line += `,"attempt":${jsonText(attempt)}`;
    line += `,"msg":${jsonText(record.msg)}`;
    line += writeFields(record.extra, OWN_NAMES, jsonMember);
    if (error) line += `,"err":${jsonText(pinoError(error))}`;
    if (stack !== undefined) line += `,"stack":${jsonText(stack)}`;
    return `${line}}`;
  }
}

function pinoLevel(level: number): number {
  return PINO_LEVELS.find(([lowest]) => level >= lowest)?.[1] ?? TRACE;
}

/** An error with the names that pino's error serializer gives its parts. */
function pinoError(error: SerializedError): Record<string, unknown> {
  const { suppression } = error;
  return {
    ...error.fields,
    type: error.className,
    message: error.message,
    stack: error.stack ?? `${error.name}: ${error.message}`,
    ...(error.cause && { cause: pinoThrown(error.cause) }),
    ...(error.errors && { aggregateErrors: error.errors.map(pinoThrown) }),
    ...(suppression && {
      error: pinoThrown(suppression.error),
      suppressed: pinoThrown(suppression.suppressed),
    }),
  };
}

function pinoThrown(thrown: SerializedThrown): unknown {
  return thrown.kind === "error" ? pinoError(thrown.error) : thrown.value;
}

/** The name of the machine, if the program may know it; never asks the user for the permission. */
function allowedHostname(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : "";
}
