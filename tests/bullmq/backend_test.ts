/** What callers see of agents, beyond what every backend does: see contract_test.ts. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  delayed,
  getLogger,
  Parallel,
  withCleanRootLogger,
  WorkerCrashError,
} from "@paralog/paralog";
import {
  AgentRefusalError,
  bullmq,
  listAgents,
  PayloadTooLongError,
} from "@paralog/paralog/bullmq";
import { square } from "../../src/testing/tasks/values.ts";
import { inBackground, untilTrue } from "../../src/testing/patience.ts";
import { watchRoot } from "../../src/testing/watched_handler.ts";
import { startAgent } from "../support/agents.ts";
import { type RedisServer, redisTest as testOn } from "../support/redis_server.ts";
import {
  logNumber,
  logUntil,
  longText,
  markAndWaitFor,
  surroundings,
} from "../support/remote_tasks.ts";
import { runDeno } from "../support/run_deno.ts";
import { unusedPort } from "../support/tcp_server.ts";

/** With a log on disk, without which callers are warned. */
function redisTest(name: string, fn: (server: RedisServer) => Promise<void>): void {
  testOn(name, fn, { appendonly: true });
}

const JOBS = "{paralog:default}:jobs";

function parallelOn(server: RedisServer, nJobs = 2): Parallel {
  return new Parallel(nJobs, { backend: bullmq({ connection: server.url }), batchSize: 1 });
}

redisTest("an agent refuses a module that is not on its list, and goes on", async (server) => {
  const allow = ["--allow-module=tests/support/remote_tasks.ts"];
  await using _agent = await startAgent({ redis: server.url, allow });
  await using parallel = parallelOn(server);
  const [refused, source, done] = await parallel.runSettled([
    delayed(square)(2),
    delayed((x: number) => x)(3),
    delayed(logNumber)(4),
  ]);
  for (
    const [result, text] of [[refused, "src/testing/tasks/values.ts"], [source, "--allow-source"]]
  ) {
    const { status, reason } = result as PromiseRejectedResult;
    assertEquals(status, "rejected");
    assertInstanceOf(reason, AgentRefusalError);
    assertStringIncludes(reason.message, text as string);
    // Who sees it wants to know where the call was dispatched, and nothing of the way of the answer.
    const frames = reason.stack?.split("\n").filter((line) => line.startsWith("    at "));
    assert(frames?.length && frames.every((line) => line.includes("/tests/")), reason.stack);
  }
  assertEquals(done, { status: "fulfilled", value: 4 });
});

redisTest("an agent refuses a batch that is longer than its limit, and goes on", async (server) => {
  await using _agent = await startAgent({ redis: server.url, args: ["--max-payload=1"] });
  await using parallel = parallelOn(server);
  const noise = crypto.getRandomValues(new Uint8Array(65536));
  const long = Array.from({ length: 40 }, () => noise.slice().map((x) => x ^ Math.random() * 256));
  const take = delayed((parts: Uint8Array[]) => parts.length);
  const error = await assertRejects(() => parallel.run([take(long)]), AgentRefusalError);
  assertStringIncludes(error.message, "--max-payload");
  // A result that is too long is the failure of its own call.
  const [result, other] = await parallel.runSettled([delayed(longText)(3e6), delayed(longText)(8)]);
  assertStringIncludes(String((result as PromiseRejectedResult).reason), "--max-payload");
  assertEquals(other?.status, "fulfilled");
});

redisTest("an agent refuses what is no job of ours, and goes on", async (server) => {
  await using _agent = await startAgent({ redis: server.url });
  const { Queue } = await import("bullmq");
  const queue = new Queue("jobs", {
    connection: { host: "127.0.0.1", port: server.port },
    prefix: "{paralog:default}",
  });
  for (const [index, data] of [null, "text", { protocol: 1, run: "r", body: "AAAA" }].entries()) {
    await queue.add("batch", data, { jobId: `broken-${index}` });
  }
  await untilTrue(
    async () => await server.command("ZCARD", `${JOBS}:failed`) === "3",
    "three failed jobs",
  );
  await queue.close();
  await using parallel = parallelOn(server);
  assertEquals(await parallel.map(logNumber, [5]), [5]);
});

redisTest(
  "a batch that is too long is sent as several; a call that is too long fails",
  async (server) => {
    await using _agent = await startAgent({ redis: server.url });
    const backend = bullmq({ connection: server.url, maxPayload: 100_000 });
    await using parallel = new Parallel(1, { backend, batchSize: 8 });
    const length = delayed((bytes: Uint8Array<ArrayBuffer>) => bytes.length);
    const noise = (size: number) => crypto.getRandomValues(new Uint8Array(size));
    const sizes = Array.from({ length: 20 }, (_, index) => 20_000 + index);
    assertEquals(await parallel.run(sizes.map((size) => length(noise(size)))), sizes);
    const results = await parallel.runSettled([
      length(noise(10)),
      length(noise(60_000)),
      length(new Uint8Array([...noise(60_000), ...noise(60_000)])),
      length(noise(30)),
    ]);
    assertEquals(results.map(({ status }) => status), [
      ...["fulfilled", "fulfilled", "rejected", "fulfilled"],
    ]);
    assertInstanceOf((results[2] as PromiseRejectedResult).reason, PayloadTooLongError);
  },
);

redisTest("a changed level reaches a running task", (server) =>
  withCleanRootLogger(async () => {
    const handler = watchRoot();
    const folder = await Deno.makeTempDir();
    await using _agent = await startAgent({ redis: server.url });
    await using parallel = parallelOn(server);
    getLogger().setLevel("INFO");
    const running = inBackground(
      parallel.run([delayed(logUntil)(`${folder}/gate`), delayed(logNumber)(1)]),
    );
    await handler.until(1); // The number: tasks run.
    const before = performance.now();
    getLogger("remote").setLevel("DEBUG");
    await handler.until(2);
    assertEquals(handler.messages, ["number 1", "a detail"]);
    assert(performance.now() - before < 1000, "within a second");
    await Deno.writeTextFile(`${folder}/gate`, "");
    await running;
    await Deno.remove(folder, { recursive: true });
  }));

redisTest("what tasks print on another machine is printed by the caller", async (server) => {
  await using _agent = await startAgent({ redis: server.url });
  const program = "tests/programs/remote_output.ts";
  const { code, stdout, stderr } = await runDeno(["run", "-A", "--no-check", program, server.url]);
  assertEquals(code, 0, stderr);
  const outs = ["a", "b"].map((name) => `out of ${name}\nno newline of ${name}`);
  assertEquals(stdout, `${outs.join("")}all done\n`);
  const errors = stderr.split("\n").filter((line) => line.startsWith("error of"));
  assertEquals(errors, ["error of a", "error of b"]);
});

redisTest(
  "jobs that wait are taken back when a run is stopped, those that run are told",
  async (server) => {
    const folder = await Deno.makeTempDir();
    await using _agent = await startAgent({ redis: server.url, slots: 1 });
    await using parallel = parallelOn(server, 3);
    const stop = new AbortController();
    const names = ["a", "b", "c"];
    const running = inBackground(parallel.run(
      names.map((name) => delayed(markAndWaitFor)(`${folder}/marks`, name, `${folder}/gate`)),
      { signal: stop.signal },
    ));
    await untilTrue(
      async () =>
        await server.command("LLEN", `${JOBS}:wait`) === "2" && await has(folder, "marks"),
      "one job that runs, and two that wait",
    );
    stop.abort(new Error("enough"));
    await assertRejects(() => running, Error, "enough");
    const states = ["wait", "active"].map((state) => server.command("LLEN", `${JOBS}:${state}`));
    assertEquals(await Promise.all(states), ["0", "0"]);
    const marks = (await Deno.readTextFile(`${folder}/marks`)).trimEnd().split("\n");
    assertEquals(marks.length, 1);
    await Deno.remove(folder, { recursive: true });
  },
);

redisTest("a job that is gone rejects: its result is lost", async (server) => {
  await using parallel = parallelOn(server, 1); // There is no agent.
  const running = inBackground(parallel.runSettled([delayed(logNumber)(1), delayed(logNumber)(2)]));
  await untilTrue(async () => await server.command("LLEN", `${JOBS}:wait`) === "1", "a job");
  await server.command("FLUSHALL");
  await using _agent = await startAgent({ redis: server.url });
  const [lost, done] = await running;
  const { reason } = lost as PromiseRejectedResult;
  assertInstanceOf(reason, WorkerCrashError);
  assertEquals(reason.reason.kind, "lost");
  assertStringIncludes(reason.message, "result lost");
  assertEquals(done, { status: "fulfilled", value: 2 });
});

redisTest(
  "records that Redis cut from the stream are counted and reported",
  (server) =>
    withCleanRootLogger(async () => {
      const handler = watchRoot();
      const folder = await Deno.makeTempDir();
      await using _agent = await startAgent({ redis: server.url });
      await using parallel = parallelOn(server, 1);
      getLogger().setLevel("DEBUG");
      const running = inBackground(parallel.run([delayed(logUntil)(`${folder}/gate`)]));
      await handler.until(1);
      const [stream = ""] = redisCli(server, "--scan", "--pattern", "*:stream:*").split("\n");
      // From here on the caller is blocked: one reply is on its way to it, no more.
      while (Number(redisCli(server, "XLEN", stream)) < 20);
      redisCli(server, "XTRIM", stream, "MAXLEN", "0");
      Deno.writeTextFileSync(`${folder}/gate`, "");
      await running;
      const { emitted, dropped } = parallel.stats.records;
      const lost = handler.records.filter(({ levelName }) => levelName === "WARN");
      assertEquals(lost.length, 1, handler.messages.join("\n"));
      assertStringIncludes(lost[0]?.msg ?? "", `${dropped} records of Process-1@`);
      assert(dropped > 10, `${dropped}`);
      const written = handler.messages.filter((text) => text === "a detail").length;
      assertEquals(emitted, written + dropped);
      await Deno.remove(folder, { recursive: true });
    }),
);

/** Asks the server while this thread stands still. */
function redisCli(server: RedisServer, ...args: string[]): string {
  const all = ["-p", String(server.port), ...args];
  const { stdout } = new Deno.Command("redis-cli", { args: all }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

redisTest(
  "callers and runs do not mix: each gets its own results and records",
  (server) =>
    withCleanRootLogger(async () => {
      await using _agent = await startAgent({ redis: server.url });
      const own = async (base: number) => {
        return await withCleanRootLogger(async () => {
          const handler = watchRoot();
          await using parallel = parallelOn(server);
          const numbers = Array.from({ length: 20 }, (_, index) => base + index);
          const results = await Promise.all([
            parallel.map(logNumber, numbers),
            parallel.map(logNumber, numbers),
          ]);
          assertEquals(results, [numbers, numbers]);
          const expected = [...numbers, ...numbers].map((number) => `number ${number}`);
          assertEquals(handler.messages.toSorted(), expected.toSorted());
        });
      };
      await Promise.all([own(1000), own(2000), own(3000)]);
    }),
);

redisTest("tasks see the arguments of their caller", async (server) => {
  await using _agent = await startAgent({ redis: server.url });
  await using parallel = parallelOn(server, 1);
  const [{ args }] = await parallel.run([delayed(surroundings)()]);
  assertEquals(args, Deno.args);
});

redisTest("a caller without agents says so, once", (server) =>
  withCleanRootLogger(async () => {
    const handler = watchRoot();
    await using parallel = parallelOn(server);
    const running = inBackground(parallel.map(logNumber, [1, 2]));
    await handler.until(1);
    assertStringIncludes(handler.messages[0] ?? "", "No agent takes calls");
    await using _agent = await startAgent({ redis: server.url });
    assertEquals(await running, [1, 2]);
    assertEquals(handler.records.filter(({ levelName }) => levelName === "WARN").length, 1);
    assertEquals((await listAgents({ connection: server.url })).map(({ slots }) => slots), [2]);
  }));

Deno.test("where there is no Redis, a run rejects and says where it was looked for", async () => {
  const port = unusedPort();
  const parallel = new Parallel(2, { backend: bullmq({ connection: { port } }) });
  const error = await assertRejects(() => parallel.map(logNumber, [1]), Error);
  assertStringIncludes(error.message, `Cannot use Redis at 127.0.0.1:${port}`);
});

testOn("a wrong password is said, and not shown", async (server) => {
  const connection = { port: server.port, password: "wrong-secret" };
  const parallel = new Parallel(2, { backend: bullmq({ connection }) });
  const error = await assertRejects(() => parallel.map(logNumber, [1]), Error);
  assertStringIncludes(error.message, "password");
  assert(!Deno.inspect(error).includes("wrong-secret"));
}, { password: "right" });

async function has(folder: string, name: string): Promise<boolean> {
  return await hasNow(`${folder}/${name}`);
}

async function hasNow(file: string): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch {
    return false;
  }
}
