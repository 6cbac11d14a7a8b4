/**
 * JSON for a file that people compare versions of.
 *
 * @module
 */

/** How long a line may be: as long as everywhere in this project. */
const WIDTH = 100;
/** So many digits of a number are kept: more than a measurement repeats. */
const DIGITS = 5;

/**
 * Writes a value so that what fits into a line stands in one, as `deno fmt` leaves it.
 *
 * @param value Plain data. What is `undefined` in it becomes `null` in an array, else it is left out.
 * @returns The text. Numbers that are no integers are rounded.
 */
export function renderJson(value: unknown): string {
  return render(value, { indent: "", taken: 0 });
}

/** Where a value stands. */
interface Place {
  readonly indent: string;
  /** How much of the line others take: the key before it, the comma after it. */
  readonly taken: number;
}

function render(value: unknown, { indent, taken }: Place): string {
  if (typeof value !== "object" || value === null) return renderLeaf(value);
  const line = renderLine(value);
  if (indent.length + taken + line.length <= WIDTH) return line;
  const deeper = `${indent}  `;
  const parts = entriesOf(value).map(([key, part]) =>
    deeper + key + render(part, { indent: deeper, taken: key.length + 1 })
  );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

function renderLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return renderLeaf(value);
  const parts = entriesOf(value).map(([key, part]) => key + renderLine(part)).join(", ");
  if (Array.isArray(value)) return `[${parts}]`;
  return parts === "" ? "{}" : `{ ${parts} }`;
}

/** The parts of an array or object, each with what comes before it. */
function entriesOf(value: object): [key: string, part: unknown][] {
  if (Array.isArray(value)) return value.map((part) => ["", part]);
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => [`${JSON.stringify(key)}: `, part]);
}

function renderLeaf(value: unknown): string {
  const isRounded = typeof value === "number" && !Number.isInteger(value);
  return JSON.stringify(isRounded ? Number(value.toPrecision(DIGITS)) : value ?? null);
}
