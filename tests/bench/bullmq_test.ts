/** The figures of BullMQ: their own rows, and what they count. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { withAgent } from "../../bench/bullmq/agent.ts";
import { otherCpu } from "../../bench/bullmq/other_cpu.mjs";
import { withFolder } from "../support/log_folder.ts";
import { hasRedis } from "../support/redis_server.ts";
import { runDeno } from "../support/run_deno.ts";

/** Computes for 100 ms when it is told to, and waits. */
const COMPUTE = "import process from 'node:process';" +
  "const wait = () => Deno.stdin.readSync(new Uint8Array(1)); wait();" +
  "const before = process.cpuUsage(); while (process.cpuUsage(before).user < 100_000);" +
  "console.log(); wait();";

/** Starts such a process, and waits for its end. */
const START =
  "await new Deno.Command(Deno.execPath(), { args: ['eval', Deno.args[0]] }).spawn().status;";

/** So that a name is chosen by `--only`, and others are not. */
const ROWS: readonly (readonly [figure: string, only: string, names: readonly string[]])[] = [
  ["bullmq_calls", "BullMQ, ", ["BullMQ, add", "BullMQ, addBulk", "BullMQ, lists by hand"]],
  ["bullmq_calls", "paralog", ["paralog"]],
  ["bullmq_latency", "BullMQ, ", [
    "BullMQ, waitUntilFinished",
    "BullMQ, sandboxed processor",
    "BullMQ, a Parallel in its worker",
    "BullMQ, bare process",
  ]],
  ["bullmq_latency", "there and back", ["Redis, there and back"]],
  ["bullmq_latency", "paralog", ["paralog"]],
];

Deno.test({
  name: "otherCpu() adds up what processes have computed that a process has started, and theirs",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", START, COMPUTE],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const [reader, writer] = [child.stdout.getReader(), child.stdin.getWriter()];
    const before = otherCpu([child.pid]) ?? NaN;
    await writer.write(new Uint8Array(1));
    await reader.read();
    const after = otherCpu([child.pid]) ?? NaN;
    await writer.write(new Uint8Array(1));
    while (!(await reader.read()).done);
    await writer.close();
    await child.status;
    assert(after - before >= 90, `${before} ms, then ${after} ms`); // In steps of 10 ms.
    assertEquals(otherCpu([]), 0);
  },
});

Deno.test("withAgent() tells that the agent has ended, and does not wait for the work", async () => {
  const never = () => new Promise<never>(() => {});
  const input = { url: "redis://127.0.0.1:6379", redis: 0, size: 0.5 };
  await assertRejects(() => withAgent(input, never), Error, "the agent ended with code 2");
});

Deno.test("deno task bench leaves out what needs redis-server where there is none, and says so", async () => {
  const { code, stdout, stderr } = await runDeno(
    ["run", "--allow-all", "bench/harness/main.ts", "bullmq_calls", "bullmq_latency", "--quick"],
    { env: { PATH: "" } },
  );
  assertEquals(code, 0, stdout + stderr);
  assertMatch(stdout, /^paralog: not measured: there is no redis-server on PATH; try /m);
  assertMatch(stdout, /^BullMQ in Node, .*: not measured: there is no redis-server on PATH/m);
});

for (const [figure, only, names] of ROWS) {
  const name = `deno task bench ${figure} measures ${names.join(" and ")}`;
  Deno.test({
    name: hasRedis ? name : `${name} (skipped: redis-server is not installed)`,
    ignore: !hasRedis,
    fn: () =>
      withFolder(async (folder) => {
        const { code, stdout, stderr } = await runDeno([
          ...["run", "--allow-all", "bench/harness/main.ts"],
          ...[figure, "--quick", "--rounds=1", `--only=${only}`, `--json=${folder}/results.json`],
        ]);
        assertEquals(code, 0, stdout + stderr);
        for (const each of names) assertMatch(stdout, new RegExp(`^${each} +\\d`, "m"));
      }),
  });
}
