import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type Call, delayed, Parallel, task } from "@paralog/paralog";
import { serializeThrown } from "../../src/logging/errors.ts";
import { reviveThrown } from "../../src/parallel/errors.ts";
import { errorsOf } from "../../src/parallel/tasks/task.ts";
import { decodeClone, encodeClone, isEncodable } from "../../src/relay/clone_bytes.ts";
import { toCloneableThrown } from "../../src/relay/cloneable.ts";
import * as tasks from "../support/error_tasks.ts";

const shapes = Object.keys(tasks.SHAPES) as tasks.Shape[];

/** What the caller of a task gets, by what threads and what processes send. */
function cross(thrown: unknown, classes = errorsOf(tasks.throwShape)): unknown[] {
  const sent = serializeThrown(thrown);
  return [
    reviveThrown(structuredClone(toCloneableThrown(sent)), classes),
    reviveThrown(
      decodeClone(encodeClone(toCloneableThrown(sent, isEncodable))) as typeof sent,
      classes,
    ),
  ];
}

/** An error of a class, as threads and as processes send it. */
function* crossing<E extends Error>(
  shape: tasks.Shape,
  Class: abstract new (...args: never[]) => E,
): Generator<E> {
  for (const error of cross(tasks.SHAPES[shape]())) {
    assert(error instanceof Class, `${error} is of another class`);
    assert(Error.isError(error), "the engine takes it for an error");
    yield error;
  }
}

/** What a run with one call is rejected with. */
async function failureOf(parallel: Parallel, call: Call): Promise<unknown> {
  const settled = await parallel.run([call]).then(() => [], (error: unknown) => [error]);
  assertEquals(settled.length, 1, "it fails");
  return settled[0];
}

/** All that there is to know of a thrown value, but for the names of workers. */
function factsOf(thrown: unknown, depth = 0): unknown {
  if (!Error.isError(thrown) || depth > 20) return thrown;
  const inner = (value: unknown) => factsOf(value, depth + 1);
  const fields = Object.getOwnPropertyNames(thrown).filter((key) => !/^(stack|errors)$/.test(key));
  return {
    classes: tasks.errors.filter((Class) => thrown instanceof Class).map(({ name }) => name),
    constructor: thrown.constructor?.name,
    text: [thrown.name, thrown.message],
    stack: thrown.stack?.replace(/--- in \S+,/, "---"),
    keys: Object.keys(thrown),
    fields: fields.map((key) => [key, inner(Reflect.get(thrown, key))]),
    errors: thrown instanceof AggregateError ? thrown.errors.map(inner) : undefined,
  };
}

Deno.test("a task's errors are of the classes that it lists, and engines take them for errors", () => {
  for (const error of crossing("listed", tasks.PaymentError)) {
    assertStrictEquals(Object.getPrototypeOf(error), tasks.PaymentError.prototype);
    assertEquals([error.name, error.message], ["PaymentError", "no money for o1"]);
    assertEquals({ ...error }, { code: "E_o1" });
    assertEquals(error.shout, "NO MONEY FOR O1");
    assertInstanceOf(error.cause, RangeError);
    assertMatch(error.stack ?? "", /no money for o1\n.*error_tasks\.ts/);
    assertThrows(() => error.amount, TypeError); // A private field is the constructor's.
    assertEquals(structuredClone(error).message, error.message);
  }
});

Deno.test("a task's error of a class that extends a listed one is an instance of that", () => {
  for (const error of crossing("extendsListed", tasks.PaymentError)) {
    assertEquals([error.constructor.name, error.code], ["CardError", "E_o1"]);
  }
  for (const error of crossing("unlistedSubclass", tasks.PaymentError)) {
    assertEquals(error.constructor.name, "FraudError");
    assertEquals(Object.getPrototypeOf(error.constructor).name, "CardError");
  }
  for (const error of crossing("anonymousSubclass", tasks.PaymentError)) {
    assertEquals([error.name, error.code], ["PaymentError", "E_o1"]);
  }
});

Deno.test("a task's errors inside of others are of the listed classes, too", () => {
  for (const error of crossing("aggregate", tasks.ManyError)) {
    assertInstanceOf(error, AggregateError);
    assertInstanceOf(error.errors[0], tasks.PaymentError);
    assertEquals([error.errors[1], error.errors[2].name], ["text", "RangeError"]);
    assertEquals([error.where, error.message], ["everywhere", "many"]);
  }
  for (const error of crossing("suppressed", tasks.BothError)) {
    assertInstanceOf(error, SuppressedError);
    assertInstanceOf(error.error, tasks.PaymentError);
    assertInstanceOf(error.suppressed, RangeError);
  }
  for (const error of crossing("ofDeno", Deno.errors.NotFound)) {
    assertInstanceOf(error.cause, tasks.PaymentError);
  }
});

Deno.test("a task's error keeps its name and message where its class has getters of them", () => {
  for (const error of crossing("getters", tasks.GetterError)) {
    assertEquals([error.name, error.message], ["GetterName", "from the constructor"]);
  }
  for (const error of crossing("privateName", tasks.PrivateNameError)) {
    assertEquals(error.name, "Private private");
  }
  for (const error of crossing("domSubclass", tasks.StopError)) {
    assertInstanceOf(error, DOMException);
    assertEquals([error.name, error.message, error.code], ["TimeoutError", "stop", 23]);
    assertEquals(error.reason, "enough");
  }
});

Deno.test("a task's error keeps all of its own fields; what can't be sent is there as its text", () => {
  for (const error of crossing("fields", Error)) {
    const field = (key: string): unknown => Reflect.get(error, key);
    assertEquals(field("list"), [1, { deep: new Date(0) }]);
    assertEquals(field("map"), new Map([["a", 1n]]));
    assertEquals(field("callback"), "[Function: callback]");
    assertEquals(field("symbol"), "Symbol(s)");
    assertEquals(field("holder"), "{ callback: [Function: callback] }");
    assertEquals(field("bad"), "[bad can't be read: Error: getter]");
    assert(Object.hasOwn(error, "undefinedField"));
    const inner = field("inner");
    assertInstanceOf(inner, tasks.PaymentError);
    assertInstanceOf(inner.cause, TypeError);
    assertEquals([field("hidden"), field("hiddenInner")], [
      { secret: 1 },
      new RangeError("inside"),
    ]);
    assert(!Object.keys(error).some((key) => key.startsWith("hidden")));
  }
});

Deno.test("a task's error of Node, of V8 or of another realm is what it was", () => {
  for (const error of crossing("ofNode", RangeError)) {
    assertEquals(Reflect.get(error, "code"), "ERR_OUT_OF_RANGE");
    assertMatch(String(error), /^RangeError/); // Its own toString() is not there as a text.
  }
  for (const error of crossing("ofV8", SyntaxError)) assertMatch(error.message, /^Expected/);
  for (const error of crossing("ofRealm", RangeError)) {
    assertEquals([error.message, Reflect.get(error, "code")], ["far", 7]);
    assertMatch(error.stack ?? "", /^RangeError: far\n/);
  }
  for (const error of crossing("aggregateOfRealm", AggregateError)) {
    assertInstanceOf(error.errors[0], TypeError);
  }
  for (const error of crossing("subclassOfRealm", TypeError)) {
    assertEquals(error.constructor.name, "FarError");
  }
});

Deno.test("a task's error has all of 1000 causes or aggregated errors, and a text where they lead back", () => {
  for (let error of crossing("causes", Error)) {
    let count = 1;
    for (; error.cause instanceof Error; error = error.cause) count++;
    assertEquals([count, error.message], [1000, "cause 0"]);
  }
  for (const error of crossing("aggregated", AggregateError)) {
    assertEquals([error.errors.length, error.errors[999].message], [1000, "999"]);
  }
  for (const error of crossing("circular", Error)) {
    assertEquals((error.cause as Error).cause, "[Circular Error]");
  }
});

Deno.test("serializeThrown() ends soon where errors share their causes, and says where it was cut", () => {
  let shared: Error = new Error("deepest");
  for (let n = 0; n < 40; n++) shared = new AggregateError([shared, shared], `level ${n}`);
  const text = JSON.stringify(serializeThrown(shared));
  assertMatch(text, /\[AggregateError: cut here\] level 3/);
});

Deno.test("what is no error is thrown as it is, or as its text", () => {
  const thrown = (shape: tasks.Shape) => cross(tasks.SHAPES[shape]());
  assertEquals(thrown("text"), ["just a text", "just a text"]);
  assertEquals(thrown("undefined"), [undefined, undefined]);
  assertEquals(thrown("null"), [null, null]);
  assertEquals(thrown("symbol"), ["Symbol(thrown)", "Symbol(thrown)"]);
  assertEquals(thrown("function"), ["[Function: thrown]", "[Function: thrown]"]);
  assertEquals(thrown("map"), [new Map([[1, 2]]), new Map([[1, 2]])]);
  const text = "{ a: [ 1 ], b: { c: [Function: c] } }";
  assertEquals(thrown("object"), [text, text]);
});

Deno.test("each shape of error comes the same from threads and processes, and nothing throws", () => {
  for (const shape of shapes) {
    for (const classes of [undefined, []]) {
      const [fromThread, fromProcess] = cross(tasks.SHAPES[shape](), classes);
      const lines = /\n.*$/s; // They are made in two places.
      const facts = [fromThread, fromProcess].map((thrown) =>
        Deno.inspect(factsOf(thrown), { depth: 9, strAbbreviateSize: Infinity }).replace(lines, "")
      );
      assertEquals(facts[0], facts[1], shape);
    }
  }
});

Deno.test("run() rejects with the same error inline and in workers, whatever is thrown", async () => {
  await using inline = new Parallel(1, { backend: "inline" });
  await using workers = new Parallel(2, { backend: "workers" });
  for (const shape of shapes) {
    for (const fn of [tasks.throwShape, tasks.throwUnlisted]) {
      const call = delayed(fn)(shape);
      const facts: unknown[] = [];
      for (const parallel of [inline, workers]) {
        facts.push(factsOf(await failureOf(parallel, call)));
      }
      assertEquals(facts[1], facts[0], shape);
    }
  }
});

Deno.test("run() rejects with an error of a listed class that passed through a run within the task", async () => {
  for (const [nJobs, backend] of [[1, "inline"], [2, "workers"]] as const) {
    await using parallel = new Parallel(nJobs, { backend });
    for (const inner of [1, 2]) {
      const error = await failureOf(parallel, delayed(tasks.throwNested)("extendsListed", inner));
      assertInstanceOf(error, tasks.PaymentError);
      assertEquals([error.constructor.name, error.code], ["CardError", "E_o1"]);
      const places = /error_tasks.*\n.*--- in \S+, dispatched at ---\n.* throwNested .*\n.*--- in/s;
      assertMatch(error.stack ?? "", places);
    }
  }
});

Deno.test("the stack of a task's error leads to where its run was started", async () => {
  for (const [nJobs, backend] of [[1, "inline"], [2, "workers"]] as const) {
    const error = await failureOf(
      new Parallel(nJobs, { backend }),
      delayed(tasks.throwShape)("listed"),
    );
    assertInstanceOf(error, tasks.PaymentError);
    const lines = error.stack?.split("\n").map((line) => line.replace(/\(?file:.*\//, "")) ?? [];
    const separator = lines.findIndex((line) => line.startsWith("    --- in "));
    assertMatch(lines[separator - 1] ?? "", /at throwShape error_tasks\.ts:\d+:\d+/);
    assertMatch(lines[separator + 1] ?? "", /at failureOf task_errors_test\.ts:\d+:\d+/);
    assert(!error.stack?.includes("src/parallel"), error.stack);
  }
});

Deno.test("task() keeps the type of a function that lists errors", () => {
  const half = task(import.meta, (x: number): string => `${x / 2}`, {
    name: "half",
    errors: [tasks.PaymentError, DOMException, Error],
  });
  const text: string = half(3);
  assertEquals([text, errorsOf(half).length], ["1.5", 3]);
  assertEquals(delayed(half)(2).errors, errorsOf(half));
  assertEquals(errorsOf(task(import.meta, half, { name: "half" })), []); // Made anew, without any.
  assertEquals([errorsOf(() => 1), errorsOf(undefined)], [[], []]);
});

Deno.test("task() refuses what is no list of error classes with names of their own", () => {
  const anonymous = (() => class extends Error {})();
  class Named extends Error {
    static override readonly name = 5 as unknown as string;
  }
  const other = { PaymentError: class PaymentError extends Error {} };
  const bad: [unknown, string][] = [
    [5, "current value of errors is 5, write errors: [MyError]"],
    [tasks.PaymentError, "current value of errors is [class PaymentError extends Error]"],
    [[undefined], "current value of errors[0] is undefined, allowed are classes that extend Error"],
    [[Error, Date], "current value of errors[1] is [Function: Date]"],
    [[new Error("x")], "current value of errors[0] is Error: x"],
    [["PaymentError"], 'current value of errors[0] is "PaymentError"'],
    [[(error: unknown) => error], "current value of errors[0] is [Function (anonymous)]"],
    [[anonymous], 'current name of errors[0] is "", and classes are told by their names'],
    [[Named], "current name of errors[0] is 5"],
    [[tasks.PaymentError, other.PaymentError], "errors holds two classes named PaymentError"],
  ];
  for (const [errors, text] of bad) {
    const make = () => task(import.meta, function f() {}, { errors: errors as [] });
    assertThrows(make, TypeError, `Cannot make a task: ${text}`);
  }
  assertThrows(
    () => task(import.meta, function f() {}, { error: [] } as Record<string, unknown>),
    TypeError,
    'Cannot make a task: unknown option "error"',
  );
  const twice = task(import.meta, function f() {}, { errors: [tasks.CardError, tasks.CardError] });
  assertEquals(errorsOf(twice), [tasks.CardError]);
});
