/**
 * Results on their way from a run to who goes through them.
 *
 * @module
 */

/** What a stream gives next: a result; or that there are no more. */
type Next = IteratorResult<unknown, undefined>;

/** Holds results until they are asked for, and who asks until there are some. */
export class ResultQueue {
  readonly #isOrdered: boolean;
  /** Results that were not asked for yet, by the place of their call; unordered, by that of their end. */
  readonly #results = new Map<number, unknown>();
  readonly #waiting: PromiseWithResolvers<Next>[] = [];
  #arrived = 0;
  #next = 0;
  #end: { readonly error?: unknown } | undefined;

  /**
   * Begins without results.
   *
   * @param isOrdered Whether they come in the order of the calls; otherwise as they are there.
   */
  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  /** A call has come to its end. */
  put(index: number, value: unknown): void {
    this.#results.set(this.#isOrdered ? index : this.#arrived++, value);
    while (this.#waiting.length > 0 && this.#results.has(this.#next)) {
      this.#waiting.shift()?.resolve({ done: false, value: this.#shift() });
    }
  }

  /** There are no more results. Those that are there, and whose turn it is, still come. */
  end(): void {
    this.#close({});
  }

  /** The run has failed: the error comes after the results that are there, and whose turn it is. */
  fail(error: unknown): void {
    this.#close({ error });
  }

  /** Nobody wants the rest. */
  clear(): void {
    this.#results.clear();
    this.#end = {};
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  /**
   * The next result.
   *
   * @returns What `next()` of an iterator returns.
   * @throws The error of the run, once.
   */
  next(): Promise<Next> {
    if (this.#results.has(this.#next)) {
      return Promise.resolve({ done: false, value: this.#shift() });
    }
    const next = Promise.withResolvers<Next>();
    this.#waiting.push(next);
    this.#tellEnd();
    return next.promise;
  }

  #shift(): unknown {
    const value = this.#results.get(this.#next);
    this.#results.delete(this.#next++);
    return value;
  }

  #close(end: { readonly error?: unknown }): void {
    this.#end ??= end;
    this.#tellEnd();
  }

  #tellEnd(): void {
    if (!this.#end) return;
    const first = this.#waiting.shift();
    if (!first) return;
    if ("error" in this.#end) first.reject(this.#end.error);
    else first.resolve({ done: true, value: undefined });
    this.#end = {};
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }
}
