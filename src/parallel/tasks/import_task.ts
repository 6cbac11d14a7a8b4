/**
 * Finding the function of a task in its module, in a worker.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { referenceOf, type TaskFunction, type TaskReference } from "./task.ts";

/** A reference to an export of a module. */
export type ModuleReference = TaskReference & { readonly kind: "module" };

/** Set while a worker imports the module of a task: the URL of the module. */
const importing = new AsyncLocalStorage<string>();

/**
 * Imports the module of a task and takes its export.
 *
 * @param task Where the function is.
 * @param hint What to do where the module is not to be had, as a sentence.
 * @returns The function.
 * @throws {Error} If the module can't be imported; the cause is the reason.
 * @throws {TypeError} If it does not export the task.
 */
export async function importTask(task: ModuleReference, hint?: string): Promise<TaskFunction> {
  let module: Record<string, unknown>;
  try {
    module = await importing.run(task.url, () => import(task.url));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `Cannot import the module of task ${task.name} in a worker: ${reason}`;
    throw hopeless(new Error(hint && isNotToBeHad(cause) ? `${text}. ${hint}` : text, { cause }));
  }
  // By its mark and not by its name: it may be exported under another one, such as `default`, and
  // what is exported under its name may be another function.
  const found = Object.values(module).find((value) => isTask(value, task));
  if (typeof found === "function") return found as TaskFunction; // Called as the caller says.
  throw hopeless(
    new TypeError(
      `Cannot find task ${task.name}: ${task.url} does not export it. Export it: ` +
        `export const ${task.name} = task(import.meta, function ${task.name}(…) {…})`,
    ),
  );
}

/** No further attempt can help: see `retries`. */
function hopeless(error: Error): Error {
  return Object.assign(error, { retriable: false });
}

/** Whether a module could not be loaded; otherwise what its top level did has failed. */
function isNotToBeHad(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
}

function isTask(value: unknown, { url, name }: ModuleReference): boolean {
  const reference = referenceOf(value);
  return reference?.kind === "module" && reference.url === url && reference.name === name;
}

/**
 * Refuses to start a run from the top level of a module that a worker is importing: each of its
 * workers would do the same, without end.
 *
 * @throws {Error} If a worker is importing a module; the text says what to do.
 */
export function checkNotImporting(): void {
  const url = importing.getStore();
  if (url === undefined) return;
  throw new Error(
    `Cannot start a run while a worker imports ${url}: the top level of a task's module runs in each ` +
      "worker too. Put what starts the program under if (import.meta.main) { … }",
  );
}
