/**
 * The backend that runs calls in Web Workers: the caller's side.
 *
 * @module
 */

import { serializeThrown } from "../../logging/errors.ts";
import { type LevelName, LEVELS } from "../../logging/levels.ts";
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
import type { RunningBatch } from "../wire/running_batch.ts";
import { type CallsMessage, isFromWorker, type ToWorker } from "../wire/wire.ts";
import { type DialogueWorker, WorkerDialogue } from "../wire/worker_dialogue.ts";
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

class WebWorker implements BackendWorker, DialogueWorker, Recipient {
  readonly name: string;
  readonly tally: RecordTally;
  /** The context of the run that the last call belongs to. */
  enter: RunInContext = (fn) => fn();
  readonly #shared: Shared;
  readonly #worker: Worker;
  readonly #link: WorkerLink;
  readonly #flags = new WorkerFlags();
  readonly #dialogue: WorkerDialogue;
  #alive = true;
  /** What it has told and what waits for records. */
  #settling: Promise<void> | undefined;
  /** The realm that dispatched the last call; it also gets what is logged after a call's end. */
  #caller: CallerRealm | undefined;
  /** The levels of that realm. */
  #page: LevelPage | undefined;
  /** The page that the worker reads. */
  #sentPage: LevelPage | undefined;
  /** Why it has ended, once its last records are handled. */
  #ended: Promise<unknown> | undefined;

  constructor(name: string, shared: Shared) {
    this.name = name;
    this.#shared = shared;
    this.#dialogue = new WorkerDialogue(this, shared.site);
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
    if (this.#ended) return this.#ended.then((error) => Promise.reject(error));
    const run = jobs[0]?.run;
    if (!run) return Promise.resolve();
    this.#flags.listen(undefined);
    const page = this.#follow(caller);
    this.enter = run.enter;
    const plan = this.#shared.site.transfer;
    const args = new BatchArgs({ plan, to: "thread", size: jobs.length });
    const message = this.#dialogue.open(jobs, { run, listener, args });
    const batch = this.#dialogue.running;
    if (message) this.#send(message, page, args.transfer);
    else this.#settleRefused();
    return batch?.done ?? Promise.resolve();
  }

  cancel(reason: unknown): boolean {
    this.#post({ type: "cancel", reason: toCloneableThrown(serializeThrown(reason)) });
    const { listening } = this.#flags;
    const { running } = this.#dialogue;
    if (listening !== undefined) running?.listen(listening);
    return running?.isListening ?? false;
  }

  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#dialogue.last.of(run, index);
  }

  terminate(reason: unknown): Promise<void> {
    return this.end(() => reason);
  }

  receive(record: LogRecord): RecordOutcome {
    this.#dialogue.last.add(record);
    return this.#caller?.receive(record) ?? "dropped";
  }

  onDropped(count: number): void {
    const { maxWait } = this.#shared.site.relay;
    this.report("WARN", "%d records of %s were dropped: this thread took none for %d ms", [
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

  #send(message: CallsMessage, page: LevelPage, transfer: Transferable[]): void {
    const levels = page === this.#sentPage ? undefined : page.memory;
    this.#post({ ...message, levels }, transfer);
    this.#sentPage = page;
  }

  #settleRefused(): void {
    const batch = this.#dialogue.running;
    this.#dialogue.running = undefined;
    batch?.begin();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #onMessage(message: unknown): void {
    if (this.#alive && isFromWorker(message)) this.#dialogue.hear(message);
  }

  /** What the worker could not announce itself: its own modules failed. */
  #onError(message: string): void {
    const dialogue = this.#dialogue;
    const { isReady, running } = dialogue;
    if (isReady && running && !running.hasBegun && !running.isInitializing) running.begin(); // What it runs may be why.
    dialogue.die(() => isReady ? new Error(message) : dialogue.crash({ kind: "start", message }));
  }

  /** Ends the worker. What it was running is rejected once its last records are handled. */
  async end(reason: () => unknown): Promise<void> {
    this.#ended ??= this.#stop(reason);
    await this.#ended;
  }

  async #stop(reason: () => unknown): Promise<unknown> {
    this.#alive = false;
    this.#flags.stop();
    this.#worker.terminate();
    const hasEnded = await this.#shared.collector.end(this.#link);
    await this.#settling; // Calls that had come to their end before keep their results.
    const dialogue = this.#dialogue;
    const { running, isReady } = dialogue;
    if (!hasEnded && running && isReady) {
      this.#watchEnd(running.current?.call.task.name ?? "what it runs");
    }
    this.#leave();
    const error = reason();
    dialogue.running = undefined;
    running?.fail(error);
    return error;
  }

  /** A thread that is only slow to end is not worth a word. */
  async #watchEnd(task: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.report(
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
  tell(act: (batch: RunningBatch) => void): void {
    const dialogue = this.#dialogue;
    const batch = dialogue.running;
    if (!batch) return;
    const settle = () => {
      if (dialogue.running !== batch) return; // Terminated in the meantime.
      act(batch);
      if (batch.isOver && dialogue.running === batch) dialogue.running = undefined;
    };
    const handled = this.#shared.collector.settle(this.#link);
    if (!handled && !this.#settling) return settle();
    const settling = Promise.all([handled, this.#settling]).then(settle).finally(() => {
      if (this.#settling === settling) this.#settling = undefined;
    });
    this.#settling = settling;
  }

  report(level: LevelName, message: string, args: readonly unknown[]): void {
    const { origin } = currentRealm();
    this.#caller?.receive(createRecord(origin, "paralog", LEVELS[level], message, args));
  }
}
