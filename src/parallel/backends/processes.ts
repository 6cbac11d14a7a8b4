/**
 * The backend that runs calls in child processes: the caller's side.
 *
 * @module
 */

import { decodeRecord } from "../../logging/codec/record_codec.ts";
import { customLevels, levelNamesVersion, LEVELS } from "../../logging/levels.ts";
import { locationsWanted } from "../../logging/location.ts";
import { currentRealm } from "../../logging/realm.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import { createRecord, type LogRecord } from "../../logging/record.ts";
import { type ArrivalLane, Arrivals } from "../../relay/arrivals.ts";
import { decodeClone, isEncodable } from "../../relay/clone_bytes.ts";
import type { Frame } from "../../relay/pipe_frame.ts";
import { passOnCounts } from "../../relay/pipe_sink.ts";
import { LevelPusher } from "../../relay/pushed_levels.ts";
import type { Backend, BackendWorker, Job, WorkerSite } from "../backend.ts";
import { uncloneableArgs } from "../clone.ts";
import { type CrashReason, reviveThrown, WorkerCrashError } from "../errors.ts";
import type { Call } from "../task.ts";
import { type FromWorker, isFromWorker } from "../wire.ts";
import { ChildChannel, type ChildEnd, type ChildListener } from "./child_channel.ts";
import { findConfig, processArguments, processObstacle } from "./process_command.ts";
import { readObstacle } from "./read_permission.ts";
import type { RunningCall } from "./running_call.ts";

/** Options of {@linkcode ProcessesBackend}. */
export interface ProcessesOptions {
  /**
   * More flags for the `deno run` that starts a process, such as `--v8-flags=--max-old-space-size=512`,
   * or `--config=app.json` where the program itself was started with one.
   *
   * @default none
   */
  readonly flags?: readonly string[];
}

/** Runs calls in child processes, and puts what they log in one order. */
export class ProcessesBackend implements Backend {
  readonly name = "processes";
  readonly maxWorkers: number = Infinity;
  readonly #flags: readonly string[];
  readonly #arrivals = new Arrivals();
  #config: { readonly path: string | undefined } | undefined;

  /**
   * Makes the backend; no process is started yet.
   *
   * @param options More flags for Deno.
   */
  constructor(options: ProcessesOptions = {}) {
    this.#flags = options.flags ?? [];
  }

  async obstacle(calls: readonly Call[]): Promise<string | undefined> {
    return await processObstacle() ?? await readObstacle(calls, "processes");
  }

  start(number: number, site: WorkerSite): BackendWorker {
    this.#config ??= { path: findConfig() };
    const config = this.#config.path;
    const args = processArguments(this.#flags, config);
    return new ProcessWorker(number, { site, arrivals: this.#arrivals, config, args });
  }
}

/** What a process is given. */
interface ProcessSite {
  readonly site: WorkerSite;
  readonly arrivals: Arrivals;
  /** The configuration file of the program. */
  readonly config: string | undefined;
  /** The arguments for Deno. */
  readonly args: readonly string[];
}

const decoder = new TextDecoder();

class ProcessWorker implements BackendWorker, ChildListener {
  readonly name: string;
  readonly #site: WorkerSite;
  readonly #arrivals: Arrivals;
  readonly #lane: ArrivalLane;
  readonly #channel: ChildChannel;
  readonly #ended = Promise.withResolvers<void>();
  #ready = false;
  #alive = true;
  #running: RunningCall | undefined;
  /** What the running call is rejected with, if it is not how the process ended. */
  #reason: { readonly error: unknown } | undefined;
  /** The realm that dispatched the last call; it also gets what is logged after a call's end. */
  #caller: CallerRealm | undefined;
  /** The context of the run that the last call belongs to. */
  #enter: Job["enter"] = (fn) => fn();
  /** Which names of levels the process knows. */
  #sentNames: number | undefined;
  #levelWatch: Disposable | undefined;
  readonly #levels = new LevelPusher((onSent) => this.#sendLevels(onSent));

  constructor(number: number, { site, arrivals, config, args }: ProcessSite) {
    this.name = `Process-${number}`;
    this.#site = site;
    this.#arrivals = arrivals;
    this.#channel = new ChildChannel(args, this);
    this.#lane = arrivals.open(number, (record) => this.#receive(record));
    this.#channel.send({
      type: "start",
      worker: this.name,
      maxRecordLength: site.relay.maxRecordLength,
      config,
    });
    this.#channel.unref();
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(job: Job, caller: CallerRealm): Promise<unknown> {
    if (!this.#alive) return Promise.reject(new Error(`${this.name} has ended`));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#running = { job, resolve, reject };
    this.#channel.ref();
    this.#follow(caller);
    this.#enter = job.enter;
    const { index, run, attempt, context, call: { task, args } } = job;
    const names = levelNamesVersion();
    const levelNames = names === this.#sentNames ? undefined : customLevels();
    const [levels, locations] = [caller.levels(), locationsWanted()];
    const rest = { run, attempt, context, levels, levelNames, locations };
    try {
      this.#channel.send({ type: "call", index, task, args, ...rest });
      this.#sentNames = names;
    } catch (error) {
      this.#settle()?.reject(uncloneableArgs(job.call, error, isEncodable));
    }
    return promise;
  }

  terminate(reason: unknown): Promise<void> {
    this.#end(reason);
    return this.#ended.promise;
  }

  onFrame({ kind, payload }: Frame): void {
    switch (kind) {
      case "record":
        this.#lane.add(decodeRecord(decoder.decode(payload)));
        break;
      case "counts":
        passOnCounts(payload, this.#site.tally);
        break;
      case "message": {
        const message = decodeClone(payload);
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

  #receive(record: LogRecord): void {
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
      case "paralog:done":
        this.#settle()?.resolve(message.value);
        break;
      case "paralog:failed":
        this.#settle()?.reject(reviveThrown(message.error));
        break;
      case "paralog:uncaught":
        this.#die(reviveThrown(message.error));
        break;
      case "paralog:ending":
        break; // Web Workers say this. Of a process, the system does.
      default:
        message satisfies never;
    }
  }

  /** The process is to die of an error: that of the call it runs, or one that came after its call. */
  #die(error: unknown): void {
    if (!this.#running) this.#report(error);
    this.#end(error);
  }

  /** Kills the process. Its call is rejected once its last records are handled. */
  #end(error: unknown): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#reason = { error };
    this.#channel.ref(); // What is left in the pipe is worth the wait.
    this.#channel.kill();
  }

  #onEnded(end: ChildEnd): void {
    this.#alive = false;
    this.#levelWatch?.[Symbol.dispose]();
    this.#lane[Symbol.dispose]();
    const { error } = this.#reason ?? { error: this.#describe(end) };
    const running = this.#settle();
    if (running) running.reject(error);
    else if (!this.#reason) this.#report(error);
    this.#ended.resolve();
  }

  #describe(end: ChildEnd): unknown {
    return end.kind === "error" && this.#ready
      ? end.error
      : new WorkerCrashError(this.name, this.#crashReason(end), this.#taskName());
  }

  #crashReason(end: ChildEnd): CrashReason {
    if (end.kind === "error") return { kind: "start", message: messageOf(end.error) };
    if (this.#ready) return end;
    const how = end.kind === "exit" ? `exit(${end.code})` : end.signal;
    return { kind: "start", message: `it ended with ${how}; stderr has its reason` };
  }

  #taskName(): string {
    return this.#running?.job.call.task.name ?? "no task";
  }

  /** Takes the call that runs, to resolve or reject it. An idle process keeps no program alive. */
  #settle(): RunningCall | undefined {
    const running = this.#running;
    this.#running = undefined;
    this.#channel.unref();
    return running;
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
    this.#channel.send({ type: "levels", levels: this.#caller.levels() }, onSent);
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
