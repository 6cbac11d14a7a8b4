import { assertEquals, assertRejects } from "@std/assert";
import { delayed, getLogger, withCleanRootLogger } from "@paralog/paralog";
import { TallyCounter } from "../../src/logging/outcome.ts";
import { currentRealm } from "../../src/logging/realm.ts";
import type { Job, WorkerSite } from "../../src/parallel/backend.ts";
import { inlineBackend } from "../../src/parallel/backends/inline.ts";
import { runCall } from "../../src/parallel/run_call.ts";
import type { Call } from "../../src/parallel/task.ts";
import { checkRelayOptions } from "../../src/relay/relay_options.ts";
import { ListHandler } from "../support/list_handler.ts";

/** Where a task is said to be; nobody looks there inline. */
const MODULE = { kind: "module", url: "file:///task.ts", name: "fn" } as const;

/** A call as a backend gets it. */
function jobOf(call: Call, { index = 0, attempt = 1 } = {}): Job {
  return { index, call, run: "9", attempt, context: undefined, enter: (fn) => fn() };
}

/** What a worker is given. */
function siteOf(tally: TallyCounter): WorkerSite {
  return { tally, relay: checkRelayOptions() };
}

Deno.test("runCall() counts what the task logs, and gives its records their place", async () => {
  await withCleanRootLogger(async () => {
    const list = new ListHandler();
    getLogger().addHandler(list);
    const tally = new TallyCounter();
    const fn = (text: string) => {
      getLogger("task").warn(text);
      getLogger("task").setLevel("DEBUG");
      getLogger("task").debug("refused by the caller");
      return text.length;
    };
    const task = { kind: "module", url: "file:///t.ts", name: "fn" } as const;
    const call = {
      ...jobOf(delayed(fn)("hello"), { index: 3, attempt: 2 }),
      task,
      args: ["hello"],
    };
    const outcome = await runCall(call, currentRealm(), () => fn as never, tally);
    assertEquals(outcome, { ok: true, value: 5 });
    const [record] = list.records;
    assertEquals([record?.taskIndex, record?.run, record?.attempt], [3, "9", 2]);
    assertEquals([tally.emitted, tally.written, tally.filtered], [2, 1, 1]);
  });
});

Deno.test("a worker of the inline backend counts its records and has the name of its thread", async () => {
  await withCleanRootLogger(async () => {
    const list = new ListHandler();
    getLogger().addHandler(list);
    const tally = new TallyCounter();
    const worker = inlineBackend.start(1, siteOf(tally));
    assertEquals(worker.name, currentRealm().origin.processName);
    const shout = delayed((text: string) => void getLogger("task").warn(text));
    await worker.run(jobOf(shout("one"), { attempt: 3 }), currentRealm());
    await worker.run(jobOf(shout("two")), currentRealm());
    assertEquals(list.records.map(({ msg, attempt }) => [msg, attempt]), [["one", 3], ["two", 1]]);
    assertEquals([tally.emitted, tally.written], [2, 2]);
  });
});

Deno.test("a worker of the inline backend that is terminated rejects its call, and is done at once", async () => {
  const worker = inlineBackend.start(1, siteOf(new TallyCounter()));
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = { ...delayed(() => {})(), fn: () => promise, task: MODULE };
  const running = worker.run(jobOf(waiting), currentRealm());
  const rejected = assertRejects(() => running, RangeError, "enough");
  await worker.terminate(new RangeError("enough"));
  await rejected;
  assertEquals(worker.alive, false);
  resolve();
});
