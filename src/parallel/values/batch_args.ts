/**
 * The arguments of a batch of calls, which travel in one message.
 *
 * @module
 */

import type { Destination } from "../../relay/clone_walk.ts";
import { ObjectOwners } from "../../relay/object_owners.ts";
import { isPrimitive, prepareArgs } from "./clone.ts";
import type { Call } from "../tasks/task.ts";
import type { TransferPlan } from "./transfer.ts";

/** How the arguments of a batch are sent. */
export interface BatchArgsOptions {
  /** What is moved of them. */
  readonly plan: TransferPlan | undefined;
  /** Where they go. */
  readonly to: Destination;
  /** How many calls there are. */
  readonly size: number;
}

/**
 * Makes the arguments of the calls of a batch ready to be sent. Each call gets its own copies, as if it were
 * sent alone: none sees what another changes.
 */
export class BatchArgs {
  /** What is moved with the message. */
  readonly transfer: Transferable[] = [];
  /** To a process: what is sent beside the message. */
  readonly buffers: ArrayBuffer[] = [];
  readonly #options: BatchArgsOptions;
  readonly #owners: ObjectOwners | undefined;

  /**
   * Begins with a batch.
   *
   * @param options What is moved, where it goes, and how many calls there are.
   */
  constructor(options: BatchArgsOptions) {
    this.#options = options;
    this.#owners = options.size > 1 ? new ObjectOwners() : undefined;
  }

  /**
   * Makes the arguments of a call ready.
   *
   * @param call One of the calls.
   * @returns What to send as its arguments.
   * @throws {TypeError} If something can't be sent; the text says what and where.
   */
  prepare(call: Call): readonly unknown[] {
    if (call.args.every(isPrimitive)) return call.args; // Nothing goes beside, and nobody can change them.
    const { plan, to } = this.#options;
    const { args, transfer, buffers } = prepareArgs(call, { plan, to, owners: this.#owners });
    this.transfer.push(...transfer);
    this.buffers.push(...buffers);
    return args;
  }
}
