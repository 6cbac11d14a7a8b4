/**
 * A child process that runs calls: the caller's side.
 *
 * @module
 */

import { decodeRecord } from "../../logging/codec/record_codec.ts";
import { serializeThrown } from "../../logging/errors.ts";
import { type LevelName, LEVELS } from "../../logging/levels.ts";
import { currentRealm } from "../../logging/realm.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import { createRecord, type LogRecord } from "../../logging/record.ts";
import type { ArrivalLane, Arrivals } from "../../relay/arrivals.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { isEncodable } from "../../relay/clone_bytes.ts";
import type { Frame } from "../../relay/pipe_frame.ts";
import { passOnCounts } from "../../relay/pipe_sink.ts";
import { LevelPusher } from "../../relay/pushed_levels.ts";
import type { BackendWorker, BatchListener, Job, JobRun, WorkerSite } from "../backend.ts";
import { BatchArgs } from "../values/batch_args.ts";
import type { RunningBatch } from "../wire/running_batch.ts";
import { decodeMessage } from "../wire/process_message.ts";
import { isFromWorker } from "../wire/wire.ts";
import { type DialogueWorker, WorkerDialogue } from "../wire/worker_dialogue.ts";
import { ChildChannel, type ChildListener } from "./child_channel.ts";
import { type ChildEnd, crashReasonOf } from "./child_end.ts";
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
export class WorkerProcess implements BackendWorker, DialogueWorker, ChildListener {
  readonly name: string;
  /** Whether it can import the modules of calls. */
  readonly imports: ProcessCommand["imports"];
  readonly #site: WorkerSite;
  readonly #arrivals: Arrivals;
  readonly #lane: ArrivalLane;
  readonly #channel: ChildChannel;
  readonly #ended = Promise.withResolvers<void>();
  readonly #dialogue: WorkerDialogue;
  #alive = true;
  /** What the running call is rejected with, if it is not how the process ended. */
  #reason: (() => unknown) | undefined;
  /** The realm that dispatched the last call; it also gets what is logged after a call's end. */
  #caller: CallerRealm | undefined;
  /** The context of the run that the last call belongs to. */
  #enter: JobRun["enter"] = (fn) => fn();
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
    this.#dialogue = new WorkerDialogue(this, site);
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
    const run = jobs[0]?.run;
    if (!run) return Promise.resolve();
    this.#channel.ref();
    this.#follow(caller);
    this.#enter = run.enter;
    const args = new BatchArgs({ plan: this.#site.transfer, to: "process", size: jobs.length });
    const message = this.#dialogue.open(jobs, { run, listener, args });
    const batch = this.#dialogue.running;
    if (message) {
      const parts = { buffers: args.buffers, moved: args.transfer };
      this.#channel.send({ ...message, levels: [...caller.levels()] }, parts);
      this.#countBytes();
    } else {
      this.#release();
      batch?.begin();
    }
    return batch?.done ?? Promise.resolve();
  }

  cancel(reason: unknown): boolean {
    this.#channel.send({
      type: "cancel",
      reason: toCloneableThrown(serializeThrown(reason), isEncodable),
    });
    return this.#dialogue.running?.isListening ?? false;
  }

  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#dialogue.last.of(run, index);
  }

  terminate(reason: unknown): Promise<void> {
    this.end(() => reason);
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
        const message = decodeMessage(payload, buffers);
        if (isFromWorker(message)) {
          this.#lane.afterwards(() => this.#alive && this.#dialogue.hear(message));
        }
        break;
      }
      default:
        kind satisfies never;
    }
  }

  onEnd(end: ChildEnd): void {
    this.#lane.afterwards(() => this.#onEnded(end));
  }

  #receive(record: LogRecord): void {
    this.#dialogue.last.add(record);
    let outcome: RecordOutcome = "dropped";
    try {
      outcome = this.#enter(() => this.#caller?.receive(record)) ?? outcome;
    } finally {
      this.#site.tally.count(outcome);
    }
  }

  /** Kills the process. Its call is rejected once its last records are handled. */
  end(error: () => unknown): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#reason = error;
    this.#channel.ref(); // What is left in the pipe is worth the wait.
    this.#channel.kill(this.#dialogue.running !== undefined); // With what its task has started.
  }

  #onEnded(end: ChildEnd): void {
    this.#alive = false;
    this.#levelWatch?.[Symbol.dispose]();
    this.#lane[Symbol.dispose]();
    const error = this.#reason ? this.#reason() : this.#describe(end);
    const batch = this.#dialogue.running;
    this.#release();
    if (batch) batch.fail(error);
    else if (!this.#reason) this.#dialogue.reportDeath(error);
    this.#ended.resolve();
  }

  #describe(end: ChildEnd): unknown {
    const dialogue = this.#dialogue;
    return end.kind === "error" && dialogue.isReady
      ? end.error
      : dialogue.crash(crashReasonOf(end, dialogue.isReady));
  }

  tell(act: (batch: RunningBatch) => void): void {
    const batch = this.#dialogue.running;
    if (!batch) return;
    act(batch);
    if (batch.isOver && this.#dialogue.running === batch) this.#release();
  }

  #countBytes(): void {
    const { sent, received } = this.#channel.bytes;
    this.#site.addBytes(sent - this.#counted.sent, received - this.#counted.received);
    this.#counted = { sent, received };
  }

  /** An idle process keeps no program alive. */
  #release(): void {
    this.#countBytes();
    this.#dialogue.running = undefined;
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
    if (!this.#dialogue.running || !this.#alive || !this.#caller) return onSent();
    this.#channel.send({ type: "levels", levels: [...this.#caller.levels()] }, { onSent });
  }

  report(level: LevelName, message: string, args: readonly unknown[]): void {
    const { origin } = currentRealm();
    this.#caller?.receive(createRecord(origin, "paralog", LEVELS[level], message, args));
  }
}
