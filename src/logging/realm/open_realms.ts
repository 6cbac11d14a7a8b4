/**
 * What is done when the program ends.
 *
 * @module
 */

import { writeWaiting } from "../files/write_batch.ts";
import type { NodeTree } from "./node_tree.ts";

/** The realms that have handlers to flush and to close when the program ends. */
export class OpenRealms {
  readonly #realms = new Set<NodeTree>();
  readonly #collect: () => void;

  /**
   * Begins with none.
   *
   * @param collect Brings the records that are elsewhere, before handlers are flushed or closed.
   */
  constructor(collect: () => void) {
    this.#collect = collect;
  }

  /** Adds a realm, which got a handler. */
  add(realm: NodeTree): void {
    if (this.#realms.size === 0) this.listen();
    this.#realms.add(realm);
  }

  /** Removes a realm, which has closed its handlers. */
  delete(realm: NodeTree): void {
    this.#realms.delete(realm);
  }

  /** As Python's `atexit` does. To begin again changes nothing. */
  listen(): void {
    addEventListener("unload", this.#closeNow);
    // No "unload" follows these. They may be handled by somebody, so nothing is closed.
    addEventListener("error", this.flush);
    addEventListener("unhandledrejection", this.flush);
  }

  /** Writes out what their handlers hold, as far as it needs no waiting. */
  readonly flush = (): void => {
    this.#collect();
    writeWaiting();
    for (const realm of this.#realms) realm.flushHandlersNow();
  };

  /** Flushes and closes their handlers, those of the realm that was opened last first. */
  async close(): Promise<void> {
    this.#collect();
    for (const realm of [...this.#realms].reverse()) await realm.closeHandlers();
  }

  readonly #closeNow = (): void => {
    this.#collect();
    writeWaiting();
    for (const realm of [...this.#realms].reverse()) {
      realm.closeHandlersNow();
      realm.flushEachRecord(); // Other listeners of "unload" may still log.
    }
  };
}
