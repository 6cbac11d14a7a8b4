/**
 * A handler whose records can be waited for.
 *
 * @module
 */

import { basicConfig, type Level, type LogRecord } from "../logging/mod.ts";
import { ListHandler } from "./list_handler.ts";
import { withPatience } from "./patience.ts";

/** Keeps what reaches it, and can be waited for. */
export class WatchedHandler extends ListHandler {
  #wake: (() => void) | undefined;

  override emit(record: LogRecord): void {
    super.emit(record);
    this.#wake?.();
  }

  /** Waits for that many records. */
  async until(count: number, patience?: number): Promise<void> {
    await this.#watch(() => this.records.length >= count, `${count} records`, patience);
  }

  /** Waits for a record with that message. */
  async untilMessage(message: string, patience?: number): Promise<void> {
    const isThere = () => this.records.some(({ msg }) => msg === message);
    await this.#watch(isThere, `"${message}"`, patience);
  }

  async #watch(isThere: () => boolean, what: string, patience?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (isThere()) resolve();
    };
    this.#wake = look;
    look();
    try {
      await withPatience(promise, what, patience);
    } catch (cause) {
      throw new Error(`Only ${this.records.length} records came`, { cause });
    } finally {
      this.#wake = undefined;
    }
  }
}

/**
 * Gives the root logger a level and a handler that can be waited for.
 *
 * @param format How its lines look.
 * @param level The level of the root.
 * @returns The handler.
 */
export function watchRoot(format = "%(message)s", level: Level = "INFO"): WatchedHandler {
  const handler = new WatchedHandler();
  basicConfig({ level, handlers: [handler], format });
  return handler;
}
