/**
 * The realm of the caller as a worker sees it: levels that came with the call, and a way to send
 * records.
 *
 * @module
 */

import { type CallerRealm, levelIn, type LevelTable } from "../logging/realm/caller_realm.ts";
import type { LogRecord } from "../logging/record.ts";
import { toCloneableRecord } from "./codec.ts";

/** Stands in for a realm in another thread. */
export class RemoteCaller implements CallerRealm {
  #levels: LevelTable = new Map();
  readonly #send: (record: LogRecord) => void;

  /**
   * Makes the stand-in.
   *
   * @param send Sends a record to the caller; throws if it can't be cloned.
   */
  constructor(send: (record: LogRecord) => void) {
    this.#send = send;
  }

  /** Takes over the levels of the caller. */
  follow(levels: LevelTable): void {
    this.#levels = levels;
  }

  levels(): LevelTable {
    return this.#levels;
  }

  levelOf(name: string): number {
    return levelIn(this.#levels, name);
  }

  receive(record: LogRecord): void {
    if (record.level < this.levelOf(record.name)) return;
    try {
      this.#send(record);
    } catch {
      // A field can't be cloned, throws when it is read, or is nested too deep: it becomes text.
      this.#send(toCloneableRecord(record));
    }
  }
}
