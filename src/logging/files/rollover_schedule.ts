/**
 * When a file that is rotated by time is rotated next, and what its backup is called.
 *
 * Ported from CPython's `logging.handlers.TimedRotatingFileHandler` as of 3.13, which mended the days
 * on which clocks change.
 *
 * @module
 */

import { inspect } from "../text/inspect.ts";
import { checkWhole } from "../check_option.ts";

/** A time of day. */
export interface TimeOfDay {
  /** The hour, 0 to 23. */
  hours: number;
  /**
   * The minute, 0 to 59.
   *
   * @default 0
   */
  minutes?: number;
  /**
   * The second, 0 to 59.
   *
   * @default 0
   */
  seconds?: number;
}

/** What a schedule follows. */
export interface ScheduleOptions {
  /**
   * The unit: "S" seconds, "M" minutes, "H" hours, "D" days, "MIDNIGHT", or "W0" (Monday) to "W6"
   * (Sunday) for a day of the week; small letters mean the same.
   *
   * @default "H"
   */
  when?: string;
  /**
   * How many units (for "W0" to "W6": weeks) there are between two rollovers.
   *
   * @default 1
   */
  interval?: number;
  /**
   * Whether UTC counts, for midnight and in the names of backups, rather than local time.
   *
   * @default false
   */
  utc?: boolean;
  /**
   * The time of day for "MIDNIGHT" and "W0" to "W6", as "HH:MM", "HH:MM:SS" or an object.
   *
   * @default the end of the day
   */
  atTime?: string | TimeOfDay;
}

const DAY = 24 * 60 * 60;
const WEEK = 7 * DAY;
/** 1 January 1970 was a Thursday; days are counted from Monday. */
const FIRST_WEEKDAY = 3;

/** The seconds of a unit, and how much of "YYYY-MM-DD_hh-mm-ss" names its backups. */
const UNITS: Readonly<Record<string, { readonly seconds: number; readonly suffix: number }>> = {
  S: { seconds: 1, suffix: 19 },
  M: { seconds: 60, suffix: 16 },
  H: { seconds: 60 * 60, suffix: 13 },
  D: { seconds: DAY, suffix: 10 },
  MIDNIGHT: { seconds: DAY, suffix: 10 },
  W: { seconds: WEEK, suffix: 10 },
};

/** Computes rollovers. All times are whole seconds since 1970 (UTC). */
export class RolloverSchedule {
  /** The unit, in capitals. */
  readonly when: string;
  /** The seconds between two rollovers. */
  readonly interval: number;
  /** Matches the time in the name of a backup, wherever it stands. */
  readonly suffixPattern: RegExp;
  readonly #utc: boolean;
  readonly #suffixLength: number;
  /** From Monday, 0; only for a day of the week. */
  readonly #weekday: number | undefined;
  /** The second of the day at which to roll over; only for "MIDNIGHT" and a day of the week. */
  readonly #secondOfDay: number | undefined;

  /**
   * Reads the options.
   *
   * @param options Unit, interval, clock and time of day.
   * @throws {TypeError} If an option has another type.
   * @throws {RangeError} If there is no such unit or time of day, or the interval is none.
   */
  constructor(options: ScheduleOptions) {
    const { when, weekday } = parseWhen(options.when ?? "H");
    const { seconds, suffix } = UNITS[weekday === undefined ? when : "W"]!;
    this.when = when;
    this.interval = seconds * checkWhole("interval", options.interval ?? 1, 1);
    this.#utc = options.utc ?? false;
    this.#weekday = weekday;
    this.#suffixLength = suffix;
    const digits = "dddd-dd-dd_dd-dd-dd".slice(0, suffix).replaceAll("d", "\\d");
    this.suffixPattern = new RegExp(`(?<!\\d)${digits}(?!\\d)`, "g");
    const secondOfDay = options.atTime === undefined ? DAY : parseTime(options.atTime);
    if (when === "MIDNIGHT" || weekday !== undefined) this.#secondOfDay = secondOfDay;
  }

  /**
   * The first rollover after a time.
   *
   * @param now The time.
   * @returns When to roll over.
   */
  next(now: number): number {
    if (this.#secondOfDay === undefined) return now + this.interval;
    const local = now + this.#offset(now);
    let wait = this.#secondOfDay - modulo(local, DAY);
    let day = Math.floor(local / DAY) + FIRST_WEEKDAY;
    if (wait <= 0) { // It has passed today.
      wait += DAY;
      day++;
    }
    if (this.#weekday === undefined) wait += this.interval - DAY;
    else wait += modulo(this.#weekday - day, 7) * DAY + this.interval - WEEK;
    return this.#sameClockTime(now, now + wait);
  }

  /**
   * The part of a backup's name that tells its time.
   *
   * @param rolloverAt When the rollover was due.
   * @param now When it happens.
   * @returns When the interval before it began, such as "2026-11-21_10-00-00" or less of it.
   */
  suffix(rolloverAt: number, now: number): string {
    const start = rolloverAt - this.interval;
    // What clocks show now, so that a day still begins at midnight after they were changed.
    const shown = new Date((start + this.#offset(now)) * 1000);
    return shown.toISOString().replace("T", "_").replaceAll(":", "-").slice(0, this.#suffixLength);
  }

  /** Moves a time by what clocks are changed until then, unless they skip the time. */
  #sameClockTime(now: number, time: number): number {
    const shift = this.#offset(now) - this.#offset(time);
    if (shift === 0) return time;
    const isSkipped = shift < 0 && this.#offset(time + shift) === this.#offset(now);
    return isSkipped ? time : time + shift;
  }

  /** How many seconds the clock is ahead of UTC. */
  #offset(time: number): number {
    return this.#utc ? 0 : -60 * new Date(time * 1000).getTimezoneOffset();
  }
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

function parseWhen(given: unknown): { when: string; weekday?: number } {
  const allowed = "allowed are S, M, H, D, MIDNIGHT and W0 (Monday) to W6 (Sunday)";
  if (typeof given !== "string") {
    throw new TypeError(`Cannot set when: current value is ${inspect(given)}, ${allowed}`);
  }
  const when = given.toUpperCase();
  if (/^W[0-6]$/.test(when)) return { when, weekday: Number(when[1]) };
  if (when !== "W" && Object.hasOwn(UNITS, when)) return { when };
  throw new RangeError(`Cannot set when: current value is "${given}", ${allowed}`);
}

function parseTime(given: unknown): number {
  const [hours, minutes = 0, seconds = 0] = timeParts(given);
  const inRange = (part: unknown, end: number) =>
    Number.isInteger(part) && Number(part) >= 0 && Number(part) < end;
  if (inRange(hours, 24) && inRange(minutes, 60) && inRange(seconds, 60)) {
    return (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  }
  throw new RangeError(
    `Cannot set atTime: current value is ${inspect(given)}, allowed are "00:00:00" to "23:59:59"`,
  );
}

function timeParts(given: unknown): unknown[] {
  if (typeof given === "string") {
    return /^\d\d?:\d\d(:\d\d)?$/.test(given) ? given.split(":").map(Number) : [];
  }
  if (typeof given === "object" && given !== null && "hours" in given) {
    const { hours, minutes, seconds }: { hours: unknown; minutes?: unknown; seconds?: unknown } =
      given;
    return [hours, minutes, seconds];
  }
  throw new TypeError(
    `Cannot set atTime: current value is ${inspect(given)}, write "HH:MM", "HH:MM:SS" or ` +
      "{ hours, minutes, seconds }",
  );
}
