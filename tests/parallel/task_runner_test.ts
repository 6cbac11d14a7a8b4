import { assertEquals, assertRejects } from "@std/assert";
import { delayed, getLogger, withCleanRootLogger } from "@paralog/paralog";
import { TallyCounter } from "../../src/logging/outcome.ts";
import { currentRealm } from "../../src/logging/realm.ts";
import type { BatchListener, Job, WorkerSite } from "../../src/parallel/backend.ts";
import { inlineBackend } from "../../src/parallel/backends/inline.ts";
import { OUTERMOST, TaskControl } from "../../src/parallel/tasks/current_task.ts";
import type { Call } from "../../src/parallel/tasks/task.ts";
import { type Outcome, type ReadyCall, TaskRunner } from "../../src/parallel/tasks/task_runner.ts";
import { checkRelayOptions } from "../../src/relay/relay_options.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";

/** Where a task is said to be; nobody looks there inline. */
const MODULE = { kind: "module", url: "file:///task.ts", name: "fn" } as const;

/** A call as a backend gets it. */
function jobOf(call: Call, { index = 0, attempt = 1 } = {}): Job {
  return { index, call, attempt, run: { id: "9", context: undefined, enter: (fn) => fn() } };
}

/** What a worker is given. */
function siteOf(tally: TallyCounter): WorkerSite {
  return {
    tally,
    relay: checkRelayOptions(),
    initializer: undefined,
    owner: {},
    maxTasks: Infinity,
    memoryLimit: undefined,
    permissions: undefined,
    transfer: undefined,
    addBytes: () => {},
  };
}

/** Nobody is told. */
const NOBODY: BatchListener = {
  onBegin: () => {},
  onWaiting: () => {},
  onLoading: () => {},
  onSettled: () => {},
  onProgress: () => {},
};

/** The control of a task, as far as it matters here. */
function controlOf(index: number, attempt: number): TaskControl {
  const nothing = () => {};
  const site = {
    run: "9",
    fields: undefined,
    worker: "Test-1",
    nesting: OUTERMOST,
    onListen: nothing,
    onProgress: nothing,
  };
  return new TaskControl(site, { index, attempt });
}

Deno.test("run() of a TaskRunner counts what the task logs, and gives its records their place", async () => {
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
    const runner = new TaskRunner(() => fn as never, tally);
    const call = { task: await runner.load(MODULE), args: ["hello"], control: controlOf(3, 2) };
    const [calls, outcomes]: [ReadyCall[], Outcome[]] = [[call], []];
    await runner.run({
      next: () => calls.shift(),
      end: (outcome) => void outcomes.push(outcome),
    }, currentRealm());
    assertEquals(outcomes.map((outcome) => outcome.ok && outcome.value), [5]);
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
    await worker.run([jobOf(shout("one"), { attempt: 3 })], currentRealm(), NOBODY);
    await worker.run([jobOf(shout("two"))], currentRealm(), NOBODY);
    assertEquals(list.records.map(({ msg, attempt }) => [msg, attempt]), [["one", 3], ["two", 1]]);
    assertEquals([tally.emitted, tally.written], [2, 2]);
  });
});

Deno.test("a worker of the inline backend that is terminated rejects its batch, and is done at once", async () => {
  const worker = inlineBackend.start(1, siteOf(new TallyCounter()));
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = { ...delayed(() => {})(), fn: () => promise, task: MODULE };
  const running = worker.run([jobOf(waiting)], currentRealm(), NOBODY);
  const rejected = assertRejects(() => running, RangeError, "enough");
  await worker.terminate(new RangeError("enough"));
  await rejected;
  assertEquals(worker.alive, false);
  resolve();
});
