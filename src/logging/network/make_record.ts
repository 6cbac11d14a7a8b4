/**
 * Records made of plain objects, such as those that come from a socket.
 *
 * @module
 */

import { Attributes, mistyped } from "./attributes.ts";
import { display } from "../text/inspect.ts";
import { getLevelName, LEVELS, parseLevel } from "../levels.ts";
import type { CallLocation } from "../location.ts";
import type { Message } from "../message.ts";
import { errorOfTraceback, readError } from "./received_error.ts";
import { formatReceived } from "./received_message.ts";
import type { LogRecord } from "../record.ts";

/** Attributes that show that the object is a Python record's `__dict__`. */
const MARKS_OF_PYTHON = ["levelno", "levelname", "created"];

/** Attributes of ours and of Python's that become fields of the record itself. */
const OWN = [
  ...["name", "level", "levelName", "msg", "args", "time", "seq", "process", "processName"],
  ...["taskIndex", "run", "extra", "error", "stack", "location"],
];
const OF_PYTHON = [
  ...["name", "levelno", "levelname", "msg", "message", "args", "created", "process"],
  ...["processName", "exc_text", "stack_info"],
  // These follow from others.
  ...["msecs", "asctime"],
];

/** Attributes that are not what was logged beside the message: what a program counts as attempts is. */
const OF_OTHERS = [...OWN, "exc_text", "stack_info"];
const OF_TASKS = [...OF_OTHERS, "attempt"];

/** Attributes of Python that say where a record was logged. */
const LOCATION_OF_PYTHON = ["pathname", "lineno", "funcName", "filename", "module"];

/** Python's names of levels where they are not ours. */
const PYTHON_NAMES: ReadonlyMap<string, number> = new Map([
  ["WARNING", LEVELS.WARN],
  ["FATAL", LEVELS.CRITICAL],
]);

/** Attributes of Python that are always there, and say nothing where they are `None`. */
const EMPTY_IN_PYTHON = ["exc_info", "taskName", "thread", "threadName", "funcName"];

/**
 * Makes a record of a plain object: one of our own records after its way through JSON, or the
 * `__dict__` of a Python record. Python's `logging.makeLogRecord`.
 *
 * Python's attributes get our names: `levelno` is `level`, `created` (seconds) is `time`
 * (milliseconds), `exc_text` is `error`, `stack_info` is `stack`, and `pathname`, `lineno` and
 * `funcName` are `location`; `args` are written into the message, or stand behind it where that would
 * make more than 1,048,576 characters of it. Whatever else there is, such as
 * `threadName` or what a program logged with `extra`, is in `extra`. What is absent gets a default, as
 * in Python: level NOTSET, the time of the call, process 0, `seq` 0.
 *
 * @param attributes The object. It may come from an untrusted sender: what is of no use for a record is
 * refused, and nothing in it is called.
 * @returns The record.
 * @throws {TypeError} If an attribute has the wrong type; the text names it.
 * @throws {RangeError} If a level or time is out of range.
 *
 * @example
 * ```ts
 * import { makeLogRecord } from "@paralog/paralog/logging";
 *
 * const record = makeLogRecord({ name: "app", levelno: 30, msg: "%d left", args: [3], user: "ann" });
 * console.log(record.levelName, record.msg, record.extra); // WARN 3 left { user: "ann" }
 * ```
 */
export function makeLogRecord(attributes: Readonly<Record<string, unknown>>): LogRecord {
  const given = new Attributes(attributes);
  return MARKS_OF_PYTHON.some((name) => given.has(name)) ? fromPython(given) : fromOwn(given);
}

function fromOwn(given: Attributes): LogRecord {
  const taskIndex = given.number("taskIndex");
  const isOfTask = taskIndex !== undefined;
  const attempt = isOfTask ? given.number("attempt") : undefined;
  const run = given.text("run");
  const level = checkLevel("level", given.number("level"));
  const fields = given.object("extra")?.others();
  return {
    ...origin(given),
    seq: given.number("seq") ?? 0,
    level,
    levelName: nameOfLevel(level, given.text("levelName")),
    msg: display(given.get("msg") ?? ""),
    args: given.list("args"),
    time: checkTime("time", given.number("time")),
    ...(isOfTask && { taskIndex }),
    ...(run !== undefined && { run }),
    ...(attempt !== undefined && { attempt }),
    ...withExtra({ ...fields, ...given.others(isOfTask ? OF_TASKS : OF_OTHERS) }),
    ...withError(given),
    ...withStack(given.text("stack") ?? given.text("stack_info")),
    ...withLocation(given.object("location"), ["file", "line", "functionName"]),
  };
}

function fromPython(given: Attributes): LogRecord {
  const created = given.number("created");
  const { msg, args, extra: unused } = pythonMessage(given);
  const level = given.has("levelno") || !given.has("levelname")
    ? checkLevel("levelno", given.number("levelno"))
    : parseLevel(given.text("levelname") ?? "NOTSET");
  const location = withLocation(given, ["pathname", "lineno", "funcName"]);
  const extra = {
    ...unused,
    ...given.others([...OF_PYTHON, ...("location" in location ? LOCATION_OF_PYTHON : [])]),
  };
  for (const name of EMPTY_IN_PYTHON) if (extra[name] === null) delete extra[name];
  return {
    ...origin(given),
    seq: 0,
    level,
    levelName: nameOfLevel(level, given.text("levelname")),
    msg,
    args,
    time: checkTime("created", created === undefined ? undefined : created * 1000),
    ...withExtra(extra),
    ...withError(given),
    ...withStack(given.text("stack_info")),
    ...location,
  };
}

function origin(given: Attributes): Pick<LogRecord, "name" | "process" | "processName"> {
  return {
    name: given.text("name") || "root",
    process: given.number("process") ?? 0,
    processName: given.text("processName") ?? "MainProcess",
  };
}

/** The message with its arguments, by our rules; what Python itself made of them is preferred. */
function pythonMessage(given: Attributes): Message {
  const message = given.get("msg") ?? "";
  const args = given.get("args") ?? [];
  if (typeof args !== "object") throw mistyped("args", args, "a list, or an object with names");
  const list: readonly unknown[] = Array.isArray(args) ? args : [args];
  const merged = given.text("message");
  if (merged !== undefined) return { msg: merged, args: list };
  return list.length === 0 ? { msg: display(message), args: [] } : formatReceived(message, list);
}

function checkLevel(name: string, level: number = LEVELS.NOTSET): number {
  if (Number.isSafeInteger(level) && level >= 0) return level;
  throw new RangeError(
    `Cannot make a record: current value of ${name} is ${level}, allowed are whole numbers from 0`,
  );
}

function checkTime(name: string, time: number = Date.now()): number {
  // What a Date can show: formatters have to.
  if (Math.abs(time) <= 8.64e15) return time;
  throw new RangeError(
    `Cannot make a record: current value of ${name} is out of range, allowed are times that a Date has`,
  );
}

/** The name that the sender gave; "WARN" for Python's "WARNING", and for a level without a name. */
function nameOfLevel(level: number, name: string | undefined): string {
  if (name === undefined || /^Level -?\d+$/.test(name)) return getLevelName(level);
  return level === PYTHON_NAMES.get(name) ? getLevelName(level) : name;
}

function withExtra(extra: Readonly<Record<string, unknown>>): Pick<LogRecord, "extra"> {
  return Object.keys(extra).length > 0 ? { extra } : {};
}

function withStack(stack: string | undefined): Pick<LogRecord, "stack"> {
  return stack === undefined ? {} : { stack };
}

function withError(given: Attributes): Pick<LogRecord, "error"> {
  const isPython = MARKS_OF_PYTHON.some((name) => given.has(name));
  const value = isPython ? undefined : given.get("error");
  const text = given.text("exc_text");
  if (value === undefined) return text ? { error: errorOfTraceback(text) } : {};
  const error = readError(value);
  if (!error) throw mistyped("error", value, "an error as a record holds it");
  return { error };
}

/** Where it was logged, if all three attributes say so. */
function withLocation(
  given: Attributes | undefined,
  [file, line, functionName]: readonly [string, string, string],
): Pick<LogRecord, "location"> {
  const location: Partial<Record<keyof CallLocation, unknown>> = {
    file: given?.get(file),
    line: given?.get(line),
    functionName: given?.get(functionName),
  };
  return isLocation(location) ? { location } : {};
}

function isLocation(
  location: Partial<Record<keyof CallLocation, unknown>>,
): location is Record<keyof CallLocation, unknown> & CallLocation {
  return typeof location.file === "string" && typeof location.line === "number" &&
    typeof location.functionName === "string";
}
