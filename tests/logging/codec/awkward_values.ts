/** Values that are hard to carry from one thread to another, each with a name for the test's report. */

class Point {
  x = 1;
  y = 2;
  #hidden = 3;
  get sum() {
    return this.x + this.y + this.#hidden;
  }
}

class Point3 extends Point {
  z = new Point();
}

class Money {
  constructor(readonly amount: number) {}
  toJSON() {
    return `${this.amount} EUR`;
  }
}

class Secretive {
  password = "hunter2";
  [Symbol.for("Deno.customInspect")]() {
    return "<secretive>";
  }
}

class NodeStyle {
  a = 1;
  [Symbol.for("nodejs.util.inspect.custom")]() {
    return "<node style>";
  }
}

class Labelled {
  z = 1;
  get [Symbol.toStringTag]() {
    return "Label";
  }
}

class Registry extends Map<unknown, unknown> {
  owner = "ann";
}

class Bag extends Set<unknown> {}
class Row extends Array<unknown> {}
class Moment extends Date {
  zone = "UTC";
}
class Packet extends Uint8Array {}
class HttpError extends Error {
  override name = "HttpError";
  constructor(message: string, readonly status: number, options?: ErrorOptions) {
    super(message, options);
  }
}
class Plain extends Error {}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function detached<T extends { readonly buffer: ArrayBuffer } | ArrayBuffer>(value: T): T {
  structuredClone(value, { transfer: [value instanceof ArrayBuffer ? value : value.buffer] });
  return value;
}

function cycle(): unknown {
  const node: Record<string, unknown> = { name: "a", children: [] };
  node.children = [node, { parent: node }];
  node.map = new Map([["self", node]]);
  return node;
}

function causeCycle(): Error {
  const error = new Error("outer");
  error.cause = new Error("inner", { cause: error });
  return error;
}

function shared(): unknown {
  const inner = { a: [1] };
  return { one: inner, two: inner, three: [inner, inner.a] };
}

function nested(depth: number): unknown {
  let value: unknown = "end";
  for (let n = 0; n < depth; n++) value = { deeper: value };
  return value;
}

function form(): FormData {
  const data = new FormData();
  data.append("a", "1");
  data.append("a", "2");
  return data;
}

function match(): unknown {
  return /(?<first>a)(b)?/.exec("xay");
}

/** Each is made when it is needed, for a test may not change what another one uses. */
export const AWKWARD_VALUES: Readonly<Record<string, () => unknown>> = {
  "undefined": () => undefined,
  "numbers": () => [NaN, Infinity, -Infinity, -0, 0, 1e21, 5e-324, 0.1],
  "undefined in a list": () => [undefined, null],
  "undefined in an object": () => ({ a: undefined, b: null }),
  "bigint": () => [5n, -5n, 2n ** 64n, -(2n ** 200n)],
  "texts": () => ["", "\0", "\ud800", "\u2028", '{"$":["Date",0]}', "\\", '"', "😀"],
  "symbols": () => [Symbol("s"), Symbol(), Symbol(""), Symbol.for("f"), Symbol.iterator],
  "functions": () => [
    function f() {},
    () => {},
    async () => {},
    function* gen() {},
    class {},
    class A {},
    class B extends Point {},
    Math.max,
    Object.assign(function g() {}, { a: 1 }),
  ],
  "dates": () => [new Date(0), new Date(NaN), new Date(8.64e15), new Date(1.5)],
  "date with fields": () => Object.assign(new Date(0), { x: 1 }),
  "date of a class": () => new Moment(0),
  "regexps": () => [/a+/g, /[/\\]/u, new RegExp(""), Object.assign(/x/, { y: 1 })],
  "urls": () => [new URL("http://u:p@a.b/c?d=1#e"), new URLSearchParams("a=1&a=2&b=%20")],
  "headers": () => [new Headers({ authorization: "Bearer x", a: "b" }), form()],
  "map": () => new Map<unknown, unknown>([["a", 1], [{ k: 1 }, [2n]], [NaN, new Map()]]),
  "map of texts": () => new Map([["a", 1], ["__proto__", 2]]),
  "set": () => new Set<unknown>([1, "2", { a: 3 }, new Set([4])]),
  "collections of a class": () => [new Registry([[1, 2]]), new Bag([1]), Row.from([1, 2])],
  "bytes": () => [
    new Uint8Array([1, 2, 255]),
    new Uint8ClampedArray([1]),
    new Int8Array([-1]),
    new Int16Array([-2]),
    new Uint16Array([2]),
    new Int32Array([-3]),
    new Uint32Array([3]),
    new Float16Array([0.5]),
    new Float32Array([0.5, NaN]),
    new Float64Array([-0, 0.1]),
    new BigInt64Array([-1n]),
    new BigUint64Array([2n ** 64n - 1n]),
  ],
  "part of bytes": () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  "bytes of a class": () => [new Packet([1, 2]), Object.assign(new Uint8Array(2), { x: 1 })],
  "buffers": () => [new Uint8Array([1, 2, 3]).buffer, new SharedArrayBuffer(2)],
  "data view": () => new DataView(new Uint8Array([1, 2, 3]).buffer, 1),
  "detached": () => [detached(new ArrayBuffer(2)), detached(new Uint8Array(2))],
  "boxed":
    () => [Object("text"), Object(1), Object(-0), Object(true), Object(2n), Object(Symbol("b"))],
  "holes": () => [
    [1, , 3], // deno-lint-ignore no-sparse-arrays
    [, ,], // deno-lint-ignore no-sparse-arrays
    Object.assign([1, , 3], { x: 1 }), // deno-lint-ignore no-sparse-arrays
    new Array(1000),
  ],
  "very many holes": () => new Array(1e9),
  "list with fields": () => [match(), Object.assign([1, 2], { more: "x" })],
  "instances": () => [new Point(), new Point3(), new (class {})(), new (class extends Point {})()],
  "instance with toJSON": () => [new Money(5), { price: new Money(6) }],
  "instances that show themselves": () => [new Secretive(), new NodeStyle(), new Labelled()],
  "object with toJSON": () => ({ a: 1, toJSON: () => ({ b: [2] }) }),
  "toJSON that throws": () => ({
    a: 1,
    toJSON() {
      throw new Error("no");
    },
  }),
  "without a prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "with an odd prototype": () => [
    Object.create(Object.create(null)),
    Object.assign(Object.create({ inherited: 1 }), { own: 2 }),
  ],
  "field names": () =>
    JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":3,"2":4,"1":5,"":6}'),
  "own constructor": () => ({ constructor: function Other() {} }),
  "named by symbols": () => ({ a: 1, [Symbol("b")]: 2, [Symbol.for("c")]: { d: 3 } }),
  "looks like a tag": () => [
    { $: ["Date", 0] },
    { $: 1 },
    { $: { $: ["ref", 0] } },
    { $: [], a: 1 },
    { $: new Date(0) },
    ["$"],
  ],
  "accessors": () => ({
    get a() {
      return { b: 1 };
    },
    set c(_value: unknown) {
      // There is a setter, which does nothing.
    },
    get d() {
      return 1;
    },
    set d(_value: unknown) {
      // There is a setter, which does nothing.
    },
    get bad() {
      throw new Error("closed");
    },
  }),
  "arguments": () =>
    (function (..._rest: unknown[]) {
      return arguments;
    })(1, "a"),
  "proxies": () => [
    new Proxy({ a: 1 }, {}),
    new Proxy([1, 2], {}),
    new Proxy(new Map([[1, 2]]), {}),
    new Proxy({ a: 1 }, {
      ownKeys() {
        throw new Error("closed");
      },
    }),
    new Proxy({ a: 1 }, {
      get() {
        throw new Error("closed");
      },
    }),
    new Proxy({}, {
      getPrototypeOf() {
        throw new Error("closed");
      },
    }),
    new Proxy(function f() {}, {}),
  ],
  "revoked proxy": revoked,
  "errors": () => [
    new Error("plain"),
    new RangeError("range", { cause: new TypeError("type", { cause: { code: 1 } }) }),
    Object.assign(new Error("fields"), { code: "E1", inner: { at: new Date(0) } }),
    new AggregateError([new Error("one"), "two"], "many"),
    new SuppressedError(new Error("error"), new Error("suppressed"), "both"),
    new Deno.errors.NotFound("nothing"),
    new DOMException("aborted", "AbortError"),
    new HttpError("teapot", 418, { cause: undefined }),
    new Plain("plain"),
  ],
  "error without a stack": () => Object.assign(new Error("x"), { stack: undefined }),
  "error with a function": () => Object.assign(new Error("x"), { retry: () => {} }),
  "error that causes itself": causeCycle,
  "cycle": cycle,
  "shared": shared,
  "deep": () => nested(40),
  "too deep": () => nested(100),
  "others": () => [
    Promise.resolve(1),
    new WeakMap(),
    new WeakSet(),
    new Map([[1, 2]]).entries(),
    [1].values(),
    (function* () {})(),
    new Blob(["a"]),
    AbortSignal.timeout,
    new Event("click").type,
    Math,
    JSON,
    Intl.NumberFormat,
  ],
  "temporal": () => Temporal.Instant.fromEpochMilliseconds(0),
  "template": () => ((texts: TemplateStringsArray, ..._values: number[]) => texts)`a${1}b`,
};
