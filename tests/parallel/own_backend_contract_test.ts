/** A backend of a program's own, and how it is tested. */

import { assertEquals } from "@std/assert";
import {
  type Backend,
  type BackendWorker,
  type BatchListener,
  type CallerRealm,
  delayed,
  type Job,
  Parallel,
  type WorkerSite,
} from "@paralog/paralog";
import { testBackend } from "../../src/testing/mod.ts";
import { WorkersBackend } from "../../src/parallel/backends/workers.ts";

/** A number of places, each for one at a time. */
class Places {
  #free: number;
  #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    while (this.#free === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      await promise;
    }
    this.#free--;
    return { [Symbol.dispose]: () => this.#leave() };
  }

  #leave(): void {
    this.#free++;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** Runs calls where another backend does, but only so many at once, whatever `Parallel` they are of. */
class LimitedBackend implements Backend {
  readonly name = "limited";
  readonly maxWorkers = Infinity;
  readonly abilities: Backend["abilities"];
  readonly obstacle: Backend["obstacle"];
  readonly #backend: Backend;
  readonly #places: Places;

  constructor(backend: Backend, limit: number) {
    this.#backend = backend;
    this.#places = new Places(limit);
    this.abilities = backend.abilities;
    this.obstacle = (calls) => backend.obstacle(calls);
  }

  start(number: number, site: WorkerSite): BackendWorker {
    return new LimitedWorker(this.#backend.start(number, site), this.#places);
  }
}

class LimitedWorker implements BackendWorker {
  readonly #worker: BackendWorker;
  readonly #places: Places;
  readonly #ending = new AbortController();

  constructor(worker: BackendWorker, places: Places) {
    this.#worker = worker;
    this.#places = places;
  }

  get name(): string {
    return this.#worker.name;
  }

  get alive(): boolean {
    return this.#worker.alive;
  }

  async run(batch: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void> {
    using _ = await this.#places.take(this.#ending.signal);
    await this.#worker.run(batch, caller, listener);
  }

  cancel(reason: unknown): boolean {
    return this.#worker.cancel(reason);
  }

  async terminate(reason: unknown): Promise<void> {
    this.#ending.abort(reason);
    await this.#worker.terminate(reason);
  }
}

testBackend("a backend of one's own", { backend: new LimitedBackend(new WorkersBackend(), 2) });

Deno.test("a backend may set a limit to all that a program runs", async () => {
  const backend = new LimitedBackend(new WorkersBackend(), 2);
  const enter = delayed(async (memory: SharedArrayBuffer) => {
    const running = new Int32Array(memory);
    const inside = Atomics.add(running, 0, 1) + 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
    Atomics.sub(running, 0, 1);
    return inside;
  });
  const memory = new SharedArrayBuffer(4);
  const runs = [1, 2].map(() => new Parallel(2, { backend, batchSize: 1 }));
  const calls = Array.from({ length: 5 }, () => enter(memory));
  const counts = await Promise.all(runs.map((parallel) => parallel.run(calls)));
  assertEquals(Math.max(...counts.flat()), 2);
});
