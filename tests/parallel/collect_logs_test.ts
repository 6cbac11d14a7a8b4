/** `run` and `map` with `collectLogs`: each task's records beside its result. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  basicConfig,
  type Call,
  delayed,
  getLogger,
  type LoggedResult,
  type LoggedResults,
  type LogRecord,
  type Parallel,
  type RunOptions,
  withContext,
} from "@paralog/paralog";
import { logOnModuleLogger } from "../../src/testing/tasks/logs.ts";
import { square, squareLater } from "../../src/testing/tasks/values.ts";
import * as steps from "../support/task_logs_tasks.ts";
import { testTaskLogs } from "../support/test_task_logs.ts";

const messages = (records: readonly LogRecord[]) => records.map(({ msg }) => msg);

testTaskLogs(
  "run() gives each task's records beside its result, and the caller's handlers get them too",
  async ({ create, handler }) => {
    const names = ["a", "bb", "ccc", "dddd"];
    const results = await create().run(names.map((name) => delayed(steps.logSteps)(name)), {
      collectLogs: true,
    });
    assertEquals(results.map(({ value }) => value), [1, 2, 3, 4]);
    for (const [index, { records }] of results.entries()) {
      const name = names[index];
      assertEquals(messages(records), [1, 2, 3].map((step) => `${name} step ${step}`));
      assertEquals(records.map(({ extra }) => extra), [{ step: 1 }, { step: 2 }, { step: 3 }]);
      assertEquals(new Set(records.map(({ taskIndex }) => taskIndex)), new Set([index]));
    }
    assertEquals(
      handler.messages.toSorted(),
      results.flatMap(({ records }) => messages(records)).toSorted(),
    );
  },
);

testTaskLogs(
  "map() gives records beside results, and runs are empty without items",
  async ({ create }) => {
    const results = await create().map(steps.logSteps, new Set(["a", "bb"]), { collectLogs: true });
    assertEquals(results.map(({ value, records }) => [value, records.length]), [[1, 3], [2, 3]]);
    assertEquals(await create().map(steps.logSteps, [], { collectLogs: true }), []);
    assertEquals(await create().run([], { collectLogs: true }), []);
  },
);

testTaskLogs("results have the types that the calls have", async ({ create }) => {
  const calls = [delayed(square)(2), delayed(steps.doNothing)()] as const;
  const both: [LoggedResult<number>, LoggedResult<void>] = await create().run(calls, {
    collectLogs: true,
  });
  assertEquals(both, [{ value: 4, records: [] }, { value: undefined, records: [] }]);
  const same: LoggedResults<typeof calls> = both;
  assertEquals(same[0].value.toFixed(1), "4.0");

  function* generate() {
    yield delayed(squareLater)(3);
  }
  const generated: LoggedResult<number>[] = await create().run(generate(), { collectLogs: true });
  assertEquals(generated[0]?.value, 9);
  const mapped: LoggedResult<number>[] = await create().map(squareLater, [2], {
    collectLogs: true,
  });
  assertEquals(mapped[0]?.value, 4);

  const plain: [number, void] = await create().run(calls, { collectLogs: false });
  const options: RunOptions = {};
  const plainToo: [number, void] = await create().run(calls, options);
  assertEquals([plain, plainToo], [[4, undefined], [4, undefined]]);
  // @ts-expect-error: without the option there are no records.
  assertEquals(plain[0].records, undefined);
  // @ts-expect-error: with it, a result is no number.
  const wrong: number[] = await create().map(square, [2], { collectLogs: true });
  assertEquals(wrong.length, 1);
});

testTaskLogs(
  "options that are known when it runs give either type of results",
  async ({ create }) => {
    const numbers = (results: readonly (number | LoggedResult<number>)[]) =>
      results.map((result) => typeof result === "number" ? result : result.value);
    const calls = [delayed(square)(2), delayed(square)(3)] as const;
    type Either = [number, number] | [LoggedResult<number>, LoggedResult<number>];
    const forward = (parallel: Parallel, options?: RunOptions) => parallel.run(calls, options);
    for (const collectLogs of [true, false] as boolean[]) {
      const options = { collectLogs };
      const ran: Either = await create().run(calls, options);
      assertEquals(numbers(ran), [4, 9]);
      const mapped: number[] | LoggedResult<number>[] = await create().map(square, [2], options);
      assertEquals(mapped, collectLogs ? [{ value: 4, records: [] }] : [4]);
      const inPlace: Either = await create().run(calls, { ...options, signal: undefined });
      assertEquals(inPlace, ran);
      const forwarded: Either = await forward(create(), options);
      assertEquals(forwarded, ran);
      // @ts-expect-error: they may have records beside them.
      const wrong: [number, number] = await create().run(calls, options);
      assertEquals(wrong.length, 2);
    }
    const without: Either = await forward(create());
    assertEquals(without, [4, 9]);
  },
);

testTaskLogs("options of a declared type give the results they ask for", async ({ create }) => {
  const collecting: RunOptions = { collectLogs: true };
  const logged: LoggedResult<number>[] = await create().map(square, [2], collecting);
  assertEquals(logged, [{ value: 4, records: [] }]);
  const plain: RunOptions = { signal: new AbortController().signal };
  const results: number[] = await create().map(square, [2], plain);
  assertEquals(results, [4]);
  // @ts-expect-error: it is true or false.
  const wrong: RunOptions = { collectLogs: 1 };
  await assertRejects(() => create().run([], wrong), TypeError);
});

testTaskLogs(
  "records are those that the caller's levels and filters let pass",
  async ({ create, handler }) => {
    getLogger("lib.steps").setLevel("INFO");
    getLogger("lib.steps").addFilter((record) =>
      record.level < 40 && { ...record, msg: `[${record.msg}]` }
    );
    handler.setLevel("CRITICAL"); // Of a handler, not of a logger.
    const run = () => create().map(steps.logLevels, ["a"], { collectLogs: true });
    assertEquals((await run()).map(({ records }) => messages(records)), [["[a info]"]]);
    assertEquals(handler.records, []);
    getLogger("lib.steps").disabled = true;
    assertEquals((await run()).map(({ records }) => messages(records)), [[]]);
  },
);

testTaskLogs("a task that configures handlers keeps its records", async ({ create, handler }) => {
  const results = await create().map(steps.logOnOwnHandler, ["a"], { collectLogs: true });
  assertEquals(results, [{ value: 1, records: [] }]);
  assertEquals(handler.records, []);
});

testTaskLogs("records carry error, context and run", async ({ create }) => {
  const run = () => create().run([delayed(logOnModuleLogger)("a")], { collectLogs: true });
  const [result] = await withContext({ requestId: 7 }, run);
  const [info, error] = result.records.slice(-2);
  assertEquals(info?.extra, { requestId: 7, name: "a" });
  assertEquals(error?.error?.className, "RangeError");
  assertEquals(new Set(result.records.map(({ run }) => run)).size, 1);
});

testTaskLogs("what tasks log that a task runs belongs to that task", async ({ create }) => {
  const results = await create().run([delayed(steps.nest)("x", 0), delayed(steps.nest)("y", 2)], {
    collectLogs: true,
  });
  assertEquals(results.map(({ records }) => messages(records).toSorted()), [
    ["x at 0"],
    ["y at 0", "y at 0", "y at 0", "y at 1", "y at 2"],
  ]);
});

testTaskLogs("what a task logs after its end belongs to no task", async ({ create, handler }) => {
  await using parallel = create();
  const [first] = await parallel.map(steps.logAfterEnd, ["a"], { collectLogs: true });
  await handler.untilMessage("a after its end");
  assertEquals(messages(first?.records ?? []), ["a in time"]);
});

testTaskLogs("a run that rejects throws the error of its task", async ({ create, handler }) => {
  await assertRejects(
    () => create().run([delayed(steps.logThenThrow)("a")], { collectLogs: true }),
    RangeError,
    "a threw",
  );
  assertEquals(handler.messages, ["a before"]);
});

testTaskLogs("runs that share workers keep their records apart", async ({ create }) => {
  await using parallel = create();
  const run = (names: string[]) => parallel.map(steps.logSteps, names, { collectLogs: true });
  const [first, second, plain] = await Promise.all([
    run(["a", "b"]),
    run(["c"]),
    parallel.map(steps.logSteps, ["d"]),
  ]);
  assertEquals(first.map(({ records }) => messages(records)[0]), ["a step 1", "b step 1"]);
  assertEquals(second.map(({ records }) => messages(records)), [
    ["c step 1", "c step 2", "c step 3"],
  ]);
  assertEquals(plain, [1]);
});

testTaskLogs("collectLogs must be true or false", async ({ create }) => {
  basicConfig({ force: true, handlers: [] });
  const run = (options: object): Promise<unknown> => create().run([] as Call[], options);
  const error = await assertRejects(() => run({ collectLogs: "yes" }), TypeError);
  assertEquals(error.message, 'Cannot run calls with "yes" as collectLogs: give true or false');
  const misspelt = await assertRejects(() => run({ collect_logs: true }), TypeError);
  assertStringIncludes(
    misspelt.message,
    'unknown option "collect_logs", did you mean collectLogs?',
  );
});
