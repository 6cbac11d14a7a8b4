/** Values that are hard to send, and a task that logs them. */

import { getLogger, task } from "@paralog/paralog";

/** An error of which no line depends on where it was made. */
function still<E extends Error>(error: E, fields: Record<string, unknown> = {}): E {
  error.stack = `${error.name}: ${error.message}\n    at somewhere`;
  return Object.assign(error, fields);
}

class PaymentError extends Error {
  readonly code = "E_FUNDS";
  readonly sum = 12n;
}

class Point {
  readonly x = 1;
  readonly #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

/** Something that holds itself. */
function cycle(): Record<string, unknown> {
  const value: Record<string, unknown> = { name: "cycle", list: [] };
  value.self = value;
  (value.list as unknown[]).push(value);
  return value;
}

function cyclicMap(): Map<string, unknown> {
  const map = new Map<string, unknown>();
  return map.set("self", map);
}

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let n = 0; n < depth; n++) value = { value };
  return value;
}

function cyclicCause(): Error {
  const error = still(new RangeError("round"));
  error.cause = error;
  return error;
}

/** What throws when it is looked at. */
const HOSTILE = {
  get bad(): never {
    throw new Error("getter");
  },
  good: 1,
};

/** Values by what they are; made anew for each call. */
export const ODD_VALUES: Readonly<Record<string, () => unknown>> = {
  "nothing": () => undefined,
  "null": () => null,
  "an empty text": () => "",
  "a lone surrogate and NUL": () => "a\ud800b\udfffc\0d",
  "controls and line ends": () => "a\nb\r\nc\td\x1b[31me\u2028f\u2029g\u0085h",
  "text of many scripts": () => "grüß 漢字 🦕 \u{10ffff} \ufeff \ufffe e\u0301",
  "text that looks like JSON": () => '{"$": "x"} \\u0000 [Circular] %s %(x)s',
  "numbers": () => [0, -0, 1.5, NaN, Infinity, -Infinity, 1e21, 5e-324, 2 ** 53],
  "a BigInt": () => 123456789012345678901234567890n,
  "a symbol": () => Symbol("s"),
  "a function": () => function named() {},
  "a class": () => PaymentError,
  "a Date": () => new Date(0),
  "a Date that is none": () => new Date(NaN),
  "a RegExp": () => /a\/b/gu,
  "a URL": () => new URL("https://example.com/a?b#c"),
  "boxed values": () => [Object("s"), Object(1), Object(true), Object(1n)],
  "a Map": () => new Map<unknown, unknown>([["a", 1], [{ key: 1 }, new Set([1])]]),
  "a Map of texts": () => new Map([["a", new Map([["b", 1n]])]]),
  "a Set": () => new Set<unknown>([1, "a", { b: 2 }]),
  "a typed array": () => new Float64Array([1.5, NaN, -0]),
  "bytes": () => new Uint8Array([0, 127, 255]),
  "a BigInt64Array": () => new BigInt64Array([1n, -1n]),
  "an ArrayBuffer and a view": () => [new ArrayBuffer(2), new DataView(new ArrayBuffer(3), 1)],
  "a sparse list": () => [1, , 3],
  "an object without prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "an object of a class": () => new Point(),
  "fields of all kinds": () => ({ [Symbol("k")]: 1, "": 2, "a b": 3, toJSON: 4, constructor: 5 }),
  "a field named __proto__": () => JSON.parse('{"__proto__": {"a": 1}, "b": 2}'),
  "fields that look like ours": () => ({ $type: "Map", kind: "error", type: "bigint", value: 1 }),
  "undefined in places": () => ({ a: undefined, b: [undefined, null] }),
  "toJSON": () => ({ toJSON: () => ({ shown: 1 }), hidden: 2 }),
  "toJSON that throws": () => ({
    toJSON: () => {
      throw new Error("toJSON");
    },
  }),
  "a getter that throws": () => HOSTILE,
  "a proxy that throws": () =>
    new Proxy({ a: 1 }, {
      ownKeys: () => {
        throw new Error("ownKeys");
      },
    }),
  "a cycle": cycle,
  "a Map that holds itself": cyclicMap,
  "one object twice": () => {
    const shared = { a: 1 };
    return [shared, shared];
  },
  "100 levels": () => nested(100),
  "10,000 levels": () => nested(10_000),
  "a promise": () => Promise.resolve(1),
  "a WeakMap": () => new WeakMap(),
  "an AbortSignal": () => AbortSignal.abort("reason"),
  "an error": () => still(new TypeError("no such thing")),
  "an error of a class": () => still(new PaymentError("no money"), { list: [new Set([1])] }),
  "an error with causes": () => {
    const first = still(new RangeError("first", { cause: { code: 7n } }));
    return still(new Error("last", { cause: still(new PaymentError("middle", { cause: first })) }));
  },
  "an error that causes itself": cyclicCause,
  "an AggregateError": () =>
    still(new AggregateError([still(new RangeError("one")), "two", 3n], "both failed")),
  "a DOMException": () => still(new DOMException("stop", "AbortError")),
  "an error in a list": () => [still(new TypeError("inside"))],
};

/** What is large; looked at by length and hash. */
export const LARGE_VALUES: Readonly<Record<string, () => unknown>> = {
  "10 MB": () => "0123456789".repeat(1_000_000),
  "10 MB beyond ASCII": () => "漢字🦕\n".repeat(700_000),
  "100,000 fields": () =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`field${n}`, { n }])),
};

const log = getLogger("odd");

/** Logs a value in every place that a log call has for it. */
export const logOdd = task(import.meta, function logOdd(name: string) {
  const make = ODD_VALUES[name] ?? LARGE_VALUES[name];
  if (!make) throw new RangeError(`no value ${name}`);
  log.warn("beside", { value: make() });
  log.warn("argument %s", make());
  log.warn("left over", make(), 1);
  log.warn(typeof make() === "function" ? [make()] : make());
  const value = make();
  if (value instanceof Error) log.error("error", value, { value });
});

/** Logs a large value as the message, if it is a text, and in a field. */
export const logLarge = task(import.meta, function logLarge(name: string) {
  const value = LARGE_VALUES[name]?.();
  log.warn(typeof value === "string" ? value : "no text", { value: "small" });
  log.warn("beside", { value });
});
