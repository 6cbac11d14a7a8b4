/**
 * The messages of records that come from outside, with their arguments written into them. Widths and
 * names are the sender's: a few bytes must not become gigabytes, nor hours of work.
 *
 * @module
 */

import { formatMessage, type Message } from "../message.ts";
import { type Conversion, convert, MAX_WIDTH, parseTemplate } from "../text/percent.ts";

/** The most characters that a message may have through what is written into it. */
const MAX_LENGTH = 1_048_576;

/**
 * Writes arguments into a message, by our rules.
 *
 * @param message The message, or its template.
 * @param args The arguments of the template.
 * @returns The message; one that would be too long stays as it is, with its arguments behind it.
 */
export function formatReceived(message: unknown, args: readonly unknown[]): Message {
  if (typeof message !== "string") return formatMessage(message, args);
  if (!exceeds(message, args)) {
    const formatted = formatMessage(message, args);
    if (formatted.msg.length <= MAX_LENGTH) return formatted;
  }
  const beside = formatMessage("", args); // Has no place for them, so that they stand behind it.
  return { ...beside, msg: message + beside.msg };
}

/**
 * Whether a template would need too much. What is counted is never less than what is written, and
 * stands for the work too: a value counts whole, also where its precision shows nothing of it.
 */
function exceeds(template: string, args: readonly unknown[]): boolean {
  const sizes = new Map<string, number>();
  let length = template.length;
  let widest: number | undefined;
  for (const part of parseTemplate(template)) {
    if (typeof part === "string") continue;
    for (const size of [part.width, part.precision]) {
      // Which argument a star takes depends on all before it: the largest stands for it.
      if (size === "*") length += widest ??= widestOf(args);
      else length += Math.min(size ?? 0, MAX_WIDTH);
    }
    if (part.key !== undefined) length += sizeOf(part, args[0], sizes);
    if (length > MAX_LENGTH) return true;
  }
  return false;
}

function widestOf(args: readonly unknown[]): number {
  let widest = 0;
  for (const value of args) {
    const width = typeof value === "object" ? 0 : Number(value);
    if (width > widest) widest = Math.min(width, MAX_WIDTH);
  }
  return widest;
}

/** How long a value is that a conversion names; those without a name take each value only once. */
function sizeOf({ key = "", type }: Conversion, from: unknown, sizes: Map<string, number>): number {
  const id = `${type}${key}`;
  const known = sizes.get(id);
  if (known !== undefined) return known;
  const isThere = typeof from === "object" && from !== null && Object.hasOwn(from, key);
  const size = isThere ? lengthOf(type, Reflect.get(from, key)) : 0;
  sizes.set(id, size);
  return size;
}

function lengthOf(type: string, value: unknown): number {
  try {
    const plain = { source: "", key: undefined, flags: "", width: undefined, precision: undefined };
    return convert({ ...plain, type }, value).length;
  } catch {
    return 0; // It does not fit: nothing is written.
  }
}
