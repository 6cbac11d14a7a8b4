/**
 * What a log call says: a template and its arguments become a message; fields and an error that
 * follow them go beside it.
 *
 * @module
 */

import { type SerializedError, serializeError } from "./errors.ts";
import { display } from "./text/inspect.ts";
import { describeStack } from "./location.ts";
import { type Conversion, convert, parseTemplate } from "./text/percent.ts";

/** Fields that are logged beside a message: `log.info("took %d ms", 12, { jobId })`. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a log call's words become in its record. */
export interface Message {
  readonly msg: string;
  readonly args: readonly unknown[];
  readonly extra?: Fields;
  readonly error?: SerializedError;
  readonly stack?: string;
}

/** What a log call says beside its message: Python's keyword arguments. */
export interface LogKeywords {
  /** Fields, as a plain object. */
  readonly extra?: Fields;
  /** The error; Python's `exc_info`. */
  readonly error?: unknown;
  /** Whether the record says which calls led to it. */
  readonly stackInfo?: boolean;
}

/**
 * Writes the arguments of a log call into its message, by Python's `%` rules.
 *
 * Logging never throws at the program: arguments that do not fit the message are shown after it.
 *
 * @param given What was logged: a template such as "took %d ms", an error, a function that makes the
 * message, or any value.
 * @param rest The template's arguments, then fields (a plain object) and an error, in any order.
 * @returns The parts of the record that come from the call's words.
 */
export function formatMessage(given: unknown, rest: readonly unknown[]): Message {
  const message = makeMessage(given);
  const own = message instanceof Error ? { error: serializeError(message) } : undefined;
  const template = display(message);
  if (rest.length === 0) return { msg: template, args: [], ...own };
  const filled = typeof message === "string" ? fill(message, rest) : undefined;
  const args = filled ? rest.slice(0, filled.used) : [];
  const { unused, extra, error, stackInfo } = takeKeywords(rest.slice(args.length));
  return {
    msg: [filled?.text ?? template, ...unused.map(display)].join(" "),
    args: [...args, ...unused],
    ...own,
    ...(extra && { extra }),
    ...(error !== undefined && { error: serializeAnything(error) }),
    ...(stackInfo && { stack: describeStack() }),
  };
}

/**
 * Tells the arguments of a message from what was logged beside it.
 *
 * @param message The message, or its template.
 * @param rest What followed it in the log call.
 * @returns The arguments, and the fields, error and wish for the stack after them.
 */
export function splitKeywords(
  message: unknown,
  rest: readonly unknown[],
): { readonly args: readonly unknown[]; readonly keywords: LogKeywords } {
  const filled = typeof message === "string" ? fill(message, rest) : undefined;
  const args = rest.slice(0, filled?.used ?? 0);
  const { unused, ...keywords } = takeKeywords(rest.slice(args.length));
  return { args: [...args, ...unused], keywords };
}

/**
 * The opposite of {@linkcode splitKeywords}.
 *
 * @param keywords The fields, the error and the wish for the stack.
 * @returns What to put after the arguments in a log call.
 */
export function joinKeywords({ extra, error, stackInfo }: LogKeywords): readonly unknown[] {
  return [
    ...(extra || stackInfo ? [{ ...extra, ...(stackInfo && { stackInfo }) }] : []),
    ...(error === undefined ? [] : [error instanceof Error ? error : new Thrown(error)]),
  ];
}

/** Anything that was thrown and is no error, on its way to the record. */
export class Thrown {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function serializeAnything(thrown: unknown): SerializedError {
  if (thrown instanceof Error) return serializeError(thrown);
  const value = thrown instanceof Thrown ? thrown.value : thrown;
  const name = value === null ? "null" : typeof value;
  return { className: name, name: `Thrown ${name}`, base: "Error", message: display(value) };
}

/**
 * The message itself, where a function was given to make it. Never throws, as logging does not.
 *
 * @param given The message, or a function that makes it.
 * @returns The message.
 */
export function makeMessage(given: unknown): unknown {
  if (typeof given !== "function") return given;
  try {
    return given();
  } catch (error) {
    return `[the message could not be made: ${display(error)}]`;
  }
}

/** Takes the fields and the error off the end of what the message did not use. */
function takeKeywords(
  rest: readonly unknown[],
): { unused: readonly unknown[] } & LogKeywords {
  let fields: Fields | undefined;
  let error: unknown;
  let end = rest.length;
  for (; end > 0; end--) {
    const last = rest[end - 1];
    if (last === undefined) continue; // An optional error that was not there.
    if (error === undefined && (last instanceof Error || last instanceof Thrown)) error = last;
    else if (!fields && isPlainObject(last)) fields = last;
    else break;
  }
  const unused = rest.slice(0, end);
  if (fields?.stackInfo !== true) return { unused, ...(fields && { extra: fields }), error };
  const { stackInfo, ...extra } = fields;
  return { unused, ...(Object.keys(extra).length > 0 && { extra }), error, stackInfo };
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
    return undefined; // formatMessage shows them behind the message instead.
  }
}
