/**
 * Objects that stand in for those that can't travel: they look the same in logs, and do nothing.
 *
 * @module
 */

const CUSTOM_INSPECT = Symbol.for("Deno.customInspect");

/** Makes the classes that objects of a record are shown as. */
export class StandInClasses {
  readonly #prototypes = new Map<object, Map<string, object>>();

  /**
   * Gives an object a class of its own.
   *
   * @param value The object.
   * @param name The name of the class; it extends the class that the object is of.
   */
  apply(value: object, name: string): void {
    const base: object = Object.getPrototypeOf(value);
    let derived = this.#prototypes.get(base);
    if (!derived) this.#prototypes.set(base, derived = new Map());
    let prototype = derived.get(name);
    if (!prototype) derived.set(name, prototype = prototypeOf(name, base));
    Object.setPrototypeOf(value, prototype);
  }
}

function prototypeOf(name: string, base: object): object {
  const made = { [name]: class {} }[name]!; // It was just made.
  Object.setPrototypeOf(made.prototype, base);
  return made.prototype;
}

/**
 * Makes a function that looks like another one.
 *
 * @param name Its name.
 * @param text What the console shows of it.
 * @param result What it returns.
 * @returns The function; it does nothing else.
 */
export function standInFunction(name: string, text: string, result?: unknown): () => unknown {
  const made = () => result;
  hide(made, "name", name);
  showAs(made, text);
  return made;
}

/**
 * Has the console show a text in place of an object.
 *
 * @param value The object.
 * @param text The text.
 */
export function showAs(value: object, text: string): void {
  hide(value, CUSTOM_INSPECT, () => text);
}

/**
 * Has an object become a certain value in JSON.
 *
 * @param value The object. If it has a field named `toJSON`, that stays in its place.
 * @param json Plain data.
 */
export function writeAsJson(value: object, json: unknown): void {
  const own: unknown = Object.getOwnPropertyDescriptor(value, "toJSON")?.value;
  if (typeof own !== "function") return hide(value, "toJSON", () => json);
  const shown: unknown = Reflect.get(own, CUSTOM_INSPECT);
  const text: unknown = typeof shown === "function" ? shown() : "";
  define(value, "toJSON", standInFunction(own.name, String(text), json));
}

/**
 * Sets a field, whatever its name and the prototype of the object.
 *
 * @param holder The object.
 * @param key The name of the field.
 * @param value Its value.
 */
export function define(holder: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * Sets a field that the console and JSON do not show.
 *
 * @param holder The object.
 * @param key The name of the field.
 * @param value Its value.
 */
export function hide(holder: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    enumerable: false,
    configurable: true,
    writable: true,
  });
}
