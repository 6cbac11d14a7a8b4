/**
 * What became of a batch, as the value or the failure of a BullMQ job.
 *
 * @module
 */

import { serializeThrown } from "../../logging/errors.ts";
import { isEncodable } from "../../relay/clone_bytes.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import type { ChildEnd } from "../../parallel/backends/child_end.ts";
import { reviveThrown } from "../../parallel/errors.ts";
import { type FrameTable, fromTable, TABLE_FIELDS, toTable } from "./frame_table.ts";
import { type Answer, type JobResult, PROTOCOL, type Refusal } from "./messages.ts";
import { packTable, unpackTable } from "./packed_table.ts";
import {
  packPayload,
  type PayloadLimit,
  PayloadTooLongError,
  payloadToText,
  textToPayload,
} from "./payload.ts";
import {
  exactly,
  flag,
  matching,
  misfitText,
  object,
  optional,
  type Shape,
  text,
  variants,
  whole,
} from "./shape.ts";
import { thrown } from "./thrown_shape.ts";

/**
 * The longest result that is told with the end of its job, in characters. BullMQ keeps thousands of ends in one
 * stream; longer results have a key of their own.
 */
export const INLINE_RESULT = 2048;

/** Options of {@linkcode encodeAnswer}. */
export interface EncodeAnswerOptions extends PayloadLimit {
  /** Keeps the bytes of a long answer, under the key `PoolKeys.result(job)`. */
  readonly store: (bytes: Uint8Array) => Promise<unknown>;
}

/** Options of {@linkcode decodeAnswer}. */
export interface DecodeAnswerOptions extends PayloadLimit {
  /** Reads the bytes of a long answer; nothing if they are gone. */
  readonly load: () => Promise<Uint8Array | null | undefined>;
}

/** How a process came to its end, as data. */
type SentEnd = Exclude<ChildEnd, { kind: "error" }> | {
  readonly kind: "error";
  readonly error: ReturnType<typeof serializeThrown>;
};

/** An answer as it is written. */
interface SentAnswer extends FrameTable, Omit<Answer, "frames" | "end"> {
  readonly end: SentEnd | undefined;
}

/** What of a {@linkcode JobResult} can be there. */
const RESULT = object<{ protocol: number; body: string | undefined; bytes: number | undefined }>({
  protocol: whole(PROTOCOL, PROTOCOL),
  body: optional(text),
  bytes: optional(whole()),
});

const end: Shape<SentEnd> = variants<SentEnd>("kind", {
  exit: object({ kind: exactly("exit"), code: whole(Number.MIN_SAFE_INTEGER) }),
  signal: object({ kind: exactly("signal"), signal: text }),
  error: object({ kind: exactly("error"), error: thrown }),
});

const ANSWER = object<SentAnswer>({
  ...TABLE_FIELDS,
  outputs: whole(),
  records: whole(),
  last: optional(matching(/^\d+-\d+$/, "the id of an entry of a stream")),
  end: optional(end),
  isReady: flag,
});

/** What begins the text of a refusal: other reasons are BullMQ's own. */
const REFUSED = "paralog refused ";

const REFUSAL = object<Refusal>({ kind: exactly("refused"), message: text, agent: text });

/**
 * Writes an answer as the value of a BullMQ job, and keeps it elsewhere if it is long.
 *
 * @param answer The answer.
 * @param options How long it may be, and what keeps it.
 * @returns What BullMQ is given.
 * @throws {PayloadTooLongError} If it is too long.
 * @throws What `store` throws.
 */
export async function encodeAnswer(
  answer: Answer,
  { limit, store }: EncodeAnswerOptions,
): Promise<JobResult> {
  const bytes = packAnswer(answer, { limit });
  if (bytes.length <= INLINE_RESULT * 3 / 4) {
    return { protocol: PROTOCOL, body: payloadToText(bytes) };
  }
  await store(bytes);
  return { protocol: PROTOCOL, bytes: bytes.length };
}

/**
 * Reads the value of a BullMQ job.
 *
 * @param result The value.
 * @param options How long an answer may be, and what reads a long one.
 * @returns The answer; `undefined` if it was kept elsewhere, and is gone.
 * @throws {TypeError} If it is no answer of this version.
 * @throws {PayloadTooLongError} If it is too long.
 */
export async function decodeAnswer(
  result: unknown,
  { limit, load }: DecodeAnswerOptions,
): Promise<Answer | undefined> {
  const { body, bytes: length } = read(() => RESULT(result));
  if (body !== undefined) return readAnswer(textToPayload(body, limit), { limit });
  if (length === undefined) throw broken("it has neither body nor bytes");
  if (length > limit) throw new PayloadTooLongError(length, limit);
  const bytes = await load();
  return bytes ? readAnswer(bytes, { limit }) : undefined;
}

/**
 * Writes an answer as bytes.
 *
 * @param answer The answer.
 * @param options How long it may be.
 * @returns The bytes.
 * @throws {PayloadTooLongError} If it is too long.
 */
export function packAnswer(
  answer: Answer,
  options: Partial<PayloadLimit> = {},
): Uint8Array<ArrayBuffer> {
  const { outputs, records, last, isReady } = answer;
  const end = sentEnd(answer.end);
  const sent: SentAnswer = { ...toTable(answer), outputs, records, last, end, isReady };
  // What an error holds may be anything that can be cloned.
  return end?.kind === "error" ? packPayload(sent, options) : packTable(sent, options);
}

/**
 * Reads an answer that anybody may have written.
 *
 * @param bytes What {@linkcode packAnswer} made.
 * @param options How long it may be.
 * @returns The answer.
 * @throws {TypeError} If it is something else.
 * @throws {PayloadTooLongError} If it is too long.
 */
export function readAnswer(bytes: Uint8Array, options: PayloadLimit): Answer {
  return read(() => {
    const sent = ANSWER(unpackTable(bytes, options));
    const { outputs, records, last, isReady } = sent;
    const end = revivedEnd(sent.end);
    return { ...fromTable(sent), outputs, records, last, end, isReady };
  });
}

/**
 * Writes a refusal as the reason of a failed job.
 *
 * @param refusal The refusal.
 */
export function encodeRefusal(refusal: Refusal): string {
  return REFUSED + JSON.stringify(refusal);
}

/**
 * Reads the reason of a failed job.
 *
 * @param reason The reason.
 * @returns The refusal; `undefined` if it is a reason of BullMQ's own, such as a job that stalled too often.
 */
export function decodeRefusal(reason: unknown): Refusal | undefined {
  if (typeof reason !== "string" || !reason.startsWith(REFUSED)) return undefined;
  try {
    return REFUSAL(JSON.parse(reason.slice(REFUSED.length)));
  } catch {
    return undefined; // It only begins like one.
  }
}

/** What an error holds may be nothing that can be sent. */
function sentEnd(end: ChildEnd | undefined): SentEnd | undefined {
  if (end?.kind !== "error") return end;
  return { kind: "error", error: toCloneableThrown(serializeThrown(end.error), isEncodable) };
}

function revivedEnd(end: SentEnd | undefined): ChildEnd | undefined {
  return end?.kind === "error" ? { kind: "error", error: reviveThrown(end.error) } : end;
}

function read<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw broken(misfitText(error));
  }
}

function broken(reason: string): TypeError {
  return new TypeError(
    `Cannot read the result of a job: ${reason}. Only agents of the same version may write it`,
  );
}
