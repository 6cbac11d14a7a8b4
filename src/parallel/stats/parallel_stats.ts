/**
 * What a `Parallel` has done so far, in numbers.
 *
 * @module
 */

import type { RecordCounts } from "../../logging/outcome.ts";
import type { Histogram } from "./histogram.ts";

/** What became of the records of all workers, and of each. */
export interface RecordStats extends RecordCounts {
  /**
   * By the name of the worker, such as "Worker-1"; "MainProcess" for tasks that ran inline. Of workers that
   * came to their end, the last 100 have an entry; those before share "others".
   */
  readonly workers: Readonly<Record<string, RecordCounts>>;
}

/** How many runs there were. One without calls, or that finds no backend, does not start. */
export interface RunCounts {
  /** How many were started: the sum of the others. */
  readonly started: number;
  /** How many are under way. */
  readonly running: number;
  /** How many came to their end with all their calls. */
  readonly done: number;
  /** How many were rejected: a call or the input failed, or a signal aborted with a reason of its own. */
  readonly failed: number;
  /** How many were aborted, or left as streams before their end. */
  readonly stopped: number;
}

/**
 * How many calls there were: `taken = waiting + running + done + failed + cancelled`. The others count
 * attempts and not calls.
 */
export interface CallCounts {
  /** How many were taken from the inputs of runs. */
  readonly taken: number;
  /** How many are taken and wait for a worker, or for their next attempt. */
  readonly waiting: number;
  /** How many were given to a worker and have not come to their end. */
  readonly running: number;
  /** How many have returned. */
  readonly done: number;
  /** How many have failed for good: the last attempt threw, took too long or lost its worker. */
  readonly failed: number;
  /** How many were taken and left when their run came to its end, running ones included. */
  readonly cancelled: number;
  /** How many attempts followed one that failed. */
  readonly retried: number;
  /** How many attempts ran longer than `timeout`, or waited longer than `queueTimeout`. */
  readonly timedOut: number;
  /** How many attempts ended with their worker. */
  readonly crashed: number;
}

/** What crossed the pipes between here and the workers, with what frames it. */
export interface ByteCounts {
  /** Bytes that were sent to workers. */
  readonly sent: number;
  /** Bytes that came from workers, their records included. */
  readonly received: number;
}

/** What workers have done. */
export interface WorkerStats {
  /** How many workers had that name, one after the other. */
  readonly started: number;
  /** How many of them are there now. */
  readonly live: number;
  /** How many batches they have finished. */
  readonly batches: number;
  /** How many calls they have run to an end, each attempt counted. */
  readonly calls: number;
  /**
   * Milliseconds that they have spent in tasks. Of a batch that is under way it is the time since it was
   * sent, until it is finished and the worker has told how much of that its tasks took.
   */
  readonly busy: number;
  /** Milliseconds from their start to their end, or to now. */
  readonly alive: number;
  /** How much of the time that they were alive they were busy: from 0 to 1. */
  readonly utilization: number;
  /** What became of their records. */
  readonly records: RecordCounts;
}

/**
 * What a `Parallel` has done so far, in all its runs: plain data, which may be logged as JSON, cloned or sent
 * elsewhere. All times are milliseconds.
 *
 * @example
 * ```ts
 * import { delayed, Parallel } from "@paralog/paralog/parallel";
 *
 * const parallel = new Parallel(1);
 * await parallel.run([1, 2, 3].map((x) => delayed((x: number) => x * x)(x)));
 * const { calls, runTime, allWorkers } = parallel.stats;
 * console.log(`${calls.done} calls, half of them in at most ${runTime.p50} ms`);
 * console.log(`The workers were busy for ${Math.round(100 * allWorkers.utilization)} % of their time`);
 * ```
 */
export interface ParallelStats {
  /** How many runs there were. */
  readonly runs: RunCounts;
  /** How many calls there were, and what became of them. */
  readonly calls: CallCounts;
  /** What became of the records that the tasks logged. */
  readonly records: RecordStats;
  /** Milliseconds in which a run was under way. `calls.done / duration` is the throughput. */
  readonly duration: number;
  /** Milliseconds that a call waited until it was given to a worker, each attempt counted. */
  readonly queueTime: Histogram;
  /** Milliseconds that a task ran, as its worker has measured it, each attempt counted. */
  readonly runTime: Histogram;
  /** How many calls were given to a worker at once. */
  readonly batchSize: Histogram;
  /**
   * Milliseconds a call that were not spent in its task: the time from sending a batch to the end of its last
   * call, less the time in its tasks, in equal parts for each of its calls. This is the way there and back,
   * encoding what is sent and handling the records; of a worker's first batch it counts from when the worker
   * is up. Its mean is that of all calls.
   */
  readonly overhead: Histogram;
  /**
   * What crossed pipes. `undefined` if nothing did: only processes have one, other workers are handed values
   * in memory, of which Deno does not tell the size.
   */
  readonly bytes: ByteCounts | undefined;
  /** What all workers have done together. */
  readonly allWorkers: WorkerStats;
  /**
   * What each worker has done, by its name, such as "Worker-1"; "MainProcess" for tasks that run inline. Of
   * workers that came to their end, the last 100 have an entry; those before share "others".
   */
  readonly workers: Readonly<Record<string, WorkerStats>>;
}
