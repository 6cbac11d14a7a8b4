/**
 * The worker's side of the relay: records go into a ring in shared memory; those that find no room there
 * go through a port.
 *
 * @module
 */

import { encodeRecord } from "../logging/codec/record_codec.ts";
import type { RecordOutcome, RecordTally } from "../logging/outcome.ts";
import type { LogRecord } from "../logging/record.ts";
import type { RelayOptions } from "./relay_options.ts";
import type { RecordSink } from "./remote_caller.ts";
import { RingWriter } from "./ring_writer.ts";

/** What a worker is given of the relay when it starts; it is posted with {@linkcode transferOf}. */
export interface LinkEnd {
  /** The ring. */
  readonly ring: SharedArrayBuffer;
  /** The word that the numbers of records are drawn from. */
  readonly sequence: SharedArrayBuffer;
  /** How many characters wait in the port: one word. */
  readonly gauge: SharedArrayBuffer;
  /** Takes the records that do not go through the ring. */
  readonly spill: MessagePort;
  /** Nothing is sent here; it closes when the worker ends, which the caller sees. */
  readonly lifeline: MessagePort;
  readonly options: Required<RelayOptions>;
}

/** What can't be copied of a {@linkcode LinkEnd}, and goes over to the worker. */
export function transferOf(end: LinkEnd): Transferable[] {
  return [end.spill, end.lifeline];
}

/** A record on its way through the port. */
export interface SpilledRecord {
  readonly seq: number;
  readonly text: string;
}

/** How long to wait at once, in milliseconds; a thread that waits can't be terminated. */
const SLICE = 10;

/** Sends the records of a worker, and counts there what its own handlers do with others. */
export class WorkerSink implements RecordSink, RecordTally {
  readonly #end: LinkEnd;
  readonly #ring: RingWriter;
  readonly #gauge: Int32Array;
  /** What waited in the port when the last record was put there. */
  #spilled = 0;
  /** Whether the caller took nothing for as long as a record may wait. */
  #hasGivenUp = false;

  /**
   * Opens the worker's side.
   *
   * @param end What came with the start. Both ports stay open as long as the worker lives.
   */
  constructor(end: LinkEnd) {
    this.#end = end;
    this.#ring = new RingWriter(end.ring, end.sequence);
    this.#gauge = new Int32Array(end.gauge);
  }

  send(record: LogRecord): "relayed" | "dropped" {
    const text = encodeRecord(record, { maxLength: this.#end.options.maxRecordLength });
    let written = this.#ring.write(text);
    if (written === "full") this.#waitUntil(() => (written = this.#ring.write(text)) !== "full");
    if (written !== "written") return this.#spill(text);
    this.#hasGivenUp = false;
    return "relayed";
  }

  count(outcome: RecordOutcome, times = 1): void {
    this.#ring.count(outcome, times);
  }

  #spill(text: string): "relayed" | "dropped" {
    const hasRoom = () => {
      const waiting = Atomics.load(this.#gauge, 0);
      return waiting === 0 || waiting + text.length <= this.#end.options.maxSpillLength;
    };
    if (!hasRoom() && !this.#waitUntil(hasRoom)) {
      this.#ring.drop();
      return "dropped";
    }
    this.#spilled = Atomics.add(this.#gauge, 0, text.length) + text.length;
    this.#ring.sendOutside((seq) => this.#end.spill.postMessage({ seq, text }));
    return "relayed";
  }

  /**
   * Waits until there is room, as long as the caller takes records at all. Once it took none for as long
   * as a record may wait, later ones do not wait until it takes one: a task is held up once, and not at
   * each record.
   */
  #waitUntil(hasRoom: () => boolean): boolean {
    const waitingBefore = Atomics.load(this.#gauge, 0);
    if (this.#hasGivenUp && waitingBefore >= this.#spilled) return false;
    const { maxWait } = this.#end.options;
    for (let end = performance.now() + maxWait; performance.now() < end && !this.#ring.isClosed;) {
      const waiting = Atomics.load(this.#gauge, 0);
      const hasMoved = this.#ring.waitForRoom(SLICE) || Atomics.load(this.#gauge, 0) < waiting;
      if (hasRoom()) return true;
      if (hasMoved) end = performance.now() + maxWait;
    }
    this.#hasGivenUp = true;
    return false;
  }
}
