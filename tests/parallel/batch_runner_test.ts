import { assertEquals } from "@std/assert";
import { currentTask } from "@paralog/paralog";
import { serializeThrown } from "../../src/logging/errors.ts";
import { currentRealm } from "../../src/logging/realm.ts";
import { BatchRunner } from "../../src/parallel/wire/batch_runner.ts";
import { OUTERMOST } from "../../src/parallel/tasks/current_task.ts";
import { TaskRunner } from "../../src/parallel/tasks/task_runner.ts";
import type { CallsMessage, FromWorker } from "../../src/parallel/wire/wire.ts";

/** A batch of calls of the one task that there is. */
function batchOf(count: number): CallsMessage {
  return {
    type: "batch",
    tasks: [{ kind: "module", url: "file:///task.ts", name: "fn" }],
    calls: {
      task: Array(count).fill(0),
      index: [...Array(count).keys()],
      attempt: Array(count).fill(1),
      args: Array.from({ length: count }, (_, index) => [index]),
    },
    run: "9",
    context: undefined,
    nesting: OUTERMOST,
    initializer: undefined,
    movesResults: false,
    levelNames: undefined,
    locations: false,
    hasStatus: false,
  };
}

Deno.test("run() of a BatchRunner takes what a call returns that was told to end for a failure", async () => {
  const sent: FromWorker[] = [];
  const listening = Promise.withResolvers<void>();
  const untilAborted = async (index: number) => {
    if (index === 0) return "in time";
    const { signal } = currentTask();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    return "not what it would have been";
  };
  const runner = new BatchRunner(new TaskRunner(() => untilAborted as never), {
    worker: "Test-1",
    post: (message) => void sent.push(message),
    take: (value) => ({ value, transfer: [], buffers: [] }),
    onListen: () => listening.resolve(),
    isEager: true,
  });
  const running = runner.run(batchOf(3), currentRealm());
  await listening.promise;
  const reason = serializeThrown(new RangeError("enough"));
  runner.cancel(reason);
  await running;
  const told = sent.flatMap((each) => each.type === "paralog:settled" ? [each.outcomes] : []);
  const outcomes = told.map(({ values, failed }) => ({ values, failed }));
  assertEquals(outcomes, [{ values: ["in time"], failed: [] }, { values: [reason], failed: [0] }]);
  assertEquals(sent.at(-1), { type: "paralog:cancelled" });
});
