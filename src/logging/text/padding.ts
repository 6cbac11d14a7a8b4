/**
 * Text brought to a width, counted in code points as Python does: an emoji is one character, and is
 * never cut in half.
 *
 * @module
 */

/** Where a text stands in its width. */
export type Alignment = "<" | ">" | "^";

/**
 * Fills a text up to a width.
 *
 * @param text The text.
 * @param width The least number of characters.
 * @param alignment Left `<`, right `>` or in the middle `^`.
 * @param fill The character that fills.
 * @returns The text, as it is if it is wide enough.
 */
export function pad(text: string, width: number, alignment: Alignment, fill = " "): string {
  if (width <= 0) return text;
  const missing = width - countCharacters(text);
  if (missing <= 0) return text;
  const before = alignment === "<" ? 0 : alignment === ">" ? missing : Math.floor(missing / 2);
  return fill.repeat(before) + text + fill.repeat(missing - before);
}

/**
 * Cuts a text.
 *
 * @param text The text.
 * @param most The most characters it may have; `undefined` for no limit.
 * @returns Its beginning.
 */
export function clip(text: string, most: number | undefined): string {
  if (most === undefined || text.length <= most) return text;
  const cut = text.slice(0, most);
  return ASTRAL.test(cut) ? Array.from(text).slice(0, most).join("") : cut;
}

/** The first half of a character that takes two places in a JavaScript string. */
const ASTRAL = /[\ud800-\udbff]/;

function countCharacters(text: string): number {
  return ASTRAL.test(text) ? Array.from(text).length : text.length;
}
