/**
 * Messages of the syslog protocol, RFC 5424.
 *
 * @module
 */

import type { Fields } from "../message.ts";
import { toJsonValue } from "../text/json_value.ts";

/** The name of a severity, the worst first; "panic", "error" and "warn" are older names. */
export type SyslogPriority =
  | ("emerg" | "panic" | "alert" | "crit" | "critical" | "err" | "error" | "warning" | "warn")
  | ("notice" | "info" | "debug");

/** CPython's `SysLogHandler.priority_names`. */
export const PRIORITIES: Readonly<Record<SyslogPriority, number>> = {
  ...{ emerg: 0, panic: 0, alert: 1, crit: 2, critical: 2, err: 3, error: 3 },
  ...{ warning: 4, warn: 4, notice: 5, info: 6, debug: 7 },
};

/** The name of a facility: what kind of program logs. */
export type SyslogFacility =
  | ("kern" | "user" | "mail" | "daemon" | "auth" | "syslog" | "lpr" | "news" | "uucp" | "cron")
  | ("authpriv" | "ftp" | "ntp" | "security" | "console" | "solaris-cron" | "local0" | "local1")
  | ("local2" | "local3" | "local4" | "local5" | "local6" | "local7");

/** CPython's `SysLogHandler.facility_names`. */
export const FACILITIES: Readonly<Record<SyslogFacility, number>> = {
  ...{ kern: 0, user: 1, mail: 2, daemon: 3, auth: 4, syslog: 5, lpr: 6, news: 7, uucp: 8 },
  ...{ cron: 9, authpriv: 10, ftp: 11, ntp: 12, security: 13, console: 14, "solaris-cron": 15 },
  ...{ local0: 16, local1: 17, local2: 18, local3: 19, local4: 20, local5: 21, local6: 22 },
  local7: 23,
};

/** The parts of a message. */
export interface SyslogParts {
  /** Facility times 8, plus severity. */
  readonly priority: number;
  /** Milliseconds since 1970 (UTC). */
  readonly time: number;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  /** As {@linkcode structuredData} writes it; "" if there is none. */
  readonly structuredData: string;
  readonly text: string;
  /** Whether a byte order mark says that the text is UTF-8. */
  readonly bom: boolean;
}

/** What RFC 5424 calls NILVALUE: there is none. */
const NONE = "-";

/** The longest that RFC 5424 allows, in characters. */
const LONGEST = { hostname: 255, appName: 48, procId: 128, msgId: 32, name: 32 } as const;

const encoder = new TextEncoder();

/**
 * Writes a message.
 *
 * @param parts What it says.
 * @param maxLength How long it may be, in bytes. A longer text is cut and marked; structured data that
 * leaves no room is left out.
 * @returns UTF-8.
 */
export function encodeSyslog(parts: SyslogParts, maxLength = Infinity): Uint8Array<ArrayBuffer> {
  const head = [
    `<${parts.priority}>1`,
    Number.isFinite(parts.time) ? new Date(parts.time).toISOString() : NONE,
    printable(parts.hostname, LONGEST.hostname),
    printable(parts.appName, LONGEST.appName),
    printable(parts.procId, LONGEST.procId),
    printable(parts.msgId, LONGEST.msgId),
  ].join(" ");
  const bom = parts.bom ? "\ufeff" : "";
  const whole = encoder.encode(`${head} ${parts.structuredData || NONE} ${bom}${parts.text}`);
  if (whole.length <= maxLength) return whole;
  const mark = encoder.encode(` [cut: ${whole.length} bytes in all]`);
  const data = encoder.encode(`${head} ${parts.structuredData || NONE} ${bom}`);
  const fits = data.length + mark.length <= maxLength;
  const start = fits ? data : encoder.encode(`${head} ${NONE} ${bom}`);
  const text = encoder.encode(parts.text);
  const end = characterStart(text, Math.max(0, maxLength - start.length - mark.length));
  return concat(start, text.subarray(0, end), mark);
}

/**
 * Writes fields as an element of structured data.
 *
 * @param id The name of the element, such as "fields@32473".
 * @param fields The fields; values that are no text are written as JSON.
 * @returns The element; "" if there are no fields.
 */
export function structuredData(id: string, fields: Fields = {}): string {
  const parameters = Object.keys(fields).map((key) => {
    const value = toJsonValue(readField(fields, key));
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return ` ${parameterName(key)}="${text.replaceAll(/["\\\]]/g, "\\$&").toWellFormed()}"`;
  });
  return parameters.length === 0 ? "" : `[${id}${parameters.join("")}]`;
}

/**
 * Whether a text may be the name of an element of structured data.
 *
 * @param id The text.
 * @returns Whether RFC 5424 allows it.
 */
export function isStructuredDataId(id: string): boolean {
  return /^[!#-<>-\\^-~]{1,32}$/.test(id);
}

function readField(fields: Fields, key: string): unknown {
  try {
    return fields[key];
  } catch (reason) {
    return `[can't be read: ${reason instanceof Error ? reason.message : "no reason"}]`;
  }
}

/** A name must be printable ASCII without `=`, space, `]` and `"`. */
function parameterName(key: string): string {
  return printable(key.replaceAll(/[="\]]/g, "_"), LONGEST.name);
}

/** Printable ASCII without spaces: other characters become `_`. */
function printable(text: string, length: number): string {
  return text.replaceAll(/[^!-~]/gu, "_").slice(0, length) || NONE;
}

/** The last place up to `end` where a character of UTF-8 starts. */
function characterStart(text: Uint8Array, end: number): number {
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
