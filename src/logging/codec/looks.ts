/**
 * What an object looks like beyond its values: the class that the console names, and the text that a
 * class writes of itself.
 *
 * @module
 */

import { inspect } from "../text/inspect.ts";

/** Under these names a class says what the console shows of it. */
const CUSTOM_INSPECT = [
  Symbol.for("Deno.customInspect"),
  Symbol.for("Deno.privateCustomInspect"),
  Symbol.for("nodejs.util.inspect.custom"),
];

/** How many prototypes are looked at: a Proxy may always show another one. */
const MAX_PROTOTYPES = 100;

/**
 * The name of the class that the console shows.
 *
 * @param value An object.
 * @returns The name; `null` if none of its prototypes names a class.
 */
export function classNameOf(value: object): string | null {
  let holder: object | null = value;
  for (let step = 0; holder !== null && step < MAX_PROTOTYPES; step++) {
    const made: unknown = Object.getOwnPropertyDescriptor(holder, "constructor")?.value;
    // An anonymous class is shown as the one that it extends.
    if (typeof made === "function" && made.name !== "" && value instanceof made) {
      return String(made.name);
    }
    holder = Object.getPrototypeOf(holder);
  }
  return null;
}

/**
 * The text that the console shows of an object, if its values and class do not say it all.
 *
 * @param value The object.
 * @param expected What `Object.prototype.toString` says of objects of its kind, such as "Map"; and the
 * name of its class, if it has one.
 * @returns The text.
 */
export function ownTextOf(
  value: object,
  expected: { readonly tag: string; readonly className: string | null },
): string | undefined {
  const isUsual = Object.prototype.toString.call(value) === `[object ${expected.tag}]` &&
    (expected.className !== null || Object.getPrototypeOf(value) === null);
  return isUsual && !writesItself(value) ? undefined : inspect(value);
}

/**
 * The names of the fields that the console shows and that are symbols.
 *
 * @param value An object.
 * @returns Its own enumerable symbols.
 */
export function shownSymbols(value: object): symbol[] {
  return Object.getOwnPropertySymbols(value)
    .filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol));
}

function writesItself(value: object): boolean {
  return CUSTOM_INSPECT.some((name) => typeof Reflect.get(value, name) === "function");
}
