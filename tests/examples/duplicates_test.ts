/** What docs/duplicates.md says of Python and of paralog, with the set-ups side by side. */

import { assertEquals } from "@std/assert";
import {
  ConsoleHandler,
  delayed,
  getLogger,
  Parallel,
  QueueHandler,
  QueueListener,
  RecordQueue,
  task,
  withCleanRootLogger,
} from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { assertNamedTestsExist } from "../support/named_tests.ts";
import { runPython, SCRIPTS, withFolders } from "../support/recipe.ts";
import { linesOf } from "../support/run_deno.ts";

const SCRIPT = new URL("listener_and_workers.py", SCRIPTS).pathname;

Deno.test("Python's listener that was forked after the root was configured logs without end", async () => {
  await withFolders(async (_ours, pythons) => {
    const { code, stderr } = await runPython([SCRIPT, "before"], pythons);
    assertEquals([code, linesOf(stderr).length], [0, 200]); // Where the script stops it.
  });
});

Deno.test("Python's workers log twice through a root that was copied to them and configured again", async () => {
  await withFolders(async (_ours, pythons) => {
    const { code, stderr } = await runPython([SCRIPT, "after"], pythons);
    assertEquals(code, 0);
    const workers = linesOf(stderr).filter((line) => line.includes(" worker "));
    const main = linesOf(stderr).filter((line) => line.includes(" main "));
    assertEquals([workers.length, main.length], [18, 2]);
  });
});

Deno.test("Python's workers that are spawned, and rely on the main program's root, log nothing", async () => {
  await withFolders(async (_ours, pythons) => {
    const { code, stderr } = await runPython([SCRIPT, "spawn"], pythons);
    assertEquals(code, 0);
    assertEquals(linesOf(stderr).map((line) => line.slice(24)), [
      "MainProcess main INFO     Logging from main",
      "MainProcess main INFO     main function ends",
    ]);
  });
});

/** Configures a root of its own, with a queue and a listener, as the caller's has them. */
export const configureAgain = task(import.meta, async function configureAgain(number: number) {
  const root = getLogger();
  const before = root.handlers.length;
  const queue = new RecordQueue();
  const list = new ListHandler();
  await using listener = new QueueListener(queue, [list]);
  listener.start();
  root.setLevel("DEBUG");
  root.addHandler(new QueueHandler(queue));
  getLogger("worker").info("call %d", number);
  await listener.stop();
  return { before, lines: list.lines };
});

for (const backend of ["inline", "workers"] as const) {
  Deno.test(`a task that configures its root as its caller did logs each line once (${backend})`, async () => {
    await withCleanRootLogger(async () => {
      const queue = new RecordQueue();
      const list = new ListHandler();
      await using listener = new QueueListener(queue, [list]);
      listener.start();
      getLogger().setLevel("DEBUG");
      getLogger().addHandler(new QueueHandler(queue));
      getLogger("main").info("before");
      const results = await new Parallel(2, { backend }).run([
        delayed(configureAgain)(1),
        delayed(configureAgain)(2),
      ]);
      getLogger("main").info("after");
      await listener.stop();
      assertEquals(results, [1, 2].map((n) => ({ before: 0, lines: [`call ${n}`] })));
      assertEquals(list.lines, ["before", "after"]);
    });
  });
}

Deno.test("a handler that is added to a logger and to its parent gets a record twice, as in Python", async () => {
  const lines: string[] = [];
  const stream = {
    writeSync: (bytes: Uint8Array) => lines.push(new TextDecoder().decode(bytes)) && bytes.length,
  };
  await withCleanRootLogger(() => {
    const handler = new ConsoleHandler({ stream });
    getLogger().addHandler(handler);
    getLogger().addHandler(handler); // The same logger takes it once.
    getLogger("a").addHandler(handler);
    getLogger("a").warn("one");
    getLogger("b").warn("two");
  });
  assertEquals(lines, ["one\n", "one\n", "two\n"]);
});

Deno.test("every test that docs/duplicates.md names is there", () =>
  assertNamedTestsExist("docs/duplicates.md"));
