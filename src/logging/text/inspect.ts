/**
 * Values as text, for messages and errors.
 *
 * @module
 */

/**
 * Shows any value on one line, as the console does. Never throws.
 *
 * @param value Anything, also an object whose getters throw.
 * @returns One line of text.
 */
export function inspect(value: unknown): string {
  try {
    return Deno.inspect(value, { depth: 4, compact: true, breakLength: Infinity, colors: false });
  } catch (error) {
    return `[cannot be shown: ${error instanceof Error ? error.message : "unknown reason"}]`;
  }
}

/**
 * Shows a value as `%s` does: text as it is, a date in ISO 8601, an error by name and message,
 * everything else as {@link inspect} does.
 *
 * @param value Anything.
 * @returns The text.
 */
export function display(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return displayError(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (typeof value === "bigint") return String(value);
  // A console takes longer for a number than a whole record takes; it tells -0 from 0.
  if (typeof value === "number" && !Object.is(value, -0)) return String(value);
  return inspect(value);
}

function displayError(error: Error): string {
  try {
    return `${error.name}: ${error.message}`;
  } catch {
    return inspect(error); // A getter threw.
  }
}
