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
  const isText = typeof message === "string";
  if (rest.length === 0) return { msg: template, args: isText || own ? [] : [message], ...own };
  const { args, text, unused, keywords } = readRest(message, rest);
  const { extra, error, stackInfo } = keywords;
  return {
    msg: [text ?? template, ...unused.map(display)].join(" "),
    args: isText || own ? args : [message, ...args],
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
  /** The arguments that the message has no place for. */
  readonly unused: readonly unknown[];
  readonly keywords: LogKeywords;
}

function readRest(message: unknown, rest: readonly unknown[]): Rest {
  // Anywhere, for a logger of somebody else's may have added something behind it.
  const given = rest.find((each) => each instanceof Beside)?.keywords;
  const flat = given ? rest.filter((each) => !(each instanceof Beside)) : rest;
  const filled = typeof message === "string" && flat.length > 0 ? fill(message, flat) : undefined;
  const used = flat.slice(0, filled?.used ?? 0);
  const { unused, ...taken } = takeKeywords(flat.slice(used.length));
  const keywords = given ? mergeKeywords(taken, given) : taken;
  return { args: [...used, ...unused], text: filled?.text, unused, keywords };
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
    if (error === undefined && last instanceof Error) error = last;
    else if (!fields && isPlainObject(last)) fields = last;
    else break;
  }
  const unused = rest.slice(0, end);
  // Copied, as in Python: what the program does with its object later is not what it logged.
  if (fields?.stackInfo !== true) return { unused, ...(fields && { extra: { ...fields } }), error };
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
    if (conversion.key === undefined) {
      // "100% sure", { jobId }: for a text the space means nothing, so nobody writes it on purpose.
      if (isText(conversion) && conversion.flags.includes(" ") && !isArgument(args[used])) {
        return conversion.source;
      }
      return convert(sized, next());
    }
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

function isText({ type }: Conversion): boolean {
  return !"diouxXeEfFgGc".includes(type);
}

/** Whether a value is an argument wherever it stands; the others may be logged beside the message. */
function isArgument(value: unknown): boolean {
  return !isPlainObject(value) && !(value instanceof Error);
}
