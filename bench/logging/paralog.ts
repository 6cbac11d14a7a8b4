/**
 * The program behind paralog's rows.
 *
 * @module
 */

import { FileHandler, getLogger, JsonFormatter, PrefixFilter } from "@paralog/paralog/logging";
import type { LoggingInput } from "./lines.ts";
import { measureRuns } from "./runs.ts";

/** What paralog's program is told besides. */
export interface ParalogInput extends LoggingInput {
  readonly format: "json" | "text";
  /** That of the `FileHandler`. */
  readonly bufferSize?: number;
  /** Logs on a logger three names deep that has two filters: this text is put before each message. */
  readonly prefix?: string;
  /** Whether the caller writes the number into the message, and not the logger. */
  readonly literal?: boolean;
}

const log = getLogger("bench.logging");
const deepLog = getLogger("bench.logging.step");

function logJson(records: number): void {
  for (let i = 0; i < records; i++) {
    log.info("record %d: fetched, checked and stored", i, { jobId: i, source: "inbox" });
  }
}

function logLiterals(records: number): void {
  for (let i = 0; i < records; i++) {
    log.info(`record ${i}: fetched, checked and stored`, { jobId: i, source: "inbox" });
  }
}

function logDeep(records: number): void {
  for (let i = 0; i < records; i++) {
    deepLog.info("record %d: fetched, checked and stored", i, { jobId: i, source: "inbox" });
  }
}

function logText(records: number): void {
  for (let i = 0; i < records; i++) log.info("record %d: fetched, checked and stored", i);
}

function main(input: ParalogInput) {
  const { file, format, bufferSize, prefix, literal } = input;
  const isJson = format === "json";
  const handler = new FileHandler(file, {
    formatter: isJson ? new JsonFormatter() : "%(asctime)s %(levelname)s %(name)s %(message)s",
    ...(bufferSize !== undefined && { bufferSize }),
  });
  getLogger().addHandler(handler);
  getLogger().setLevel("INFO");
  if (prefix !== undefined) {
    deepLog.addFilter(({ taskIndex }) => taskIndex === undefined);
    deepLog.addFilter(new PrefixFilter(prefix));
  }
  const logAll = prefix !== undefined
    ? logDeep
    : literal
    ? logLiterals
    : isJson
    ? logJson
    : logText;
  return measureRuns(input, { log: logAll, flush: () => handler.flush() });
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0] ?? "{}"))));
