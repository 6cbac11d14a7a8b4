/**
 * Records as text: the one form in which they travel through shared memory, pipes and sockets.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { Meter, UNLIMITED } from "./cut.ts";
import { ValueDecoder } from "./decode_value.ts";
import { ValueEncoder } from "./encode_value.ts";
import { leastOf } from "./least_record.ts";
import { isPlainRecord } from "./plain_record.ts";
import { TAG_BEGINS } from "./tags.ts";

/** Options of {@linkcode encodeRecord}. */
export interface EncodeOptions {
  /**
   * How long the text may be, in characters; a longer record is cut. Less than 8192 counts as 8192.
   *
   * @default 67108864
   */
  readonly maxLength?: number;
}

const DEFAULT_MAX_LENGTH = 64 * 1024 * 1024;

/** Into this each record fits, once all but its own fields is left out. */
const MIN_LENGTH = 8192;

/**
 * Writes a record as one line of JSON with its own field names, such as `levelName` and `time`. What
 * JSON does not have is written as the table in `tags.ts` says. Never throws.
 *
 * A record that is too long is cut: first its longest texts, whose marks say how long they were, then
 * lists and objects with the most values, then all but the message.
 *
 * @param record The record; its arguments, fields and error may hold anything.
 * @param options How long the text may be.
 * @returns One line, without a newline at the end.
 *
 * @example
 * ```ts ignore
 * encodeRecord(record); // {"name":"app","level":30,"levelName":"WARN","msg":"slow",…}
 * ```
 */
export function encodeRecord(record: LogRecord, options: EncodeOptions = {}): string {
  const maxLength = Math.max(MIN_LENGTH, options.maxLength ?? DEFAULT_MAX_LENGTH);
  try {
    if (isPlainRecord(record, maxLength)) {
      const text = JSON.stringify(record);
      if (text.length <= maxLength) return text;
    }
  } catch {
    // Something in it can't be read.
  }
  return encodeAnything(record, maxLength);
}

/**
 * Reads a record that this program, or a process that it started, has written.
 *
 * @param text What {@linkcode encodeRecord} made.
 * @returns The record. Its values are what they were, or look the same in logs.
 * @throws {SyntaxError} If the text is no JSON.
 */
export function decodeRecord(text: string): LogRecord {
  return decode(text, { isTrusted: true }) as LogRecord; // It was one before.
}

/**
 * Reads what may be a record, from an untrusted sender. What only looks like a tag stays as it is; where
 * an object is part of itself, "[Circular]" stands.
 *
 * @param text Any JSON.
 * @returns The value.
 * @throws {SyntaxError} If the text is no JSON.
 */
export function decodeUntrusted(text: string): unknown {
  return decode(text, { isTrusted: false });
}

function decode(text: string, origin: { readonly isTrusted: boolean }): unknown {
  const json: unknown = JSON.parse(text);
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  if (isObject && text.includes(TAG_BEGINS)) new ValueDecoder(origin).decodeRecord(json);
  return json;
}

function encodeAnything(record: LogRecord, maxLength: number): string {
  try {
    for (let limits = UNLIMITED;;) {
      const meter = new Meter(limits, maxLength);
      const json = new ValueEncoder(meter).encodeRecord(record);
      const text = meter.length <= maxLength ? JSON.stringify(json) : undefined;
      if (text !== undefined && text.length <= maxLength) return text;
      const stricter = meter.tighten(text?.length);
      if (!stricter) break;
      limits = stricter;
    }
  } catch {
    // The record itself can't be read, or is too large for the memory.
  }
  return JSON.stringify(leastOf(record));
}
