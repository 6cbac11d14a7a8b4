/**
 * The parts of tags, each checked: a text may come from anywhere.
 *
 * @module
 */

/**
 * Checks that a part of a tag is a text.
 *
 * @param part The part.
 * @returns The text.
 * @throws {TypeError} If it is none.
 */
export function checkText(part: unknown): string {
  if (typeof part === "string") return part;
  throw new TypeError(`Cannot read a tag: a text is needed, and not ${typeof part}`);
}

/**
 * Checks that a part of a tag is a number.
 *
 * @param part The part.
 * @returns The number.
 * @throws {TypeError} If it is none.
 */
export function checkNumber(part: unknown): number {
  if (typeof part === "number") return part;
  throw new TypeError(`Cannot read a tag: a number is needed, and not ${typeof part}`);
}

/**
 * Checks that a part of a tag is a list.
 *
 * @param part The part.
 * @returns The list.
 * @throws {TypeError} If it is none.
 */
export function checkList(part: unknown): readonly unknown[] {
  if (Array.isArray(part)) return part;
  throw new TypeError(`Cannot read a tag: a list is needed, and not ${typeof part}`);
}

/**
 * Checks that a part of a tag is an object.
 *
 * @param part The part.
 * @returns The object.
 * @throws {TypeError} If it is none.
 */
export function checkObject(part: unknown): Readonly<Record<string, unknown>> {
  if (typeof part === "object" && part !== null && !Array.isArray(part)) {
    return part as Readonly<Record<string, unknown>>; // Any object of JSON is one.
  }
  throw new TypeError(`Cannot read a tag: an object is needed, and not ${typeof part}`);
}
