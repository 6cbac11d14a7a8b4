/**
 * Levels: the names and numbers of `@std/log`, with Python's other names read as aliases.
 *
 * The table of names is the one mutable state outside `realm.ts`: a number means the same level in
 * every realm.
 *
 * @module
 */

/** The levels and their numbers, as in `@std/log`. */
export const LEVELS = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a built-in level. */
export type LevelName = keyof typeof LEVELS;

/** A level as one may write it: a name (custom and alias names too) or a number. */
// `string & {}` keeps the built-in names in editors' completion.
export type Level = LevelName | "WARNING" | "FATAL" | number | (string & Record<never, never>);

/** Python's other names for two levels, read but never written. */
const ALIASES: ReadonlyMap<string, number> = new Map([
  ["WARNING", LEVELS.WARN],
  ["FATAL", LEVELS.CRITICAL],
]);

let version = 0;
const nameByNumber = new Map<number, string>();
const numberByName = new Map<string, number>(ALIASES);
for (const [name, level] of Object.entries(LEVELS)) setName(level, name);

function setName(level: number, name: string): void {
  version++;
  nameByNumber.set(level, name);
  numberByName.set(name, level);
}

/**
 * Gives a number a name, for this program and for the workers it starts afterwards. Python's
 * `logging.addLevelName`.
 *
 * @param level A positive whole number, such as 25 for a level between INFO and WARN.
 * @param name The name, such as "NOTICE".
 * @throws {RangeError} If the number is not a whole number above 0.
 * @throws {TypeError} If the name is empty or looks like a number.
 *
 * @example
 * ```ts
 * import { addLevelName, getLevelName } from "@paralog/paralog/logging";
 *
 * addLevelName(25, "NOTICE");
 * console.log(getLevelName(25)); // NOTICE
 * ```
 */
export function addLevelName(level: number, name: string): void {
  if (!Number.isSafeInteger(level) || level <= 0) {
    throw new RangeError(
      `Cannot add level ${name}: its number is ${level}, allowed are 1, 2, 3, …`,
    );
  }
  if (name.trim() === "" || !Number.isNaN(Number(name))) {
    throw new TypeError(`Cannot name level ${level}: the name is "${name}", write a word`);
  }
  setName(level, name);
}

/**
 * The name of a level.
 *
 * @param level The number.
 * @returns Its name; "Level 15" for a number without one, as in Python.
 */
export function getLevelName(level: number): string {
  return nameByNumber.get(level) ?? `Level ${level}`;
}

/**
 * The number of a level.
 *
 * @param level A name ("WARNING" and "FATAL" are read as aliases) or a number.
 * @returns The number.
 * @throws {RangeError} If there is no such level; the text says which there are.
 */
export function parseLevel(level: Level): number {
  if (typeof level === "number") {
    if (Number.isSafeInteger(level) && level >= 0) return level;
  } else {
    const number = numberByName.get(level);
    if (number !== undefined) return number;
  }
  const names = [...nameByNumber.values()].join(", ");
  throw new RangeError(
    `Cannot use ${JSON.stringify(level)} as a level: use ${names}, or a whole number from 0`,
  );
}

/** Grows with every name that is given to a level. */
export function levelNamesVersion(): number {
  return version;
}

/** The custom levels, as pairs of number and name, for a worker to take over. */
export function customLevels(): readonly (readonly [level: number, name: string])[] {
  const builtIn = new Set<string>(Object.keys(LEVELS));
  return [...nameByNumber].filter(([, name]) => !builtIn.has(name));
}
