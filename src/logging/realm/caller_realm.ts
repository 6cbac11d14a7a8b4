/**
 * What the realm of a task needs of the realm that dispatched it: levels to follow, and a place for
 * records that find no handler. The caller may be in the same thread or far away.
 *
 * @module
 */

import { LEVELS } from "../levels.ts";
import type { RecordOutcome } from "../outcome.ts";
import type { LogRecord } from "../record.ts";

/** The name of the root logger. */
export const ROOT = "root";

/** The levels that were set in a realm, by logger name; the root's is always there. */
export type LevelTable = ReadonlyMap<string, number>;

/** The realm that dispatched a task. */
export interface CallerRealm {
  /** The levels there, for a worker to follow. */
  levels(): LevelTable;
  /** The level that counts there for a logger of that name. */
  levelOf(name: string): number;
  /** Calls a function after every change of a level that counts here, until it is disposed. */
  watchLevels(listener: () => void): Disposable;
  /** Handles a record there, if the levels there let it pass, and says what became of it. */
  receive(record: LogRecord): RecordOutcome;
}

/**
 * The level that counts for a logger by a table of levels.
 *
 * @param table The levels that were set.
 * @param name The dotted name of the logger.
 * @returns Its own level, or that of the nearest parent which has one.
 */
export function levelIn(table: LevelTable, name: string): number {
  for (let end = name.length; end > 0; end = name.lastIndexOf(".", end - 1)) {
    const level = table.get(name.slice(0, end));
    if (level !== undefined) return level;
  }
  return table.get(ROOT) ?? LEVELS.NOTSET;
}
