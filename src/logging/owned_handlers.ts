/**
 * Which handlers a realm has to close.
 *
 * @module
 */

import type { Handler } from "./handler.ts";
import { LEVELS } from "./levels.ts";
import { createRecord, type RecordOrigin } from "./record.ts";

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
        await handler.flush();
        await handler.close();
      } catch (error) {
        this.#report(handler, error);
      }
    }
  }

  /** The same without waiting for those that need time. */
  closeNow(): void {
    for (const handler of [...this.#handlers].reverse()) {
      try {
        const report = (error: unknown) => this.#report(handler, error);
        handler.flush()?.catch(report);
        handler.close()?.catch(report);
      } catch (error) {
        this.#report(handler, error);
      }
    }
  }

  #report(handler: Handler, error: unknown): void {
    const record = createRecord(this.#origin, "root", LEVELS.ERROR, "closing the handler", []);
    handler.handleError(record, error);
  }
}
