/**
 * Telling the caller how far a task is, not more often than anybody looks.
 *
 * @module
 */

/** How far a task is. */
export interface ToldProgress {
  /** Which call of the run it is. */
  readonly index: number;
  readonly done: number;
  readonly total: number | undefined;
}

/** The least time between two messages, in milliseconds. */
const PAUSE = 50;

/** Tells how far a task is; of what comes too soon, the latest is told later. */
export class ProgressTeller {
  readonly #post: (progress: ToldProgress) => void;
  #last = -Infinity;
  #waiting: ToldProgress | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes one.
   *
   * @param post Sends a message.
   */
  constructor(post: (progress: ToldProgress) => void) {
    this.#post = post;
  }

  /** A task says how far it is. */
  tell(progress: ToldProgress): void {
    this.#waiting = progress;
    const rest = this.#last + PAUSE - performance.now();
    if (rest <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), rest);
  }

  /** The task has come to its end, or may not yield any more. */
  flush(): void {
    if (!this.#waiting) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#post(this.#waiting);
    this.#waiting = undefined;
    this.#last = performance.now();
  }
}
