/**
 * Pickles of plain data. Python's `SocketHandler` sends records as pickles, and a pickle is a program
 * that may call anything; so this decoder knows only the opcodes that make plain data. In place of
 * what others would make it has something inert. It calls nothing, and takes memory only for bytes that
 * are there.
 *
 * The opcodes are those of CPython's `pickletools`, protocols 0 to 5.
 *
 * @module
 */

import { PickleMachine } from "./pickle_machine.ts";
import { PickleError, PickleSource } from "./pickle_source.ts";
import { PlainCopier, type PlainDataLimits } from "./plain_copier.ts";

/** What an opcode does. */
type Action = (machine: PickleMachine) => void;

const STOP = 0x2e;

/**
 * Decodes a pickle of plain data.
 *
 * | Python | becomes |
 * | --- | --- |
 * | `None`, `bool`, `str`, `float` | `null`, boolean, string, number |
 * | `int` | number; `bigint` where a number would not be exact |
 * | `bytes`, `bytearray` | `Uint8Array` |
 * | `list`, `tuple` | array |
 * | `dict`, and `OrderedDict`, `defaultdict`, `Counter` | object without a prototype; `Map` if a key is no string |
 * | `set`, `frozenset` | `Set` |
 *
 * @param bytes The pickle, of any protocol from 0 to 5.
 * @param limits How much data is accepted.
 * @returns The data; what is used several times in the pickle is copied.
 * @throws {PickleError} If it is no whole pickle, holds anything else, or too much.
 *
 * @example
 * ```ts
 * import { decodePickle } from "./pickle.ts";
 *
 * // pickle.dumps({"n": [1, 2]}, 1)
 * const bytes = new TextEncoder().encode("}q\x00X\x01\x00\x00\x00nq\x01]q\x02(K\x01K\x02es.");
 * console.log(decodePickle(bytes)); // [Object: null prototype] { n: [ 1, 2 ] }
 * ```
 */
export function decodePickle(bytes: Uint8Array, limits: PlainDataLimits = {}): unknown {
  const { value, copier } = readPickle(bytes, limits);
  return copier.copy(value, { objectsAsText: false });
}

/** What a pickle made: not yet limited, and perhaps with objects in it. */
export interface PickleContent {
  /** Plain data, in which values may be shared, dictionaries are maps, and objects inert. */
  readonly value: unknown;
  /** Makes the plain data to be used of it, or of parts; the limits are for all copies together. */
  readonly copier: PlainCopier;
}

/**
 * Reads a pickle to its end, whatever it holds.
 *
 * @param bytes The pickle, of any protocol from 0 to 5.
 * @param limits How much data is accepted.
 * @returns What it holds.
 * @throws {PickleError} If it is no whole pickle.
 */
export function readPickle(bytes: Uint8Array, limits: PlainDataLimits = {}): PickleContent {
  const source = new PickleSource(bytes);
  const machine = new PickleMachine(source);
  for (;;) {
    const position = bytes.length - source.left;
    const code = source.opcode(nameOf);
    if (code === STOP) break;
    const [opcode, action] = OPCODES.get(code) ?? UNKNOWN;
    machine.place = { opcode, position };
    action(machine);
  }
  const value = machine.result();
  const copier = new PlainCopier(
    (reason, object) => object ? new PickleError(reason, object.place) : source.error(reason),
    limits,
  );
  return { value, copier };
}

/** Pushes a value that is read from the bytes. */
function pushing(read: (source: PickleSource) => unknown): Action {
  return (machine) => machine.push(read(machine.source));
}

function refuse(what: string): Action {
  return (machine) => {
    throw machine.refusal(what);
  };
}

/** GLOBAL: the name of what it asks for follows in two lines. */
const pushGlobal: Action = (machine) => {
  const { source } = machine;
  machine.pushObject(`${source.line()}.${source.line()}`);
};

/** STACK_GLOBAL: the name of what it asks for lies on the stack. */
const pushStackGlobal: Action = (machine) => {
  const names = machine.popMany(2).map((name) => typeof name === "string" ? name : typeof name);
  machine.pushObject(names.join("."));
};

/** REDUCE and NEWOBJ: a function or class, and its arguments. */
const call: Action = (machine) => {
  const [called, args] = machine.popMany(2);
  machine.call(called, args);
};

/** NEWOBJ_EX: the same with named arguments. */
const callWithNames: Action = (machine) => {
  machine.pop();
  call(machine);
};

/** OBJ: the same, with all of it above a mark. */
const callAboveMark: Action = (machine) => {
  const [called, ...args] = machine.popToMark();
  machine.call(called, args);
};

/** INST: the name follows, and the arguments are above a mark. */
const callNamed: Action = (machine) => {
  const args = machine.popToMark();
  pushGlobal(machine);
  machine.call(machine.pop(), args);
};

/** "01" and "00" are what protocols 0 and 1 write for True and False. */
function readIntLine(source: PickleSource): unknown {
  const text = source.peekLine();
  const value = source.wholeNumberLine();
  return text === "01" ? true : text === "00" ? false : value;
}

const checkProtocol: Action = ({ source }) => {
  const protocol = source.uint8();
  if (protocol > 5) throw source.error(`protocol ${protocol}, known are those up to 5`);
};

/** A frame says how many bytes come; they must be there, and are read like any others. */
const checkFrame: Action = ({ source }) => source.checkLeft(source.length64());

function nameOf(code: number): string {
  return OPCODES.get(code)?.[0] ?? `0x${code.toString(16).padStart(2, "0")}`;
}

const UNKNOWN = ["", refuse("no opcode of a pickle")] as const;
const FROM_OUTSIDE = refuse("asks for something outside of the pickle");

/** The opcodes, by their byte. */
const OPCODES: ReadonlyMap<number, readonly [name: string, action: Action]> = new Map(
  ([
    ["(", "MARK", (machine) => machine.mark()],
    [".", "STOP", () => {}],
    ["0", "POP", (machine) => machine.popAnything()],
    ["1", "POP_MARK", (machine) => machine.popToMark()],
    ["2", "DUP", (machine) => machine.push(machine.top())],
    ["\x80", "PROTO", checkProtocol],
    ["\x95", "FRAME", checkFrame],

    ["N", "NONE", pushing(() => null)],
    ["\x88", "NEWTRUE", pushing(() => true)],
    ["\x89", "NEWFALSE", pushing(() => false)],
    ["I", "INT", pushing(readIntLine)],
    ["J", "BININT", pushing((source) => source.int32())],
    ["K", "BININT1", pushing((source) => source.uint8())],
    ["M", "BININT2", pushing((source) => source.uint16())],
    ["L", "LONG", pushing((source) => source.wholeNumberLine())],
    ["\x8a", "LONG1", pushing((source) => source.wholeNumber(source.uint8()))],
    ["\x8b", "LONG4", pushing((source) => source.wholeNumber(source.uint32()))],
    ["F", "FLOAT", pushing((source) => source.floatLine())],
    ["G", "BINFLOAT", pushing((source) => source.float64())],

    ["V", "UNICODE", pushing((source) => source.unicodeLine())],
    ["\x8c", "SHORT_BINUNICODE", pushing((source) => source.utf8(source.uint8()))],
    ["X", "BINUNICODE", pushing((source) => source.utf8(source.uint32()))],
    ["\x8d", "BINUNICODE8", pushing((source) => source.utf8(source.length64()))],
    ["S", "STRING", pushing((source) => source.quotedLine())],
    ["U", "SHORT_BINSTRING", pushing((source) => source.bytesAsText(source.uint8()))],
    ["T", "BINSTRING", pushing((source) => source.bytesAsText(source.uint32()))],
    ["C", "SHORT_BINBYTES", pushing((source) => source.take(source.uint8()))],
    ["B", "BINBYTES", pushing((source) => source.take(source.uint32()))],
    ["\x8e", "BINBYTES8", pushing((source) => source.take(source.length64()))],
    ["\x96", "BYTEARRAY8", pushing((source) => source.take(source.length64()))],

    ["]", "EMPTY_LIST", pushing(() => [])],
    ["l", "LIST", (machine) => machine.push(machine.popToMark())],
    ["a", "APPEND", (machine) => machine.append([machine.pop()])],
    ["e", "APPENDS", (machine) => machine.append(machine.popToMark())],
    [")", "EMPTY_TUPLE", pushing(() => [])],
    ["t", "TUPLE", (machine) => machine.push(machine.popToMark())],
    ["\x85", "TUPLE1", (machine) => machine.push(machine.popMany(1))],
    ["\x86", "TUPLE2", (machine) => machine.push(machine.popMany(2))],
    ["\x87", "TUPLE3", (machine) => machine.push(machine.popMany(3))],
    ["}", "EMPTY_DICT", pushing(() => new Map())],
    ["d", "DICT", (machine) => machine.push(machine.toDict(machine.popToMark()))],
    ["s", "SETITEM", (machine) => machine.setItems(machine.popMany(2))],
    ["u", "SETITEMS", (machine) => machine.setItems(machine.popToMark())],
    ["\x8f", "EMPTY_SET", pushing(() => new Set())],
    ["\x90", "ADDITEMS", (machine) => machine.add(machine.popToMark())],
    ["\x91", "FROZENSET", (machine) => machine.push(new Set(machine.popToMark()))],

    ["p", "PUT", (machine) => machine.memoize(machine.source.wholeNumberLine())],
    ["q", "BINPUT", (machine) => machine.memoize(machine.source.uint8())],
    ["r", "LONG_BINPUT", (machine) => machine.memoize(machine.source.uint32())],
    ["\x94", "MEMOIZE", (machine) => machine.memoize()],
    ["g", "GET", (machine) => machine.recall(machine.source.wholeNumberLine())],
    ["h", "BINGET", (machine) => machine.recall(machine.source.uint8())],
    ["j", "LONG_BINGET", (machine) => machine.recall(machine.source.uint32())],

    ["c", "GLOBAL", pushGlobal],
    ["i", "INST", callNamed],
    ["\x93", "STACK_GLOBAL", pushStackGlobal],
    ["R", "REDUCE", call],
    ["o", "OBJ", callAboveMark],
    ["\x81", "NEWOBJ", call],
    ["\x92", "NEWOBJ_EX", callWithNames],
    ["b", "BUILD", (machine) => machine.build()],
    ["P", "PERSID", FROM_OUTSIDE],
    ["Q", "BINPERSID", FROM_OUTSIDE],
    ["\x82", "EXT1", FROM_OUTSIDE],
    ["\x83", "EXT2", FROM_OUTSIDE],
    ["\x84", "EXT4", FROM_OUTSIDE],
    ["\x97", "NEXT_BUFFER", FROM_OUTSIDE],
    ["\x98", "READONLY_BUFFER", FROM_OUTSIDE],
  ] as readonly [string, string, Action][])
    .map(([code, name, action]) => [code.charCodeAt(0), [name, action]]),
);
