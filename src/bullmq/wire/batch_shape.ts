/**
 * The shape of a batch on its way: everything that an agent relies on before a process gets it.
 *
 * @module
 */

import type { Fields } from "../../logging/message.ts";
import { checkMemoryLimit } from "../../parallel/options/memory_limit.ts";
import { checkPermissions } from "../../parallel/options/permissions.ts";
import type { Nesting } from "../../parallel/tasks/current_task.ts";
import type { TaskReference } from "../../parallel/tasks/task.ts";
import type { InitializerCall, WireCalls } from "../../parallel/wire/wire.ts";
import type { Envelope, SentBatch, Site } from "./messages.ts";
import {
  anyList,
  checkedBy,
  exactly,
  flag,
  listOf,
  mapOf,
  matching,
  misfit,
  object,
  optional,
  plainObject,
  type Shape,
  shape,
  ShapeError,
  text,
  variants,
  whole,
} from "./shape.ts";

/** Names that somebody made up: of runs, of sites. They become parts of keys, and are logged. */
export const identifier: Shape<string> = matching(
  /^[^\s:{}\p{Cc}]{1,200}$/u,
  'a text of 1 to 200 characters without spaces, ":", "{" and "}"',
);

/** What is imported is what was looked at: the URL is written in the one way that the engine has for it. */
const moduleUrl: Shape<string> = (value) => {
  const url = URL.parse(text(value));
  if (url) return url.href;
  throw misfit(value, "the URL of a module");
};

const task: Shape<TaskReference> = variants<TaskReference>("kind", {
  module: object({ kind: exactly("module"), url: moduleUrl, name: text }),
  source: object({ kind: exactly("source"), source: text, name: text }),
});

/** Arguments come on their own, for the process alone. */
const noArgs: Shape<readonly never[]> = (value) => {
  if (anyList(value).length === 0) return [];
  throw misfit(value, "an empty list: arguments are in the body");
};

const initializer: Shape<InitializerCall> = object({ task, args: noArgs });

/** The longest that the option `relay` allows. */
const MOST_RECORD_LENGTH = 256 * 1024 * 1024;

/** They become part of a command line, which has an end. */
const MOST_ARGS_LENGTH = 64 * 1024;

const programArgs: Shape<readonly string[]> = (value) => {
  const given = listOf(text)(value);
  const length = given.reduce((sum, each) => sum + each.length, 0);
  if (length <= MOST_ARGS_LENGTH) return given;
  throw new ShapeError(`has ${length} characters, allowed are ${MOST_ARGS_LENGTH}`);
};

const site: Shape<Site> = object({
  id: identifier,
  initializer: optional(initializer),
  maxTasks: optional(whole(1)),
  memoryLimit: checkedBy(checkMemoryLimit),
  permissions: optional(checkedBy(checkPermissions)),
  maxRecordLength: whole(1, MOST_RECORD_LENGTH),
  args: programArgs,
});

const callLists: Shape<WireCalls> = object({
  task: listOf(whole()),
  index: listOf(whole()),
  attempt: listOf(whole(1)),
  args: noArgs,
});

const calls: Shape<WireCalls> = (value) => {
  const lists = callLists(value);
  const { length } = lists.index;
  if (length === 0) throw new ShapeError("is empty, there should be a call").within("index");
  for (const name of ["task", "attempt"] as const) {
    if (lists[name].length === length) continue;
    throw new ShapeError(`has ${lists[name].length} entries, index has ${length}`).within(name);
  }
  return lists;
};

const level = shape(
  "a number",
  (value): value is number => typeof value === "number" && !Number.isNaN(value),
);

/** Levels by the names of loggers. */
export const levels: Shape<ReadonlyMap<string, number>> = mapOf(level);

const levelEntry: Shape<readonly [string, number]> = (value) => {
  const [name, number, ...more] = anyList(value).slice(0, 3);
  if (more.length > 0) throw misfit(value, "a text and a number");
  return [text(name), level(number)];
};

const levelName: Shape<readonly [number, string]> = (value) => {
  const [number, name, ...more] = anyList(value).slice(0, 3);
  if (more.length > 0) throw misfit(value, "a number and a text");
  return [whole(1)(number), text(name)];
};

const nesting: Shape<Nesting> = object({ level: whole(), jobs: whole(1), inline: whole() });

const fields: Shape<Fields> = plainObject;

const batchFields: Shape<SentBatch> = object({
  type: exactly("batch"),
  tasks: listOf(task),
  calls,
  run: matching(/^[^]{1,1000}$/, "a text of 1 to 1000 characters"),
  context: optional(fields),
  nesting,
  initializer: exactly(undefined), // That of the site is what is checked and run.
  movesResults: flag,
  hasStatus: flag,
  levelNames: optional(listOf(levelName)),
  locations: flag,
  levels: listOf(levelEntry),
});

const batch: Shape<SentBatch> = (value) => {
  const given = batchFields(value);
  const place = given.calls.task.findIndex((number) => number >= given.tasks.length);
  if (place < 0) return given;
  const wrong = new ShapeError(`is ${given.calls.task[place]}, tasks has ${given.tasks.length}`);
  throw wrong.within(place).within("task").within("calls");
};

/** A batch and what its process is to be. */
export const envelope: Shape<Envelope> = object({ site, batch });
