import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { basicConfig, delayed, getLogger, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { processExit } from "../../src/testing/tasks/ends.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { neverRuns } from "../support/broken_module.ts";
import { runDeno } from "../support/run_deno.ts";
import * as tasks from "../support/tasks.ts";

Deno.test("workers run calls at the same time", async () => {
  const parties = new Int32Array(new SharedArrayBuffer(4)).fill(3); // All three have started.
  const intervals = await new Parallel(3).run(
    [300, 300, 300].map((ms) => delayed(tasks.interval)(ms, parties)),
  );
  const lastStart = Math.max(...intervals.map(({ from }) => from));
  const firstEnd = Math.min(...intervals.map(({ to }) => to));
  assert(lastStart < firstEnd, `the last began at ${lastStart}, the first ended at ${firstEnd}`);
});

Deno.test("workers are named in the order they start, and no more start than there are calls", async () => {
  assertEquals(await new Parallel(3).run([delayed(tasks.processName)()]), ["Worker-1"]);
  const calls = [1, 2, 3].map(() => delayed(tasks.processName)());
  const names = await new Parallel(8).run(calls);
  assertEquals(names.toSorted(), ["Worker-1", "Worker-2", "Worker-3"]);
});

Deno.test("a worker that was ended is replaced under a new name", async () => {
  await using parallel = new Parallel(2);
  await assertRejects(
    () => parallel.run([delayed(processExit)(1)]),
    Error,
    "Worker-1 was ended",
  );
  assertEquals(await parallel.run([delayed(tasks.processName)()]), ["Worker-2"]);
});

Deno.test("run() rejects with the reason when the module of a task fails in a worker", async () => {
  const error = await assertRejects(
    () => new Parallel(2).run([delayed(neverRuns)()]),
    Error,
    "Cannot import the module of task neverRuns in a worker: this module is broken",
  );
  assertEquals((error.cause as Error).name, "SyntaxError");
});

Deno.test("run() rejects when the module does not export the task", async () => {
  await assertRejects(
    () => new Parallel(2).run([delayed(tasks.makeUnexported())()]),
    TypeError,
    "Cannot find task unexported",
  );
});

Deno.test("run() of a module without a guard says to use import.meta.main, and ends", async () => {
  const ran = await runDeno(["run", "--allow-read", "tests/programs/unguarded.ts"]);
  assertEquals(ran.code, 1);
  assertStringIncludes(ran.stderr, "Put what starts the program under if (import.meta.main)");
});

Deno.test("run() through the named backend throws without --allow-read", async () => {
  const without = await runDeno(["run", "tests/programs/named_backend.ts"]);
  assertMatch(without.stdout, /^NotCapable: Cannot start workers: .*Run with --allow-read\n$/);
  const granted = await runDeno(["run", "--allow-read", "tests/programs/named_backend.ts"]);
  assertEquals(granted.stdout, '[ "ran" ]\n');
});

Deno.test("what a task logs after its end still reaches the caller", async () => {
  await withCleanRootLogger(async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    await using parallel = new Parallel(2);
    await parallel.run([
      delayed(() => {
        setTimeout(() => getLogger("late").info("after the end"), 1);
      })(),
    ]);
    await parallel.run([delayed(() => new Promise((resolve) => setTimeout(resolve, 20)))()]);
    assertEquals(handler.lines, ["after the end"]);
  });
});
