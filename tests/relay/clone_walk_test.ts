import { assert, assertEquals, assertThrows } from "@std/assert";
import { findRefusal, type WalkOptions } from "../../src/relay/clone_walk.ts";
import { isCloneable } from "../../src/relay/cloneable.ts";

/** What is found in a value: its path and the reason. */
function found(value: unknown, options?: WalkOptions): string | undefined {
  const refusal = findRefusal(value, options);
  return refusal && `${refusal.path}: ${refusal.reason}`;
}

class Counter {
  #count = 0;
  add(): number {
    return ++this.#count;
  }
}

class Named extends Counter {
  readonly name = "n";
}

Deno.test("findRefusal() tells the path of what it finds, wherever it is", () => {
  const url = new URL("file:///");
  const places: [unknown, string][] = [
    [url, ""],
    [[1, [2, url]], "[1][1]"],
    [{ a: { "b c": url } }, '.a["b c"]'],
    [{ 7: url }, "[7]"],
    [Object.assign([1], { groups: url }), ".groups"],
    [[Object.assign([1], { groups: url })], "[0].groups"],
    [new Map([["k", { url }]]), '.get("k").url'],
    [new Map([[{ url }, 1]]), ".keys().url"],
    [new Set([1, [url]]), ".values()[1][0]"],
    [new Error("e", { cause: { url } }), ".cause.url"],
    [Object.assign(Object.create(null), { url }), ".url"],
    [Object.assign(new Named(), { url }), ".url"],
    [[...new Array(100).fill(0), url], "[100]"],
    [[, , url], "[2]"],
  ];
  for (const [value, path] of places) assertEquals(found(value), `${path}: uncloneable`);
});

Deno.test("findRefusal() looks at what is shared once, and at circles", () => {
  const cycle: Record<string, unknown> = { n: 1 };
  cycle.self = cycle;
  cycle.list = [cycle, { cycle }];
  cycle.map = new Map([[cycle, cycle]]);
  const hollow: unknown[] = [];
  hollow.length = 3;
  hollow[1] = hollow;
  assertEquals([found(cycle), found(hollow), found([cycle, hollow])], [
    undefined,
    undefined,
    undefined,
  ]);
  // Looked at each time, this would take years.
  let matrix: unknown[] = new Array(1000).fill(0);
  for (let depth = 0; depth < 5; depth++) matrix = new Array(1000).fill(matrix);
  assertEquals(found([matrix]), undefined);
  const record = Object.fromEntries(matrix.map((_, index) => [`k${index}`, index]));
  assertEquals(found([new Array(1000).fill(new Array(1000).fill(record))]), undefined);
  cycle.bad = () => {};
  assertEquals(found({ list: [cycle] }), ".list[0].bad: uncloneable");
});

Deno.test("findRefusal() does not walk through what an array has not", () => {
  const sparse: unknown[] = [];
  sparse[2 ** 31] = [1];
  const began = performance.now();
  assertEquals(found([sparse]), undefined);
  sparse[2 ** 30] = new Blob([]);
  assertEquals(found([sparse], { to: "process" }), `[0][${2 ** 30}]: local`);
  assert(performance.now() - began < 5000);
});

Deno.test("findRefusal() allows instances of classes for their fields, not for private ones alone", () => {
  class Point {
    readonly x = 1;
  }
  class Empty {}
  const hidden = Symbol("hidden");
  class BySymbol {
    [hidden] = 1;
  }
  const values: [unknown, string | undefined][] = [
    [new Point(), undefined],
    [new Empty(), undefined],
    [new Named(), undefined],
    [Object.create({ a: 1 }), undefined],
    [Object.create(Point.prototype), undefined],
    [new (class extends Map {})(), undefined],
    [new (class extends RangeError {})(), undefined],
    [new (class extends Float64Array {})(), undefined],
    [new Counter(), ": hidden"],
    [new (class extends Counter {})(), ": hidden"],
    [new BySymbol(), ": hidden"],
    [Object.defineProperty(new Empty(), "secret", { value: 1 }), ": hidden"],
    [
      new (class extends EventTarget {
        readonly name = "n";
      })(),
      ": uncloneable",
    ],
  ];
  for (const [value, text] of values) assertEquals(found(value), text);
});

Deno.test("findRefusal() refuses what is nested too deep for the engine, and nothing less deep", () => {
  const nest = (depth: number, wrap: (inner: unknown) => unknown) => {
    let value: unknown = 1;
    for (let n = 0; n < depth; n++) value = wrap(value);
    return value;
  };
  for (
    const wrap of [
      (inner: unknown) => [inner],
      (inner: unknown) => ({ inner }),
      (inner: unknown) => new Map([[1, inner]]),
      (inner: unknown) => new Set([inner]),
    ]
  ) {
    const deep = nest(1000, wrap);
    assertEquals(found(deep), undefined);
    structuredClone({ message: [[deep]] });
    assertEquals(findRefusal(nest(1002, wrap))?.reason, "deep");
  }
});

Deno.test("findRefusal() allows what is moved, and gathers what could be", () => {
  const { port1, port2 } = new MessageChannel();
  const stream = new ReadableStream();
  const shared = new SharedArrayBuffer(1);
  const [first, second, third] = [1, 2, 3].map((length) => new ArrayBuffer(length));
  const value = [port1, { stream }, first, new Uint8Array(second!), new DataView(second!), shared];
  assertEquals(found(value), "[0]: unmoved");
  assertEquals(found(value, { moved: new Set([port1]) }), "[1].stream: unmoved");
  const [buffers, movables] = [new Set<ArrayBuffer>(), new Set<Transferable>()];
  assertEquals(found([value, new Error("e", { cause: third })], { buffers, movables }), undefined);
  assertEquals([[...movables], [...buffers]], [[port1, stream], [first!, second!]]);
  const big = new Set<ArrayBuffer>();
  findRefusal([first, second], { buffers: big, leastBytes: 2 });
  assertEquals([...big], [second!]);
  const none = new Set<ArrayBuffer>();
  findRefusal([[], first], { buffers: none, mostObjects: 2 });
  findRefusal([new Array(10_000), first], { buffers: none, mostObjects: 1000 });
  assertEquals(none.size, 0);
  assertEquals(found(value, { moved: new Set([port1, stream]), to: "process" }), "[0]: local");
  for (const port of [port1, port2]) port.close();
});

Deno.test("findRefusal() refuses buffers that were moved away, and views of them", () => {
  const buffer = new ArrayBuffer(8);
  const view = new Uint8Array(buffer);
  buffer.transfer();
  assertEquals(found([buffer]), "[0]: detached");
  assertEquals(found({ view }), ".view: detached");
});

Deno.test("findRefusal() refuses what looks like plain data and is not", () => {
  const odd = [
    new Proxy({}, {}),
    new Proxy([], {}),
    (function (..._: unknown[]) {
      return arguments;
    })(1),
  ];
  for (const value of odd) {
    assertThrows(() => structuredClone([value]), DOMException);
    assertEquals(found([value]), "[0]: uncloneable");
  }
  assertEquals(found([{ *[Symbol.iterator]() {} }]), undefined);
});

Deno.test("findRefusal() throws what a getter throws", () => {
  const hostile = {
    get bad(): never {
      throw new RangeError("getter");
    },
  };
  assertThrows(() => findRefusal([hostile]), RangeError, "getter");
  assertEquals(isCloneable([hostile]), false);
});
