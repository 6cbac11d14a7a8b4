import type { RunObserver, RunState } from "../../src/parallel/watching/run_observer.ts";

/** What a {@linkcode FakeRun} is like. */
interface FakeRunOptions {
  readonly calls: number;
  readonly nJobs: number;
  /** How many calls may be in flight; 0 if all may. */
  readonly preDispatch: number;
  /**
   * Whether the input is a list, of which it is known how long it is.
   *
   * @default true
   */
  readonly isList?: boolean;
}

/** The state of a run by a clock that is only computed: calls end one after the other, in batches of 1. */
export class FakeRun implements RunState {
  taken = 0;
  total: number | undefined;
  settled = 0;
  failed = 0;
  running = 0;
  batches = 0;
  dispatched = 0;
  readonly isStopped = false;
  readonly preDispatch: number;
  readonly #calls: number;
  readonly #nJobs: number;
  #now = 0;

  constructor({ calls, nJobs, preDispatch, isList = true }: FakeRunOptions) {
    this.#calls = calls;
    if (isList) this.total = calls;
    this.#nJobs = nJobs;
    this.preDispatch = preDispatch;
  }

  /** The time, in milliseconds. */
  now = () => this.#now;

  /** Runs all calls. `ms` tells how long after the one before each comes to its end. */
  play(observer: RunObserver, ms: (index: number) => number): void {
    observer.onStart?.(this, this.#nJobs === 1 ? "inline" : "workers", this.#nJobs);
    this.#take();
    this.#dispatch();
    while (this.running > 0) {
      this.#now += ms(this.settled);
      this.running--;
      this.settled++;
      this.#take();
      observer.onBatch?.(this, { worker: "Worker-1", size: 1, round: 1, busy: 1 });
      this.#dispatch();
    }
    observer.onEnd?.(this);
  }

  #take(): void {
    const most = this.preDispatch || Infinity;
    this.taken = Math.min(this.#calls, this.settled + most);
    if (this.settled + most > this.#calls) this.total = this.#calls; // It asks for one more.
  }

  #dispatch(): void {
    while (this.running < this.#nJobs && this.dispatched < this.taken) {
      this.running++;
      this.batches = ++this.dispatched;
    }
  }
}
