/**
 * The log calls that paralog's rows measure.
 *
 * In all of them the root has the level INFO and one {@linkcode CountingHandler}; a case says what
 * else there is.
 *
 * @module
 */

import {
  type FormatterLike,
  getLogger,
  JsonFormatter,
  type Logger,
  PrefixFilter,
  withContext,
} from "@paralog/paralog/logging";
import { CountingHandler, type Counts } from "./counting_handler.ts";

/** What surrounds the log calls of a case. */
export interface Surroundings {
  /** The logger of the case. */
  readonly log: Logger;
  /** The handler of the root. */
  readonly handler: CountingHandler;
  readonly counts: Counts;
}

/** One kind of log call. */
export interface Case {
  /** How many handlers get the record of a call. */
  readonly handlers: number;
  /** The name of its logger. @default "root" */
  readonly logger?: string;
  /** Makes so many calls. @default logMessages */
  readonly log?: (log: Logger, calls: number) => void;
  /** How the handler makes lines; without it, it makes none. */
  readonly formatter?: FormatterLike;
  /** Sets up what else there is. */
  readonly setUp?: (surroundings: Surroundings) => void;
  /** Lifts what refuses the records. */
  readonly lift?: (surroundings: Surroundings) => void;
  /** Whether the calls are made within a task. @default false */
  readonly inTask?: boolean;
}

const MESSAGE = "fetched, checked and stored";
const DEEP = "a.b.c.d.e";

function logMessages(log: Logger, calls: number): void {
  for (let i = 0; i < calls; i++) log.info(MESSAGE);
}

function logDebug(log: Logger, calls: number): void {
  for (let i = 0; i < calls; i++) log.debug(MESSAGE);
}

function logDebugWithFields(log: Logger, calls: number): void {
  for (let i = 0; i < calls; i++) {
    log.debug("record %d: fetched, checked and stored", i, { jobId: i, source: "inbox" });
  }
}

/** Eight loggers in turn: V8 can't know the next one, and so not what the level of it is. */
function logDebugInTurn(_log: Logger, calls: number): void {
  const loggers = Array.from({ length: 8 }, (_, i) => getLogger(`turn${i}`));
  for (let i = 0; i < calls; i++) loggers[i & 7]?.debug(MESSAGE);
}

function logArguments(log: Logger, calls: number): void {
  for (let i = 0; i < calls; i++) log.info("record %d: fetched, checked and stored", i);
}

function logFields(log: Logger, calls: number): void {
  for (let i = 0; i < calls; i++) log.info(MESSAGE, { jobId: i, source: "inbox" });
}

function logInContext(log: Logger, calls: number): void {
  withContext({ jobId: 7, source: "inbox" }, () => logMessages(log, calls));
}

const disabled: Case = {
  handlers: 0,
  log: logDebug,
  lift: () => getLogger().setLevel("DEBUG"),
};

const refuse = () => false;

/** All cases, by the names of their rows. The first is what the others are compared with. */
export const CASES: Readonly<Record<string, Case>> = {
  "disabled": disabled,
  "disabled, 5 levels deep": { ...disabled, logger: DEEP },
  "disabled, 8 loggers in turn": { ...disabled, log: logDebugInTurn },
  "disabled, an argument and fields": { ...disabled, log: logDebugWithFields },
  "disabled, within a task": { ...disabled, inTask: true },
  "refused by the logger's filter": {
    handlers: 0,
    setUp: ({ log }) => log.addFilter(refuse),
    lift: ({ log }) => log.removeFilter(refuse),
  },
  "refused by the handler's level": {
    handlers: 0,
    setUp: ({ handler }) => handler.setLevel("ERROR"),
    lift: ({ handler }) => handler.setLevel("INFO"),
  },
  "refused by the handler's filter": {
    handlers: 0,
    setUp: ({ handler }) => handler.addFilter(refuse),
    lift: ({ handler }) => handler.removeFilter(refuse),
  },
  "handled": { handlers: 1 },
  ...Object.fromEntries(["a", "a.b", "a.b.c", "a.b.c.d", DEEP].map((logger, i) => {
    const levels = i === 0 ? "1 level" : `${i + 1} levels`;
    return [`handled, ${levels} deep`, { handlers: 1, logger }];
  })),
  "handled, 2 handlers": { handlers: 2, setUp: (around) => addHandlers(1, around) },
  "handled, 3 handlers": { handlers: 3, setUp: (around) => addHandlers(2, around) },
  "handled, PrefixFilter": {
    handlers: 1,
    setUp: ({ log }) => log.addFilter(new PrefixFilter("process=1 ")),
  },
  "handled, an argument": { handlers: 1, log: logArguments },
  "handled, fields": { handlers: 1, log: logFields },
  "handled, withContext": { handlers: 1, log: logInContext },
  "handled, within a task": { handlers: 1, inTask: true },
  "text": { handlers: 1, formatter: "%(asctime)s %(levelname)s %(name)s %(message)s" },
  "JSON": { handlers: 1, formatter: new JsonFormatter() },
};

function addHandlers(count: number, { counts }: Surroundings): void {
  for (let i = 0; i < count; i++) getLogger().addHandler(new CountingHandler(counts));
}

/**
 * The case of a row.
 *
 * @param name The name of the row.
 * @returns The case, and its loop.
 * @throws {RangeError} If there is no such row.
 */
export function findCase(name: string): Case & { readonly loop: (calls: number) => void } {
  const found = CASES[name];
  if (!found) throw new RangeError(`Cannot measure "${name}": there is no such case`);
  const log = getLogger(found.logger);
  const logAll = found.log ?? logMessages;
  return { ...found, loop: (calls) => logAll(log, calls) };
}
