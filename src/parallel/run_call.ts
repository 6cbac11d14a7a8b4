/**
 * Running one call where it was sent to: in a realm of its own, with its outcome as data.
 *
 * @module
 */

import type { CallerRealm } from "../logging/realm/caller_realm.ts";
import { runInContext } from "../logging/context.ts";
import { type SerializedThrown, serializeThrown } from "../logging/errors.ts";
import type { Fields } from "../logging/message.ts";
import type { RecordTally } from "../logging/outcome.ts";
import { createTaskRealm, runInRealm } from "../logging/realm.ts";
import { explainMissingName, functionOf } from "./source.ts";
import type { TaskFunction, TaskReference } from "./task.ts";

/** What became of a call. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: SerializedThrown };

/** A call as the one who runs it needs it. */
export interface RunnableCall {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  readonly task: TaskReference;
  readonly args: readonly unknown[];
  /** Which run it belongs to. */
  readonly run: string;
  /** Which attempt it is, from 1. */
  readonly attempt: number;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
}

/**
 * Runs a call in a clean realm of its own. Never throws.
 *
 * @param call The call.
 * @param caller The realm that dispatched it.
 * @param load Finds the function of a task in a module. It runs outside of the task's realm.
 * @param tally Counts what becomes of the records that are logged within it.
 * @returns The outcome, once the handlers that the task configured are closed.
 */
export async function runCall(
  call: RunnableCall,
  caller: CallerRealm,
  load: (task: TaskReference & { kind: "module" }) => TaskFunction | Promise<TaskFunction>,
  tally?: RecordTally,
): Promise<Outcome> {
  const { task, args, index, run, attempt, context } = call;
  try {
    const fn = task.kind === "module"
      ? await load(task)
      : functionOf(task.source, task.name, await loadLogging());
    await using realm = createTaskRealm(caller, { index, run, attempt }, tally);
    const act = () => runInContext(context, () => fn(...args as never[]));
    return { ok: true, value: await runInRealm(realm, act) };
  } catch (error) {
    const explained = task.kind === "source" ? explainMissingName(error, task.name) : error;
    return { ok: false, error: serializeThrown(explained) };
  }
}

/**
 * What a function that was sent by its source may use. Most tasks are in modules, and a worker that
 * does not load all of this starts sooner.
 */
async function loadLogging(): Promise<typeof import("../logging/mod.ts")> {
  return await import("../logging/mod.ts");
}
