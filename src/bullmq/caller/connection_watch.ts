/**
 * Knowing whether the connection to Redis is there.
 *
 * @module
 */

import type { Redis } from "../redis/redis.ts";

/** Tells of each loss of a connection, and when it is there again. */
export class ConnectionWatch implements Disposable {
  readonly #client: Redis;
  readonly #onChange: (isAway: boolean) => void;
  #isAway = false;

  /**
   * Begins with a connection that is there.
   *
   * @param client The connection.
   * @param onChange Is told when it is lost, and when it is there again.
   */
  constructor(client: Redis, onChange: (isAway: boolean) => void) {
    this.#client = client;
    this.#onChange = onChange;
    client.on("close", this.#onClose);
    client.on("ready", this.#onReady);
  }

  /** Whether it is lost. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Watches no more. */
  [Symbol.dispose](): void {
    this.#client.off("close", this.#onClose);
    this.#client.off("ready", this.#onReady);
  }

  /** Each try to connect again ends with such an event. */
  readonly #onClose = () => this.#change(true);

  readonly #onReady = () => this.#change(false);

  #change(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#onChange(isAway);
  }
}
