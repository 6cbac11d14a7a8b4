/**
 * Running calls where they were sent to: each in a realm of its own, with its outcome as data.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { runInContext } from "../../logging/context.ts";
import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import type { Fields } from "../../logging/message.ts";
import type { RecordTally } from "../../logging/outcome.ts";
import { createTaskRealm, flushAll, type Realm, runInRealm } from "../../logging/realm.ts";
import { currentTask, runInTask, type TaskControl } from "./current_task.ts";
import { explainMissingName, functionOf } from "./source.ts";
import type { TaskFunction, TaskReference } from "./task.ts";

/** What became of a call. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown; readonly ms: number }
  | { readonly ok: false; readonly error: SerializedThrown; readonly ms: number };

/** A task that was looked for where it is to run: its function, or why there is none. */
export type LoadedTask =
  | { readonly name: string; readonly isSource: boolean; readonly fn: TaskFunction }
  | { readonly name: string; readonly error: unknown };

/** Finds the function of a task in a module. */
export type LoadModule = (
  task: TaskReference & { kind: "module" },
) => TaskFunction | Promise<TaskFunction>;

/** What several calls have in common. */
export interface RunPlace {
  /** Which run they belong to. */
  readonly run: string;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
  /** The realm that dispatched them. */
  readonly caller: CallerRealm;
}

/** How many functions are kept that were made of their source. */
const MOST_SOURCES = 100;

/** Runs the calls of one worker. */
export class TaskRunner {
  readonly #load: LoadModule;
  readonly #tally: RecordTally | undefined;
  readonly #sources = new Map<string, LoadedTask>();
  /** The modules of tasks that were loaded, by their URL. */
  readonly #modules = new Set<string>();
  /** What the initializer has set up, if there was one. */
  #base: Realm | undefined;

  /**
   * Makes a runner.
   *
   * @param load Finds the function of a task in a module.
   * @param tally Counts what becomes of the records that tasks log.
   */
  constructor(load: LoadModule, tally?: RecordTally) {
    this.#load = load;
    this.#tally = tally;
  }

  /**
   * Whether finding the function of a task takes no time.
   *
   * @param task How it is found.
   */
  hasLoaded(task: TaskReference & { kind: "module" }): boolean {
    return this.#modules.has(task.url);
  }

  /**
   * Finds the function of a task. Never throws.
   *
   * @param task How it is found.
   * @returns The function, or why there is none.
   */
  async load(task: TaskReference): Promise<LoadedTask> {
    const { name } = task;
    try {
      if (task.kind === "source") return await this.#compile(task.source, name);
      const fn = await this.#load(task);
      this.#modules.add(task.url);
      return { name, isSource: false, fn };
    } catch (error) {
      return { name, error };
    }
  }

  /**
   * Runs what comes before the first call of the worker. Handlers that it adds get the records of all calls that
   * have none of their own, in place of the caller's.
   *
   * @param task What to run, as {@linkcode load} found it.
   * @param args Its arguments.
   * @param place The run that the worker was started for.
   * @returns What became of it.
   */
  async initialize(
    task: LoadedTask,
    args: readonly unknown[],
    { caller, context }: RunPlace,
  ): Promise<Outcome> {
    const realm = this.#base = createTaskRealm(caller, undefined, this.#tally);
    if ("error" in task) return failure(task, task.error, 0);
    const { fn } = task; // Not called as a method, which would be in its stack.
    const act = () => runInContext(context, () => fn(...args as never[]));
    return await timed(task, () => runInRealm(realm, act));
  }

  /**
   * Runs a call in a clean realm of its own. Never throws.
   *
   * @param task What to run, as {@linkcode load} found it.
   * @param args Its arguments.
   * @param control What the task is told, and tells.
   * @param place The run that it belongs to.
   * @returns The outcome, once the handlers that the task configured are closed.
   */
  async run(
    task: LoadedTask,
    args: readonly unknown[],
    control: TaskControl,
    { caller, context, run }: RunPlace,
  ): Promise<Outcome> {
    const { index, attempt: number } = control;
    const above = this.#base?.isConfigured ? this.#base : caller;
    try {
      if ("error" in task) throw task.error;
      const { fn } = task;
      await using realm = createTaskRealm(above, { index, run, attempt: number }, this.#tally);
      const act = () => runInContext(context, () => fn(...args as never[]));
      return await timed(task, () => runInTask(control, () => runInRealm(realm, act)));
    } catch (error) {
      return failure(task, error, 0); // It could not start, or a handler of its own could not be closed.
    }
  }

  /** Writes what handlers of the initializer hold: a worker may be ended at any time that it is idle. */
  flush(): void {
    if (this.#base?.isConfigured) flushAll();
  }

  /** Closes the handlers of the initializer. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#base?.[Symbol.asyncDispose]();
  }

  /** The same text is the same function, as it is the same export of a module. */
  async #compile(source: string, name: string): Promise<LoadedTask> {
    const known = this.#sources.get(source);
    if (known) return known;
    const fn = functionOf(source, name, { ...await loadLogging(), currentTask });
    const loaded = { name, isSource: true, fn };
    if (this.#sources.size >= MOST_SOURCES) this.#sources.clear();
    this.#sources.set(source, loaded);
    return loaded;
  }
}

/** The time is that of the task alone. */
async function timed(task: LoadedTask, run: () => unknown): Promise<Outcome> {
  const start = performance.now();
  try {
    const value = await run();
    return { ok: true, value, ms: performance.now() - start };
  } catch (error) {
    return failure(task, error, performance.now() - start);
  }
}

function failure(task: LoadedTask, error: unknown, ms: number): Outcome {
  const isSource = "fn" in task && task.isSource;
  const explained = isSource ? explainMissingName(error, task.name) : error;
  return { ok: false, error: serializeThrown(explained), ms };
}

/**
 * What a function that was sent by its source may use. Most tasks are in modules, and a worker that
 * does not load all of this starts sooner.
 */
async function loadLogging(): Promise<typeof import("../../logging/mod.ts")> {
  return await import("../../logging/mod.ts");
}
