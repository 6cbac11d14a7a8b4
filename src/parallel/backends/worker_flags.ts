/**
 * What a Web Worker and its caller know of each other at once, when no message is read: in shared memory.
 *
 * @module
 */

const STOP = 0;
const LISTENING = 1;

/** The flags of one worker. */
export class WorkerFlags {
  /** Where they are: what the other side makes its flags of. */
  readonly memory: SharedArrayBuffer;
  readonly #words: BigInt64Array;

  /**
   * Makes flags that say nothing yet, or those of the other side.
   *
   * @param memory Where they are.
   */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.memory = memory;
    this.#words = new BigInt64Array(memory);
  }

  /** Whether the worker is being ended: a thread that goes from call to call without yielding goes on. */
  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) !== 0n;
  }

  /** The caller ends the worker. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1n);
  }

  /**
   * Which call of the run has asked for its signal last, if one has. A message might come too late: what the call
   * logs next is seen at once, and may be why it is stopped.
   */
  get listening(): number | undefined {
    const index = Atomics.load(this.#words, LISTENING);
    return index === 0n ? undefined : Number(index) - 1;
  }

  /**
   * A call asks for its signal.
   *
   * @param index Which call of the run it is; `undefined` when another batch begins.
   */
  listen(index: number | undefined): void {
    Atomics.store(this.#words, LISTENING, index === undefined ? 0n : BigInt(index + 1));
  }
}
