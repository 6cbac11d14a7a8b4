/**
 * What the caller knows of a worker by what it has told: the same for threads and processes.
 *
 * @module
 */

import type { SerializedThrown } from "../../logging/errors.ts";
import { customLevels, type LevelName, levelNamesVersion } from "../../logging/levels.ts";
import { locationsWanted } from "../../logging/location.ts";
import type { BatchListener, Job, JobRun, WorkerSite } from "../backend.ts";
import { crashError, type CrashReason, initializerReason, reviveThrown } from "../errors.ts";
import { LastRecords } from "../tasks/last_records.ts";
import type { BatchArgs } from "../values/batch_args.ts";
import { batchHead, RunningBatch } from "./running_batch.ts";
import type { CallsMessage, FromWorker } from "./wire.ts";

/** The worker that is talked to. */
export interface DialogueWorker {
  /** Its name. */
  readonly name: string;
  /** Tells what has become of the batch, once the records that came before are handled. */
  tell(act: (batch: RunningBatch) => void): void;
  /** Ends the worker. What it runs is rejected with the error, which is made when its last records are handled. */
  end(error: () => unknown): void;
  /** Logs something about the worker where its records go. */
  report(level: LevelName, message: string, args: readonly unknown[]): void;
}

/** What {@linkcode WorkerDialogue.open} needs beside the calls. */
interface OpenOptions {
  /** The run that they belong to. */
  readonly run: JobRun;
  /** Who is told what becomes of them. */
  readonly listener: BatchListener;
  /** Prepares their arguments. */
  readonly args: BatchArgs;
}

/** Sends batches to a worker, and hears what it says. */
export class WorkerDialogue {
  /** What it runs. */
  running: RunningBatch | undefined;
  /** Whether its own modules are loaded. */
  isReady = false;
  /** What it has logged last. */
  readonly last: LastRecords = new LastRecords();
  readonly #worker: DialogueWorker;
  readonly #site: WorkerSite;
  /** Whether it has not been sent anything to run. */
  #isNew = true;
  /** Which names of levels it knows. */
  #sentNames: number | undefined;

  /**
   * Begins with a worker that is being started.
   *
   * @param worker The worker.
   * @param site What it was given.
   */
  constructor(worker: DialogueWorker, site: WorkerSite) {
    this.#worker = worker;
    this.#site = site;
  }

  /**
   * Makes the message of a batch.
   *
   * @param jobs The calls; at least one.
   * @param options Their run, who is told what becomes of them, and what prepares their arguments.
   * @returns The message; `undefined` if no call can be sent: then all have come to their end.
   */
  open(
    jobs: readonly Job[],
    { run, listener, args }: OpenOptions,
  ): CallsMessage | undefined {
    const batch = this.running = new RunningBatch(jobs, listener);
    this.last.clear();
    const packed = batch.pack((call) => args.prepare(call));
    if (packed.calls.index.length === 0) return undefined;
    const head = batchHead(run, this.#site, this.#isNew);
    batch.isInitializing = head.initializer !== undefined;
    this.#isNew = false;
    const names = levelNamesVersion();
    const levelNames = names === this.#sentNames ? undefined : customLevels();
    this.#sentNames = names;
    return { ...head, ...packed, levelNames, locations: locationsWanted() };
  }

  /**
   * Hears what the worker says.
   *
   * @param message What it said.
   */
  hear(message: FromWorker): void {
    switch (message.type) {
      case "paralog:ready":
        this.isReady = true;
        break;
      case "paralog:initialized":
        if (this.running) this.running.isInitializing = false;
        break;
      case "paralog:began":
        this.running?.begin();
        break;
      case "paralog:loading":
        this.running?.load(message.isLoading);
        break;
      case "paralog:settled":
        if (this.running?.hasBegun === false) this.running.begin(); // Its records may have to be waited for.
        this.#worker.tell((batch) => batch.settle(message.outcomes));
        break;
      case "paralog:cancelled":
        this.#worker.tell((batch) => batch.end());
        break;
      case "paralog:listening":
        this.running?.listen(message.index);
        break;
      case "paralog:progress":
        this.running?.tell(message.index, message.done, message.total);
        break;
      case "paralog:uncaught":
        this.#onUncaught(message.error);
        break;
      case "paralog:ending":
        this.die(() => this.crash(message.reason, message.error));
        break;
      default:
        message satisfies never;
    }
  }

  /** The worker dies of an error: that of the call it runs, or one that came after its call. */
  die(error: () => unknown): void {
    if (this.isReady && !this.running?.hasBegun && !this.running?.isInitializing) {
      this.reportDeath(error());
    }
    this.#worker.end(error);
  }

  /** The worker came to its end while it ran nothing. */
  reportDeath(error: unknown): void {
    const { name } = this.#worker;
    this.#worker.report("ERROR", "%s died after its task had ended", [name, error]);
  }

  /**
   * The error of a worker that has come to its end.
   *
   * @param reason How it came to its end.
   * @param thrown What was thrown, if that is why.
   */
  crash(reason: CrashReason, thrown?: SerializedThrown): unknown {
    const cause = thrown && reviveThrown(thrown);
    const why = this.running?.explain(reason) ?? reason;
    return crashError(this.#worker.name, why, this.running?.current, this.last, cause);
  }

  /**
   * The error of a call of which nobody knows what has become.
   *
   * @param job The call.
   * @param message What is known.
   */
  lost(job: Job, message: string): unknown {
    return crashError(this.#worker.name, { kind: "lost", message }, job, this.last);
  }

  #onUncaught(thrown: SerializedThrown): void {
    this.die(() =>
      this.running?.isInitializing
        ? this.crash(initializerReason(thrown), thrown)
        : reviveThrown(thrown, this.running?.current?.call.errors)
    );
  }
}
