/**
 * What became of short calls, told together: a process tells of each at once, and to read each on its own takes
 * their caller longer than the call itself took.
 *
 * @module
 */

import { encodeMessage } from "../../parallel/wire/process_message.ts";
import type { FromWorker } from "../../parallel/wire/wire.ts";
import type { SentFrame } from "../wire/messages.ts";
import type { ChildFrame } from "./remote_child.ts";

/** The longest frame that is told with others, in bytes: what is in it is written once more. */
const SHORT = 1024;

/** About how many bytes of such a frame are the same in all, and needed once only. */
const SAME = 70;

/** A message that tells what became of calls. */
type Settled = FromWorker & { readonly type: "paralog:settled" };

/** A frame whose outcomes can be told with others. */
export interface ShortOutcome extends ChildFrame {
  readonly message: Settled;
}

/**
 * Whether what a frame tells can be told with others.
 *
 * @param frame Any frame.
 */
export function isShortOutcome(frame: ChildFrame): frame is ShortOutcome {
  return frame.message?.type === "paralog:settled" && frame.payload.length <= SHORT &&
    frame.buffers.length === 0;
}

/** A frame as if the process had told of all the calls in one message. */
export class OutcomeFrame implements SentFrame {
  readonly kind = "message";
  readonly buffers: readonly ArrayBuffer[] = [];
  readonly #first: Uint8Array;
  readonly #values: unknown[] = [];
  readonly #ms: number[] = [];
  readonly #failed: number[] = [];
  #count = 0;
  #payload: Uint8Array | undefined;

  /**
   * Begins with the calls of one frame.
   *
   * @param number Which of its kind it is.
   * @param frame What the process told.
   */
  constructor(readonly number: number, frame: ShortOutcome) {
    this.#first = frame.payload;
    this.add(frame);
  }

  /**
   * Adds the calls of the next frame. Once the payload was read, no more are added.
   *
   * @param frame What the process told.
   * @returns About how many bytes that adds.
   */
  add({ message: { outcomes }, payload }: ShortOutcome): number {
    for (const place of outcomes.failed) this.#failed.push(this.#values.length + place);
    this.#values.push(...outcomes.values);
    this.#ms.push(...outcomes.ms);
    this.#count++;
    return Math.max(0, payload.length - SAME);
  }

  /** The bytes of the message. */
  get payload(): Uint8Array {
    return this.#payload ??= this.#count === 1 ? this.#first : encodeMessage({
      type: "paralog:settled",
      outcomes: { values: this.#values, ms: this.#ms, failed: this.#failed },
    });
  }
}
