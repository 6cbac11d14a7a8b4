/**
 * From what a run was told about the records of its tasks to what it does with them.
 *
 * @module
 */

import { checkWhole } from "../../logging/check_option.ts";
import { Formatter, type RecordFormatter, toFormatter } from "../../logging/formatter.ts";
import type { Handler } from "../../logging/handler.ts";
import { FileHandler } from "../../logging/handlers/file.ts";
import { parseLevel } from "../../logging/levels.ts";
import { checkOptionNames } from "../../logging/queues/option_names.ts";
import { inspect } from "../../logging/text/inspect.ts";
import type {
  TaskFileOptions,
  TaskFingersCrossedOptions,
  TaskHandlerMaker,
  TaskLogs,
} from "./task_log_options.ts";
import { type LoggedTask, parseTaskPath } from "./task_path.ts";

/** What to do with the records of each task. */
export type TaskLogPlan = HandlerPlan | FingersCrossedPlan;

/** Each task has a handler of its own. */
export interface HandlerPlan {
  readonly kind: "handler";
  /** Makes the handler of a task that starts. */
  readonly open: TaskHandlerMaker;
  /** Makes one for a record that comes after the task's end; without it, the caller alone gets that. */
  readonly append?: (task: LoggedTask) => Handler;
  /** Whether the caller's handlers get the records too. */
  readonly propagate: boolean;
}

/** The caller's handlers get a task's records once something goes wrong in it. */
export interface FingersCrossedPlan {
  readonly kind: "fingersCrossed";
  /** A record at or above it hands on all that the task logged before. */
  readonly level: number;
  /** How many records of a task are kept until then. */
  readonly capacity: number;
  /** Whether a task that fails hands on its records too. */
  readonly releaseOnFailure: boolean;
}

const FILE_OPTIONS = ["file", "format", "datefmt", "level", "mode", "propagate"] as const;
const FINGERS_CROSSED_OPTIONS = ["level", "capacity", "releaseOnFailure"] as const;

const DEFAULT_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s";

/**
 * Checks what was given as `taskLogs`.
 *
 * @param given What was given.
 * @returns What to do.
 * @throws {TypeError} If it is of another type, or has unknown options.
 * @throws {RangeError} If a path does not tell tasks apart, or there is no such level, and the like.
 */
export function planTaskLogs(given: TaskLogs): TaskLogPlan {
  if (typeof given === "function") return { kind: "handler", open: given, propagate: true };
  if (given === "fingersCrossed") return planFingersCrossed({});
  if (typeof given === "string") return planFiles({ file: given });
  if (typeof given === "object" && given !== null) {
    if ("file" in given) return planFiles(given);
    if ("fingersCrossed" in given) {
      checkOptionNames("set up taskLogs", given, ["fingersCrossed"]);
      return planFingersCrossed(given.fingersCrossed);
    }
  }
  throw new TypeError(
    `Cannot set up taskLogs: current value is ${inspect(given)}, give a path such as ` +
      '"logs/%(run)s-%(taskIndex)03d.log", "fingersCrossed", { file: … }, { fingersCrossed: { … } }, or ' +
      "a function that makes a handler",
  );
}

function planFiles(options: TaskFileOptions): TaskLogPlan {
  checkOptionNames("set up the files of tasks", options, FILE_OPTIONS);
  const { file, mode = "w", propagate = true } = options;
  if (typeof file !== "string") {
    throw new TypeError(
      `Cannot name the files of tasks by ${inspect(file)}: write a path such as ` +
        '"logs/%(run)s-%(taskIndex)03d.log"',
    );
  }
  if (mode !== "a" && mode !== "w") {
    throw new TypeError(`Cannot open the files of tasks in mode ${inspect(mode)}: use "a" or "w"`);
  }
  const pathOf = parseTaskPath(file);
  const formatter = checkFormat(options);
  const level = parseLevel(options.level ?? "NOTSET");
  const openAs = (mode: "a" | "w") => (task: LoggedTask) =>
    new FileHandler(pathOf(task), { mode, formatter, level });
  return {
    kind: "handler",
    open: openAs(mode),
    append: openAs("a"),
    propagate: checkFlag("propagate", propagate),
  };
}

function checkFormat({ format = DEFAULT_FORMAT, datefmt }: TaskFileOptions): RecordFormatter {
  if (typeof format === "string") return new Formatter(format, { datefmt });
  if (datefmt === undefined) return toFormatter(format);
  throw new TypeError(
    "Cannot set up the files of tasks with datefmt: it goes with a pattern as format",
  );
}

function planFingersCrossed(options: TaskFingersCrossedOptions): TaskLogPlan {
  checkOptionNames("set up fingersCrossed", options, FINGERS_CROSSED_OPTIONS);
  const { level = "ERROR", capacity = 1000, releaseOnFailure = true } = options;
  return {
    kind: "fingersCrossed",
    level: parseLevel(level),
    capacity: checkWhole("capacity", capacity, 1),
    releaseOnFailure: checkFlag("releaseOnFailure", releaseOnFailure),
  };
}

function checkFlag(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot set ${name}: current value is ${inspect(value)}, give true or false`);
}
