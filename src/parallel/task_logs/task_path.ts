/**
 * The path of each task's file: a pattern in Python's % style, such as "logs/%(run)s-%(taskIndex)03d.log".
 *
 * Only what tells tasks apart may stand in it. What tasks log may not: it could lead out of the folder.
 *
 * @module
 */

import { resolve } from "node:path";
import { type Conversion, convert, parseTemplate } from "../../logging/text/percent.ts";

/** A task whose records go somewhere. */
export interface LoggedTask {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** The run: "1" for the first one of the program, "1.0.2" for the second one that its task 0 started. */
  readonly run: string;
}

/** The path of a task's file. */
export type TaskPath = (task: LoggedTask) => string;

const FIELDS = {
  taskIndex: { read: ({ index }: LoggedTask) => index, types: "diu", example: "%(taskIndex)03d" },
  run: { read: ({ run }: LoggedTask) => run, types: "s", example: "%(run)s" },
} as const;

type Field = (typeof FIELDS)[keyof typeof FIELDS];

/** A part of a pattern: literal text, or what writes a field. */
type Part = string | { readonly field: Field; readonly conversion: Conversion };

/**
 * Reads the pattern of a path.
 *
 * @param pattern The pattern. A relative one begins at the folder that is current now.
 * @returns The path of each task's file.
 * @throws {RangeError} If it can't be read, or names the same file for several tasks.
 */
export function parseTaskPath(pattern: string): TaskPath {
  const refuse = (reason: string): never => {
    throw new RangeError(`Cannot name the files of tasks by ${JSON.stringify(pattern)}: ${reason}`);
  };
  const parts = parseTemplate(pattern).map((part) => readPart(part, refuse));
  if (!parts.some((part) => typeof part !== "string" && part.field === FIELDS.taskIndex)) {
    refuse(
      "it is the same for all tasks, add %(taskIndex)d, as in " +
        '"logs/%(run)s-%(taskIndex)03d.log". Allowed is "fingersCrossed", too',
    );
  }
  const folder = resolve(); // As it is now: a later `Deno.chdir` does not move the files.
  const pathOf: TaskPath = (task) =>
    resolve(folder, parts.map((part) => write(part, task)).join(""));
  try {
    pathOf({ index: 0, run: "1" });
  } catch (error) {
    refuse((error as Error).message); // Of `convert`: it is too wide.
  }
  return pathOf;
}

function readPart(part: string | Conversion, refuse: (reason: string) => never): Part {
  const examples = Object.values(FIELDS).map(({ example }) => example).join(" and ");
  if (typeof part === "string") {
    const wrong = /%(?:\([^)]*\)?)?.?/s.exec(part)?.[0];
    if (wrong === undefined) return part;
    return refuse(
      `${JSON.stringify(wrong)} is no field, write ${examples}, or %% for the character`,
    );
  }
  const { key, source, type, precision } = part;
  if (key === undefined && type === "%") return "%";
  if (key === undefined || !Object.hasOwn(FIELDS, key)) {
    return refuse(
      `${source} is nothing that tells tasks apart, allowed are ${examples}. Write what is known ` +
        "before the run into the text",
    );
  }
  const field = FIELDS[key as keyof typeof FIELDS]; // It has that key.
  if (field.types.includes(type) && precision === undefined && part.width !== "*") {
    return { field, conversion: part };
  }
  return refuse(`${source} may be the same for two tasks, write ${field.example}`);
}

function write(part: Part, task: LoggedTask): string {
  return typeof part === "string" ? part : convert(part.conversion, part.field.read(task));
}
