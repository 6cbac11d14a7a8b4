import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { delayed, getLogger, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import * as tasks from "../support/process_tasks.ts";
import {
  assertAllWritten,
  assertNoGap,
  assertNumbered,
  countsOf,
} from "../support/record_counts.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

/** Runs calls in processes of their own. */
function processes(nJobs: number, flags?: readonly string[]): Parallel {
  return new Parallel(nJobs, { backend: new ProcessesBackend({ flags }) });
}

Deno.test("processes are named in the order they start, and are not this one", async () => {
  const pids = await processes(2).run([1, 2].map((n) => delayed(tasks.logNumbers)(0, n)));
  assertEquals(new Set([...pids, Deno.pid]).size, 3);
});

Deno.test("a process has the working directory and the environment of the program", async () => {
  Deno.env.set("PARALOG_TEST", "it");
  const [where] = await processes(1).run([delayed(tasks.whereItRuns)("PARALOG_TEST")]);
  Deno.env.delete("PARALOG_TEST");
  assertEquals(where, { cwd: Deno.cwd(), env: "it", stdin: null });
});

testWithHandler(
  "what processes log gets numbers of the caller's sequence, by time",
  async (handler) => {
    const parallel = processes(3);
    getLogger().info("before");
    await parallel.run([1, 2, 3].map(() => delayed(tasks.logForAWhile)(100)));
    getLogger().info("after");
    assertEquals(handler.records.length, 302);
    assertNoGap(handler.records.map(({ seq }) => seq));
    const names = handler.records.slice(1, -1).map(({ processName }) => processName);
    assertEquals([...new Set(names)].toSorted(), ["Process-1", "Process-2", "Process-3"]);
    assertNumbered(handler.records.slice(1, -1), 100, 3);
    assertAllWritten(parallel, 300);
  },
);

testWithHandler(
  "all records arrive when the caller is blocked while processes log",
  async (handler) => {
    const parallel = processes(2);
    const count = 30_000;
    const running = parallel.run([1, 2].map(() => delayed(tasks.logNumbers)(count)));
    await handler.until(2);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
    await running;
    assertNumbered(handler.records, count, 2);
    assertNoGap(handler.records.map(({ seq }) => seq));
    assertAllWritten(parallel, 2 * count);
  },
);

testWithHandler(
  "what has arrived of several processes is in the order of time",
  async (handler) => {
    const running = processes(2).run([1, 2].map(() => delayed(tasks.logForAWhile)(60)));
    await withPatience(bothBegun(handler.records), "both to begin");
    const before = handler.records.length;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000); // Both have ended meanwhile.
    await running;
    const times = handler.records.slice(before).map(({ time }) => time);
    assert(times.length > 50, `${times.length}`);
    assertEquals(times, times.toSorted((a, b) => a - b));
  },
);

async function bothBegun(records: readonly { processName: string }[]): Promise<void> {
  while (new Set(records.map(({ processName }) => processName)).size < 2) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

testWithHandler("a changed level reaches a process when it yields", async (handler) => {
  const running = processes(1).run([delayed(tasks.watchLevel)()]);
  await handler.untilMessage("before: false");
  getLogger("process").setLevel("DEBUG");
  await withPatience(running, "the task to see the level");
  assertEquals(handler.messages, ["before: false", "after: true"]);
});

testWithHandler("what handlers of a task take in a process is counted", async (handler) => {
  const parallel = processes(1);
  await parallel.run([delayed(tasks.logToOwnHandlers)(300), delayed(tasks.logNumbers)(5)]);
  assertEquals(handler.records.length, 5);
  assertEquals(countsOf(parallel), { emitted: 305, written: 205, filtered: 100, dropped: 0 });
});

testWithHandler("records of any size and text arrive", async (handler) => {
  const texts = [
    "",
    "\ud800 lone",
    "a\u0000b",
    "漢字🦕",
    "x".repeat(10_000_000),
    "é".repeat(70_000),
  ];
  const parallel = processes(1);
  await parallel.run(texts.map((text) => delayed(tasks.logText)(text)));
  assert(handler.messages.every((message, index) => message === texts[index]));
  assertAllWritten(parallel, texts.length);
});

Deno.test("arguments and results are structured clones", async () => {
  const bytes = new Uint8Array(3_000_000).fill(7);
  const value = {
    map: new Map([[1, new Set(["x"])]]),
    bytes,
    date: new Date(0),
    n: 10n,
    none: undefined,
  };
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const [copy, loop] = await processes(1).run([
    delayed(tasks.echo)(value),
    delayed(tasks.echo)(cycle),
  ]);
  assertEquals(copy, value);
  assertEquals(loop, cycle);
});

Deno.test("a process goes on whose task has given all objects the fields of our messages", async () => {
  await using parallel = processes(1);
  const [first] = await parallel.run([
    delayed(() => {
      for (const name of ["initializer", "levelNames", "context", "hasClonedArgs", "outputMark"]) {
        Object.defineProperty(Object.prototype, name, { value: { task: 5 }, configurable: true });
      }
      return Deno.pid;
    })(),
  ]);
  assertEquals(await parallel.run([delayed(() => Deno.pid)()]), [first]);
});

Deno.test("run() refuses what can't leave its process, by name and path", async () => {
  const refused: [unknown, string][] = [
    [[new SharedArrayBuffer(4)], "args[0][0] is a SharedArrayBuffer"],
    [{ a: new Blob([]) }, "args[0].a is a Blob"],
    [{ url: new URL("file:///") }, "args[0].url is a URL"],
  ];
  await using parallel = processes(1);
  for (const [value, text] of refused) {
    await assertRejects(() => parallel.run([delayed(tasks.echo)(value)]), TypeError, text);
  }
  await assertRejects(
    () => parallel.run([delayed(tasks.returnBlob)()]),
    TypeError,
    "Cannot send the result of returnBlob back: the result.parts[0] is a Blob",
  );
  const error = await assertRejects(
    () => parallel.run([delayed(tasks.failWithBlob)()]),
    RangeError,
    "with a blob",
  );
  assertEquals(Reflect.get(error, "shared"), 5);
  assertStringIncludes(String(Reflect.get(error, "blob")), "Blob");
});

testWithHandler("a process that spins is killed when its run is aborted", async (handler) => {
  const controller = new AbortController();
  const backend = new ProcessesBackend();
  await using parallel = new Parallel(1, { backend });
  const running = inBackground(
    parallel.run([delayed(tasks.spinForever)()], { signal: controller.signal }),
  );
  await handler.until(1);
  const pid = handler.records[0]?.process ?? 0;
  controller.abort(new RangeError("enough"));
  await assertRejects(() => running, RangeError, "enough");
  assertEquals(await parallel.run([delayed(tasks.echo)(3)]), [3]);
  assert(!isRunning(pid), "it is gone");
});

testWithHandler(
  "a process that dies while it is idle is reported and replaced",
  async (handler) => {
    await using parallel = processes(1);
    const [pid] = await parallel.run([delayed(tasks.logNumbers)(0)]);
    Deno.kill(pid, "SIGKILL");
    await handler.untilMessage("Process-1 died after its task had ended");
    assertStringIncludes(
      handler.records[0]?.error?.message ?? "",
      "Process-1 was ended by SIGKILL",
    );
    assert(await parallel.run([delayed(tasks.logNumbers)(0)]).then(([other]) => other !== pid));
  },
);

Deno.test("run() rejects with the reason when Deno can't start a process", async () => {
  const error = await assertRejects(
    () =>
      processes(1, ["--v8-flags=--no-such-flag", "--import-map=/no/such/file"]).run([
        delayed(tasks.echo)(1),
      ]),
    Error,
    "did not start: it ended with exit(1); stderr has its reason",
  );
  assertEquals(Reflect.get(error, "reason").kind, "start");
});

function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return false;
    throw error;
  }
}
