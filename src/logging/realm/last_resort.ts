/**
 * What is around the outermost realm: a level, and a place for records that find no handler.
 *
 * @module
 */

import { type CallerRealm, ROOT } from "./caller_realm.ts";
import { ConsoleHandler } from "../handlers/console.ts";
import { LEVELS } from "../levels.ts";

const handler = new ConsoleHandler({ level: LEVELS.WARN });

/** Python's `logging.lastResort`: the message alone, on stderr, from WARN up. */
export const lastResort: CallerRealm = {
  levels: () => new Map([[ROOT, LEVELS.WARN]]),
  levelOf: () => LEVELS.WARN,
  watchLevels: () => ({ [Symbol.dispose]() {} }), // It never changes.
  receive: (record) => record.level >= handler.level ? handler.handle(record) : "filtered",
};
