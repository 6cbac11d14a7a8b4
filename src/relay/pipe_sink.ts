/**
 * The side of a child process: its records, its messages and its counts go into one pipe, so that all of
 * them arrive in the order in which they were written.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { encodeRecord } from "../logging/codec/record_codec.ts";
import type { RecordOutcome, RecordTally } from "../logging/outcome.ts";
import type { LogRecord } from "../logging/record.ts";
import type { PipeWriter } from "./pipe_writer.ts";
import type { RecordSink } from "./remote_caller.ts";

/** The counts that go with a frame, in this order. */
const OUTCOMES = ["written", "filtered", "dropped"] as const;

/** How many bytes each of them takes. */
const COUNT_BYTES = 4;

/** How many records are counted before it is told, if the task does not yield: a killed process's are lost. */
const MOST_UNTOLD = 100;

/** Sends the records of a process, and counts what its own handlers do with others. */
export class PipeSink implements RecordSink, RecordTally {
  readonly #writer: PipeWriter;
  readonly #maxLength: number;
  readonly #counts = { written: 0, filtered: 0, dropped: 0 };
  #untold = 0;
  #mostUntold = MOST_UNTOLD;

  /**
   * Makes the sink.
   *
   * @param writer Writes into the pipe.
   * @param maxLength The longest record, in characters of its text.
   */
  constructor(writer: PipeWriter, maxLength: number) {
    this.#writer = writer;
    this.#maxLength = maxLength;
  }

  send(record: LogRecord): "relayed" | "dropped" {
    const text = encodeRecord(record, { maxLength: this.#maxLength });
    return this.#writer.write("record", text) ? "relayed" : "dropped";
  }

  count(outcome: RecordOutcome, times = 1): void {
    if (outcome === "relayed") return;
    const isFirst = this.#untold === 0;
    this.#counts[outcome] += times;
    this.#untold += times;
    if (this.#untold >= this.#mostUntold) this.#tell();
    else if (isFirst) setImmediate(() => this.#tell());
  }

  /**
   * Sends a message, behind all that was counted before it.
   *
   * @param payload Its bytes or its text, as `decodeClone` reads them.
   * @param buffers The buffers in it that are sent beside it.
   * @returns Whether it was sent; `false` from when the pipe is broken.
   * @throws {TooLongError} If it is too long for a frame.
   */
  post(payload: Uint8Array | string, buffers: readonly ArrayBuffer[] = []): boolean {
    this.#tell();
    return this.#writer.write("message", payload, buffers);
  }

  /** The process is about to end: from now on each record is told as soon as it is counted. */
  end(): void {
    this.#mostUntold = 1;
    this.#tell();
  }

  #tell(): void {
    if (this.#untold === 0) return;
    this.#untold = 0;
    const payload = new DataView(new ArrayBuffer(OUTCOMES.length * COUNT_BYTES));
    for (const [index, outcome] of OUTCOMES.entries()) {
      payload.setUint32(index * COUNT_BYTES, this.#counts[outcome], true);
      this.#counts[outcome] = 0;
    }
    this.#writer.write("counts", new Uint8Array(payload.buffer));
  }
}

/**
 * Passes on what a process has counted.
 *
 * @param payload Of a frame with counts.
 * @param tally Counts what becomes of the records of the process.
 * @throws {TypeError} If the payload has another length than counts have.
 */
export function passOnCounts(payload: Uint8Array, tally: RecordTally): void {
  const needed = OUTCOMES.length * COUNT_BYTES;
  if (payload.length !== needed) {
    throw new TypeError(`Cannot read counts of ${payload.length} bytes: ${needed} are needed`);
  }
  const counts = new DataView(payload.buffer, payload.byteOffset);
  for (const [index, outcome] of OUTCOMES.entries()) {
    const times = counts.getUint32(index * COUNT_BYTES, true);
    if (times > 0) tally.count(outcome, times);
  }
}
