/**
 * What is left of a record that can't be carried as a whole, nor with its longest parts cut.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { cutText, MIN_TEXT } from "./cut.ts";
import type { JsonObject } from "./tags.ts";

const TEXTS = ["name", "levelName", "msg", "processName", "run", "stack"];
const NUMBERS = ["level", "time", "seq", "process", "taskIndex", "attempt"];
const TEXTS_OF_ERROR = ["className", "name", "base", "message", "stack"];

/** What a record has that can't be read. */
const DEFAULTS = {
  ...{ name: "root", level: 0, levelName: "NOTSET", msg: "[this record can't be read]" },
  ...{ args: [], time: 0, seq: 0, process: 0, processName: "MainProcess" },
};

/**
 * The record's own texts and numbers, and those of its error. Never throws.
 *
 * @param record The record.
 * @returns A record with a field that says that the rest was left out.
 */
export function leastOf(record: LogRecord): JsonObject {
  const least: JsonObject = { ...DEFAULTS };
  copy(record, least, [...TEXTS, ...NUMBERS]);
  least.extra = { "…": "[cut: all fields of a record that is too long, or can't be read]" };
  const error = read(record, "error");
  if (typeof error === "object" && error !== null) {
    copy(
      error,
      least.error = { className: "Error", name: "Error", base: "Error", message: "" },
      TEXTS_OF_ERROR,
    );
  }
  return least;
}

function copy(from: object, to: JsonObject, names: readonly string[]): void {
  for (const name of names) {
    const value = read(from, name);
    if (typeof value === "string") to[name] = cutText(value, MIN_TEXT);
    else if (Number.isFinite(value)) to[name] = Number(value);
  }
}

function read(holder: object, name: string): unknown {
  try {
    return Reflect.get(holder, name);
  } catch {
    return undefined;
  }
}
