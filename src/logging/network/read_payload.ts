/**
 * What a frame of a log connection holds: a record as JSON or as a pickle.
 *
 * @module
 */

import { makeLogRecord } from "./make_record.ts";
import { decodePickle } from "../pickle/pickle.ts";
import type { LogRecord } from "../record.ts";

const BRACE = 0x7b; // "{"; no pickle begins with it.

/** The longest name of a logger, in characters, and how many parts it may have. */
const MAX_NAME = 1000;
const MAX_PARTS = 100;

/**
 * Reads a record from an untrusted sender: JSON, as our `SocketHandler` sends it, or a pickle of plain
 * data, as Python's does.
 *
 * @param payload The bytes of one frame.
 * @returns The record.
 * @throws {PickleError} If it is a pickle that is broken, or asks for more than plain data.
 * @throws {SyntaxError} If it is JSON that is broken.
 * @throws {TypeError} If it is not UTF-8, or an attribute has the wrong type.
 * @throws {RangeError} If an attribute is out of range.
 */
export function readPayload(payload: Uint8Array): LogRecord {
  // What is no object at all is refused by makeLogRecord.
  const attributes = (payload[0] === BRACE ? readJson(payload) : decodePickle(payload)) as Readonly<
    Record<string, unknown>
  >;
  const record = makeLogRecord(attributes);
  checkName(record.name);
  return record;
}

function readJson(payload: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
}

/** A logger is made of each part of a name. */
function checkName(name: string): void {
  if (name.length <= MAX_NAME && name.split(".", MAX_PARTS + 1).length <= MAX_PARTS) return;
  throw new RangeError(
    `Cannot take a record: the name of its logger has ${name.length} characters, allowed are up to ` +
      `${MAX_NAME}, in up to ${MAX_PARTS} parts`,
  );
}
