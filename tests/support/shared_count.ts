import { PATIENCE, withPatience } from "../../src/testing/patience.ts";

export { inBackground, withPatience } from "../../src/testing/patience.ts";

/** More than any test counts. */
const OVER = 2 ** 30;

/**
 * A number in shared memory that only grows: one thread counts, another waits for it. Its memory is
 * what a task is given. As the variable of a `using` it ends at a very large one, so that no thread waits for
 * it when the test is over.
 */
export class SharedCount implements Disposable {
  /** What to give to a task. */
  readonly memory: SharedArrayBuffer;
  readonly #word: Int32Array;

  /** Makes a number, 0 at first; in a task, of the memory that it was given. */
  constructor(memory = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#word = new Int32Array(memory);
  }

  get value(): number {
    return Atomics.load(this.#word, 0);
  }

  add(): void {
    Atomics.add(this.#word, 0, 1);
    Atomics.notify(this.#word, 0);
  }

  /** Waits while other code runs. */
  async until(value: number, what = `a count of ${value}`): Promise<void> {
    while (this.value < value) {
      const waiting = Atomics.waitAsync(this.#word, 0, this.value);
      if (waiting.async) await withPatience(waiting.value, what);
    }
  }

  /** Waits and blocks the thread. */
  blockUntil(value: number, what = `a count of ${value}`): void {
    for (let seen = this.value; seen < value; seen = this.value) {
      if (Atomics.wait(this.#word, 0, seen, PATIENCE) !== "timed-out") continue;
      throw new Error(`Waited for ${what}: it is at ${seen} after ${PATIENCE} ms`);
    }
  }

  /** Waits as `while (true) {}` does. */
  spinUntil(value: number): void {
    while (this.value < value);
  }

  /** Whether the test that counts here is over. */
  get isOver(): boolean {
    return this.value >= OVER;
  }

  [Symbol.dispose](): void {
    Atomics.store(this.#word, 0, OVER);
    Atomics.notify(this.#word, 0);
  }
}
