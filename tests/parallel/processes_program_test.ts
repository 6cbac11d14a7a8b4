/** Whole programs that run tasks in processes. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { linesOf, runDeno } from "../support/run_deno.ts";

const PRINTED = [
  { what: "10 MB", nJobs: 1, lines: 1000, length: 10_000 },
  // The system keeps lines of several processes apart if they are short.
  { what: "short lines of two processes", nJobs: 2, lines: 2000, length: 100 },
];

for (const { what, nJobs, lines, length } of PRINTED) {
  Deno.test(`what tasks in processes print arrives unmixed, beside what they log: ${what}`, async () => {
    const { code, stdout, stderr } = await runDeno(
      ["run", "-A", "tests/programs/process_output.ts", ...[nJobs, lines, length].map(String)],
    );
    assertEquals(code, 0, stderr);
    assertEquals(linesOf(stdout).at(-1), `${nJobs * lines} records`);
    const printed = linesOf(stdout).slice(0, -1).map((line) => {
      const [, number, text] = line.split(" ");
      assertEquals(text, "o".repeat(length), "the line is whole");
      return Number(number);
    });
    const numbers = Array.from({ length: nJobs * lines }, (_, n) => Math.floor(n / nJobs));
    assertEquals(printed.toSorted((a, b) => a - b), numbers);
    const errors = linesOf(stderr).map((line) => Number(/^err (\d+)$/.exec(line)?.[1]));
    assertEquals(errors.toSorted((a, b) => a - b), numbers.filter((n) => n % 10 === 0));
  });
}

Deno.test("a process that is out of memory rejects its call, and its records have arrived", async () => {
  const { code, stdout, stderr } = await runDeno(
    ["run", "-A", "tests/programs/process_memory.ts"],
  );
  assertEquals(code, 0, stderr);
  const seen = JSON.parse(stdout);
  assertEquals(seen.name, "WorkerCrashError");
  assertEquals(seen.reason.kind, "signal");
  assertMatch(seen.message, /^Process-1 was ended by SIG\w+ while it ran eatMemory\. V8 ends/);
  assert(seen.records > 10 && seen.inOrder, stdout);
  assertEquals(seen.counts.written, seen.records);
  assertEquals(seen.next, 1);
  assertMatch(stderr, /heap/i);
});

Deno.test("processes that wait for calls keep no program alive, and end with it", async () => {
  const { code, stdout, stderr } = await runDeno(["run", "-A", "tests/programs/process_idle.ts"]);
  assertEquals(code, 0, stderr);
  const pids: number[] = JSON.parse(stdout);
  assertEquals(pids.length, 2);
  for (const pid of pids) await untilGone(pid);
});

/** Waits until there is no process of that number. */
async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    try {
      Deno.kill(pid, "SIGCONT"); // Does nothing to a process that runs.
    } catch (error) {
      assert(error instanceof Deno.errors.NotFound || error instanceof TypeError, String(error));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Process ${pid} still runs`);
}
