/** Whole programs that run tasks in processes. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { linesOf, ROOT, runDeno } from "../support/run_deno.ts";
import { runOnTerminal } from "../support/run_on_terminal.ts";

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
  assertMatch(stderr, /heap|out of memory/i);
});

Deno.test("processes that wait for calls keep no program alive, and end with it", async () => {
  const { code, stdout, stderr } = await runDeno(["run", "-A", "tests/programs/process_idle.ts"]);
  assertEquals(code, 0, stderr);
  const pids: number[] = JSON.parse(stdout);
  assertEquals(pids.length, 2);
  for (const pid of pids) await untilGone(pid);
});

Deno.test("a process that can't be started rejects the run, and ends no program", async () => {
  const program = `ulimit -n 90; exec "$0" run -A tests/programs/process_limit.ts`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", program, Deno.execPath()],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const { name, reason } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([name, reason.kind], ["WorkerCrashError", "start"]);
  assertStringIncludes(reason.message, "Too many open files");
});

for (const how of ["sleeps", "spins"]) {
  Deno.test(`Ctrl-C ends a program whose process ${how} in good order, and all processes`, async () => {
    const program = new ProgramGroup(["tests/programs/process_signals.ts", how]);
    const pids: number[] = JSON.parse(await program.line(0));
    program.interrupt();
    const code = await program.end();
    assertEquals([code, program.lines.slice(1)], [130, ["closed"]], program.stderr);
    assertEquals(program.stderr, "");
    for (const pid of pids) await untilGone(pid);
  });
}

for (const how of ["sleeps", "spins"]) {
  Deno.test(`a process that ${how} ends with a program that calls Deno.exit()`, async () => {
    const ran = await runDeno(["run", "-A", "tests/programs/process_signals.ts", how, "exit"]);
    assertEquals(ran.code, 3, ran.stderr);
    for (const pid of JSON.parse(ran.stdout)) await untilGone(pid);
  });
}

Deno.test("a process that logs in a loop ends with a program that was killed", async () => {
  const program = new ProgramGroup(["tests/programs/process_signals.ts", "logs"]);
  const pids: number[] = JSON.parse(await program.line(0));
  program.kill();
  await program.end();
  for (const pid of pids) await untilGone(pid);
});

Deno.test("what the configuration of a process is is not asked of the user", async () => {
  const { shown } = await runOnTerminal(
    ["run", "--allow-read=src,tests", "--allow-run", "--allow-env"]
      .concat("tests/programs/process_idle.ts"),
    { question: "requests read access", answer: "n" },
  );
  assert(!shown.includes("requests read access"), shown);
});

/** A program in a process group of its own, as a shell starts it. */
class ProgramGroup {
  /** What it has printed. */
  readonly lines: string[] = [];
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<number | string | null>();
  #onText = () => {};

  constructor(args: readonly string[]) {
    this.#child = spawn(Deno.execPath(), ["run", "-A", ...args], {
      cwd: ROOT,
      env: { ...Deno.env.toObject(), NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let printed = "";
    this.#child.stdout?.on("data", (chunk) => {
      printed += chunk;
      this.lines.splice(0, Infinity, ...printed.split("\n").slice(0, -1));
      this.#onText();
    });
    this.#child.stderr?.on("data", (chunk) => this.stderr += chunk);
    this.#child.on("close", (code, signal) => this.#ended.resolve(code ?? signal));
  }

  /** Waits for a line. */
  async line(index: number): Promise<string> {
    while (this.lines[index] === undefined) {
      const text = new Promise<void>((resolve) => this.#onText = resolve);
      await Promise.race([
        text,
        this.#ended.promise.then((code) => {
          throw new Error(`It ended early: ${code} ${this.stderr}`);
        }),
      ]);
    }
    return this.lines[index];
  }

  /** What a terminal does on Ctrl-C. */
  interrupt(): void {
    Deno.kill(-(this.#child.pid ?? 0), "SIGINT");
  }

  /** Kills the program itself, and nothing else. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Waits for the end, and gives the exit code or the signal. */
  end(): Promise<number | string | null> {
    return this.#ended.promise;
  }
}

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
