/**
 * Batches as the data of BullMQ's jobs.
 *
 * @module
 */

import { arePlain } from "../../relay/plain_text.ts";
import { hasPlainHead } from "../../parallel/wire/process_message.ts";
import type { ClonedArgs } from "../../parallel/wire/process_wire.ts";
import { envelope, identifier } from "./batch_shape.ts";
import { type Envelope, type JobData, PROTOCOL } from "./messages.ts";
import {
  checkVersion,
  packPayload,
  type PayloadLimit,
  PayloadTooLongError,
  payloadToText,
  textToPayload,
  unpackBytes,
  unpackPayload,
} from "./payload.ts";
import { misfitText, object, plainObject, type Shape, text, whole } from "./shape.ts";
import { VERSION } from "./version.ts";

/** A job is no batch of calls, or one that can't be run. Its text names the field that is wrong. */
export class BadEnvelopeError extends TypeError {
  /**
   * Makes the error.
   *
   * @param reason What is wrong, and what to do.
   * @param options What was thrown, as its cause.
   */
  constructor(reason: string, options?: ErrorOptions) {
    super(`Cannot run the job: ${reason}`, options);
    this.name = "BadEnvelopeError";
  }
}

/** Options of {@linkcode encodeJob}. */
export interface EncodeJobOptions extends PayloadLimit {
  /** Names the run in Redis; no other caller has a run of that name. */
  readonly run: string;
  /** What of the arguments is moved and not copied: it is detached at once. */
  readonly moved?: readonly Transferable[];
}

/** A batch that has arrived. */
export interface ReceivedJob extends Envelope {
  /** Names the run in Redis. */
  readonly run: string;
  /** The arguments of the calls and of the initializer: bytes of a `ClonedArgs`, which the process reads. */
  readonly args: ArrayBuffer;
}

/** The longest head, in bytes as packed. It is read in the agent's own thread. */
const HEAD_LIMIT = 256 * 1024;

/**
 * Writes a batch as the data of a job.
 *
 * @param envelope The batch and its site.
 * @param options The name of its run, what is moved, and how long the batch may be.
 * @returns What BullMQ is given.
 * @throws {Error} If a value can't be written.
 * @throws {PayloadTooLongError} If it is too long.
 */
export function encodeJob(
  envelope: Envelope,
  { run, limit, moved }: EncodeJobOptions,
): JobData {
  const { site: { initializer, ...site }, batch } = envelope;
  const head = {
    site: { ...site, initializer: initializer && { task: initializer.task, args: [] } },
    batch: { ...batch, calls: { ...batch.calls, args: [] } },
  };
  const args: ClonedArgs = { calls: batch.calls.args, initializer: initializer?.args ?? [] };
  const packed = [
    packPayload(head, { limit: HEAD_LIMIT, isPlain: hasPlainHead(batch) }),
    packPayload(args, { limit, moved, isPlain: arePlain([...args.calls, args.initializer]) }),
  ];
  const [headText = "", body = ""] = packed.map(payloadToText);
  return { protocol: PROTOCOL, version: VERSION, run, head: headText, body };
}

/**
 * Reads the data of a job that anybody may have written.
 *
 * @param data What BullMQ has of the job.
 * @param options How long the batch may be.
 * @returns The batch and its site, without fields that are not known.
 * @throws {BadEnvelopeError} If it is something else, or of another version.
 * @throws {PayloadTooLongError} If it is too long.
 */
export function decodeJob(data: unknown, { limit }: PayloadLimit): ReceivedJob {
  checkProtocol(data);
  const { run, head, body } = look(jobData, data);
  const read = guarded("head", () => unpackPayload(textToPayload(head, HEAD_LIMIT), HEAD));
  const args = guarded("body", () => unpackBytes(textToPayload(body, limit), { limit }));
  guarded("body", () => checkVersion(args));
  // As a buffer of its own, it can be moved on.
  return { ...look(envelope, read), run, args: args.slice().buffer as ArrayBuffer };
}

const HEAD = { limit: HEAD_LIMIT } as const;

const jobData: Shape<JobData> = object({
  protocol: whole(PROTOCOL, PROTOCOL),
  version: text,
  run: identifier,
  head: text,
  body: text,
});

/** The most that is shown of a version that somebody has written. */
const VERSION_TEXT = /^[\w.+-]{1,40}$/;

/** Comes first: of another version, the rest may be anything. */
function checkProtocol(data: unknown): void {
  const { protocol, version } = look(plainObject, data);
  if (protocol === PROTOCOL) return;
  if (!Number.isSafeInteger(protocol)) throw notOurs(`protocol is no number`);
  const theirs = typeof version === "string" && VERSION_TEXT.test(version)
    ? `paralog ${version}`
    : "another paralog";
  const isOlder = Number(protocol) < PROTOCOL;
  throw new BadEnvelopeError(
    `its caller runs ${theirs}, which speaks protocol ${protocol}; this agent runs paralog ` +
      `${VERSION} with protocol ${PROTOCOL}. The ${
        isOlder ? "caller" : "agent"
      } is the older one: ` +
      "update it, so that both have the same version",
  );
}

function guarded<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PayloadTooLongError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadEnvelopeError(`its ${part} can't be read. ${reason}`, { cause: error });
  }
}

function look<T>(shape: Shape<T>, value: unknown): T {
  try {
    return shape(value);
  } catch (error) {
    throw notOurs(misfitText(error));
  }
}

function notOurs(reason: string): BadEnvelopeError {
  return new BadEnvelopeError(
    `${reason}. Nothing but callers of the same version may write into the queue of a pool`,
  );
}
