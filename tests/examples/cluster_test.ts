/** The cluster on one machine: it runs, survives an agent's end, and leaves nothing behind. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { untilGone } from "../support/process_end.ts";
import { hasRedis } from "../support/redis_server.ts";
import { runDeno } from "../support/run_deno.ts";
import { RunningProgram } from "../support/running_program.ts";

const COMMAND = [
  ...["run", "--allow-net=127.0.0.1", "--allow-run", "--allow-write", "examples/cluster.ts"],
];

/** Registers a test of the demo, which starts a redis-server itself. */
function clusterTest(name: string, fn: () => Promise<void>): void {
  const reason = hasRedis ? "" : " (skipped: redis-server is not installed)";
  Deno.test({ name: `${name}${reason}`, ignore: !hasRedis, fn });
}

/** The lines of one of the programs, without its name. */
function linesOf({ stdout }: RunningProgram, name: string): string[] {
  const start = `${name.padEnd(7)} | `;
  return stdout.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

/** The lines that say what came of it all. */
function resultsOf(program: RunningProgram): string[] {
  return linesOf(program, "caller").filter((line) => !/^\d{4}-/.test(line));
}

/** Checks that redis-server, its files and the agents are gone. */
async function assertNothingLeft(program: RunningProgram): Promise<void> {
  const said = linesOf(program, "demo").join("\n");
  const pids = [...said.matchAll(/ is process (\d+)/g)].map(([, pid]) => Number(pid));
  assertEquals(pids.length, 3, said);
  for (const pid of pids) await untilGone(pid);
  const folder = /files in (\S+)/.exec(said)?.[1] ?? "";
  assert(folder !== "");
  const isThere = await Deno.stat(folder).then(() => true, () => false);
  assertEquals(isThere, false, `${folder} is left`);
}

clusterTest("demo:cluster runs a caller on two agents, and ends all of it", async () => {
  await using program = new RunningProgram([...COMMAND, "--below=2400000"]);
  assertEquals(await program.end(), 0, program.stdout.join("\n"));
  assertEquals(program.stderr, []);
  const [first, ...shares] = resultsOf(program);
  assertEquals(first, "176302 primes below 2400000");
  const counted = shares.map((line) =>
    /^Process-1@agent-[12] counted (\d+) of 24 parts$/.exec(line)
  );
  assertEquals(counted.reduce((sum, found) => sum + Number(found?.[1]), 0), 24, shares.join("\n"));
  const records = linesOf(program, "caller").filter((line) => /^\d{4}-/.test(line));
  assertEquals(records.length, 24);
  for (const record of records) {
    assertMatch(record, / Process-1@agent-[12] primes \d+ from \d+ to \d+$/);
  }
  for (const agent of ["agent-1", "agent-2"]) {
    assertMatch(linesOf(program, agent).at(-1) ?? "", / INFO paralog\.agent stopped$/);
  }
  await assertNothingLeft(program);
});

clusterTest("demo:cluster has all results although an agent is killed", async () => {
  await using program = new RunningProgram([...COMMAND, "--kill", "--below=12000000"]);
  assertEquals(await program.end(), 0, program.stdout.join("\n"));
  assertEquals(resultsOf(program)[0], "788060 primes below 12000000");
  assertStringIncludes(linesOf(program, "demo").join("\n"), "agent-1 is killed (SIGKILL)");
  assert(linesOf(program, "agent-2").some((line) => line.includes("is run again")), "it was idle");
  const parts = linesOf(program, "caller").map((line) => / (from \d+ to \d+)$/.exec(line)?.[1]);
  assertEquals(new Set(parts.filter(Boolean)).size, 24, "each part is logged");
  await assertNothingLeft(program);
});

clusterTest("demo:cluster ends all of it at Ctrl-C", async () => {
  await using program = new RunningProgram([...COMMAND, "--below=2000000000"]);
  await program.until(() =>
    linesOf(program, "demo").some((line) => line.includes("caller starts"))
  );
  assertEquals(await program.interrupt(), 130, program.stdout.join("\n"));
  assertEquals(linesOf(program, "demo").at(-1), "interrupted: all of it ends");
  await assertNothingLeft(program);
});

Deno.test("demo:cluster says what to install where redis-server is missing", async () => {
  const { code, stdout } = await runDeno(COMMAND, { env: { PATH: "/nowhere" } });
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /^demo +\| redis-server is not installed, .*apt-get install redis-server.*\n$/,
  );
});

Deno.test("demo:cluster says which arguments are allowed", async () => {
  for (
    const [arg, said] of [["--agents=0", '--agents is "0"'], ["--foo", "unknown argument --foo"]]
  ) {
    const { code, stdout } = await runDeno([...COMMAND, arg ?? ""]);
    assertEquals(code, 2);
    assertStringIncludes(stdout, said ?? "");
  }
});
