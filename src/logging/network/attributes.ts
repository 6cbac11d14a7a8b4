/**
 * The attributes of an object that comes from outside, each read with its type.
 *
 * @module
 */

import { display } from "../text/inspect.ts";

/** What may be named in an error, in characters. */
const SHOWN = 60;

/** An object of which nothing is known. `null` and `undefined` count as absent. */
export class Attributes {
  readonly #values: ReadonlyMap<string, unknown>;

  /**
   * Takes an object apart.
   *
   * @param values The object.
   * @throws {TypeError} If it is none.
   */
  constructor(values: unknown) {
    if (
      typeof values !== "object" || values === null || Array.isArray(values) ||
      values instanceof Map || values instanceof Set || ArrayBuffer.isView(values)
    ) throw mistyped("the attributes", values, "an object with a name for each");
    this.#values = new Map(Object.entries(values));
  }

  /** Whether there is an attribute of that name, also where it is `null`. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value, whatever it is. */
  get(name: string): unknown {
    return this.#values.get(name) ?? undefined;
  }

  /** Text. */
  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw mistyped(name, value, "text");
  }

  /** A finite number. */
  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw mistyped(name, value, "finite numbers");
  }

  /** A list. */
  list(name: string): readonly unknown[] {
    const value = this.get(name) ?? [];
    if (Array.isArray(value)) return value;
    throw mistyped(name, value, "a list");
  }

  /** An object, as attributes again. */
  object(name: string): Attributes | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    try {
      return new Attributes(value);
    } catch {
      throw mistyped(name, value, "an object");
    }
  }

  /** A copy of all attributes but those named. */
  others(names: readonly string[] = []): Record<string, unknown> {
    const left = [...this.#values].filter(([name]) => !names.includes(name));
    return Object.fromEntries(left); // Also where a name is "__proto__".
  }
}

/**
 * The error for an attribute of the wrong type.
 *
 * @param name The attribute.
 * @param value Its value.
 * @param allowed What it may be.
 */
export function mistyped(name: string, value: unknown, allowed: string): TypeError {
  const shown = display(value);
  const short = shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown;
  return new TypeError(
    `Cannot make a record: current value of ${name} is ${short} (${typeof value}), ` +
      `allowed: ${allowed}`,
  );
}
