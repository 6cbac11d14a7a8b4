/** Records say which attempt of which task logged them. */

import { assertEquals } from "@std/assert";
import {
  Formatter,
  getLogger,
  type LogRecord,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { currentRealm, runInRealm } from "../../../src/logging/realm.ts";
import { TaskRealms } from "../../../src/logging/task_realms.ts";
import { placeOf } from "../../../src/logging/record.ts";
import { recordOf } from "../../support/records.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

test("a record has the attempt of its task; outside of tasks it has none", () => {
  const list = new ListHandler();
  getLogger().addHandler(list);
  for (const attempt of [1, 2]) {
    const realm = new TaskRealms(currentRealm()).of({ index: 4, run: "7", attempt }).alive();
    runInRealm(realm, () => getLogger().warn("within"));
  }
  getLogger().warn("outside");
  const places = list.records.map(({ taskIndex, run, attempt }) => ({ taskIndex, run, attempt }));
  assertEquals(places, [
    { taskIndex: 4, run: "7", attempt: 1 },
    { taskIndex: 4, run: "7", attempt: 2 },
    { taskIndex: undefined, run: undefined, attempt: undefined },
  ]);
  assertEquals("attempt" in (list.records[2] ?? {}), false);
});

test("each attempt names the runs that it starts", () => {
  const runs = [1, 2, 3].flatMap((attempt) => {
    const { origin } = new TaskRealms(currentRealm()).of({ index: 0, run: "1", attempt }).alive();
    return [origin.nextRun(), origin.nextRun()];
  });
  assertEquals(runs, ["1.0.1", "1.0.2", "1.0@2.1", "1.0@2.2", "1.0@3.1", "1.0@3.2"]);
});

Deno.test("formatters know the attempt; one that was logged beside the message wins", () => {
  const format = (pattern: string, record: Partial<LogRecord>) =>
    new Formatter(pattern).format(recordOf("x", record));
  assertEquals(format("%(attempt)d|%(message)s", { attempt: 2 }), "2|x");
  assertEquals(format("%(attempt)s|%(message)s", {}), "-|x");
  assertEquals(
    format("%(attempt)s|%(message)s", { extra: { attempt: "own" }, attempt: 2 }),
    "own|x",
  );
});

Deno.test("placeOf() takes from a record where and when it was logged, and nothing else", () => {
  const plain = { time: 1, seq: 2, process: 3, processName: "Worker-1" };
  assertEquals(placeOf(recordOf("x", plain)), plain);
  const ofTask = { ...plain, taskIndex: 0, run: "1", attempt: 1 };
  assertEquals(placeOf(recordOf("x", { ...ofTask, extra: { a: 1 } })), ofTask);
});
