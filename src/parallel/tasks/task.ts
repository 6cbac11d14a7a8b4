/**
 * Tasks and calls: functions that may run elsewhere, and what `delayed` makes of them.
 *
 * @module
 */

import { checkOptionNames } from "../../logging/queues/option_names.ts";
import type { ErrorClass } from "../../logging/revive_error.ts";
import { inspect } from "../../logging/text/inspect.ts";
import { checkErrorClasses } from "./error_classes.ts";
import { checkSource } from "./source.ts";

/** How another thread finds a function. */
export type TaskReference =
  /** An export of a module, which is imported there. */
  | { readonly kind: "module"; readonly url: string; readonly name: string }
  /** A self-contained function, sent by its source. */
  | { readonly kind: "source"; readonly source: string; readonly name: string };

/** A function that a task may be. */
export type TaskFunction = (...args: never[]) => unknown;

/** A task and its arguments: what `delayed(fn)(...args)` returns. */
export interface Call<R = unknown> {
  /** The function; what it returns, or promises, is what the call results in. */
  readonly fn: (...args: never[]) => R | PromiseLike<R>;
  /** How another thread finds it. */
  readonly task: TaskReference;
  /** Its arguments. */
  readonly args: readonly unknown[];
  /** Classes that its errors are made of again. They stay with the caller. */
  readonly errors?: readonly ErrorClass[];
}

/** Options of {@linkcode task}. */
export interface TaskOptions {
  /**
   * The name under which the module exports the task.
   *
   * @default the function's own name
   */
  name?: string;
  /**
   * Classes of your own whose errors the task throws, or errors that it throws hold: as `cause`, in
   * `AggregateError.errors`, in a field. The caller gets errors of these classes, for which `instanceof`
   * holds; so it does for a listed class that the class of an error extends.
   *
   * Classes are told by their names, which a bundler must keep. Their constructors are not called: what
   * they make of private `#fields` is missing, while all other fields are there. Errors of other classes
   * have the class of the language or of Deno that theirs extends, and its name.
   *
   * @default []
   */
  errors?: readonly ErrorClass[];
}

const OPTIONS = ["name", "errors"] as const;

/** The same symbols in every version of this library that a program may hold. */
const REFERENCE = Symbol.for("paralog.task");
const ERRORS = Symbol.for("paralog.errors");

/**
 * Makes a task of a function: one that workers can run, by importing its module and taking the
 * export of its name. The function itself stays as it is and can be called as before.
 *
 * What the module does at its top level happens in each worker too; what starts the program belongs
 * under `if (import.meta.main)`.
 *
 * @param meta `import.meta` of the module that exports the task.
 * @param fn The function. Its arguments and its result must be values that `structuredClone` takes.
 * @param options The name of the export, if it is not the function's own, and classes of its errors.
 * @returns The function.
 * @throws {TypeError} If `meta` is not `import.meta`, the function has no name and none is given, an
 * option is unknown, or `errors` holds something else than classes of errors with a name each.
 *
 * @example
 * ```ts
 * import { task } from "@paralog/paralog/parallel";
 *
 * export const square = task(import.meta, function square(x: number) {
 *   return x * x;
 * });
 * ```
 *
 * @example Errors of a class of your own
 * ```ts
 * import { task } from "@paralog/paralog/parallel";
 *
 * export class PaymentError extends Error {
 *   code = "E_FUNDS";
 * }
 *
 * export const pay = task(
 *   import.meta,
 *   function pay(amount: number) {
 *     throw new PaymentError(`no money for ${amount}`); // The caller's `error instanceof PaymentError`.
 *   },
 *   { errors: [PaymentError] },
 * );
 * ```
 */
export function task<F extends TaskFunction>(
  meta: { readonly url: string },
  fn: F,
  options: TaskOptions = {},
): F {
  if (typeof meta?.url !== "string") {
    throw new TypeError(
      `Cannot make a task: the first argument is ${inspect(meta)}, write task(import.meta, fn)`,
    );
  }
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot make a task of ${inspect(fn)}: the second argument must be a function`,
    );
  }
  checkOptionNames("make a task", options, OPTIONS);
  const errors = checkErrorClasses(options.errors ?? []);
  const name = options.name ?? fn.name;
  if (!name) {
    throw new TypeError(
      "Cannot make a task of a function without a name: workers look for the export of that name. " +
        'Write task(import.meta, function square(x) {…}), or add { name: "square" }',
    );
  }
  const reference: TaskReference = { kind: "module", url: meta.url, name };
  Object.defineProperty(fn, REFERENCE, { value: reference, configurable: true });
  Object.defineProperty(fn, ERRORS, { value: errors, configurable: true });
  return fn;
}

/**
 * How another thread finds a function that is a task.
 *
 * @param value Any value.
 * @returns The reference that `task` attached, or `undefined`.
 */
export function referenceOf(value: unknown): TaskReference | undefined {
  return typeof value === "function" ? Reflect.get(value, REFERENCE) : undefined;
}

/**
 * Classes that the errors of a function are made of again.
 *
 * @param value Any value.
 * @returns Those that `task` was given.
 */
export function errorsOf(value: unknown): readonly ErrorClass[] {
  return (typeof value === "function" && Reflect.get(value, ERRORS)) || [];
}

/**
 * Prepares a call: takes the function now and its arguments next, and calls it later, perhaps
 * elsewhere. joblib's `delayed`.
 *
 * A function that is not a task is sent by its source. It must not use variables from around it; it
 * may use what `@paralog/paralog/logging` exports, such as `getLogger`.
 *
 * @param fn A task, or a self-contained function.
 * @returns A function that takes the arguments and returns the call.
 * @throws {TypeError} If it is not a function, or one whose source can't be sent.
 *
 * @example
 * ```ts
 * import { delayed, Parallel } from "@paralog/paralog/parallel";
 *
 * const calls = [1, 2, 3].map((x) => delayed((x: number) => x * x)(x));
 * console.log(await new Parallel(1).run(calls)); // [ 1, 4, 9 ]
 * ```
 */
export function delayed<A extends unknown[], R>(
  fn: (...args: A) => R,
): (...args: A) => Call<Awaited<R>> {
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot delay ${inspect(fn)}: write delayed(fn)(...args), with the function itself`,
    );
  }
  const reference = referenceOf(fn) ?? sourceReference(fn);
  // Awaited<R> is what R is, or promises; the compiler can't see that.
  const typed = fn as unknown as Call<Awaited<R>>["fn"];
  const errors = errorsOf(fn);
  return (...args) => ({ fn: typed, task: reference, args, errors });
}

function sourceReference(fn: TaskFunction): TaskReference {
  const source = Function.prototype.toString.call(fn);
  const name = fn.name || "anonymous function";
  checkSource(source, name);
  return { kind: "source", source, name };
}

/**
 * Checks that a value is a call.
 *
 * @param value What a user gave to `run`.
 * @param index Which one it is, for the error.
 * @returns The value.
 * @throws {TypeError} If it is no call; the text shows how to write one.
 */
export function checkCall(value: unknown, index: number): Call {
  if (
    typeof value === "object" && value !== null && "task" in value && "args" in value &&
    "fn" in value
  ) return value as Call; // The only maker of such objects is delayed().
  const hint = value instanceof Promise
    ? "the function was called already; write delayed(fn)(...args) instead of fn(...args)"
    : typeof value === "function"
    ? "the arguments are missing; write delayed(fn)(...args)"
    : "write delayed(fn)(...args)";
  throw new TypeError(`Cannot run ${inspect(value)} as call ${index}: ${hint}`);
}
