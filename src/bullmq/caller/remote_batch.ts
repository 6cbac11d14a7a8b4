/**
 * A batch that an agent runs: what it tells, the caller's side.
 *
 * @module
 */

import { serializeThrown } from "../../logging/errors.ts";
import { type LevelName, LEVELS } from "../../logging/levels.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import { currentRealm } from "../../logging/realm.ts";
import { createRecord, type LogRecord } from "../../logging/record.ts";
import type { ArrivalLane } from "../../relay/arrivals.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { isEncodable } from "../../relay/clone_bytes.ts";
import type { Job } from "../../parallel/backend.ts";
import { type ChildEnd, crashReasonOf } from "../../parallel/backends/child_end.ts";
import { BatchArgs } from "../../parallel/values/batch_args.ts";
import type { RunningBatch } from "../../parallel/wire/running_batch.ts";
import type { FromWorker } from "../../parallel/wire/wire.ts";
import { type DialogueWorker, WorkerDialogue } from "../../parallel/wire/worker_dialogue.ts";
import { isSettledInTime } from "../in_time.ts";
import type { Answer } from "../wire/messages.ts";
import type { BatchOwner, BatchPlan } from "./batch_plan.ts";
import type { JobEnd, SentJob } from "./sent_job.ts";
import { SettledCalls } from "./settled_calls.ts";
import { ToldJob, type ToldListener } from "./told_job.ts";

/**
 * How long the end of a batch is waited for that was to be killed, in milliseconds: its agent may be gone, or Redis
 * out of reach.
 */
const KILL_WAIT = 5000;

const UNTOLD =
  "result lost: its agent did not tell what became of all calls. Records may be missing too";

const TAKEN_OVER = "%s was lost: %s runs again what it had not finished";

const UNENDED = "%s did not say within %d ms that it was ended: %s may still run there";

const AGAIN = "A batch of %d calls was given up (%s): each of the %d that are left is sent alone";

/** One batch, from when it is sent to its end. */
export class RemoteBatch implements DialogueWorker, ToldListener {
  readonly #owner: BatchOwner;
  readonly #plan: BatchPlan;
  readonly #dialogue: WorkerDialogue;
  readonly #lane: ArrivalLane;
  #settled = new SettledCalls("", []);
  #sent: SentJob | undefined;
  /** What is left to be sent, as batches of their own. */
  #left: readonly (readonly Job[])[] = [];
  /** Whether an agent has taken it, and whether Redis is gone. */
  #waiting = { isTaken: false, isAway: false };
  #isStopped = false;
  /** Whether what becomes of its calls is not heard any more. */
  #isLost = false;
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

  /** Whether its calls were told to come to their end, or its process was. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /**
   * Sends it.
   *
   * @returns When all calls have come to their end, or were not started; with those that are to be sent in other
   * batches.
   * @throws What `BackendWorker.run` throws.
   */
  async run(): Promise<readonly (readonly Job[])[]> {
    await this.#start();
    return this.#left;
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
    const told = new ToldJob(this, this.#lane, site.tally);
    const envelope = { site: remoteSite, batch: { ...message, levels: [...caller.levels()] } };
    this.#sent = link.send(envelope, {
      moved: args.transfer,
      onTaken: () => this.#wait({ isTaken: true }),
      onFrames: (list) => told.take(list),
      onAway: (isAway) => this.#wait({ isAway }),
      report: (...what) => this.report(...what),
    });
    this.#wait();
    this.#await(this.#sent, told);
    return batch.done;
  }

  /** The time that a call may take does not pass while nothing can be heard of it. */
  #wait(change: { readonly isTaken?: boolean; readonly isAway?: boolean } = {}): void {
    const { isTaken, isAway } = this.#waiting = { ...this.#waiting, ...change };
    this.#dialogue.running?.wait(isAway || !isTaken);
  }

  async #await(sent: SentJob, told: ToldJob): Promise<void> {
    const end = await sent.end;
    const { sent: bytes, received } = sent.bytes;
    this.#owner.site.addBytes(bytes, received);
    if (end.kind === "answer") told.finish(end.answer);
    this.#lane.afterwards(() => this.#onEnd(end));
  }

  /** Tells the running call to come to its end. Returns whether it listens, as far as is known. */
  cancel(thrown: unknown): boolean {
    const { running } = this.#dialogue;
    if (!running?.hasBegun) return false;
    this.#isStopped = true;
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
    this.#isStopped = true;
    this.#sent?.kill();
    await isSettledInTime(KILL_WAIT, running.done);
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

  /** None comes after it. What its process still says is waited for, but not for ever. */
  async leaveSoon(): Promise<void> {
    if (!await isSettledInTime(KILL_WAIT, this.#sent?.end)) this.#sent?.close();
    await this.leave();
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

  onDelivery(worker: string, isKnown: boolean): void {
    if (!this.#waiting.isTaken) this.#wait({ isTaken: true });
    this.#lane.afterwards(() => {
      const before = this.#worker;
      if (before !== undefined) this.#settled.repeat();
      if (worker === "") return; // It does not run what was stopped before.
      this.#worker = worker;
      const { running } = this.#dialogue;
      if (before === undefined || !running) return;
      running.isInitializing = this.#owner.site.initializer !== undefined;
      if (!isKnown && !this.#isStopped) this.report("WARN", TAKEN_OVER, [before, worker]);
    });
  }

  isNews(record: LogRecord): boolean {
    return !this.#settled.hasLogged(record) || !this.#dialogue.running;
  }

  onUnreadable(why: string): void {
    if (!this.#dialogue.running) return;
    this.#isLost = true;
    this.#lose(`result lost: what its process tells can't be read: ${why}`);
    this.#sent?.kill();
  }

  /** Nobody knows what has become of the calls that are left. */
  #lose(message: string): void {
    this.#dialogue.running?.refuse((job) => this.#dialogue.lost(job, message));
    this.#release();
  }

  onMessage(message: FromWorker): void {
    if (this.#isLost) return;
    const settled = this.#settled;
    if (message.type === "paralog:settled") {
      const { left } = settled;
      const outcomes = settled.add(message.outcomes);
      const count = outcomes.values.length;
      if (count > left) {
        return this.onUnreadable(`it tells of ${count} calls, and ${left} were left`);
      }
      if (count > 0) this.#dialogue.hear({ ...message, outcomes });
    } else if (message.type === "paralog:progress") {
      const { index } = message;
      if (settled.wasSent(index) && !settled.has(index)) this.#dialogue.hear(message);
    } else this.#dialogue.hear(message);
  }

  #onEnd(end: JobEnd): void {
    if (this.#isLost) return;
    if (end.kind === "answer") return this.#onAnswered(end.answer);
    const { running } = this.#dialogue;
    if (!running) return; // Of its calls all is known.
    switch (end.kind) {
      case "refused":
        return this.#release()?.refuse(end.makeError);
      case "too long":
        return this.#onTooLong(end.error);
      case "lost":
        return this.#lose(end.message);
      case "given up":
        return this.#onGivenUp(running, end.message);
      case "taken back":
        return this.#fail(() => new Error(`${this.name} was ended before the batch began`));
      default:
        end satisfies never;
    }
  }

  #onTooLong(error: unknown): void {
    const { jobs } = this.#plan;
    if (jobs.length === 1) return this.#release()?.refuse(() => error);
    const middle = Math.ceil(jobs.length / 2);
    this.#split([jobs.slice(0, middle), jobs.slice(middle)]);
  }

  /** Which of its calls is to blame is not known: each one may show it. */
  #onGivenUp(running: RunningBatch, message: string): void {
    const { jobs } = this.#plan;
    const { current } = running;
    if (this.#reason) return this.#fail(this.#reason);
    if (jobs.length === 1 || !current) return this.#lose(message);
    // Of calls that were not sent, those before it are settled once one has begun.
    const left = running.hasBegun ? jobs.slice(jobs.indexOf(current)) : jobs;
    this.report("WARN", AGAIN, [jobs.length, message, left.length]);
    this.#split(left.map((job) => [job]));
  }

  #split(left: readonly (readonly Job[])[]): void {
    this.#left = left;
    this.#release()?.end();
  }

  #onAnswered({ end, isReady }: Answer): void {
    const { running } = this.#dialogue;
    if (!running && !end) return;
    if (isReady) this.#dialogue.isReady = true;
    if (end || this.#reason) return this.#fail(() => this.#describe(end));
    this.#lose(UNTOLD);
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
    this.report("WARN", UNENDED, [this.name, KILL_WAIT, task]);
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
