/**
 * The worker of the bare program: computes what it is sent, and sends the results back.
 *
 * @module
 */

import { FUNCTIONS, type WorkloadInput } from "./work.mjs";

/** What the worker is sent: calls of one function. */
export interface BareMessage {
  readonly kind: WorkloadInput["kind"];
  /** An argument for each call. */
  readonly list: readonly unknown[];
}

self.onmessage = ({ data }: MessageEvent<BareMessage>) => {
  const call = FUNCTIONS[data.kind] as (argument: never) => unknown; // It is sent what fits.
  self.postMessage(data.list.map((argument) => call(argument as never)));
};
