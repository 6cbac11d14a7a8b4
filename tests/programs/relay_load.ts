/**
 * Blocks its main thread while workers log, and prints as JSON what arrived and how much memory that
 * took. How much is logged, and with which options, its arguments say.
 */

import {
  basicConfig,
  delayed,
  Handler,
  type LogRecord,
  Parallel,
  type RecordCounts,
  type RelayOptions,
} from "@paralog/paralog";
import { countsOf } from "../support/record_counts.ts";
import { logLong } from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";

/** What to do. */
export interface Load {
  readonly workers: number;
  /** How many records each worker logs. */
  readonly count: number;
  /** How long their messages are. */
  readonly length: number;
  /** How long the main thread is blocked, in milliseconds; or until all is logged. */
  readonly blocked: number | "until all is logged";
  readonly relay?: RelayOptions;
}

/** What came of it. */
export interface Loaded {
  readonly counts: RecordCounts;
  /** How many records arrived of the tasks, and whether each of a worker's was after the one before. */
  readonly arrived: number;
  readonly isOrdered: boolean;
  /** How many had arrived when the main thread was blocked no more. */
  readonly early: number;
  /** How much the memory of the process grew since all workers had started, at most, in MB. */
  readonly growth: number;
}

/** How often memory is looked at, in records. */
const SAMPLE = 5000;

/** Counts, so that memory is all the relay's. */
class CountingHandler extends Handler {
  arrived = 0;
  isOrdered = true;
  peak = 0;
  #lastSeq = -1;
  readonly #last = new Map<string, number>();

  override emit({ name, seq, processName, args }: LogRecord): void {
    if (name === "paralog") return;
    const number = Number(args[0]);
    const last = this.#last.get(processName) ?? -1;
    if (seq <= this.#lastSeq || number <= last) this.isOrdered = false;
    this.#lastSeq = seq;
    this.#last.set(processName, number);
    if (++this.arrived % SAMPLE === 0) this.sample();
  }

  sample(): void {
    this.peak = Math.max(this.peak, Deno.memoryUsage().rss);
  }
}

async function load({ workers, count, length, blocked, relay }: Load): Promise<Loaded> {
  const handler = new CountingHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  const parallel = new Parallel(workers, { backend: "workers", relay });
  const [begun, done] = [new SharedCount(), new SharedCount()];
  const calls = Array.from(
    { length: workers },
    () =>
      delayed(logLong)(count, length, { begun: begun.memory, parties: workers + 1 }, done.memory),
  );
  const running = parallel.run(calls);
  await begun.until(workers, "all workers to start");
  const before = Deno.memoryUsage().rss;
  begun.add(); // This thread was the last one that they waited for.
  if (blocked === "until all is logged") done.blockUntil(workers, "the tasks to go on");
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blocked);
  const early = handler.arrived;
  handler.sample();
  await running;
  handler.sample();
  const { arrived, isOrdered, peak } = handler;
  const growth = Math.round((peak - before) / 1_000_000);
  return { counts: countsOf(parallel), arrived, isOrdered, early, growth };
}

if (import.meta.main) console.log(JSON.stringify(await load(JSON.parse(Deno.args[0] ?? ""))));
