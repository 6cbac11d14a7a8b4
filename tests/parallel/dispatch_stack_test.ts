import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { addPlace, capturePlace, DispatchPlace } from "../../src/parallel/dispatch_stack.ts";

const HOME = new URL("../../src/", import.meta.url);

/** A place with these frames. */
function placeOf(...frames: string[]): DispatchPlace {
  return new DispatchPlace({ stack: ["Error", ...frames.map((f) => `    at ${f}`)].join("\n") });
}

/** An error with these frames. */
function errorWith(...frames: string[]): Error {
  const stack = ["Error: m", ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return Object.assign(new Error("m"), { stack });
}

const main = "main (file:///app/main.ts:3:4)";

Deno.test("capturePlace() remembers who called, and nothing of this library or of Deno", () => {
  const { lines } = capturePlace();
  assertMatch(lines, /^ {4}at file:.*dispatch_stack_test\.ts:\d+:\d+$/);
  const frames = [
    `Parallel.run (${HOME}parallel/parallel.ts:1:2)`,
    `async Parallel.map (${HOME}parallel/parallel.ts:3:4)`,
    "Array.map (<anonymous>)",
    main,
    `helper (${HOME}logging/realm.ts:5:6)`,
    "async file:///app/main.ts:9:1",
    "innerWrapped (ext:cli/40_test.js:1:2)",
    "node:internal/timers:3:4",
  ];
  assertEquals(placeOf(...frames).lines.split("\n").map((line) => line.trim()), [
    `at ${main}`,
    `at helper (${HOME}logging/realm.ts:5:6)`,
    "at async file:///app/main.ts:9:1",
  ]);
});

Deno.test("addPlace() adds where the call was dispatched, in place of this library's own frames", () => {
  const error = errorWith(
    "work (file:///app/tasks.ts:1:2)",
    `eval (eval at compile (${HOME}parallel/source.ts:58:14), <anonymous>:4:13)`,
    `file://${HOME.pathname}parallel/task_runner.ts:3:4`,
    "AsyncLocalStorage.run (ext:deno_node/async_hooks.ts:1:2)",
    "async Promise.all (index 0)",
  );
  addPlace(error, placeOf(main), "Worker-1");
  assertEquals(error.stack?.split("\n"), [
    "Error: m",
    "    at work (file:///app/tasks.ts:1:2)",
    `    at eval (eval at compile (${HOME}parallel/source.ts:58:14), <anonymous>:4:13)`,
    "    --- in Worker-1, dispatched at ---",
    `    at ${main}`,
  ]);
  assertEquals(Object.getOwnPropertyDescriptor(error, "stack")?.enumerable, false);
});

Deno.test("addPlace() adds a place once, and another one after it", () => {
  const error = errorWith("work (file:///app/tasks.ts:1:2)");
  const inner = placeOf("outer (file:///app/tasks.ts:7:8)", `run (${HOME}parallel/run.ts:1:2)`);
  addPlace(error, inner, "Worker-1");
  addPlace(error, inner, "Worker-1");
  addPlace(error, placeOf(main), undefined);
  assertEquals(error.stack?.split("\n").slice(1), [
    "    at work (file:///app/tasks.ts:1:2)",
    "    --- in Worker-1, dispatched at ---",
    "    at outer (file:///app/tasks.ts:7:8)",
    "    --- dispatched at ---",
    `    at ${main}`,
  ]);
});

Deno.test("addPlace() leaves out this library's frames of causes and aggregated errors", () => {
  const own = `file://${HOME.pathname}parallel/task_runner.ts:3:4`;
  const make = () => errorWith("work (file:///app/tasks.ts:1:2)", own);
  const inner = [make(), make(), make()] as const;
  const suppressed = Object.assign(new SuppressedError(inner[1], inner[2]), { cause: inner[0] });
  const error = new AggregateError([suppressed, "text"], "all", { cause: suppressed });
  inner[0].cause = error; // It leads back.
  addPlace(error, placeOf(main), "Worker-1");
  for (const each of inner) {
    assertEquals(each.stack, "Error: m\n    at work (file:///app/tasks.ts:1:2)");
  }
});

Deno.test("addPlace() keeps the frames of an error that is this library's own", () => {
  const error = errorWith(`importTask (${HOME}parallel/import_task.ts:3:4)`);
  addPlace(error, placeOf(main), "Worker-1");
  assertEquals(error.stack?.split("\n").slice(1), [
    `    at importTask (${HOME}parallel/import_task.ts:3:4)`,
    "    --- in Worker-1, dispatched at ---",
    `    at ${main}`,
  ]);
});

Deno.test("addPlace() never throws, and leaves alone what it can't change", () => {
  const place = placeOf(main);
  const frozen = Object.freeze(errorWith("work (file:///app/tasks.ts:1:2)"));
  const before = frozen.stack;
  addPlace(frozen, place, "Worker-1");
  assertStrictEquals(frozen.stack, before);
  const hostile = new Proxy(new Error("m"), {
    get() {
      throw new Error("trap");
    },
  });
  for (const value of [hostile, "text", undefined, null, { stack: "x" }]) {
    addPlace(value, place, "Worker-1");
  }
  const bare = Object.assign(new RangeError("m"), { stack: undefined });
  addPlace(bare, place, "Worker-1");
  assertMatch(String(bare.stack), /^RangeError: m\n {4}--- in Worker-1/);
  const nowhere = errorWith("work (file:///app/tasks.ts:1:2)");
  for (const stack of [undefined, 5, [], "Error"]) {
    addPlace(nowhere, new DispatchPlace({ stack }), "Worker-1");
  }
  assertEquals(nowhere.stack, "Error: m\n    at work (file:///app/tasks.ts:1:2)");
});
