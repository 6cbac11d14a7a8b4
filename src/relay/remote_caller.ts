/**
 * The realm of the caller as a worker sees it: levels to follow, and a way to send records.
 *
 * @module
 */

import { type CallerRealm, levelIn, type LevelTable } from "../logging/realm/caller_realm.ts";
import type { RecordOutcome } from "../logging/outcome.ts";
import type { LogRecord } from "../logging/record.ts";

/** Sends records to the caller. */
export interface RecordSink {
  /**
   * Sends a record. Never throws.
   *
   * @param record The record; its arguments, fields and error may hold anything.
   * @returns Whether it is on its way; a dropped one has been counted.
   */
  send(record: LogRecord): "relayed" | "dropped";
}

/** Knows the levels of the caller. */
export interface LevelSource {
  /** The levels as they are now; the same table until one changes. */
  levels(): LevelTable;
  /** Calls a function after every change, until what it returns is disposed. */
  watchLevels(listener: () => void): Disposable;
}

/** Lets everything pass: nobody has said yet whose levels count. */
const NO_LEVELS: LevelSource = {
  levels: () => new Map(),
  watchLevels: () => ({ [Symbol.dispose]() {} }),
};

/** Stands in for a realm in another thread or process. */
export class RemoteCaller implements CallerRealm {
  readonly #sink: RecordSink;
  #source: LevelSource;
  /** The levels that were asked for, by the name of the logger, and the table that they come from. */
  readonly #found = new Map<string, number>();
  #table: LevelTable | undefined;

  /**
   * Makes the stand-in.
   *
   * @param sink Sends records.
   * @param source Knows the levels; until there is one, nothing is kept back.
   */
  constructor(sink: RecordSink, source: LevelSource = NO_LEVELS) {
    this.#sink = sink;
    this.#source = source;
  }

  /**
   * Follows the levels of another caller from now on.
   *
   * @param source Knows its levels.
   */
  follow(source: LevelSource): void {
    this.#source = source;
  }

  levels(): LevelTable {
    return this.#source.levels();
  }

  levelOf(name: string): number {
    const table = this.#source.levels();
    if (table !== this.#table) {
      this.#table = table;
      this.#found.clear();
    }
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const level = levelIn(table, name);
    this.#found.set(name, level);
    return level;
  }

  watchLevels(listener: () => void): Disposable {
    return this.#source.watchLevels(listener);
  }

  receive(record: LogRecord): RecordOutcome {
    return record.level < this.levelOf(record.name) ? "filtered" : this.#sink.send(record);
  }
}
