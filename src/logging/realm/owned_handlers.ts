/**
 * Which handlers a realm has to close.
 *
 * @module
 */

import { type Handler, reportLoggingError } from "../handler.ts";
import { LEVELS } from "../levels.ts";
import { createRecord, type RecordOrigin } from "../record.ts";

/**
 * The handlers that were first added in one realm: those it closes when it ends. A handler that a
 * realm around it already had stays open.
 */
export class OwnedHandlers {
  static readonly #ownedAnywhere = new WeakSet<Handler>();
  readonly #handlers = new Set<Handler>();
  readonly #origin: RecordOrigin;

  constructor(origin: RecordOrigin) {
    this.#origin = origin;
  }

  /** Takes a handler, unless a realm has it. */
  adopt(handler: Handler): void {
    if (OwnedHandlers.#ownedAnywhere.has(handler)) return;
    OwnedHandlers.#ownedAnywhere.add(handler);
    this.#handlers.add(handler);
  }

  /** Gives a handler up; whoever removed it from the loggers closes it. */
  release(handler: Handler): void {
    if (this.#handlers.delete(handler)) OwnedHandlers.#ownedAnywhere.delete(handler);
  }

  /** Flushes and closes them, the last one first. */
  async close(): Promise<void> {
    for (const handler of [...this.#handlers].reverse()) {
      try {
        if (isFlushedAtEnd(handler)) await handler.flush();
        await handler.close();
      } catch (error) {
        reportUnclosed(handler, this.#origin, error);
      }
    }
  }

  /** The same without waiting for those that need time. */
  closeNow(): void {
    for (const handler of [...this.#handlers].reverse()) closeNow(handler, this.#origin);
  }

  /** Flushes them without waiting. */
  flushNow(): void {
    for (const handler of [...this.#handlers].reverse()) {
      if (isFlushedAtEnd(handler)) runNow(handler, this.#origin, () => handler.flush());
    }
  }

  /** Has each of them flushed after every record, since nobody will do so later. */
  flushEachRecord(): void {
    for (const handler of this.#handlers) {
      if (!isFlushedAtEnd(handler)) continue;
      const handle = handler.handle;
      handler.handle = (record) => {
        const outcome = handle.call(handler, record);
        runNow(handler, this.#origin, () => handler.flush());
        return outcome;
      };
    }
  }

  /** Gives all of them up, so that another realm may own them. */
  releaseAll(): void {
    for (const handler of this.#handlers) this.release(handler);
  }
}

/**
 * Flushes and closes a handler without waiting; what goes wrong is the handler's to report.
 *
 * @param handler The handler.
 * @param origin Where it is closed.
 */
export function closeNow(handler: Handler, origin: RecordOrigin): void {
  if (isFlushedAtEnd(handler)) runNow(handler, origin, () => handler.flush());
  runNow(handler, origin, () => handler.close());
}

/**
 * A handler may hold back on purpose what it has when it ends, such as a `MemoryHandler` with
 * `flushOnClose: false`. The rule of CPython's `logging.shutdown`.
 */
function isFlushedAtEnd(handler: Handler): boolean {
  return !("flushOnClose" in handler) || handler.flushOnClose !== false;
}

/** Lets a handler do something without waiting for it. */
function runNow(
  handler: Handler,
  origin: RecordOrigin,
  act: () => void | Promise<void>,
): void {
  const report = (error: unknown) => reportUnclosed(handler, origin, error);
  try {
    act()?.catch(report);
  } catch (error) {
    report(error);
  }
}

/** Never throws, so that the other handlers are closed too. */
function reportUnclosed(handler: Handler, origin: RecordOrigin, error: unknown): void {
  const record = createRecord(origin, "root", LEVELS.ERROR, "closing the handler", []);
  try {
    handler.handleError(record, error);
  } catch (failure) {
    reportLoggingError("handleError itself failed", record, failure);
  }
}
