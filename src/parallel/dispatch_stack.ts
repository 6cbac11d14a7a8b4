/**
 * Where a run was started, for the stacks of its errors: what a task throws elsewhere says nothing of who
 * asked for it.
 *
 * @module
 */

/** Where a run was started. */
export class DispatchPlace {
  /** Written only when it is asked for: most runs have no errors. */
  readonly #captured: { readonly stack?: unknown };
  #lines: string | undefined;
  /** Errors that have it: one may come by twice. */
  readonly #added = new WeakSet<object>();

  /**
   * Makes it of a captured stack.
   *
   * @param captured What `Error.captureStackTrace` was given.
   */
  constructor(captured: { readonly stack?: unknown }) {
    this.#captured = captured;
  }

  /** The frames, outermost last, without those of this library and of Deno at both ends. */
  get lines(): string {
    this.#lines ??= readFrames(this.#captured.stack);
    return this.#lines;
  }

  /**
   * Whether it is to be added to an error; from then on it is not.
   *
   * @param error The error.
   */
  claim(error: Error): boolean {
    const isNew = !this.#added.has(error);
    this.#added.add(error);
    return isNew;
  }
}

/** Remembers where the function that calls this was called. One for each run; it costs about 2 us. */
export function capturePlace(): DispatchPlace {
  const captured = {};
  Error.captureStackTrace(captured, capturePlace);
  return new DispatchPlace(captured);
}

/**
 * Adds to the stack of an error where its call was dispatched:
 *
 * ```text
 * PaymentError: no money for 7
 *     at pay (file:///app/tasks.ts:12:9)
 *     --- in Worker-1, dispatched at ---
 *     at main (file:///app/main.ts:20:18)
 * ```
 *
 * Frames of this library below those of the task are left out, in its causes as well. Never throws: an
 * error whose stack can't be changed is left as it is.
 *
 * @param error What a call has failed with, as it was made anew for its caller.
 * @param place Where the run was started.
 * @param worker What ran the call, such as "Worker-1"; `undefined` if nothing did.
 */
export function addPlace(error: unknown, place: DispatchPlace, worker: string | undefined): void {
  if (!(error instanceof Error) || !place.claim(error)) return;
  for (const each of errorsIn(error)) changeStack(each, cutInternal);
  if (place.lines === "") return;
  const where = worker === undefined ? "" : `in ${worker}, `;
  changeStack(error, (stack) => `${stack}\n    --- ${where}dispatched at ---\n${place.lines}`);
}

/** An error, and all that it holds: causes, aggregated errors, those in fields. */
function errorsIn(error: Error): Iterable<Error> {
  const found = new Set([error]);
  for (const each of found) { // It grows meanwhile.
    for (const inner of valuesOf(each)) if (inner instanceof Error) found.add(inner);
  }
  return found;
}

/** What the own properties of an error hold. No getter is called. */
function valuesOf(error: Error): readonly unknown[] {
  try {
    return Object.values(Object.getOwnPropertyDescriptors(error)).flatMap(({ value }) => value);
  } catch {
    return []; // A proxy may refuse to tell.
  }
}

function changeStack(error: Error, change: (stack: string) => string): void {
  try {
    const { stack } = error;
    const before = typeof stack === "string" ? stack : `${error.name}: ${error.message}`;
    const value = change(before);
    if (value !== stack) {
      Object.defineProperty(error, "stack", { value, configurable: true, writable: true });
    }
  } catch {
    // It is frozen, or has getters that throw. Its stack is the least of what it has to say.
  }
}

/** The folder of this library; `undefined` where it was bundled into one file with others. */
const HOME = /^(.*\/)parallel\/dispatch_stack\.ts$/.exec(import.meta.url)?.[1];

/** A line with the place of some code: `    at work (file:///app/tasks.ts:3:9)`. */
const FRAME = /^\s+at /;

/** The file of a frame. Code that was evaluated has none. */
const FILE = /\(?([^\s(]\S*):\d+:\d+\)?$/;

/** Whether a frame tells users nothing: it is of this library, of Deno, or of the language. */
function isInternal(line: string): boolean {
  if (!FRAME.test(line)) return false;
  const file = FILE.exec(line)?.[1];
  if (file === undefined) return /\(<anonymous>\)$|at async Promise\.\w+ \(index \d+\)$/.test(line);
  return /^(?:ext|node):/.test(file) || (HOME !== undefined && file.startsWith(HOME));
}

/** The frames that are worth reading. */
function readFrames(stack: unknown): string {
  if (typeof stack !== "string") return ""; // A program may have its own `Error.prepareStackTrace`.
  const frames = stack.split("\n").filter((line) => FRAME.test(line));
  const first = frames.findIndex((line) => !isInternal(line));
  const last = frames.findLastIndex((line) => !isInternal(line));
  return frames.slice(Math.max(first, 0), last + 1).join("\n");
}

/** Leaves out the internal frames at the end; of an error of this library's own they are all there is. */
function cutInternal(stack: string): string {
  const lines = stack.split("\n");
  const last = lines.findLastIndex((line) => !isInternal(line));
  return last >= 0 && FRAME.test(lines[last] ?? "") ? lines.slice(0, last + 1).join("\n") : stack;
}
