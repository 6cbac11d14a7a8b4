/**
 * The backend that runs calls in Web Workers: the caller's side.
 *
 * @module
 */

import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import { customLevels, type LevelName, levelNamesVersion, LEVELS } from "../../logging/levels.ts";
import { locationsWanted } from "../../logging/location.ts";
import type { RecordOutcome, RecordTally } from "../../logging/outcome.ts";
import { currentRealm, threadSequence } from "../../logging/realm.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { createRecord, type LogRecord } from "../../logging/record.ts";
import type { Recipient, RunInContext } from "../../relay/collected_worker.ts";
import { Collector } from "../../relay/collector.ts";
import { type LevelPage, LevelPages } from "../../relay/level_page.ts";
import { WorkerLink } from "../../relay/worker_link.ts";
import { transferOf } from "../../relay/worker_sink.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import type {
  Ability,
  Backend,
  BackendWorker,
  BatchListener,
  Job,
  WorkerSite,
} from "../backend.ts";
import { BatchArgs } from "../values/batch_args.ts";
import { crashError, type CrashReason, initializerReason, reviveThrown } from "../errors.ts";
import { LastRecords } from "../tasks/last_records.ts";
import { batchHead, RunningBatch } from "../wire/running_batch.ts";
import { type BatchMessage, isFromWorker, type ToWorker } from "../wire/wire.ts";
import { readObstacle } from "./read_permission.ts";
import { WorkerFlags } from "./worker_flags.ts";

/** Runs calls in Web Workers, and collects what they log in one order. */
export class WorkersBackend implements Backend {
  readonly name = "workers";
  readonly maxWorkers: number = Infinity;
  readonly abilities: readonly Ability[] = [];
  readonly obstacle: Backend["obstacle"] = readObstacle;
  readonly #levels = new LevelPages();
  readonly #collector = Collector.of(threadSequence());

  start(number: number, site: WorkerSite): BackendWorker {
    const shared = { site, levels: this.#levels, collector: this.#collector };
    return new WebWorker(`Worker-${number}`, shared);
  }
}

const ENTRY = new URL("./worker_entry.ts", import.meta.url);

/** What the workers of a backend share. */
interface Shared {
  readonly site: WorkerSite;
  readonly levels: LevelPages;
  readonly collector: Collector;
}

/** When it is sure that a worker which was terminated does not yield, in milliseconds. */
const SPINS_AFTER = 1000;

class WebWorker implements BackendWorker, Recipient {
  readonly name: string;
  readonly tally: RecordTally;
  /** The context of the run that the last call belongs to. */
  enter: RunInContext = (fn) => fn();
  readonly #shared: Shared;
  readonly #worker: Worker;
  readonly #link: WorkerLink;
  readonly #flags = new WorkerFlags();
  #ready = false;
  #alive = true;
  /** Whether it has not been sent anything to run. */
  #isNew = true;
  #running: RunningBatch | undefined;
  /** What it has told and what waits for records. */
  #settling: Promise<void> | undefined;
  readonly #last = new LastRecords();
  /** The realm that dispatched the last call; it also gets what is logged after a call's end. */
  #caller: CallerRealm | undefined;
  /** The levels of that realm. */
  #page: LevelPage | undefined;
  /** The page that the worker reads, and which names of levels it knows. */
  #sentPage: LevelPage | undefined;
  #sentNames: number | undefined;
  #ended: Promise<void> | undefined;

  constructor(name: string, shared: Shared) {
    this.name = name;
    this.#shared = shared;
    this.tally = shared.site.tally;
    this.#link = new WorkerLink(threadSequence().memory, shared.site.relay); // Memory may be short.
    this.#worker = new Worker(ENTRY, { type: "module", name });
    this.#worker.addEventListener("message", (event) => this.#onMessage(event.data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault(); // Otherwise the error of one task would end the program.
      this.#onError(event.message);
    });
    this.#worker.addEventListener("messageerror", () => this.#onError("a message was unreadable"));
    shared.collector.add(this.#link, this);
    const { end: link } = this.#link;
    this.#post({ type: "start", worker: name, link, flags: this.#flags.memory }, transferOf(link));
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(jobs: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void> {
    if (!this.#alive) return Promise.reject(new Error(`${this.name} has ended`));
    const batch = this.#running = new RunningBatch(jobs, listener);
    this.#flags.listen(undefined);
    const page = this.#follow(caller);
    const [job] = jobs;
    if (!job) return Promise.resolve();
    this.enter = job.enter;
    const plan = this.#shared.site.transfer;
    const args = new BatchArgs({ plan, to: "thread", size: jobs.length });
    const packed = batch.pack(({ call }) => args.prepare(call));
    this.#last.clear();
    if (packed.calls.length === 0) {
      this.#settleRefused(batch);
    } else {
      const head = batchHead(job, this.#shared.site, this.#isNew);
      batch.isInitializing = head.initializer !== undefined;
      this.#send({ ...head, ...packed, ...this.#novelties(page) }, args.transfer);
    }
    return batch.done;
  }

  cancel(reason: unknown): boolean {
    this.#post({ type: "cancel", reason: toCloneableThrown(serializeThrown(reason)) });
    const { listening } = this.#flags;
    if (listening !== undefined) this.#running?.listen(listening);
    return this.#running?.isListening ?? false;
  }

  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#last.of(run, index);
  }

  terminate(reason: unknown): Promise<void> {
    return this.#end(() => reason);
  }

  receive(record: LogRecord): RecordOutcome {
    this.#last.add(record);
    return this.#caller?.receive(record) ?? "dropped";
  }

  onDropped(count: number): void {
    const { maxWait } = this.#shared.site.relay;
    this.#report("WARN", "%d records of %s were dropped: this thread took none for %d ms", [
      count,
      this.name,
      maxWait,
    ]);
  }

  #follow(caller: CallerRealm): LevelPage {
    const { levels } = this.#shared;
    if (caller === this.#caller && this.#page) {
      this.#page.refresh();
      return this.#page;
    }
    // What code has logged since its task ended belongs to the run before.
    if (this.#caller) this.#shared.collector.drain();
    this.#leave();
    this.#caller = caller;
    this.#page = levels.follow(caller);
    return this.#page;
  }

  #leave(): void {
    if (this.#caller) this.#shared.levels.leave(this.#caller);
    this.#page = undefined;
  }

  /** What the worker does not know yet of the caller's levels. */
  #novelties(page: LevelPage): Pick<BatchMessage, "levels" | "levelNames" | "locations"> {
    return {
      levels: page === this.#sentPage ? undefined : page.memory,
      levelNames: levelNamesVersion() === this.#sentNames ? undefined : customLevels(),
      locations: locationsWanted(),
    };
  }

  #send(message: BatchMessage, transfer: Transferable[]): void {
    this.#post(message, transfer);
    this.#isNew = false;
    this.#sentPage = this.#page;
    this.#sentNames = levelNamesVersion();
  }

  #settleRefused(batch: RunningBatch): void {
    this.#running = undefined;
    batch.begin();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #onMessage(message: unknown): void {
    if (!this.#alive || !isFromWorker(message)) return;
    switch (message.type) {
      case "paralog:ready":
        this.#ready = true;
        break;
      case "paralog:initialized":
        if (this.#running) this.#running.isInitializing = false;
        break;
      case "paralog:began":
        this.#running?.begin();
        break;
      case "paralog:loading":
        this.#running?.load(message.isLoading);
        break;
      case "paralog:settled":
        this.#afterRecords((batch) => batch.settle(message.outcomes));
        break;
      case "paralog:cancelled":
        this.#afterRecords((batch) => batch.end());
        break;
      case "paralog:listening":
        break; // It is among the flags.
      case "paralog:progress":
        this.#running?.tell(message.index, message.done, message.total);
        break;
      case "paralog:uncaught":
        this.#onUncaught(message.error);
        break;
      case "paralog:ending":
        this.#crash(message.reason, message.error);
        break;
      default:
        message satisfies never;
    }
  }

  #onUncaught(thrown: SerializedThrown): void {
    if (this.#running?.isInitializing) this.#crash(initializerReason(thrown), thrown);
    else this.#die(() => reviveThrown(thrown, this.#running?.current?.call.errors));
  }

  /** What the worker could not announce itself: its own modules failed. */
  #onError(message: string): void {
    if (this.#ready) this.#die(() => new Error(message));
    else this.#crash({ kind: "start", message });
  }

  #crash(reason: CrashReason, error?: SerializedThrown): void {
    const cause = error && reviveThrown(error);
    const why = this.#running?.explain(reason) ?? reason;
    this.#die(() => crashError(this.name, why, this.#running?.current, this.#last, cause));
  }

  /** The worker dies of an error: that of the call it runs, or one that came after its call. */
  #die(error: () => unknown): void {
    if (this.#ready && !this.#running?.hasBegun && !this.#running?.isInitializing) {
      this.#report("ERROR", "%s died after its task had ended", [this.name, error()]);
    }
    this.#end(error);
  }

  /** Ends the worker. What it was running is rejected once its last records are handled. */
  #end(reason: () => unknown): Promise<void> {
    this.#ended ??= this.#stop(reason);
    return this.#ended;
  }

  async #stop(reason: () => unknown): Promise<void> {
    this.#alive = false;
    this.#flags.stop();
    this.#worker.terminate();
    const hasEnded = await this.#shared.collector.end(this.#link);
    await this.#settling; // Calls that had come to their end before keep their results.
    if (!hasEnded && this.#running && this.#ready) {
      this.#watchEnd(this.#running.current?.call.task.name ?? "what it runs");
    }
    this.#leave();
    const error = reason();
    const batch = this.#running;
    this.#running = undefined;
    batch?.fail(error);
  }

  /** A thread that is only slow to end is not worth a word. */
  async #watchEnd(task: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#report(
        "WARN",
        "%s could not be stopped: %s goes on until it yields, and keeps the program alive. Use " +
          'backend: "processes" for tasks that may not end: a process can be killed',
        [this.name, task],
      );
      resolve();
    }, SPINS_AFTER);
    await Promise.race([this.#link.ended, promise]);
    clearTimeout(timer);
  }

  /** Tells what has become of the batch, once its records are handled; one thing after the other. */
  #afterRecords(act: (batch: RunningBatch) => void): void {
    const batch = this.#running;
    if (!batch) return;
    const settle = () => {
      if (this.#running !== batch) return; // Terminated in the meantime.
      act(batch);
      if (batch.isOver && this.#running === batch) this.#running = undefined;
    };
    const handled = this.#shared.collector.settle(this.#link);
    if (!handled && !this.#settling) return settle();
    const settling = Promise.all([handled, this.#settling]).then(settle).finally(() => {
      if (this.#settling === settling) this.#settling = undefined;
    });
    this.#settling = settling;
  }

  #report(level: LevelName, message: string, args: readonly unknown[]): void {
    const { origin } = currentRealm();
    this.#caller?.receive(createRecord(origin, "paralog", LEVELS[level], message, args));
  }
}
