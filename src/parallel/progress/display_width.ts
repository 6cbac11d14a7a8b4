/**
 * How many columns of a terminal a text takes.
 *
 * @module
 */

/** What stands in no column of its own: marks on the character before, joiners, selectors. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;

/** What takes two columns: wide and fullwidth characters of East Asia, and emoji. */
const WIDE = new RegExp(
  "^[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf" +
    "\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6" +
    "\\u{1b000}-\\u{1b2ff}\\u{20000}-\\u{3fffd}\\p{Emoji_Presentation}]",
  "u",
);
/** What an emoji becomes with the selector behind it. */
const EMOJI_SELECTOR = "\ufe0f";

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * How many columns a text takes.
 *
 * @param text One line, without escape sequences.
 */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += widthOf(grapheme);
  return width;
}

/**
 * Cuts a text to a width. Where something is cut off, two dots stand for it.
 *
 * @param text One line, without escape sequences.
 * @param columns The most columns it may take.
 */
export function clipToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const dots = "..".slice(0, Math.max(columns, 0));
  let clipped = "";
  let left = columns - dots.length;
  for (const grapheme of graphemesOf(text)) {
    left -= widthOf(grapheme);
    if (left < 0) break;
    clipped += grapheme;
  }
  return clipped + dots;
}

/** What a text consists of for its reader. A thread's first segmenter takes 9 ms; most need none. */
function* graphemesOf(text: string): Generator<string, void> {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

function widthOf(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) || grapheme.includes(EMOJI_SELECTOR) ? 2 : 1;
}
