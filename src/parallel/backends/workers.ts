/**
 * The backend that runs calls in Web Workers: the caller's side.
 *
 * @module
 */

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
import type { Backend, BackendWorker, Job, WorkerSite } from "../backend.ts";
import { uncloneableArgs } from "../clone.ts";
import { type CrashReason, reviveThrown, WorkerCrashError } from "../errors.ts";
import { isFromWorker, type ToWorker } from "../wire.ts";
import { readObstacle } from "./read_permission.ts";
import type { RunningCall } from "./running_call.ts";

/** Runs calls in Web Workers, and collects what they log in one order. */
export class WorkersBackend implements Backend {
  readonly name = "workers";
  readonly maxWorkers = Infinity;
  readonly obstacle = readObstacle;
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

class WebWorker implements BackendWorker, Recipient {
  readonly name: string;
  readonly tally: RecordTally;
  /** The context of the run that the last call belongs to. */
  enter: RunInContext = (fn) => fn();
  readonly #shared: Shared;
  readonly #worker: Worker;
  readonly #link: WorkerLink;
  #ready = false;
  #alive = true;
  #running: RunningCall | undefined;
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
    this.#post({ type: "start", worker: name, link }, transferOf(link));
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(job: Job, caller: CallerRealm): Promise<unknown> {
    if (!this.#alive) return Promise.reject(new Error(`${this.name} has ended`));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#running = { job, resolve, reject };
    const { index, run, attempt, context, call: { task, args } } = job;
    const page = this.#follow(caller);
    this.enter = job.enter;
    const levels = page === this.#sentPage ? undefined : page.memory;
    const names = levelNamesVersion();
    const levelNames = names === this.#sentNames ? undefined : customLevels();
    const locations = locationsWanted();
    const rest = { run, attempt, context, levels, levelNames, locations };
    try {
      this.#post({ type: "call", index, task, args, ...rest });
      this.#sentPage = page;
      this.#sentNames = names;
    } catch (error) {
      this.#running = undefined;
      reject(uncloneableArgs(job.call, error));
    }
    return promise;
  }

  terminate(reason: unknown): Promise<void> {
    return this.#end(reason);
  }

  receive(record: LogRecord): RecordOutcome {
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

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #onMessage(message: unknown): void {
    if (!this.#alive || !isFromWorker(message)) return;
    switch (message.type) {
      case "paralog:ready":
        this.#ready = true;
        break;
      case "paralog:done":
        this.#settle(({ resolve }) => resolve(message.value));
        break;
      case "paralog:failed":
        this.#settle(({ reject }) => reject(reviveThrown(message.error)));
        break;
      case "paralog:uncaught":
        this.#die(reviveThrown(message.error));
        break;
      case "paralog:ending":
        this.#crash(message.reason);
        break;
      default:
        message satisfies never;
    }
  }

  /** What the worker could not announce itself: its own modules failed. */
  #onError(message: string): void {
    if (this.#ready) this.#die(new Error(message));
    else this.#crash({ kind: "start", message });
  }

  #crash(reason: CrashReason): void {
    const task = this.#running?.job.call.task.name ?? "no task";
    this.#die(new WorkerCrashError(this.name, reason, task));
  }

  /** The worker dies of an error: that of the call it runs, or one that came after its call. */
  #die(error: unknown): void {
    if (!this.#running) {
      this.#report("ERROR", "%s died after its task had ended", [this.name, error]);
    }
    this.#end(error);
  }

  /** Ends the worker. What it was running is rejected once its last records are handled. */
  #end(reason: unknown): Promise<void> {
    this.#ended ??= this.#stop(reason);
    return this.#ended;
  }

  async #stop(reason: unknown): Promise<void> {
    this.#alive = false;
    this.#worker.terminate();
    await this.#shared.collector.end(this.#link);
    this.#leave();
    this.#running?.reject(reason);
    this.#running = undefined;
  }

  /** Settles the call that runs, once its records are handled. */
  #settle(act: (running: RunningCall) => void): void {
    const running = this.#running;
    if (!running) return;
    const settle = () => {
      if (this.#running !== running) return; // Terminated in the meantime.
      this.#running = undefined;
      act(running);
    };
    const handled = this.#shared.collector.settle(this.#link);
    if (handled) handled.then(settle);
    else settle();
  }

  #report(level: LevelName, message: string, args: readonly unknown[]): void {
    const { origin } = currentRealm();
    this.#caller?.receive(createRecord(origin, "paralog", LEVELS[level], message, args));
  }
}
