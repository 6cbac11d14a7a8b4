/**
 * The backend that runs calls in Web Workers: the caller's side.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { customLevels } from "../../logging/levels.ts";
import { locationsWanted } from "../../logging/location.ts";
import { getLogger } from "../../logging/realm.ts";
import type { Backend, BackendWorker, Job } from "../backend.ts";
import { uncloneableArgs } from "../clone.ts";
import { type CrashReason, reviveThrown, WorkerCrashError } from "../errors.ts";
import type { Call } from "../task.ts";
import { isFromWorker, type ToWorker } from "../wire.ts";

/** Runs calls in Web Workers. */
export const workersBackend: Backend = {
  name: "workers",
  maxWorkers: Infinity,
  obstacle: readObstacle,
  start: (number) => new WebWorker(`Worker-${number}`),
};

const ENTRY = new URL("./worker_entry.ts", import.meta.url);

/** The folder of all modules that the entry imports. */
const SOURCES = new URL("../../", import.meta.url);

/**
 * A worker imports modules, for which Deno wants `--allow-read` if they are files. It is checked
 * beforehand, because a worker that is refused prints an error of its own.
 */
async function readObstacle(calls: readonly Call[]): Promise<string | undefined> {
  const urls = new Set([SOURCES.href]);
  for (const { task } of calls) if (task.kind === "module") urls.add(task.url);
  const files = [...urls].filter((url) => url.startsWith("file:")).map((url) => new URL(url));
  for (const path of files) {
    const { state } = await Deno.permissions.query({ name: "read", path });
    if (state === "granted") continue;
    // Asks on a terminal, once for all that the modules import; elsewhere it is refused at once.
    const asked = state === "prompt"
      ? await Deno.permissions.request({ name: "read" })
      : { state: "denied" };
    if (asked.state === "granted") return undefined;
    return `Cannot start workers: they import ${decodeURI(path.pathname)}, and Deno may not read ` +
      "it. Run with --allow-read";
  }
  return undefined;
}

/** A call that a worker runs. */
interface RunningCall {
  readonly job: Job;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class WebWorker implements BackendWorker {
  readonly #name: string;
  readonly #worker: Worker;
  #ready = false;
  #alive = true;
  #running: RunningCall | undefined;
  /** The realm that dispatched the last call; it also gets what is logged after a call's end. */
  #caller: CallerRealm | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#worker = new Worker(ENTRY, { type: "module", name });
    this.#worker.addEventListener("message", (event) => this.#onMessage(event.data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault(); // Otherwise the error of one task would end the program.
      this.#onError(event.message);
    });
    this.#worker.addEventListener("messageerror", () => this.#onError("a message was unreadable"));
    this.#post({ type: "start", worker: name, customLevels: customLevels() });
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(job: Job, caller: CallerRealm): Promise<unknown> {
    if (!this.#alive) return Promise.reject(new Error(`${this.#name} has ended`));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#running = { job, resolve, reject };
    this.#caller = caller;
    const { task, args } = job.call;
    try {
      this.#post({
        type: "call",
        index: job.index,
        task,
        args,
        levels: caller.levels(),
        run: job.run,
        context: job.context,
        locations: locationsWanted(),
      });
    } catch (error) {
      this.#settle()?.reject(uncloneableArgs(job.call, error));
    }
    return promise;
  }

  terminate(reason: unknown): void {
    if (!this.#alive) return;
    this.#stop();
    this.#settle()?.reject(reason);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #onMessage(message: unknown): void {
    if (!this.#alive || !isFromWorker(message)) return;
    switch (message.type) {
      case "paralog:ready":
        this.#ready = true;
        break;
      case "paralog:record":
        this.#caller?.receive(message.record);
        break;
      case "paralog:done":
        this.#settle()?.resolve(message.value);
        break;
      case "paralog:failed":
        this.#settle()?.reject(reviveThrown(message.error));
        break;
      case "paralog:uncaught":
        this.#end(reviveThrown(message.error));
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
    if (this.#ready) this.#end(new Error(message));
    else this.#crash({ kind: "start", message });
  }

  #crash(reason: CrashReason): void {
    const task = this.#running?.job.call.task.name ?? "no task";
    this.#end(new WorkerCrashError(this.#name, reason, task));
  }

  /** Ends the worker for an error: that of the call it runs, or one that came after its call. */
  #end(error: unknown): void {
    this.#stop();
    const running = this.#settle();
    if (running) running.reject(error);
    else getLogger("paralog").error("%s died after its task had ended", this.#name, error);
  }

  #stop(): void {
    this.#alive = false;
    this.#worker.terminate();
  }

  /** Takes the call that runs, to resolve or reject it. */
  #settle(): RunningCall | undefined {
    const running = this.#running;
    this.#running = undefined;
    return running;
  }
}
