/** Two or three "threads" in one: what one does between two atomic operations of another. */

/** The functions of `Atomics` that rings use, with the one signature that they share here. */
type AtomicFunction = (view: Int32Array, index: number, ...rest: number[]) => unknown;

const NAMES = ["load", "store", "add", "notify", "wait", "waitAsync"] as const;

/** Replaces functions of `Atomics` as long as it is not disposed. */
class Replaced implements Disposable {
  readonly #originals = new Map<(typeof NAMES)[number], unknown>();

  replace(name: (typeof NAMES)[number], make: (original: AtomicFunction) => AtomicFunction): void {
    const original = Reflect.get(Atomics, name) as AtomicFunction; // The only ones that are named below.
    this.#originals.set(name, original);
    Reflect.set(Atomics, name, make(original));
  }

  [Symbol.dispose](): void {
    for (const [name, original] of this.#originals) Reflect.set(Atomics, name, original);
  }
}

/**
 * Performs an action while another is in front of its n-th atomic operation, counted from 0.
 *
 * @returns Whether the outer action has so many.
 */
export function interrupt(outer: () => void, at: number, inner: () => void): boolean {
  using replaced = new Replaced();
  let count = 0;
  for (const name of NAMES) {
    replaced.replace(name, (original) => (...args) => {
      if (count++ === at) inner();
      return original.apply(Atomics, args);
    });
  }
  outer();
  return count > at;
}

/** A thread that sleeps in front of a word. */
interface Sleeper {
  readonly view: Int32Array;
  readonly index: number;
  readonly wake: () => void;
}

/** Thrown out of a thread that fell asleep in `Atomics.wait`. */
export class FellAsleep extends Error {}

/** Stands in for what `Atomics` does with threads that wait, so that it can be looked at. */
export class Sleepers implements Disposable {
  readonly #sleepers = new Set<Sleeper>();
  readonly #replaced = new Replaced();

  constructor() {
    this.#replaced.replace("notify", () => (view, index) => this.#wake(view, index));
    this.#replaced.replace("waitAsync", () => (view, index, value) => {
      if (Atomics.load(view, index) !== value) return { async: false, value: "not-equal" };
      const woken = Promise.withResolvers<string>();
      this.#sleepers.add({ view, index, wake: () => woken.resolve("ok") });
      return { async: true, value: woken.promise };
    });
    this.#replaced.replace("wait", () => (view, index, value) => {
      if (Atomics.load(view, index) !== value) return "not-equal";
      this.#sleepers.add({ view, index, wake: () => {} });
      throw new FellAsleep("it sleeps until it is notified");
    });
  }

  /** Whether anybody sleeps in front of a word of this memory. */
  isAsleep(memory: SharedArrayBuffer): boolean {
    return [...this.#sleepers].some(({ view }) => view.buffer === memory);
  }

  #wake(view: Int32Array, index: number): number {
    const woken = [...this.#sleepers].filter((it) =>
      it.view.buffer === view.buffer && it.index === index
    );
    for (const sleeper of woken) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    return woken.length;
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
  }
}
