/** Sends records as a worker does. */

import type { LogRecord } from "../../src/logging/record.ts";
import { type LinkEnd, WorkerSink } from "../../src/relay/worker_sink.ts";

/** What it is to send. */
export interface Order {
  readonly end: LinkEnd;
  readonly name: string;
  /** The lengths of the messages. */
  readonly lengths: readonly number[];
  /** Grows by one after each record. */
  readonly sent: Int32Array;
}

const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.onmessage = ({ data }: MessageEvent<Order>) => {
  const sink = new WorkerSink(data.end);
  const outcomes = data.lengths.map((length, index) => {
    const record: LogRecord = {
      ...{ name: "app", level: 20, levelName: "INFO", time: 0, seq: 0, process: 1 },
      processName: data.name,
      msg: `${index} ${"x".repeat(length)}`,
      args: [],
    };
    const outcome = sink.send(record);
    sink.count(outcome);
    Atomics.add(data.sent, 0, 1);
    Atomics.notify(data.sent, 0);
    return outcome;
  });
  worker.postMessage(outcomes);
};
