/**
 * Records as JSON lines.
 *
 * @module
 */

import type { RecordFormatter } from "../formatter.ts";
import { jsonMember, jsonText } from "../text/json_text.ts";
import type { LogRecord } from "../record.ts";
import { IsoTime, KeptText, writeFields } from "./machine_fields.ts";

const OWN_NAMES: ReadonlySet<string> = new Set(
  ["time", "level", "name", "message", "process", "processName", "taskIndex"]
    .concat("attempt", "error", "stack", "location"),
);

/**
 * Formats records as JSON, one object a line, for programs that read logs. Fields logged beside the
 * message stand at the top level; one that would hide a field of the record's own is written with
 * `extra.` before its name.
 *
 * What JSON has no words for is written as near as it gets: a Map as an object, a BigInt as text. No
 * record makes it throw, and there is never a newline in a line.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, JsonFormatter } from "@paralog/paralog/logging";
 *
 * getLogger("app").addHandler(new ConsoleHandler({ formatter: new JsonFormatter() }));
 * getLogger("app").warn("slow", { ms: 1200 });
 * // {"time":"2026-11-21T09:00:00.123Z","level":"WARN","name":"app","message":"slow",…,"ms":1200}
 * ```
 */
export class JsonFormatter implements RecordFormatter {
  readonly #time = new IsoTime();
  readonly #logger = new KeptText((level: string, name: string) =>
    `,"level":${jsonText(level)},"name":${jsonText(name)},"message":`
  );
  readonly #process = new KeptText((process: number, name: string) =>
    `,"process":${jsonText(process)},"processName":${jsonText(name)}`
  );

  /**
   * Turns a record into one line of JSON.
   *
   * @param record The record.
   * @returns The line.
   */
  format(record: LogRecord): string {
    const { taskIndex, attempt, error, stack, location } = record;
    let line = `{"time":"${this.#time.write(record.time)}"` +
      this.#logger.write(record.levelName, record.name) + jsonText(record.msg) +
      this.#process.write(record.process, record.processName);
    if (taskIndex !== undefined) line += `,"taskIndex":${jsonText(taskIndex)}`;
    if (attempt !== undefined) line += `,"attempt":${jsonText(attempt)}`;
    if (error) line += `,"error":${jsonText(error)}`;
    if (stack !== undefined) line += `,"stack":${jsonText(stack)}`;
    if (location) line += `,"location":${jsonText(location)}`;
    return `${line}${writeFields(record.extra, OWN_NAMES, jsonMember)}}`;
  }
}
