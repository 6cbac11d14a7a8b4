import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";

/** Ends when it is told to; a call that runs inline can share a variable through the globals. */
declare global {
  var inlineTest: PromiseWithResolvers<void> | undefined;
}

Deno.test("an aborted call that runs inline is no longer waited for, and the next run starts", async () => {
  globalThis.inlineTest = Promise.withResolvers<void>();
  const controller = new AbortController();
  await using parallel = new Parallel(1);
  const running = parallel.run([delayed(() => globalThis.inlineTest?.promise)()], {
    signal: controller.signal,
  });
  await new Promise((resolve) => setTimeout(resolve, 0)); // The call has begun.
  controller.abort(new RangeError("enough"));
  await assertRejects(() => running, RangeError, "enough");
  assertEquals(await parallel.map((x: number) => x + 1, [1]), [2]);
  globalThis.inlineTest.resolve();
});

Deno.test("Parallel counts jobs as joblib does", () => {
  const cores = navigator.hardwareConcurrency;
  const counted = [1, 7, -1, -2, -1000].map((nJobs) => new Parallel(nJobs).nJobs);
  assertEquals(counted, [1, 7, cores, Math.max(cores - 1, 1), 1]);
});

/** The message of what a function throws. */
function messageOf(fn: () => unknown): string {
  try {
    fn();
    return "nothing was thrown";
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("Parallel refuses bad options", () => {
  const bad: [unknown[], string][] = [
    [[0], "Cannot run 0 jobs at once: nJobs must be 1, 2, 3"],
    [[1.5], "Cannot run 1.5 jobs"],
    [["3"], 'Cannot run "3" jobs'],
    [[], "Cannot run undefined jobs"],
    [
      [2, { backed: "inline" }],
      'unknown option "backed", allowed are backend, batchSize, preDispatch',
    ],
    [
      [2, { n_jobs: 2 }],
      "Cannot make a Parallel with n_jobs as an option: it is the first argument",
    ],
    [[{ nJobs: 2 }], "Cannot make a Parallel of options alone: the number of jobs comes first"],
    [[2, { backend: "loky" }], 'Cannot use "loky" as a backend: here it is called "processes"'],
    [[2, null], "Cannot make a Parallel with null as options"],
    [[2, { signal: 5 }], "Cannot make a Parallel with 5 as signal"],
    [[2, { backend: "threads" }], 'Cannot use "threads" as a backend: here it is called "workers"'],
    [[2, { backend: { start() {} } }], "an object that implements Backend"],
  ];
  for (const [args, text] of bad) {
    assertStringIncludes(messageOf(() => Reflect.construct(Parallel, args)), text);
  }
});

Deno.test("delayed() refuses functions whose source can't be sent, before anything starts", () => {
  const object = {
    get value() {
      return 1;
    },
    [Symbol.iterator]() {},
  };
  const getter = Object.getOwnPropertyDescriptor(object, "value")?.get;
  const bad: [unknown, string][] = [
    [Math.max, "it is built in or bound"],
    [(() => 1).bind(null), "it is built in or bound"],
    [class Foo {}, "Cannot send Foo by its source: it is a class"],
    [getter, "it is a getter"],
    [object[Symbol.iterator], "a method with a computed name"],
    [5, "Cannot delay 5"],
  ];
  for (const [fn, text] of bad) {
    assertStringIncludes(messageOf(() => delayed(fn as () => void)), text);
  }
});
