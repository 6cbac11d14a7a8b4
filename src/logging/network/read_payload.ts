/**
 * What a frame of a log connection holds: a record as JSON or as a pickle.
 *
 * @module
 */

import { decodeUntrusted } from "../codec/record_codec.ts";
import { makeLogRecord } from "./make_record.ts";
import { readPickle } from "../pickle/pickle.ts";
import type { LogRecord } from "../record.ts";

const BRACE = 0x7b; // "{"; no pickle begins with it.

/**
 * Attributes of ours and of Python's that are the record itself; all others are what a program logged
 * with it.
 */
const RECORD_ITSELF: ReadonlySet<unknown> = new Set([
  ...["name", "level", "levelName", "msg", "args", "time", "seq", "process", "processName"],
  ...["taskIndex", "error", "stack", "location", "levelno", "levelname", "message", "created"],
  ...["exc_info", "exc_text", "stack_info", "pathname", "lineno", "funcName", "filename", "module"],
  ...["msecs", "relativeCreated", "thread", "threadName", "taskName", "asctime"],
]);

/** What came is neither JSON nor a pickle: it may be another protocol. */
export class UnreadableError extends Error {
  /** Always "UnreadableError". */
  override readonly name = "UnreadableError";
}

/** The longest name of a logger, in characters, and how many parts it may have. */
const MAX_NAME = 1000;
const MAX_PARTS = 100;

/**
 * Reads a record from an untrusted sender: JSON, as our `SocketHandler` sends it, with a Date, a Map and
 * the like as what they were; or a pickle, as Python's does, with a text that names the class in place of
 * an object.
 *
 * @param payload The bytes of one frame.
 * @returns The record.
 * @throws {UnreadableError} If it is neither JSON nor a pickle.
 * @throws {PickleError} If it is too big, or the record itself is more than plain data.
 * @throws {TypeError} If an attribute has the wrong type.
 * @throws {RangeError} If an attribute is out of range.
 */
export function readPayload(payload: Uint8Array): LogRecord {
  // What is no object at all is refused by makeLogRecord.
  const attributes =
    (payload[0] === BRACE ? readJson(payload) : readAttributes(payload)) as Readonly<
      Record<string, unknown>
    >;
  const record = makeLogRecord(attributes);
  checkName(record.name);
  return record;
}

function readJson(payload: Uint8Array): unknown {
  return orUnreadable(() =>
    decodeUntrusted(new TextDecoder("utf-8", { fatal: true }).decode(payload))
  );
}

function readAttributes(payload: Uint8Array): unknown {
  const { value, copier } = orUnreadable(() => readPickle(payload));
  if (!(value instanceof Map)) return copier.copy(value, { objectsAsText: false });
  const attributes = [...value].map(([name, inner]) => {
    const objectsAsText = !RECORD_ITSELF.has(name);
    const plainName = copier.copy(name, { objectsAsText: false });
    return [plainName, copier.copy(inner, { objectsAsText })] as const;
  });
  const isNamed = attributes.every(([name]) => typeof name === "string");
  return isNamed ? Object.fromEntries(attributes) : new Map(attributes);
}

function orUnreadable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UnreadableError(error instanceof Error ? error.message : "", { cause: error });
  }
}

/** A logger is made of each part of a name. */
function checkName(name: string): void {
  if (name.length <= MAX_NAME && name.split(".", MAX_PARTS + 1).length <= MAX_PARTS) return;
  throw new RangeError(
    `Cannot take a record: the name of its logger has ${name.length} characters, allowed are up to ` +
      `${MAX_NAME}, in up to ${MAX_PARTS} parts`,
  );
}
