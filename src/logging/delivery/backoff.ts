/**
 * Waiting between attempts to reach a peer.
 *
 * @module
 */

/** Options of {@linkcode Backoff}. */
export interface BackoffOptions {
  /**
   * How long to wait after the first failure, in milliseconds; each further one doubles it. A random
   * part of up to a half is taken off, so that many programs do not come back at the same moment.
   *
   * @default 1000
   */
  minDelay?: number;
  /**
   * How long to wait at most, in milliseconds.
   *
   * @default 30000
   */
  maxDelay?: number;
}

/**
 * Waits longer after each failure. Its timer does not keep the program alive.
 *
 * The defaults are those of CPython's `logging.handlers.SocketHandler`: `retryStart`, `retryFactor`
 * and `retryMax`.
 */
export class Backoff {
  readonly #minDelay: number;
  readonly #maxDelay: number;
  #delay: number;
  #wake: (() => void) | undefined;

  /**
   * Makes one that has not failed yet.
   *
   * @param options The shortest and the longest delay.
   * @throws {RangeError} If a delay is not above 0, or the longest is shorter than the shortest.
   */
  constructor({ minDelay = 1000, maxDelay = Math.max(30_000, minDelay) }: BackoffOptions) {
    if (!(minDelay > 0 && maxDelay >= minDelay && maxDelay < 2 ** 31)) {
      throw new RangeError(
        `Cannot wait between attempts: current value of minDelay is ${minDelay} and of maxDelay ` +
          `${maxDelay}, allowed are milliseconds above 0, the latter not below the former`,
      );
    }
    this.#minDelay = this.#delay = minDelay;
    this.#maxDelay = maxDelay;
  }

  /**
   * Waits after a failure.
   *
   * @param atLeast How long the peer asks to wait, in milliseconds; not heeded above `maxDelay`.
   */
  async wait(atLeast = 0): Promise<void> {
    const delay = Math.max(this.#delay * (1 - Math.random() / 2), atLeast);
    this.#delay = Math.min(this.#delay * 2, this.#maxDelay);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(delay, this.#maxDelay));
      Deno.unrefTimer(timer);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Ends the waiting at once, and starts with the shortest delay again. */
  reset(): void {
    this.#delay = this.#minDelay;
    this.#wake?.();
  }
}
