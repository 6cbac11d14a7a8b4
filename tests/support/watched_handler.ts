import type { LogRecord } from "@paralog/paralog/logging";
import { ListHandler } from "./list_handler.ts";
import { withPatience } from "./shared_count.ts";

/** Keeps what reaches it, and can be waited for. */
export class WatchedHandler extends ListHandler {
  #wake: (() => void) | undefined;

  override emit(record: LogRecord): void {
    super.emit(record);
    this.#wake?.();
  }

  /** The messages of the records. */
  get messages(): string[] {
    return this.records.map(({ msg }) => msg);
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
