/**
 * Copying small values of plain objects and lists.
 *
 * @module
 */

/** Values with more entries are left to the engine, which is faster with them. */
const MOST_ENTRIES = 64;

/**
 * Copies a small tree of plain objects, lists and primitives to what `structuredClone` makes of it. That takes
 * 2 to 20 us for the smallest object; this takes 0.2.
 *
 * @param value What `structuredClone` would take.
 * @returns The copy; `undefined` if the value is bigger, or has anything else in it.
 */
export function copySmall(value: unknown): unknown {
  return isObject(value) ? new SmallCopy().copy(value) : value;
}

class SmallCopy {
  #left = MOST_ENTRIES;
  /** What was met: what is in there twice has to be the same object in the copy, too. */
  readonly #seen: object[] = [];

  copy(value: object): object | undefined {
    if (this.#seen.includes(value)) return undefined;
    this.#seen.push(value);
    if (Array.isArray(value)) return this.#copyList(value);
    return Object.getPrototypeOf(value) === Object.prototype ? this.#copyFields(value) : undefined;
  }

  #copyList(list: readonly unknown[]): unknown[] | undefined {
    const { length } = list;
    this.#left -= length;
    if (this.#left < 0 || !isDense(list)) return undefined;
    const copy: unknown[] = [];
    for (const item of list) {
      const copied = isObject(item) ? this.copy(item) : item;
      if (copied === undefined && item !== undefined) return undefined;
      copy.push(copied);
    }
    return copy;
  }

  #copyFields(value: object): object | undefined {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (--this.#left < 0 || key === "__proto__") return undefined; // To set that would be another thing.
      const item = value[key as keyof typeof value]; // One of its keys.
      const copied = isObject(item) ? this.copy(item) : item;
      if (copied === undefined && item !== undefined) return undefined;
      copy[key] = copied;
    }
    return copy;
  }
}

/** Whether it has neither holes nor other keys, which come after all numbers. */
function isDense(list: readonly unknown[]): boolean {
  const keys = Object.keys(list);
  return keys.length === list.length &&
    (keys.length === 0 || keys.at(-1) === String(list.length - 1));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
