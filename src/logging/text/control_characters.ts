/**
 * Control characters in what was logged, written so that they can be seen. A message may come from
 * outside of the program; shown as it is, an escape sequence in it could clear the terminal, a
 * carriage return could hide a line, and a change of text direction could make it read otherwise.
 *
 * A backslash is not doubled, for paths of Windows should stay readable: text that is to be read
 * back by a program is better written as JSON.
 *
 * @module
 */

/** C0 but newline and tab, DEL, C1, line separators, and what overrides or isolates direction. */
// deno-lint-ignore no-control-regex -- control characters are what is meant
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, "g");

/** The same with newline and tab. */
// deno-lint-ignore no-control-regex -- control characters are what is meant
const CONTROL_OR_BREAK = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
const CONTROLS_AND_BREAKS = new RegExp(CONTROL_OR_BREAK, "g");

/** Those that JSON leaves as they are. */
const LEFT_BY_JSON = /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
const ALL_LEFT_BY_JSON = new RegExp(LEFT_BY_JSON, "g");

/** Those with a short name. */
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Writes control characters other than newline and tab so that they can be seen: `\r`, `\x1b`,
 * `\u202e`.
 *
 * @param text What was logged.
 * @returns The same text if there is none in it.
 */
export function escapeControls(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;
}

/**
 * Writes all control characters so that they can be seen, newline (`\n`) and tab (`\t`) too.
 *
 * @param text What was logged.
 * @returns One line; the same text if there is none in it.
 */
export function escapeToOneLine(text: string): string {
  return CONTROL_OR_BREAK.test(text) ? text.replace(CONTROLS_AND_BREAKS, escaped) : text;
}

/**
 * Writes those control characters in a text of JSON as `\u009b` which JSON allows as they are. The
 * value that is read from it stays the same.
 *
 * @param json A text of JSON.
 * @returns A text of JSON without control characters.
 */
export function escapeControlsInJson(json: string): string {
  return LEFT_BY_JSON.test(json)
    ? json.replace(ALL_LEFT_BY_JSON, (character) => `\\u${hex(character, 4)}`)
    : json;
}

function escaped(character: string): string {
  return SHORT[character] ??
    (character <= "\xff" ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`);
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
