/** Processes end with their program, also when it is killed and they do not look. */

import { assert, assertEquals } from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { Reaper } from "../../src/parallel/backends/reaper.ts";
import { startAndSpin } from "../programs/process_killed.ts";
import { isThere, untilGone } from "../support/process_end.ts";
import { RunningProgram } from "../support/running_program.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

const PROGRAM = "tests/programs/process_killed.ts";

/** Kills a program once it has said all of that, and gives the numbers of the processes. */
async function killProgram(
  args: readonly string[],
  said: readonly string[],
): Promise<Map<string, number[]>> {
  const pids = new Map<string, number[]>();
  await using program = new RunningProgram(["run", "--no-prompt", ...args]);
  await program.until(({ stdout }) => stdout.length === said.length);
  for (const line of program.stdout) {
    const [, what = "", pid] = /^(.*) (\d+)$/.exec(line) ?? [];
    pids.set(what, [...pids.get(what) ?? [], Number(pid)]);
  }
  assertEquals([...pids].flatMap(([what, pids]) => pids.map(() => what)), [...said]);
  Deno.kill(pids.get("program")?.[0] ?? 0, "SIGKILL");
  for (const pid of [...pids].flatMap(([what, pids]) => what === "left" ? [] : pids)) {
    await untilGone(pid);
  }
  await program.end();
  return pids;
}

const FEW = ["--allow-env", `--allow-run=${Deno.execPath()}`];

for (
  const [what, flags] of [["all permissions", ["-A"]], ["no more than it needs", FEW]] as const
) {
  Deno.test(`a process that spins ends with a program that was killed and has ${what}`, async () => {
    await killProgram([...flags, PROGRAM, "spin"], ["program", "task"]);
  });

  Deno.test(`a process of a process ends with a program that was killed and has ${what}`, async () => {
    await killProgram([...flags, PROGRAM, "spinFurtherDown"], ["program", "task", "task"]);
  });
}

Deno.test("what a task has started ends with a program that was killed", async () => {
  const said = ["program", "started by a task", "task"];
  await killProgram(["-A", PROGRAM, "spinBesideAnother"], said);
});

Deno.test("a process ends with its program, whatever else that has started", async () => {
  const pids = await killProgram(["-A", PROGRAM, "spin", "leave"], ["program", "task", "left"]);
  for (const pid of pids.get("left") ?? []) {
    assert(isThere(pid), "it belongs to nobody");
    Deno.kill(pid, "SIGKILL");
  }
});

/** A process that is the first of its group, and starts another one. */
async function startGroup(): Promise<{ first: Deno.ChildProcess; second: number }> {
  const first = new Deno.Command("sh", {
    args: ["-c", "sleep 100 & echo $!; wait"],
    stdin: "null",
    stdout: "piped",
    detached: true,
  }).spawn();
  for await (const text of first.stdout.pipeThrough(new TextDecoderStream())) {
    return { first, second: Number(text) };
  }
  throw new Error("It said nothing");
}

Deno.test("Reaper kills a process with all that it has started", async () => {
  const reaper = new Reaper();
  const { first, second } = await startGroup();
  reaper.watch(first.pid);
  reaper.killGroup(first.pid);
  assertEquals((await first.status).signal, "SIGKILL");
  await untilGone(second);
  await reaper.release(first.pid);
});

Deno.test("Reaper leaves processes alone that it no longer watches, or never did", async () => {
  const reaper = new Reaper();
  const [{ first, second }, other] = [await startGroup(), await startGroup()];
  reaper.watch(first.pid);
  reaper.watch(other.first.pid);
  reaper.killGroup(1); // Nobody asked to watch it.
  await reaper.release(first.pid);
  reaper.killGroup(first.pid);
  reaper.killGroup(other.first.pid);
  await other.first.status;
  await reaper.release(other.first.pid);
  await reaper.release(other.first.pid);
  assert(isThere(first.pid) && isThere(second));
  Deno.kill(-first.pid, "SIGKILL");
  await first.status;
});

Deno.test("Reaper starts anew when it is needed again, and leaves nothing behind", async () => {
  const reaper = new Reaper();
  for (let round = 0; round < 3; round++) {
    const { first, second } = await startGroup();
    reaper.watch(first.pid);
    reaper.killGroup(first.pid);
    await first.status;
    await reaper.release(first.pid);
    await untilGone(second);
  }
});

testWithHandler(
  "what a task has started is killed with it when its run is aborted",
  async (handler) => {
    const controller = new AbortController();
    const parallel = new Parallel(1, { backend: new ProcessesBackend() });
    const running = parallel.run([delayed(startAndSpin)()], { signal: controller.signal });
    const outcome = running.catch((error) => error);
    await handler.until(1);
    controller.abort(new RangeError("enough"));
    assertEquals((await outcome).message, "enough");
    await untilGone(Number(handler.records[0]?.args[0]));
  },
);
