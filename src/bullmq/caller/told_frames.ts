/**
 * Reading what a process on another machine tells: anybody who can write to Redis may have written it, and so may a
 * task that writes into the pipe of its process. Nothing of it may end the program.
 *
 * @module
 */

import { decodeRecord } from "../../logging/codec/record_codec.ts";
import type { LogRecord } from "../../logging/record.ts";
import type { CrashReason } from "../../parallel/errors.ts";
import { decodeMessage } from "../../parallel/wire/process_message.ts";
import { type FromWorker, isFromWorker, type WireOutcomes } from "../../parallel/wire/wire.ts";
import type { SentFrame } from "../wire/messages.ts";
import { checkVersion } from "../wire/payload.ts";
import {
  anyList,
  exactly,
  flag,
  misfit,
  misfitText,
  object,
  optional,
  type Shape,
  shape,
  text,
  variants,
  whole,
} from "../wire/shape.ts";
import { thrown } from "../wire/thrown_shape.ts";

const decoder = new TextDecoder();

/**
 * Reads a record.
 *
 * @param payload What the frame holds.
 * @returns The record; `undefined` if it is none.
 */
export function readRecord(payload: Uint8Array): LogRecord | undefined {
  try {
    const record: unknown = decodeRecord(decoder.decode(payload));
    return isWhole(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value has what every record has. What else is in it is shown as it is. */
function isWhole(value: unknown): value is LogRecord {
  if (typeof value !== "object" || value === null) return false;
  const { name, level, levelName, msg, args, time, process, processName, run, taskIndex } =
    value as Readonly<Record<string, unknown>>; // Nothing is known of any of them.
  return [name, levelName, msg, processName].every((field) => typeof field === "string") &&
    [level, time, process].every((field) => Number.isFinite(field)) && Array.isArray(args) &&
    (run === undefined || typeof run === "string") &&
    (taskIndex === undefined || typeof taskIndex === "number");
}

const number = shape("a number", (value): value is number => Number.isFinite(value));

const reason: Shape<CrashReason> = variants<CrashReason>("kind", {
  start: object({ kind: exactly("start"), message: text }),
  initializer: object({ kind: exactly("initializer"), message: text }),
  exit: object({ kind: exactly("exit"), code: number }),
  close: object({ kind: exactly("close") }),
  signal: object({ kind: exactly("signal"), signal: text }),
  lost: object({ kind: exactly("lost"), message: text }),
});

const LISTS = object<{ [K in keyof WireOutcomes]: readonly unknown[] }>({
  values: anyList,
  ms: anyList,
  failed: anyList,
});

/** Outcomes of calls. The lists stay as they are: there may be thousands of them. */
const outcomes: Shape<WireOutcomes> = (value) => {
  const { values, ms, failed } = LISTS(value);
  // First how long they are: a list may claim to be longer than memory.
  if (ms.length !== values.length) throw misfit(ms.length, `${values.length} times`);
  if (failed.length > values.length) throw misfit(failed.length, `${values.length} at most`);
  let before = -1;
  for (const place of failed) {
    before = whole(before + 1, values.length - 1)(place);
    thrown(values[before]);
  }
  return { values, ms: Array.from(ms, number), failed: failed.map(Number) };
};

const MESSAGE = variants<FromWorker>("type", {
  "paralog:ready": object({ type: exactly("paralog:ready") }),
  "paralog:initialized": object({ type: exactly("paralog:initialized") }),
  "paralog:began": object({ type: exactly("paralog:began") }),
  "paralog:loading": object({ type: exactly("paralog:loading"), isLoading: flag }),
  "paralog:settled": object({ type: exactly("paralog:settled"), outcomes }),
  "paralog:cancelled": object({ type: exactly("paralog:cancelled") }),
  "paralog:listening": object({ type: exactly("paralog:listening"), index: whole() }),
  "paralog:progress": object({
    ...{ type: exactly("paralog:progress"), index: whole() },
    ...{ done: number, total: optional(number) },
  }),
  "paralog:uncaught": object({ type: exactly("paralog:uncaught"), error: thrown }),
  "paralog:ending": object({ type: exactly("paralog:ending"), reason, error: optional(thrown) }),
});

/**
 * Reads a message of the process that runs a batch.
 *
 * @param frame The frame that holds it.
 * @returns The message; `undefined` if it is none of ours.
 * @throws {TypeError} If it can't be read.
 */
export function readMessage({ payload, buffers }: SentFrame): FromWorker | undefined {
  checkVersion(payload);
  const message = decodeMessage(payload, buffers);
  if (!isFromWorker(message)) return undefined;
  try {
    return MESSAGE(message);
  } catch (error) {
    throw new TypeError(`Cannot read ${message.type}: ${misfitText(error)}`);
  }
}
