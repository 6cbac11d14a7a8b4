/** One task of 20 is the end of its worker: the others have their results, and the program ends by itself. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { withPatience } from "../../src/testing/patience.ts";
import { runDeno } from "../support/run_deno.ts";

/** What the program says. */
interface Said {
  readonly results: readonly unknown[];
  readonly errors: readonly {
    readonly name: string;
    readonly message: string;
    readonly index?: number;
    readonly reason?: { readonly kind: string; readonly signal?: string };
    readonly phase?: string;
    readonly timeout?: number;
  }[];
  readonly records: readonly (readonly number[])[];
  readonly counts: { readonly [name: string]: number };
}

/** Which of the tasks it is. */
const BAD = 7;

/** What is said of the task, and how many records it has logged before. */
const FAULTS = {
  spin: (error: Said["errors"][number]) => {
    const { name, index, phase, timeout } = error;
    assertEquals({ name, index, phase, timeout }, {
      ...{ name: "TaskTimeoutError", index: BAD, phase: "run", timeout: 300 },
    });
    return (records: readonly number[]) => records.length === 5;
  },
  memory: (error: Said["errors"][number]) => {
    const { name, index, reason } = error;
    assertEquals([name, index, reason?.kind], ["WorkerCrashError", BAD, "signal"]);
    assertMatch(error.message, /out of memory/);
    return (records: readonly number[]) => records.length >= 5;
  },
  kill: ({ name, index, reason }: Said["errors"][number]) => {
    const expected = { kind: "signal", signal: "SIGKILL" };
    assertEquals([name, index, reason], ["WorkerCrashError", BAD, expected]);
    return (records: readonly number[]) => records.length === 5;
  },
  "module in a process": assertMissing,
  "module in a worker": assertMissing,
} as const;

function assertMissing({ message }: Said["errors"][number]) {
  assertMatch(message, /Cannot import the module of task missing.*there_is_no_such_module/);
  return (records: readonly number[]) => records.length === 0;
}

for (const [fault, check] of Object.entries(FAULTS)) {
  for (const nJobs of [1, 2, 4]) {
    for (const batchSize of ["auto", "5"]) {
      Deno.test(
        `a program of ${nJobs} jobs with batchSize ${batchSize} outlives one of 20 tasks: ${fault}`,
        async () => {
          const args = [
            "run",
            "-A",
            "tests/programs/killed_tasks.ts",
            fault,
            `${nJobs}`,
            batchSize,
          ];
          const running = runDeno(args);
          const { code, stdout, stderr } = await withPatience(running, "its end", 60_000);
          assertEquals(code, 0, stderr);
          const said: Said = JSON.parse(stdout);
          const others = said.results.toSpliced(BAD, 1);
          const expected = Array.from({ length: 20 }, (_, n) => n * n).toSpliced(BAD, 1);
          assertEquals(others, expected);
          assertEquals([said.results[BAD], said.errors.length], ["rejected", 1]);
          const [error] = said.errors;
          assert(error);
          assertRecords(said, check(error));
        },
      );
    }
  }
}

/** What was logged before the fault has arrived, and all that the others have logged: each once. */
function assertRecords(
  { records, counts }: Said,
  isRight: (records: readonly number[]) => boolean,
): void {
  for (const [index, logged] of records.entries()) {
    assertEquals(logged, logged.map((_, n) => n), `in order, of task ${index}`);
    const isAll = index === BAD ? isRight(logged) : logged.length === 3;
    assert(isAll, `task ${index} has logged ${logged.length} records`);
  }
  const written = records.flat().length;
  const { emitted, filtered, dropped } = counts;
  assertEquals({ emitted, written: counts.written, filtered, dropped }, {
    ...{ emitted: written, written, filtered: 0, dropped: 0 },
  });
}
