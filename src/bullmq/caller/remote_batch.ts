/**
 * A batch that an agent runs: what it tells, the caller's side.
 *
 * @module
 */

import { decodeRecord } from "../../logging/codec/record_codec.ts";
import { serializeThrown } from "../../logging/errors.ts";
import { type LevelName, LEVELS } from "../../logging/levels.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import { currentRealm } from "../../logging/realm.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { createRecord, type LogRecord } from "../../logging/record.ts";
import type { ArrivalLane } from "../../relay/arrivals.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { decodeClone, isEncodable } from "../../relay/clone_bytes.ts";
import { passOnCounts } from "../../relay/pipe_sink.ts";
import type { BatchListener, Job, JobRun, WorkerSite } from "../../parallel/backend.ts";
import { type ChildEnd, crashReasonOf } from "../../parallel/backends/child_end.ts";
import { BatchArgs } from "../../parallel/values/batch_args.ts";
import type { RunningBatch } from "../../parallel/wire/running_batch.ts";
import { type FromWorker, isFromWorker } from "../../parallel/wire/wire.ts";
import { type DialogueWorker, WorkerDialogue } from "../../parallel/wire/worker_dialogue.ts";
import type { Answer, SentFrame, Site } from "../wire/messages.ts";
import type { CallerLink } from "./caller_link.ts";
import { DeliveryFeed, type FeedListener, type LostKind } from "./delivery_feed.ts";
import { RemoteOutput } from "./remote_output.ts";
import type { JobEnd, SentJob } from "./sent_job.ts";
import { SettledCalls } from "./settled_calls.ts";

/** The worker whose batch it is. */
export interface BatchOwner {
  /** Which worker of the pool it is. */
  readonly number: number;
  /** The name that the caller knows it by. */
  readonly name: string;
  /** What its `Parallel` gives. */
  readonly site: WorkerSite;
  /** The same for agents. */
  readonly remoteSite: Site;
  /** Leads to the agents. */
  readonly link: CallerLink;
  /** Its process has come to its end: it takes no more batches. */
  die(): void;
}

/** What is to be run. */
export interface BatchPlan {
  readonly jobs: readonly Job[];
  /** The run that they belong to. */
  readonly run: JobRun;
  /** The realm that dispatched them. */
  readonly caller: CallerRealm;
  /** Who is told what becomes of them. */
  readonly listener: BatchListener;
}

/**
 * How long the end of a batch is waited for that was to be killed, in milliseconds: its agent may be gone, or Redis
 * out of reach.
 */
const KILL_WAIT = 5000;

const NO_AGENT = "No agent takes calls at Redis %s, pool %s. Start one on each machine: " +
  "deno run -A jsr:@paralog/paralog/agent --redis=… --pool=… --allow-module=…";

const LOST = "%d %s of %s are lost: Redis cut the stream of their run before they were read";

const decoder = new TextDecoder();

/** One batch, from when it is sent to its end. */
export class RemoteBatch implements DialogueWorker, FeedListener {
  readonly #owner: BatchOwner;
  readonly #plan: BatchPlan;
  readonly #dialogue: WorkerDialogue;
  readonly #lane: ArrivalLane;
  readonly #feed = new DeliveryFeed(this);
  #settled = new SettledCalls("", []);
  readonly #output = new RemoteOutput();
  #sent: SentJob | undefined;
  #isTooLong = false;
  /** The name of the process that runs it, with that of its agent. */
  #worker: string | undefined;
  /** What the running call is rejected with, if it is not how the process ended. */
  #reason: (() => unknown) | undefined;

  /**
   * Makes it; nothing is sent yet.
   *
   * @param owner The worker whose batch it is.
   * @param plan What is to be run.
   */
  constructor(owner: BatchOwner, plan: BatchPlan) {
    this.#owner = owner;
    this.#plan = plan;
    this.#lane = owner.link.arrivals.open(owner.number, (record) => this.#receive(record));
    // The agent knows whether its process has run the initializer.
    this.#dialogue = new WorkerDialogue(this, { ...owner.site, initializer: undefined });
  }

  get name(): string {
    return this.#worker ?? this.#owner.name;
  }

  /**
   * Sends it.
   *
   * @returns When all calls have come to their end; or that it is too long to be sent, and was not.
   * @throws What `BackendWorker.run` throws.
   */
  async run(): Promise<"done" | "too long"> {
    await this.#start();
    return this.#isTooLong ? "too long" : "done";
  }

  #start(): Promise<void> {
    const { jobs, run, caller, listener } = this.#plan;
    const { site, link, remoteSite } = this.#owner;
    const args = new BatchArgs({ plan: site.transfer, to: "process", size: jobs.length });
    const message = this.#dialogue.open(jobs, { run, listener, args });
    const batch = this.#dialogue.running!; // It was opened just now.
    if (!message) {
      this.#dialogue.running = undefined;
      batch.begin();
      return batch.done;
    }
    batch.isInitializing = site.initializer !== undefined;
    this.#settled = new SettledCalls(run.id, message.calls.index);
    const envelope = { site: remoteSite, batch: { ...message, levels: caller.levels() } };
    this.#sent = link.send(envelope, {
      moved: args.transfer,
      onTaken: () => this.#dialogue.running?.wait(false),
      onFrames: (list) => this.#feed.take(list),
      warnNoAgent: (...where) => this.report("WARN", NO_AGENT, where),
    });
    batch.wait(true);
    this.#await(this.#sent);
    return batch.done;
  }

  async #await(sent: SentJob): Promise<void> {
    const end = await sent.end;
    const { sent: bytes, received } = sent.bytes;
    this.#owner.site.addBytes(bytes, received);
    if (end.kind === "answer") this.#feed.finish(end.answer);
    this.#lane.afterwards(() => this.#onEnd(end));
  }

  /** Tells the running call to come to its end. Returns whether it listens, as far as is known. */
  cancel(thrown: unknown): boolean {
    const { running } = this.#dialogue;
    if (!running?.hasBegun) return false;
    const reason = toCloneableThrown(serializeThrown(thrown), isEncodable);
    this.#sent?.cancel(reason);
    return running.isListening;
  }

  /**
   * Takes it back, or has its process killed.
   *
   * @param reason What its calls are rejected with.
   * @returns When it has come to its end, or is given up.
   */
  async kill(reason: unknown): Promise<void> {
    this.#reason ??= () => reason;
    const { running } = this.#dialogue;
    if (!running) return;
    this.#sent?.kill();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, KILL_WAIT);
    await Promise.race([running.done.catch(() => {}), late]);
    clearTimeout(timer);
    if (this.#dialogue.running === running) this.#giveUp(running);
  }

  /** What a call has logged last. */
  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#dialogue.last.of(run, index);
  }

  /** Another batch comes after it: once its own end was told, what its process still says is not heard. */
  async leave(): Promise<void> {
    await this.#sent?.end;
    this.#lane.afterwards(() => this.#close());
  }

  #close(): void {
    this.#sent?.close();
    this.#lane[Symbol.dispose]();
  }

  #receive(record: LogRecord): void {
    this.#dialogue.last.add(record);
    const { caller, run } = this.#plan;
    let outcome: RecordOutcome = "dropped";
    try {
      outcome = run.enter(() => caller.receive(record));
    } finally {
      this.#owner.site.tally.count(outcome);
    }
  }

  onDelivery(worker: string): void {
    this.#lane.afterwards(() => {
      const { running } = this.#dialogue;
      const before = this.#worker;
      this.#worker = worker;
      if (before === undefined || !running) return;
      this.#settled.repeat();
      running.isInitializing = this.#owner.site.initializer !== undefined;
      this.report("WARN", "%s was lost: %s runs again what it had not finished", [before, worker]);
    });
  }

  onFrame({ kind, payload, buffers }: SentFrame): void {
    switch (kind) {
      case "record": {
        const record = decodeRecord(decoder.decode(payload));
        if (!this.#settled.hasLogged(record) || !this.#dialogue.running) {
          this.#lane.add(record);
        }
        break;
      }
      case "counts":
        passOnCounts(payload, this.#owner.site.tally);
        break;
      case "stdout":
      case "stderr":
        this.#lane.afterwards(() => this.#output.print(kind, payload));
        break;
      case "message": {
        const message = decodeClone(payload, buffers);
        if (isFromWorker(message)) this.#lane.afterwards(() => this.#hear(message));
        break;
      }
      default:
        kind satisfies never;
    }
  }

  onLost(kind: LostKind, count: number): void {
    if (kind === "records") this.#owner.site.tally.count("dropped", count);
    const what = kind === "records" ? "records" : "pieces of output";
    this.#lane.afterwards(() => this.report("WARN", LOST, [count, what, this.name]));
  }

  #hear(message: FromWorker): void {
    if (message.type === "paralog:settled") {
      const outcomes = this.#settled.add(message.outcomes);
      if (outcomes.values.length > 0) this.#dialogue.hear({ ...message, outcomes });
    } else if (message.type !== "paralog:progress" || !this.#settled.has(message.index)) {
      this.#dialogue.hear(message);
    }
  }

  #onEnd(end: JobEnd): void {
    const { running } = this.#dialogue;
    switch (end.kind) {
      case "answer":
        return this.#onAnswered(end.answer);
      case "refused":
        return this.#release()?.refuse(end.makeError);
      case "too long":
        this.#isTooLong = this.#plan.jobs.length > 1;
        if (this.#isTooLong) return this.#release()?.end();
        return this.#release()?.refuse(() => end.error);
      case "lost": {
        const { message } = end;
        running?.refuse(() => this.#dialogue.crash({ kind: "lost", message }));
        this.#release();
        return;
      }
      case "given up": {
        const { message } = end;
        return this.#fail(() => this.#dialogue.crash({ kind: "lost", message }));
      }
      case "taken back":
        return this.#fail(() => new Error(`${this.name} was ended before the batch began`));
      default:
        end satisfies never;
    }
  }

  #onAnswered({ end, isReady }: Answer): void {
    const { running } = this.#dialogue;
    if (!running && !end) return;
    if (isReady) this.#dialogue.isReady = true;
    if (end || this.#reason) return this.#fail(() => this.#describe(end));
    const message = "result lost: its agent did not tell what became of all calls";
    running?.refuse(() => this.#dialogue.crash({ kind: "lost", message }));
    this.#release();
  }

  #describe(end: ChildEnd | undefined): unknown {
    const dialogue = this.#dialogue;
    if (!end) return dialogue.crash({ kind: "lost", message: "its agent does not say why" });
    return end.kind === "error" && dialogue.isReady
      ? end.error
      : dialogue.crash(crashReasonOf(end, dialogue.isReady));
  }

  /** The worker has come to its end, or is taken for that. */
  #fail(makeError: () => unknown): void {
    this.#owner.die();
    const error = this.#reason ? this.#reason() : makeError();
    const running = this.#release();
    if (running) running.fail(error);
    else if (!this.#reason) this.#dialogue.reportDeath(error);
  }

  #giveUp(running: RunningBatch): void {
    this.#sent?.close();
    const task = running.current?.call.task.name ?? "what it runs";
    this.report("WARN", "%s did not say within %d ms that it was ended: %s may still run there", [
      this.name,
      KILL_WAIT,
      task,
    ]);
    this.#fail(() => undefined);
  }

  #release(): RunningBatch | undefined {
    const { running } = this.#dialogue;
    this.#dialogue.running = undefined;
    return running;
  }

  tell(act: (batch: RunningBatch) => void): void {
    const batch = this.#dialogue.running;
    if (!batch) return;
    act(batch);
    if (batch.isOver && this.#dialogue.running === batch) this.#release();
  }

  /** Its agent kills the process, and answers once all that it wrote is read. */
  end(error: () => unknown): void {
    this.#reason ??= error;
    this.#owner.die();
  }

  report(level: LevelName, message: string, args: readonly unknown[]): void {
    const { origin } = currentRealm();
    this.#plan.caller.receive(createRecord(origin, "paralog", LEVELS[level], message, args));
  }
}
