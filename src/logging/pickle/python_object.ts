/**
 * What a pickle holds beside plain data: objects of Python, of which nothing but the name is taken.
 *
 * @module
 */

/** The longest name that is shown; Python's own are short. */
const MAX_NAME = 100;

/** Where in a pickle something stands. */
export interface PicklePlace {
  /** The name of the opcode in Python's `pickletools`. */
  readonly opcode: string;
  /** In bytes from 0. */
  readonly position: number;
}

/**
 * Stands for a class, a function, or what one of them would make. It is inert: nothing is looked up by
 * the name, and nothing is called.
 */
export class PythonObject {
  /** Its module and name, such as "datetime.datetime". */
  readonly name: string;
  /** Where the pickle asks for it. */
  readonly place: PicklePlace;

  constructor(name: string, place: PicklePlace) {
    this.name = name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1)}…`;
    this.place = place;
  }

  /** What stands for it in plain data. */
  toText(): string {
    return `[${this.name}: not plain data]`;
  }
}

/**
 * Recognises the calls that Python writes for plain data, where it has no opcode for it: `bytes`,
 * `bytearray` and sets in low protocols, and the dictionaries of `collections` in all.
 *
 * @param called What is to be called.
 * @param args With what.
 * @param count Is told how many values or bytes are going to be copied, and may refuse by throwing.
 * @returns The data; for all other calls an object that stands for the result.
 */
export function resultOfCall(
  called: PythonObject,
  args: readonly unknown[],
  count: (copied: number) => void,
): unknown {
  const [first, second] = args;
  switch (called.name) {
    case "_codecs.encode":
      return bytesOf(first, second, count) ?? called;
    case "__builtin__.bytes":
    case "builtins.bytes":
      return args.length === 0 ? new Uint8Array(0) : called;
    case "__builtin__.bytearray":
    case "builtins.bytearray":
      if (args.length === 0) return new Uint8Array(0);
      return first instanceof Uint8Array ? first : bytesOf(first, second, count) ?? called;
    case "__builtin__.set":
    case "builtins.set":
    case "__builtin__.frozenset":
    case "builtins.frozenset":
      if (args.length !== 1 || !Array.isArray(first)) return called;
      count(first.length);
      return new Set(first);
    case "collections.Counter":
      return args.length === 1 && first instanceof Map ? first : called;
    case "collections.OrderedDict": // Its items follow.
      return args.length === 0 ? new Map() : called;
    case "collections.defaultdict": // So do its; what would make further values is of no use.
      return args.length <= 1 ? new Map() : called;
    case "copy_reg._reconstructor":
    case "copyreg._reconstructor": // What protocols 0 and 1 make objects of a class with.
      return first instanceof PythonObject ? first : called;
    default:
      return called;
  }
}

/** Bytes that Python wrote as text, each a character. */
function bytesOf(
  text: unknown,
  encoding: unknown,
  count: (copied: number) => void,
): Uint8Array | undefined {
  if (typeof text !== "string" || (encoding !== "latin1" && encoding !== "latin-1")) return;
  count(text.length);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) return undefined;
    bytes[at] = code;
  }
  return bytes;
}
