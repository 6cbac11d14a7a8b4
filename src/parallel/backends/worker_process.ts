/**
 * A child process that runs calls: the caller's side.
 *
 * @module
 */

import { decodeRecord } from "../../logging/codec/record_codec.ts";
import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import { customLevels, levelNamesVersion, LEVELS } from "../../logging/levels.ts";
import { locationsWanted } from "../../logging/location.ts";
import { currentRealm } from "../../logging/realm.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import { createRecord, type LogRecord } from "../../logging/record.ts";
import type { ArrivalLane, Arrivals } from "../../relay/arrivals.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { decodeClone, isEncodable } from "../../relay/clone_bytes.ts";
import type { Frame } from "../../relay/pipe_frame.ts";
import { passOnCounts } from "../../relay/pipe_sink.ts";
import { LevelPusher } from "../../relay/pushed_levels.ts";
import type { BackendWorker, BatchListener, Job, WorkerSite } from "../backend.ts";
import { BatchArgs } from "../values/batch_args.ts";
import { crashError, type CrashReason, initializerReason, reviveThrown } from "../errors.ts";
import { LastRecords } from "../tasks/last_records.ts";
import type { ProcessBatch } from "../wire/process_wire.ts";
import { batchHead, RunningBatch } from "../wire/running_batch.ts";
import { type FromWorker, isFromWorker } from "../wire/wire.ts";
import {
  ChildChannel,
  type ChildEnd,
  type ChildListener,
  type SendOptions,
} from "./child_channel.ts";
import type { ProcessCommand } from "./process_command.ts";

/** What a process is given. */
export interface ProcessSite {
  /** What the `Parallel` gives. */
  readonly site: WorkerSite;
  /** Puts the records of all processes in order. */
  readonly arrivals: Arrivals;
  /** What starts it. */
  readonly command: ProcessCommand;
}

const decoder = new TextDecoder();

/** A process, from its start to its end. */
export class WorkerProcess implements BackendWorker, ChildListener {
  readonly name: string;
  /** Whether it can import the modules of calls. */
  readonly imports: ProcessCommand["imports"];
  readonly #site: WorkerSite;
  readonly #arrivals: Arrivals;
  readonly #lane: ArrivalLane;
  readonly #channel: ChildChannel;
  readonly #ended = Promise.withResolvers<void>();
  #ready = false;
  #alive = true;
  /** Whether it has not been sent anything to run. */
  #isNew = true;
  #running: RunningBatch | undefined;
  readonly #last = new LastRecords();
  /** What the running call is rejected with, if it is not how the process ended. */
  #reason: { readonly error: unknown } | undefined;
  /** The realm that dispatched the last call; it also gets what is logged after a call's end. */
  #caller: CallerRealm | undefined;
  /** The context of the run that the last call belongs to. */
  #enter: Job["enter"] = (fn) => fn();
  /** Which names of levels the process knows. */
  #sentNames: number | undefined;
  /** The bytes that were counted so far. */
  #counted = { sent: 0, received: 0 };
  #levelWatch: Disposable | undefined;
  readonly #levels = new LevelPusher((onSent) => this.#sendLevels(onSent));

  /**
   * Starts it.
   *
   * @param number Which worker of the pool it is, from 1.
   * @param options What it is given.
   */
  constructor(number: number, { site, arrivals, command }: ProcessSite) {
    this.imports = command.imports;
    this.name = `Process-${number}`;
    this.#site = site;
    this.#arrivals = arrivals;
    this.#channel = new ChildChannel(command.args, this, command.reaper);
    this.#lane = arrivals.open(number, (record) => this.#receive(record));
    this.#channel.send({
      type: "start",
      worker: this.name,
      maxRecordLength: site.relay.maxRecordLength,
    });
    this.#channel.unref();
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(jobs: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void> {
    if (!this.#alive) return Promise.reject(new Error(`${this.name} has ended`));
    const [job] = jobs;
    if (!job) return Promise.resolve();
    const batch = this.#running = new RunningBatch(jobs, listener);
    this.#channel.ref();
    this.#follow(caller);
    this.#enter = job.enter;
    this.#last.clear();
    const args = new BatchArgs({ plan: this.#site.transfer, to: "process", size: jobs.length });
    const packed = batch.pack(({ call }) => args.prepare(call));
    if (packed.calls.length === 0) {
      this.#settleRefused(batch);
    } else {
      const head = batchHead(job, this.#site, this.#isNew);
      batch.isInitializing = head.initializer !== undefined;
      const parts = { buffers: args.buffers, moved: args.transfer };
      this.#send({ ...head, ...packed, ...this.#novelties(caller) }, parts);
    }
    return batch.done;
  }

  cancel(reason: unknown): boolean {
    this.#channel.send({
      type: "cancel",
      reason: toCloneableThrown(serializeThrown(reason), isEncodable),
    });
    return this.#running?.isListening ?? false;
  }

  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#last.of(run, index);
  }

  terminate(reason: unknown): Promise<void> {
    this.#end(reason);
    return this.#ended.promise;
  }

  onFrame({ kind, payload, buffers }: Frame): void {
    switch (kind) {
      case "record":
        this.#lane.add(decodeRecord(decoder.decode(payload)));
        break;
      case "counts":
        passOnCounts(payload, this.#site.tally);
        break;
      case "message": {
        const message = decodeClone(payload, buffers);
        if (isFromWorker(message)) this.#lane.afterwards(() => this.#onMessage(message));
        break;
      }
      default:
        kind satisfies never;
    }
  }

  onEnd(end: ChildEnd): void {
    this.#lane.afterwards(() => this.#onEnded(end));
  }

  #novelties(caller: CallerRealm): Pick<ProcessBatch, "levels" | "levelNames" | "locations"> {
    return {
      levels: caller.levels(),
      levelNames: levelNamesVersion() === this.#sentNames ? undefined : customLevels(),
      locations: locationsWanted(),
    };
  }

  #send(batch: ProcessBatch, parts: SendOptions): void {
    this.#channel.send(batch, parts);
    this.#countBytes();
    this.#isNew = false;
    this.#sentNames = levelNamesVersion();
  }

  #settleRefused(batch: RunningBatch): void {
    this.#release();
    batch.begin();
  }

  #receive(record: LogRecord): void {
    this.#last.add(record);
    let outcome: RecordOutcome = "dropped";
    try {
      outcome = this.#enter(() => this.#caller?.receive(record)) ?? outcome;
    } finally {
      this.#site.tally.count(outcome);
    }
  }

  #onMessage(message: FromWorker): void {
    if (!this.#alive) return;
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
        this.#tell((batch) => batch.settle(message.outcomes));
        break;
      case "paralog:cancelled":
        this.#tell((batch) => batch.end());
        break;
      case "paralog:listening":
        this.#running?.listen(message.index);
        break;
      case "paralog:progress":
        this.#running?.tell(message.index, message.done, message.total);
        break;
      case "paralog:uncaught":
        this.#onUncaught(message.error);
        break;
      case "paralog:ending":
        this.#die(this.#crash(message.reason, message.error));
        break; // Of all other ends of a process the system tells.
      default:
        message satisfies never;
    }
  }

  #onUncaught(thrown: SerializedThrown): void {
    this.#die(
      this.#running?.isInitializing
        ? this.#crash(initializerReason(thrown), thrown)
        : reviveThrown(thrown, this.#running?.current?.call.errors),
    );
  }

  /** The process is to die of an error: that of the call it runs, or one that came after its call. */
  #die(error: unknown): void {
    if (!this.#running?.hasBegun && !this.#running?.isInitializing) this.#report(error);
    this.#end(error);
  }

  /** Kills the process. Its call is rejected once its last records are handled. */
  #end(error: unknown): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#reason = { error };
    this.#channel.ref(); // What is left in the pipe is worth the wait.
    this.#channel.kill(this.#running !== undefined); // With what its task has started.
  }

  #onEnded(end: ChildEnd): void {
    this.#alive = false;
    this.#levelWatch?.[Symbol.dispose]();
    this.#lane[Symbol.dispose]();
    const { error } = this.#reason ?? { error: this.#describe(end) };
    const batch = this.#running;
    this.#release();
    if (batch) batch.fail(error);
    else if (!this.#reason) this.#report(error);
    this.#ended.resolve();
  }

  #describe(end: ChildEnd): unknown {
    return end.kind === "error" && this.#ready ? end.error : this.#crash(this.#crashReason(end));
  }

  #crash(reason: CrashReason, error?: SerializedThrown): unknown {
    const cause = error && reviveThrown(error);
    const why = this.#running?.explain(reason) ?? reason;
    return crashError(this.name, why, this.#running?.current, this.#last, cause);
  }

  #crashReason(end: ChildEnd): CrashReason {
    if (end.kind === "error") return { kind: "start", message: messageOf(end.error) };
    if (this.#ready) return end;
    const how = end.kind === "exit" ? `exit(${end.code})` : end.signal;
    return { kind: "start", message: `it ended with ${how}; stderr has its reason` };
  }

  #tell(act: (batch: RunningBatch) => void): void {
    const batch = this.#running;
    if (!batch) return;
    act(batch);
    if (batch.isOver && this.#running === batch) this.#release();
  }

  #countBytes(): void {
    const { sent, received } = this.#channel.bytes;
    this.#site.addBytes(sent - this.#counted.sent, received - this.#counted.received);
    this.#counted = { sent, received };
  }

  /** An idle process keeps no program alive. */
  #release(): void {
    this.#countBytes();
    this.#running = undefined;
    this.#channel.unref();
  }

  #follow(caller: CallerRealm): void {
    if (caller === this.#caller) return;
    // What code has logged since its task ended belongs to the run before.
    if (this.#caller) this.#arrivals.handOn();
    this.#caller = caller;
    this.#levelWatch?.[Symbol.dispose]();
    this.#levelWatch = caller.watchLevels(() => this.#levels.changed());
  }

  #sendLevels(onSent: () => void): void {
    // A call comes with the levels, so those of an idle process can wait.
    if (!this.#running || !this.#alive || !this.#caller) return onSent();
    this.#channel.send({ type: "levels", levels: this.#caller.levels() }, { onSent });
  }

  #report(error: unknown): void {
    const text = "%s died after its task had ended";
    const record = createRecord(currentRealm().origin, "paralog", LEVELS.ERROR, text, [
      this.name,
      error,
    ]);
    this.#caller?.receive(record);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
