/**
 * Running calls where they were sent to: each in a realm of its own, with its outcome as data.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import type { Fields } from "../../logging/message.ts";
import type { RecordTally } from "../../logging/outcome.ts";
import { flushAll } from "../../logging/realm.ts";
import { runInScope } from "../../logging/scope.ts";
import { type TaskRealm, TaskRealms } from "../../logging/task_realms.ts";
import { currentTask, type TaskControl } from "./current_task.ts";
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

/** Where a run was started. */
export interface RunPlace {
  /** The realm that dispatched its calls. */
  readonly caller: CallerRealm;
  /** The fields of the context there. */
  readonly fields: Fields | undefined;
}

/** A call whose task and arguments are at hand. */
export interface ReadyCall {
  readonly task: LoadedTask;
  readonly args: readonly unknown[];
  /** What the task is told, and tells. */
  readonly control: TaskControl;
}

/** Where calls come from that are run one after the other, and who is told what becomes of them. */
export interface CallLine {
  /** The next call; `undefined` if there is none any more. It is waited for where that is needed. */
  next(): ReadyCall | undefined | Promise<ReadyCall | undefined>;
  /** The call that was taken last has come to its end, and the handlers that its task configured are closed. */
  end(outcome: Outcome): void;
}

/** How many functions are kept that were made of their source. */
const MOST_SOURCES = 100;

/** Runs the calls of one worker. */
export class TaskRunner {
  readonly #load: LoadModule;
  readonly #tally: RecordTally | undefined;
  readonly #sources = new Map<string, LoadedTask>();
  /** The tasks of modules that were loaded, by the URL and by the name. */
  readonly #modules = new Map<string, Map<string, LoadedTask>>();
  /** What the initializer has set up, if there was one. */
  #base: TaskRealm | undefined;
  /** When the time of the running call began, or of the next one. */
  #since = 0;

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
   * A task that was found before.
   *
   * @param task How it is found.
   */
  known(task: TaskReference): LoadedTask | undefined {
    return task.kind === "module"
      ? this.#modules.get(task.url)?.get(task.name)
      : this.#sources.get(task.source);
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
      const known = this.known(task);
      if (known) return known;
      if (task.kind === "source") return await this.#compile(task.source, name);
      const loaded = { name, isSource: false, fn: await this.#load(task) };
      const ofModule = this.#modules.get(task.url) ?? new Map<string, LoadedTask>();
      this.#modules.set(task.url, ofModule.set(name, loaded));
      return loaded;
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
    { caller, fields }: RunPlace,
  ): Promise<Outcome> {
    const realm = this.#base = new TaskRealms(caller, this.#tally).of(undefined);
    if ("error" in task) return failure(task, task.error, 0);
    const { fn } = task;
    this.startClock();
    try {
      const scope = { realm, fields, task: undefined };
      const value = await runInScope(scope, () => fn(...args as never[]));
      return { ok: true, value, ms: this.#lap() };
    } catch (error) {
      return failure(task, error, this.#lap());
    }
  }

  /** The time of the next call begins now: what was done since the last one is no part of it. */
  startClock(): void {
    this.#since = performance.now();
  }

  /** When the last call came to its end, or the clock was started. */
  get since(): number {
    return this.#since;
  }

  /**
   * Runs calls one after the other, each in a clean realm of its own. The time of a call is that of its task alone.
   *
   * One function runs them all: with a promise for each call, tiny calls would take a third longer (bench/calls.ts).
   *
   * @param calls The calls.
   * @param caller The realm that dispatched them.
   * @throws What `calls` throws.
   */
  async run(calls: CallLine, caller: CallerRealm): Promise<void> {
    let realms = new TaskRealms(caller, this.#tally);
    for (;;) {
      const next = calls.next();
      const call = next instanceof Promise ? await next : next;
      if (!call) return;
      const { task, args, control } = call;
      if ("error" in task) {
        calls.end(failure(task, task.error, 0));
        continue;
      }
      const { fn } = task; // Not called as a method, which would be in its stack.
      const above = this.#base?.isConfigured ? this.#base.alive() : caller;
      if (above !== realms.caller) realms = new TaskRealms(above, this.#tally);
      const realm = control.realm = realms.of(control);
      let outcome: Outcome;
      try {
        const value = await runInScope(control, () => fn(...args as never[]));
        outcome = { ok: true, value, ms: this.#lap() };
      } catch (error) {
        outcome = failure(task, error, this.#lap());
      }
      const closed = realm.end();
      if (!closed) control.realm = realms.around; // There never was one; this is what it leads to from now on.
      if (closed) {
        outcome = await afterClosing(closed, task, outcome);
        this.startClock();
      }
      calls.end(outcome);
    }
  }

  /** To look at the clock takes as long as a tiny call: the end of one call is the start of the next. */
  #lap(): number {
    const before = this.#since;
    this.startClock();
    return this.#since - before;
  }

  /** Writes what handlers of the initializer hold: a worker may be ended at any time that it is idle. */
  flush(): void {
    if (this.#base?.isConfigured) flushAll();
  }

  /** Closes the handlers of the initializer. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#base?.end();
  }

  /** The same text is the same function, as it is the same export of a module. */
  async #compile(source: string, name: string): Promise<LoadedTask> {
    const fn = functionOf(source, name, { ...await loadLogging(), currentTask });
    const loaded = { name, isSource: true, fn };
    if (this.#sources.size >= MOST_SOURCES) this.#sources.clear();
    this.#sources.set(source, loaded);
    return loaded;
  }
}

/** The outcome, once the handlers that a task configured are closed. */
async function afterClosing(
  closed: PromiseLike<void>,
  task: LoadedTask,
  outcome: Outcome,
): Promise<Outcome> {
  try {
    await closed;
    return outcome;
  } catch (error) {
    return failure(task, error, 0);
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
