/**
 * What a log call says: a template and its arguments become a message; fields and an error that
 * follow them go beside it.
 *
 * @module
 */

import { type SerializedError, serializeError } from "./errors.ts";
import { display } from "./text/inspect.ts";
import { describeStack } from "./location.ts";
import { type Conversion, convert } from "./text/percent.ts";
import { TemplateCache } from "./text/template_cache.ts";

/** A memory of this thread that changes nothing but the time which log calls take. */
const templates = new TemplateCache();

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
  const isText = typeof message === "string";
  if (isText && rest.length === 0) return { msg: message, args: [] };
  const { args, text, used, keywords } = readRest(message, rest);
  let msg = text ?? display(message);
  for (const unused of args.slice(used)) msg += ` ${display(unused)}`;
  const isError = message instanceof Error;
  const made: Draft = { msg, args: isText || isError ? args : [message, ...args] };
  if (keywords.extra) made.extra = keywords.extra;
  if (keywords.error !== undefined) made.error = serializeAnything(keywords.error);
  else if (isError) made.error = serializeError(message);
  if (keywords.stackInfo) made.stack = describeStack();
  return made;
}

/** A message while it is made. */
type Draft = { -readonly [Field in keyof Message]: Message[Field] };

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
  const { args, keywords } = readRest(message, rest);
  return { args, keywords };
}

/**
 * What to put after the arguments in a log call, so that it is logged beside the message and never
 * taken for an argument of it.
 */
export class Beside {
  /** The fields, the error and the wish for the stack. */
  readonly keywords: LogKeywords;

  /**
   * Wraps what is to be logged beside a message.
   *
   * @param keywords The fields, the error and the wish for the stack.
   */
  constructor(keywords: LogKeywords) {
    this.keywords = keywords;
  }
}

/** What followed the message in a log call. */
interface Rest {
  /** All arguments of the message, those too that it has no place for. */
  readonly args: readonly unknown[];
  /** The message with its arguments, if they fit. */
  readonly text: string | undefined;
  /** How many of the arguments the message has a place for. */
  readonly used: number;
  readonly keywords: LogKeywords;
}

function readRest(message: unknown, rest: readonly unknown[]): Rest {
  // Anywhere, for a logger of somebody else's may have added something behind it.
  const given = rest.find((each) => each instanceof Beside)?.keywords;
  const flat = given ? rest.filter((each) => !(each instanceof Beside)) : rest;
  const filled = typeof message === "string" && flat.length > 0 ? fill(message, flat) : undefined;
  const used = filled?.used ?? 0;
  const { end, keywords } = takeKeywords(flat, used);
  return {
    args: flat.slice(0, end),
    text: filled?.text,
    used,
    keywords: given ? mergeKeywords(keywords, given) : keywords,
  };
}

function mergeKeywords(first: LogKeywords, second: LogKeywords): LogKeywords {
  const extra = first.extra && second.extra
    ? { ...first.extra, ...second.extra }
    : second.extra ?? first.extra;
  return {
    ...(extra && Object.keys(extra).length > 0 && { extra }),
    error: second.error === undefined ? first.error : second.error, // `null` can be thrown.
    stackInfo: second.stackInfo ?? first.stackInfo,
  };
}

/** Anything can be thrown; what is no error still says what it is. */
function serializeAnything(thrown: unknown): SerializedError {
  if (thrown instanceof Error) return serializeError(thrown);
  const name = thrown === null ? "null" : typeof thrown;
  return { className: name, name: `Thrown ${name}`, base: "Error", message: display(thrown) };
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

/**
 * Takes the fields and the error off the end of what the message did not use.
 *
 * @param rest What followed the message.
 * @param used How much of it the message has used.
 * @returns They, and where they begin.
 */
function takeKeywords(
  rest: readonly unknown[],
  used: number,
): { readonly end: number; readonly keywords: LogKeywords } {
  let fields: Fields | undefined;
  let error: unknown;
  let end = rest.length;
  for (; end > used; end--) {
    const last = rest[end - 1];
    if (last === undefined) continue; // An optional error that was not there.
    if (error === undefined && last instanceof Error) error = last;
    else if (!fields && isPlainObject(last)) fields = last;
    else break;
  }
  if (!fields) return { end, keywords: { error } };
  // Copied, as in Python: what the program does with its object later is not what it logged.
  if (fields.stackInfo !== true) return { end, keywords: { extra: { ...fields }, error } };
  const { stackInfo, ...extra } = fields;
  const isAlone = Object.keys(extra).length === 0;
  return { end, keywords: { ...(!isAlone && { extra }), error, stackInfo } };
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
  const parts = templates.parse(template);
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
    const sized = withSizes(conversion, next);
    if (conversion.key === undefined) {
      // "100% sure", { jobId }: for a text the space means nothing, so nobody writes it on purpose.
      if (conversion.flags.includes(" ") && isText(conversion) && !isArgument(args[used])) {
        return conversion.source;
      }
      return convert(sized, next());
    }
    if (!isPlainObject(first) || !(conversion.key in first)) throw new RangeError(conversion.key);
    return convert(sized, first[conversion.key]);
  };
  try {
    let text = "";
    for (const part of parts) text += typeof part === "string" ? part : write(part);
    return { text, used };
  } catch {
    return undefined; // formatMessage shows them behind the message instead.
  }
}

/** A conversion with numbers in place of its stars. */
function withSizes(conversion: Conversion, next: () => unknown): Conversion {
  let { width, precision } = conversion;
  if (width !== "*" && precision !== "*") return conversion;
  if (width === "*") width = Number(next());
  if (precision === "*") precision = Number(next());
  return { ...conversion, width, precision };
}

function isText({ type }: Conversion): boolean {
  return !"diouxXeEfFgGc".includes(type);
}

/** Whether a value is an argument wherever it stands; the others may be logged beside the message. */
function isArgument(value: unknown): boolean {
  return !isPlainObject(value) && !(value instanceof Error);
}
