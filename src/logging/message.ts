/**
 * What a log call says: a template and its arguments become a message; fields and an error that
 * follow them go beside it.
 *
 * @module
 */

import { type SerializedError, serializeError } from "./errors.ts";
import { display } from "./inspect.ts";
import { type Conversion, convert, parseTemplate } from "./percent.ts";

/** Fields that are logged beside a message: `log.info("took %d ms", 12, { jobId })`. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a log call's words become in its record. */
export interface Message extends Attached {
  readonly msg: string;
  readonly args: readonly unknown[];
}

/** What was logged beside the message. */
interface Attached {
  readonly extra?: Fields;
  readonly error?: SerializedError;
}

/**
 * Writes the arguments of a log call into its message, by Python's `%` rules.
 *
 * Logging never throws at the program: arguments that do not fit the message are shown after it.
 *
 * @param message What was logged: a template such as "took %d ms", an error, or any value.
 * @param rest The template's arguments, then fields (a plain object) and an error, in any order.
 * @returns The parts of the record that come from the call's words.
 */
export function formatMessage(message: unknown, rest: readonly unknown[]): Message {
  const own = message instanceof Error ? { error: serializeError(message) } : undefined;
  const template = display(message);
  if (rest.length === 0) return { msg: template, args: [], ...own };
  const filled = typeof message === "string" ? fill(message, rest) : undefined;
  const args = filled ? rest.slice(0, filled.used) : [];
  const { unused, ...attached } = takeAttached(rest.slice(args.length));
  const msg = [filled?.text ?? template, ...unused.map(display)].join(" ");
  return { msg, args: [...args, ...unused], ...own, ...attached };
}

/** Takes the fields and the error off the end of what the message did not use. */
function takeAttached(
  rest: readonly unknown[],
): { unused: readonly unknown[] } & Attached {
  let extra: Fields | undefined;
  let error: SerializedError | undefined;
  let end = rest.length;
  for (; end > 0; end--) {
    const last = rest[end - 1];
    if (last === undefined) continue; // An optional error that was not there.
    if (!error && last instanceof Error) error = serializeError(last);
    else if (!extra && isPlainObject(last)) extra = last;
    else break;
  }
  return { unused: rest.slice(0, end), ...(extra && { extra }), ...(error && { error }) };
}

function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Writes arguments into a template. Returns `undefined` where they do not fit: a template such as
 * "100% done" may hold what only looks like a conversion.
 */
function fill(
  template: string,
  args: readonly unknown[],
): { text: string; used: number } | undefined {
  if (!template.includes("%")) return { text: template, used: 0 };
  const parts = parseTemplate(template);
  const [first] = args;
  const byName = parts.some((part) => typeof part !== "string" && part.key !== undefined);
  if (byName && !isPlainObject(first)) return undefined;
  let used = byName ? 1 : 0;
  const next = (): unknown => {
    if (used >= args.length) throw new RangeError("not enough arguments");
    return args[used++];
  };
  const write = (conversion: Conversion): string => {
    if (conversion.type === "%") return "%";
    const sized = { ...conversion };
    if (sized.width === "*") sized.width = Number(next());
    if (sized.precision === "*") sized.precision = Number(next());
    if (conversion.key === undefined) return convert(sized, next());
    if (!isPlainObject(first) || !(conversion.key in first)) throw new RangeError(conversion.key);
    return convert(sized, first[conversion.key]);
  };
  try {
    return {
      text: parts.map((part) => typeof part === "string" ? part : write(part)).join(""),
      used,
    };
  } catch {
    return undefined; // The arguments are shown behind the message instead: see formatMessage.
  }
}
