/**
 * Work beside the handling of records that may fail, done so that the failure ends nothing.
 *
 * @module
 */

import { type Handler, reportLoggingError } from "../handler.ts";
import { getLevelName, LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";

/** The name of the logger in records that queues make themselves. */
export const QUEUE_LOGGER = "paralog.queue";

/**
 * Reports on stderr what went wrong without a record that it is about.
 *
 * @param what What could not be done.
 * @param error What was thrown.
 * @param name What stands for the name of a logger.
 */
export function reportFailure(what: string, error: unknown, name = QUEUE_LOGGER): void {
  const record: LogRecord = {
    name,
    level: LEVELS.ERROR,
    levelName: getLevelName(LEVELS.ERROR),
    msg: "(none)",
    args: [],
    time: Date.now(),
    seq: 0,
    process: Deno.pid,
    processName: "",
  };
  reportLoggingError(what, record, error);
}

/**
 * Does something that may throw or reject, and reports that.
 *
 * @param what What can't be done, if it fails.
 * @param act Does it.
 * @returns A promise that never rejects, if it needs time.
 */
export function safely(what: string, act: () => void | Promise<void>): void | Promise<void> {
  try {
    return act()?.catch((error) => reportFailure(what, error));
  } catch (error) {
    reportFailure(what, error);
  }
}

/**
 * Flushes handlers, and closes them if that is wanted, the last one first. All of them begin before
 * this returns: when a program ends, nobody waits.
 *
 * @param handlers The handlers.
 * @param options Whether to close them too.
 * @returns A promise that never rejects, if one of them needs time.
 */
export function flushHandlers(
  handlers: readonly Handler[],
  { close }: { readonly close: boolean },
): void | Promise<void> {
  const pending: Promise<void>[] = [];
  for (const handler of [...handlers].reverse()) {
    const { name } = handler.constructor;
    const flushed = safely(`${name} could not be flushed`, () => handler.flush());
    const closed = close && safely(`${name} could not be closed`, () => handler.close());
    if (flushed) pending.push(flushed);
    if (closed) pending.push(closed);
  }
  if (pending.length > 0) return Promise.all(pending).then(() => {});
}
