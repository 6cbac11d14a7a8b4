/** What was logged before a process was killed, ended or died, and what its run rejects with. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { basicConfig, delayed, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { type FrameKind, HEADER_BYTES, writeHeader } from "../../src/relay/pipe_frame.ts";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import { withFolder } from "../support/log_folder.ts";
import * as tasks from "../support/process_tasks.ts";
import { assertAllWritten, assertNumbered } from "../support/record_counts.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

function processes(nJobs: number): Parallel {
  return new Parallel(nJobs, { backend: new ProcessesBackend() });
}

/** How often each of the two tasks is killed; 200 times in all. */
const KILLS = 100;

/** How many processes live at once. */
const LANES = 2;

for (const task of [tasks.countInLoop, tasks.countAndAwait]) {
  const how = task === tasks.countInLoop ? "logs in a loop" : "awaits between records";
  Deno.test(`each record of a process that ${how} arrives when it is killed with SIGKILL`, () =>
    withFolder(async (folder) => {
      let next = 0;
      const lane = async () => {
        while (next < KILLS) {
          const number = next++;
          try {
            await withCleanRootLogger(() => killOnce(task, number, `${folder}/${number}`));
          } catch (error) {
            next = KILLS; // The other lane need not go on either.
            throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }));
}

/** Runs a task that logs and counts, and kills its process at a random moment. */
async function killOnce(
  task: typeof tasks.countInLoop,
  number: number,
  counter: string,
): Promise<void> {
  const at = 1 + Math.floor(Math.random() * 1000);
  const bySelf = number % 2 === 0;
  const label = `run ${number}, killed ${bySelf ? "by itself " : ""}after ${at} records`;
  const handler = new WatchedHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  const parallel = processes(1);
  const running = parallel.run([delayed(task)(counter, bySelf ? at : undefined)]);
  const outcome = running.then(
    () => undefined,
    (error) => ({ error, arrived: handler.records.length }),
  );
  if (!bySelf) {
    await handler.until(at);
    Deno.kill(handler.records[0]?.process ?? 0, "SIGKILL");
  }
  const end = await withPatience(outcome, `the end of ${label}`);
  assertEquals(end?.error.name, "WorkerCrashError", label);
  assertEquals(end?.error.reason, { kind: "signal", signal: "SIGKILL" });
  const arrived = handler.records.length;
  assertEquals(end?.arrived, arrived, `${label}: all were handled before the run rejected`);
  const logged = Deno.statSync(counter).size;
  const isCounted = arrived === logged || arrived === logged + 1;
  assert(isCounted, `${label}: ${logged} calls returned, ${arrived} arrived`);
  if (bySelf) assertEquals(arrived, at);
  assertNumbered(handler.records, arrived);
  assertAllWritten(parallel, arrived);
}

const ENDS = [
  ["Deno.exit(1)", "WorkerCrashError", { kind: "exit", code: 1 }],
  ["process.exit(2)", "WorkerCrashError", { kind: "exit", code: 2 }],
  ["self.close()", "WorkerCrashError", { kind: "exit", code: 0 }],
  ["process.abort()", "WorkerCrashError", { kind: "signal", signal: "SIGABRT" }],
  ["SIGTERM", "WorkerCrashError", { kind: "signal", signal: "SIGTERM" }],
  ["an error in a timer", "RangeError", undefined],
  ["an error in a microtask", "TypeError", undefined],
  ["an unhandled rejection", "SyntaxError", undefined],
] as const;

for (const [end, name, reason] of ENDS) {
  for (const isBlocked of [false, true]) {
    const where = isBlocked ? ", the main thread being blocked," : "";
    testWithHandler(
      `what a task logged has arrived when${where} ${end} ends its process`,
      async (handler) => {
        const count = 2000;
        await using parallel = processes(1);
        await parallel.run([delayed(tasks.logNumbers)(1)]); // The process has started.
        const running = parallel.run([delayed(tasks.logAndEnd)(end, count)]);
        const outcome = running.then(() => undefined, (error) => error);
        if (isBlocked) {
          await handler.until(2);
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        }
        const error: unknown = await withPatience(outcome, "the end of the run");
        assert(error instanceof Error);
        assertEquals([error.name, Reflect.get(error, "reason")], [name, reason]);
        assertNumbered(handler.records.slice(1), count);
        const [pid] = await withPatience(
          parallel.run([delayed(tasks.logNumbers)(3)]),
          "the next run",
        );
        assert(pid !== handler.records[1]?.process, "the next run is in a new process");
        assertNumbered(handler.records.slice(1 + count), 3);
        assertAllWritten(parallel, 1 + count + 3);
      },
    );
  }
}

testWithHandler("a task that closes the pipe of its process ends with it", async (handler) => {
  await using parallel = processes(1);
  const error: unknown = await parallel.run([delayed(tasks.closePipe)(10)]).catch((e) => e);
  assertEquals(Reflect.get(Object(error), "reason"), { kind: "exit", code: 1 });
  assertNumbered(handler.records, 10);
  assertEquals(await parallel.run([delayed(tasks.echo)(1)]), [1]);
});

testWithHandler(
  "a process that a task left behind does not hold up the end of its own",
  async (handler) => {
    const parallel = processes(1);
    const running = parallel.run([delayed(tasks.leaveChild)(5000)]);
    const error: unknown = await running.catch((error) => error);
    const [first, ...records] = handler.records;
    Deno.kill(Number(first?.args[0]), "SIGKILL");
    assertEquals(Reflect.get(Object(error), "reason"), { kind: "exit", code: 5 });
    assertNumbered(records, 5000);
    assertAllWritten(parallel, 5001);
  },
);

/** What a process that was left behind writes into the pipe, until nobody reads it. */
const WRITERS = {
  "stray bytes": ["yes >&3", "TypeError", undefined],
  "frames": ["while cat FRAME >&3; do sleep 0.03; done", "WorkerCrashError", {
    kind: "exit",
    code: 5,
  }],
} as const;

for (const [what, [command, name, reason]] of Object.entries(WRITERS)) {
  testWithHandler(
    `a process that a task left behind does not hold up the end of its own with ${what}`,
    (handler) =>
      withFolder(async (folder) => {
        const frame = new Uint8Array(HEADER_BYTES + 12);
        writeHeader(frame, "counts", 12);
        await Deno.writeFile(`${folder}/frame`, frame);
        const task = delayed(tasks.leaveWriter)(command.replace("FRAME", `${folder}/frame`));
        const running = processes(1).run([task]).catch((error) => error);
        const error: unknown = await withPatience(running, "the end of the run");
        assert(error instanceof Error);
        assertEquals([error.name, Reflect.get(error, "reason")], [name, reason]);
        assertNumbered(handler.records, 1);
      }),
  );
}

/** The header of a frame whose payload is another length. */
function framed(kind: FrameKind, payload: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(bytes, kind, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

const STRAY = {
  "a byte": new Uint8Array([7]),
  "zeros": new Uint8Array(9),
  "a line": new TextEncoder().encode("a line of text\n"),
  "a record that is none": framed("record", [123]),
  "a message that is none": framed("message", [1, 2, 3]),
  "counts that are too short": framed("counts", [1, 2, 3]),
};

for (const [what, bytes] of Object.entries(STRAY)) {
  testWithHandler(
    `a task that writes ${what} into the pipe of its process is rejected, with what to do`,
    async (handler) => {
      await using parallel = processes(1);
      const running = inBackground(parallel.run([delayed(tasks.writeStray)(bytes)]));
      const error = await assertRejects(
        () => withPatience(running, "the end of the run"),
        TypeError,
        "the pipe holds what paralog did not write. Leave the file descriptors 3 and 4",
      );
      assert(error.cause instanceof Error, String(error.cause));
      assertNumbered(handler.records, 1);
      assertEquals(await parallel.run([delayed(tasks.echo)(1)]), [1]);
    },
  );
}
