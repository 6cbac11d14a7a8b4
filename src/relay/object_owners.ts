/**
 * Which of several values that are sent together hold which objects. In one message, an object that two of
 * them hold would arrive as one object, and each receiver would see what the other changes.
 *
 * @module
 */

/** Finds out whether values have objects in common. */
export class ObjectOwners {
  readonly #owners = new Map<object, number>();
  #owner = 0;
  #shares = false;

  /** Whether the value that is looked at has an object of one before. */
  get shares(): boolean {
    return this.#shares;
  }

  /** Goes on to the next value. */
  next(): void {
    this.#owner++;
    this.#shares = false;
  }

  /** The value that is looked at holds an object. */
  readonly claim = (value: object): void => {
    const owner = this.#owners.get(value);
    if (owner === undefined) this.#owners.set(value, this.#owner);
    else if (owner !== this.#owner) this.#shares = true;
  };
}
