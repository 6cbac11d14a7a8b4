/**
 * The calls of a run, taken from the input as they are needed.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { type Call, checkCall, delayed } from "../tasks/task.ts";

/** What calls come from: a list, or what makes them one after the other. */
export type Calls<C = Call> = Iterable<C> | AsyncIterable<C>;

/** Takes calls from what the user gave. */
export class CallInput {
  /** How many there are, if that is known; a list says so, anything else when it comes to its end. */
  total: number | undefined;
  /** The calls that are known before the first one starts. */
  readonly known: readonly Call[];
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  /** The calls, if all of them are there and were checked. */
  #list: readonly Call[] | undefined;
  /** What was taken to be looked at. */
  #first: IteratorResult<unknown> | undefined;
  #taken = 0;
  #isPending = false;
  #isAnswering = false;
  #isOver = false;

  private constructor(
    iterator: Iterator<unknown> | AsyncIterator<unknown>,
    known: readonly Call[],
    total: number | undefined,
  ) {
    this.#iterator = iterator;
    this.known = known;
    this.total = total;
  }

  /**
   * Begins with an input. All calls of a list are checked at once; of anything else, the first call is waited
   * for.
   *
   * @param calls What the user gave.
   * @param signal Ends the waiting.
   * @returns The input.
   * @throws {TypeError} If one of the calls is none.
   * @throws What the input throws, or the reason of the signal.
   */
  static async open(calls: Calls, signal: AbortSignal | undefined): Promise<CallInput> {
    signal?.throwIfAborted();
    if (Array.isArray(calls)) {
      const list = [...calls]; // What becomes of the given one later does not count.
      list.forEach(checkCall);
      const input = new CallInput([].values(), distinctTasks(list), list.length);
      input.#list = list; // The iterator only says that there are no more.
      return input;
    }
    const iterator = Symbol.asyncIterator in calls
      ? calls[Symbol.asyncIterator]()
      : calls[Symbol.iterator]();
    const first = await awaitUnlessAborted(iterator, signal);
    try {
      const known = first.done ? [] : [checkCall(first.value, 0)];
      const input = new CallInput(iterator, known, first.done ? 0 : undefined);
      input.#first = first;
      return input;
    } catch (error) {
      await iterator.return?.();
      throw error;
    }
  }

  /** Whether there are no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Takes the next call.
   *
   * @returns The call; `undefined` if there is none any more; a promise of either where the input is
   * asynchronous.
   * @throws What the input throws.
   */
  next(): Call | undefined | Promise<Call | undefined> {
    if (this.#list && this.#taken < this.#list.length && !this.#isOver) {
      return this.#list[this.#taken++];
    }
    if (this.#first) {
      const first = this.#first;
      this.#first = undefined;
      return this.#take(first);
    }
    const result = this.#ask();
    return isPromise(result) ? this.#wait(result) : this.#take(result);
  }

  /** The input itself may bring the run to its end: then it is closed as soon as it has answered. */
  #ask(): ReturnType<(Iterator<unknown> | AsyncIterator<unknown>)["next"]> {
    this.#isAnswering = true;
    try {
      return this.#iterator.next();
    } finally {
      this.#isAnswering = false;
      if (this.#isOver) Promise.resolve(this.#iterator.return?.()).catch(() => {}); // Nobody is left to tell.
    }
  }

  /**
   * Takes no more: the input may clean up, as a generator does in `finally`.
   *
   * @throws What that throws. An input that is asked for a call at this moment is not waited for.
   */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#isAnswering) return;
    const closed = this.#iterator.return?.();
    if (!this.#isPending) await closed;
    else if (isPromise(closed)) closed.catch(() => {}); // Nobody is left to tell.
  }

  async #wait(promise: Promise<IteratorResult<unknown>>): Promise<Call | undefined> {
    this.#isPending = true;
    try {
      return this.#take(await promise);
    } finally {
      this.#isPending = false;
    }
  }

  #take(result: IteratorResult<unknown>): Call | undefined {
    if (this.#isOver) return undefined;
    if (!result.done) return checkCall(result.value, this.#taken++);
    this.#isOver = true;
    this.total = this.#taken;
    return undefined;
  }
}

/**
 * Checks that a value can be gone through.
 *
 * @param calls What the user gave.
 * @returns The same.
 * @throws {TypeError} If it can't; the text shows what to give.
 */
export function checkCalls<T>(calls: T): T {
  if (isIterable(calls)) return calls;
  throw new TypeError(
    `Cannot run ${inspect(calls)}: give a list of calls, run([delayed(fn)(...args), …]), or a ` +
      "generator of them",
  );
}

/**
 * The calls of a function for each of some items.
 *
 * @param fn A task, or a self-contained function.
 * @param items What to call it with; those of a list are taken now, any others as they are needed.
 * @returns The calls.
 * @throws {TypeError} If the items can't be gone through, or it is no function.
 */
export function callsOf<T, R>(
  fn: (item: T) => R,
  items: Iterable<T> | AsyncIterable<T>,
): Calls {
  if (!isIterable(items) && typeof items !== "string") {
    throw new TypeError(`Cannot map over ${inspect(items)}: give a list of items, map(fn, [1, 2])`);
  }
  const call = delayed(fn);
  if (Array.isArray(items)) return items.map((item: T) => call(item));
  return Symbol.asyncIterator in Object(items)
    ? later(items as AsyncIterable<T>, call) // It has that.
    : lazily(items as Iterable<T>, call);
}

function* lazily<T>(items: Iterable<T>, call: (item: T) => Call): Generator<Call> {
  for (const item of items) yield call(item);
}

async function* later<T>(items: AsyncIterable<T>, call: (item: T) => Call): AsyncGenerator<Call> {
  for await (const item of items) yield call(item);
}

/** Whether a value can be gone through, at once or as its items come. */
function isIterable(value: unknown): value is Calls<unknown> {
  return typeof value === "object" && value !== null &&
    (typeof Reflect.get(value, Symbol.iterator) === "function" ||
      typeof Reflect.get(value, Symbol.asyncIterator) === "function");
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** The first item of an input, which may take its time. */
async function awaitUnlessAborted(
  iterator: Iterator<unknown> | AsyncIterator<unknown>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<unknown>> {
  const result = iterator.next();
  if (!signal || !isPromise(result)) return await result;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([result, aborted.promise]);
  } catch (error) {
    if (signal.aborted) Promise.resolve(iterator.return?.()).catch(() => {}); // Nobody is left to tell.
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** One call of each task. */
function distinctTasks(calls: readonly Call[]): Call[] {
  const seen = new Map<Call["task"], Call>();
  let last: Call["task"] | undefined;
  for (const call of calls) {
    if (call.task !== last) seen.set(call.task, call);
    last = call.task; // Mostly the same one again, which need not be looked up.
  }
  return [...seen.values()];
}
