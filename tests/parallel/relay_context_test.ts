/** In which context the caller's handlers run when records of workers come. */

import { assert, assertEquals } from "@std/assert";
import {
  addLevelName,
  delayed,
  getLogger,
  Handler,
  type LogRecord,
  Parallel,
  withCleanRootLogger,
  withContext,
} from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { logLevel, logNumbers } from "../support/relay_tasks.ts";

/** Logs itself for each record that it gets. */
class LoggingHandler extends Handler {
  override emit(record: LogRecord): void {
    if (record.name !== "own") getLogger("own").info("%s", record.msg);
  }
}

/** Runs tasks in a root of its own. Returns how often its handler, which logs, was heard there. */
function heardIn(name: string, parallel: Parallel): Promise<number> {
  return withContext({ scope: name }, () =>
    withCleanRootLogger(async () => {
      const list = new ListHandler({ formatter: "%(name)s %(scope)s %(message)s" });
      getLogger().setLevel("INFO");
      getLogger().addHandler(list);
      getLogger("relay").addHandler(new LoggingHandler());
      await parallel.map(logNumbers, [200, 200]);
      return list.lines.filter((line) => line.startsWith(`own ${name} `)).length;
    }));
}

for (const backend of ["inline", "workers"] as const) {
  Deno.test(`${backend}: handlers run in the context of the run whose records they get`, async () => {
    await using kept = new Parallel(2, { backend });
    assertEquals(await heardIn("a", kept), 400);
    assertEquals(await heardIn("b", kept), 400);
    const names = ["c", "d", "e"];
    const heard = await Promise.all(names.map((name) => heardIn(name, kept)));
    assertEquals(heard, [400, 400, 400]);
  });

  Deno.test(`${backend}: a level that got a name between two runs has it in a kept worker`, () =>
    withCleanRootLogger(async () => {
      const list = new ListHandler({ formatter: "%(levelname)s" });
      getLogger().setLevel("DEBUG");
      getLogger().addHandler(list);
      const level = backend === "inline" ? 26 : 27; // Names are for the whole program.
      await using kept = new Parallel(1, { backend });
      await kept.run([delayed(logLevel)(level)]);
      addLevelName(level, "NOTICE");
      await kept.run([delayed(logLevel)(level)]);
      assertEquals(list.lines, [`Level ${level}`, "NOTICE"]);
    }));
}

Deno.test("other code has its turns while handlers are slower than the tasks that log", () =>
  withCleanRootLogger(async () => {
    class SlowHandler extends Handler {
      count = 0;
      override emit(): void {
        this.count++;
        for (const end = performance.now() + 1; performance.now() < end;);
      }
    }
    const slow = new SlowHandler();
    getLogger().setLevel("INFO");
    getLogger().addHandler(slow);
    const turns: number[] = [];
    const timer = setInterval(() => turns.push(slow.count), 1);
    await new Parallel(2, { backend: "workers" }).map(logNumbers, [400, 400]);
    clearInterval(timer);
    assertEquals(slow.count, 800);
    const steps = turns.map((count, index) => count - (turns[index - 1] ?? 0));
    assert(Math.max(...steps) < 400, `${Math.max(...steps)} records were handled in one turn`);
  }));
