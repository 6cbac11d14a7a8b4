/**
 * Times as text, by the codes of C's `strftime`: `%Y-%m-%d %H:%M:%S`. The names are those of the C
 * locale (English), so that a log reads the same on every machine.
 *
 * The rules are those of glibc, which Python's `time.strftime` calls; a test runs the same codes
 * through Python. Two codes are better than there: `%f`, which Python knows in `datetime` only, is
 * the microseconds, and `%s` is right in UTC too.
 *
 * @module
 */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]
  .concat("September", "October", "November", "December");

/** A moment in a time zone, in the terms of C's `struct tm`. */
interface Moment {
  /** Milliseconds since 1970 (UTC), with a fraction. */
  readonly time: number;
  readonly isUtc: boolean;
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** From Sunday, which is 0. */
  readonly weekday: number;
  /** From 0. */
  readonly yearDay: number;
  /** Minutes east of Greenwich. */
  readonly offset: number;
}

/** A number and how it is filled up if the code has no flag. */
type Digits = readonly [value: number, width: number, fill: "0" | " "];

/** What each code that is a number stands for. */
const NUMBERS: Readonly<Record<string, (moment: Moment) => Digits>> = {
  C: ({ year }) => [Math.floor(year / 100), 2, "0"],
  d: ({ day }) => [day, 2, "0"],
  e: ({ day }) => [day, 2, " "],
  f: ({ time }) => [Math.floor((time - Math.floor(time / 1000) * 1000) * 1000), 6, "0"],
  g: (moment) => [isoWeek(moment).year % 100, 2, "0"],
  G: (moment) => [isoWeek(moment).year, 1, "0"],
  H: ({ hour }) => [hour, 2, "0"],
  I: ({ hour }) => [hour % 12 || 12, 2, "0"],
  j: ({ yearDay }) => [yearDay + 1, 3, "0"],
  k: ({ hour }) => [hour, 2, " "],
  l: ({ hour }) => [hour % 12 || 12, 2, " "],
  m: ({ month }) => [month + 1, 2, "0"],
  M: ({ minute }) => [minute, 2, "0"],
  s: ({ time }) => [Math.floor(time / 1000), 1, "0"],
  S: ({ second }) => [second, 2, "0"],
  u: ({ weekday }) => [weekday || 7, 1, "0"],
  U: ({ yearDay, weekday }) => [Math.floor((yearDay + 7 - weekday) / 7), 2, "0"],
  V: (moment) => [isoWeek(moment).week, 2, "0"],
  w: ({ weekday }) => [weekday, 1, "0"],
  W: ({ yearDay, weekday }) => [Math.floor((yearDay + 7 - (weekday + 6) % 7) / 7), 2, "0"],
  y: ({ year }) => [year % 100, 2, "0"],
  Y: ({ year }) => [year, 1, "0"],
};

/** What each code that is a word stands for. */
const WORDS: Readonly<Record<string, (moment: Moment) => string>> = {
  a: ({ weekday }) => (DAYS[weekday] ?? "").slice(0, 3),
  A: ({ weekday }) => DAYS[weekday] ?? "",
  b: ({ month }) => (MONTHS[month] ?? "").slice(0, 3),
  B: ({ month }) => MONTHS[month] ?? "",
  h: ({ month }) => (MONTHS[month] ?? "").slice(0, 3),
  n: () => "\n",
  p: ({ hour }) => hour < 12 ? "AM" : "PM",
  t: () => "\t",
  Z: zoneName,
  "%": () => "%",
};

/** Codes that stand for several others. */
const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  r: "%I:%M:%S %p",
  R: "%H:%M",
  T: "%H:%M:%S",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

const CODE = /%([-_0^]*)([a-zA-Z%])/g;

/**
 * Writes a time by the codes of C's `strftime`.
 *
 * @param format The text with its codes. After the `%` may stand `-` (no filling up), `_` (spaces),
 *   `0` (zeros) and `^` (capitals). A code that there is not stays as it is written.
 * @param time Milliseconds since 1970 (UTC), with a fraction.
 * @param options Whether it is written in UTC.
 * @returns The text.
 *
 * @example
 * ```ts
 * import { strftime } from "./strftime.ts";
 *
 * console.log(strftime("%d.%m.%Y %H:%M", 0, { utc: true })); // 01.01.1970 00:00
 * ```
 */
export function strftime(
  format: string,
  time: number,
  options: {
    /**
     * Whether the time is written in UTC, and not in the time zone of the machine.
     *
     * @default false
     */
    readonly utc?: boolean;
  } = {},
): string {
  return write(format, momentOf(time, options.utc ?? false));
}

/**
 * Cuts a format around its microseconds: all that a second has in common is in the other parts.
 *
 * @param format The text with its codes.
 * @returns Its parts; every second one, from the second, is a code for microseconds.
 */
export function cutAtMicroseconds(format: string): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const { 0: source, 2: code, index } of format.matchAll(CODE)) {
    if (code !== "f") continue;
    parts.push(format.slice(end, index), source);
    end = index + source.length;
  }
  return [...parts, format.slice(end)];
}

function write(format: string, moment: Moment): string {
  return format.replace(CODE, (source, flags: string, code: string) => {
    if (code === "P") return moment.hour < 12 ? "am" : "pm"; // Small, even with a flag.
    const text = writeCode(code, /[-_0](?=\^*$)/.exec(flags)?.[0], moment);
    if (text === undefined) return source;
    return flags.includes("^") ? text.toUpperCase() : text;
  });
}

function writeCode(code: string, flag: string | undefined, moment: Moment): string | undefined {
  const number = NUMBERS[code]?.(moment);
  if (number) return fillUp(number, flag);
  if (code === "z") return offsetText(moment, flag);
  const composed = COMPOSED[code];
  return composed === undefined ? WORDS[code]?.(moment) : write(composed, moment);
}

function fillUp([value, width, fill]: Digits, flag: string | undefined): string {
  if (flag === "-") return String(value);
  return String(value).padStart(width, flag === "_" ? " " : flag ?? fill);
}

function offsetText({ offset }: Moment, flag: string | undefined): string {
  const minutes = Math.abs(offset);
  const digits = Math.floor(minutes / 60) * 100 + minutes % 60;
  return (offset < 0 ? "-" : "+") + fillUp([digits, 4, "0"], flag);
}

function momentOf(time: number, isUtc: boolean): Moment {
  const date = new Date(Math.floor(time)); // It cuts fractions off, which before 1970 is upwards.
  const offset = isUtc ? 0 : -date.getTimezoneOffset();
  // The clock of the time zone, read as if it were one in UTC.
  const shown = isUtc ? date : new Date(date.getTime() + offset * 60_000);
  const year = shown.getUTCFullYear();
  return {
    time,
    isUtc,
    year,
    month: shown.getUTCMonth(),
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    weekday: shown.getUTCDay(),
    yearDay: Math.floor((shown.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
    offset,
  };
}

/** The week by ISO 8601: it belongs to the year that its Thursday is in. */
function isoWeek({ year, yearDay, weekday }: Moment): { year: number; week: number } {
  const thursday = yearDay + 4 - (weekday || 7);
  if (thursday < 0) {
    return { year: year - 1, week: Math.floor((thursday + daysOf(year - 1)) / 7) + 1 };
  }
  if (thursday >= daysOf(year)) return { year: year + 1, week: 1 };
  return { year, week: Math.floor(thursday / 7) + 1 };
}

function daysOf(year: number): number {
  return (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / 86_400_000;
}

/** Languages whose speakers live in different time zones: each knows the short names of its own. */
const LOCALES = ["en-US", "en-GB", "en-AU", "en-IN", "en-ZA", "ja-JP"];

/** The short name of the time zone, such as CET; where none is known, its hours, such as +03. */
function zoneName({ time, isUtc, offset }: Moment): string {
  if (isUtc) return "GMT"; // What C calls it.
  for (const locale of LOCALES) {
    const name = new Intl.DateTimeFormat(locale, { timeZoneName: "short" })
      .formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{3,5}$/.test(name)) return name;
  }
  const minutes = Math.abs(offset);
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  const rest = minutes % 60 === 0 ? "" : String(minutes % 60).padStart(2, "0");
  return (offset < 0 ? "-" : "+") + hours + rest;
}
