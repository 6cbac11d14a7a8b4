/** The program of an agent: how it starts, what it logs, and how it ends. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { JobsByHand } from "../support/jobs_by_hand.ts";
import { redisTest } from "../support/redis_server.ts";
import { type Ran, ROOT, runDeno } from "../support/run_deno.ts";
import { unusedPort } from "../support/tcp_server.ts";

const MAIN = "src/bullmq/agent/main.ts";
const STUCK = "tests/programs/stuck_agent.ts";
const MODULE = "--allow-module=/nowhere/a.ts";

function runMain(...args: string[]): Promise<Ran> {
  return runDeno(["run", "-A", MAIN, ...args]);
}

/** A program that is sent signals, each when a line has come on stderr or stdout. */
async function signalAfter(
  args: readonly string[],
  steps: readonly (readonly [line: string, signal: Deno.Signal])[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const left = [...steps];
  let output = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const [line, signal] = left[0] ?? [];
      if (line === undefined || signal === undefined || !output.includes(line)) continue;
      left.shift();
      child.kill(signal);
    }
  };
  const [{ code }] = await Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  return { code, output };
}

Deno.test("the agent shows its help and its version", async () => {
  const help = await runMain("--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  assertMatch(help.stdout, /^Runs tasks that callers put into Redis.+--allow-module=PATTERN/s);
  const version = await runMain("--version");
  assertEquals([version.code, version.stderr], [0, ""]);
  assertMatch(version.stdout, /^paralog \d+\.\d+\.\d+\n$/);
});

Deno.test("the agent says in one line what is wrong with its arguments", async () => {
  for (
    const [args, line] of [
      [["--n-jobs=x", MODULE], /^agent: --n-jobs is "x": allowed are numbers\n$/],
      [[], /^agent: --allow-module is missing: .+\n$/],
    ] satisfies [string[], RegExp][]
  ) {
    const { code, stdout, stderr } = await runMain(...args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, line);
  }
});

Deno.test("the agent says in one line that it must see the environment", async () => {
  const flags = ["--no-prompt", "--allow-read", "--allow-sys", "--allow-net"];
  for (const more of [[], ["--allow-env=HOME"]]) {
    const { code, stdout, stderr } = await runDeno(["run", ...flags, ...more, MAIN, MODULE]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^agent: Cannot read the environment, .+ --allow-env.+\n$/);
  }
  const ignored = await runDeno(["run", ...flags, "--ignore-env", MAIN, "--version"]);
  assertEquals([ignored.code, ignored.stderr], [0, ""]);
});

Deno.test("the agent says which permission it lacks for its tasks", async () => {
  const flags = ["--allow-read", "--allow-env", `--allow-run=${Deno.execPath()}`, "--allow-sys"];
  const args = ["run", "--no-prompt", ...flags, STUCK, MODULE];
  const { code, stderr } = await runDeno([...args, "--task-allow-net=host:1"]);
  assertEquals(code, 2, stderr);
  assertMatch(
    stderr,
    /CRITICAL paralog\.agent --task-allow-…: .+ net for host:1: this program has not got/,
  );
  const without = await runDeno(["run", "--no-prompt", ...flags.toSpliced(2, 1), STUCK, MODULE]);
  assertEquals(without.code, 2, without.stderr);
  assertMatch(without.stderr, /CRITICAL paralog\.agent Cannot start processes: .+ --allow-run=/);
});

Deno.test("the agent gives up where there is no Redis, and names the place, but no password", async () => {
  const port = unusedPort();
  const { code, stdout, stderr } = await runMain(
    MODULE,
    `--redis=redis://:secret@127.0.0.1:${port}/2`,
  );
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    new RegExp(`CRITICAL paralog.agent Cannot use Redis at 127.0.0.1:${port}/2: `),
  );
  assert(!stderr.includes("secret"), stderr);
});

redisTest("the agent gives up at once where its password is wrong", async (server) => {
  const start = performance.now();
  const { code, stderr } = await runMain(MODULE, `--redis=redis://:wrong@127.0.0.1:${server.port}`);
  assertEquals(code, 1, stderr);
  assertMatch(stderr, /CRITICAL .+ the username or the password is wrong/);
  assert(performance.now() - start < 8000);
}, { password: "right" });

redisTest(
  "the agent logs what it takes, and ends with 0 at SIGTERM and at Ctrl-C",
  async (server) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { code, output } = await signalAfter(
        [MAIN, MODULE, "--allow-module=tests/", "--pool=video", "--n-jobs=3", "--name=ada"],
        [["taking jobs of pool", signal]],
        { PARALOG_REDIS_URL: `redis://:secret@127.0.0.1:${server.port}` },
      );
      assertEquals(code, 0, output);
      const place = `127.0.0.1:${server.port}/0`;
      assertStringIncludes(output, `INFO paralog.agent agent ada, version `);
      assertStringIncludes(output, `connecting to Redis at ${place}\n`);
      assertStringIncludes(output, `WARN paralog.agent Redis at ${place} keeps no log on disk`);
      assertStringIncludes(output, "INFO paralog.agent taking jobs of pool video, 3 at once\n");
      assertStringIncludes(output, "INFO paralog.agent modules: /nowhere/a.ts, tests/\n");
      assertStringIncludes(output, `INFO paralog.agent ${signal}: taking no more jobs`);
      assertStringIncludes(output, "INFO paralog.agent stopped\n");
      assert(!output.includes("secret"), output);
    }
  },
  { password: "secret" },
);

redisTest("the agent logs JSON, one object a line, and warns of --allow-source", async (server) => {
  const { code, output } = await signalAfter(
    [MAIN, "--allow-source", "--log-format=json", `--redis=${server.url}`],
    [['"allowsSource":true', "SIGTERM"]],
  );
  assertEquals(code, 0, output);
  const records = output.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(new Set(records.map(({ name }) => name)), new Set(["paralog.agent"]));
  const { pool, allowed } = records.find(({ message }) => message.startsWith("taking jobs"));
  assertEquals([pool, allowed], ["default", []]);
  const { level } = records.find(({ message }) => message.includes("runs what they like"));
  assertEquals(level, "WARN");
});

redisTest(
  "a second signal ends the agent, though its jobs and their end have none",
  async (server) => {
    for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
      const ended = await signalAfter(
        [STUCK, MODULE, `--redis=${server.url}`],
        [["taking jobs", "SIGTERM"], ["draining", signal]],
      );
      assertEquals(ended.code, code, ended.output);
      assertStringIncludes(ended.output, `WARN paralog.agent ${signal}: ending at once`);
      assertStringIncludes(ended.output, "killed\n");
    }
  },
);

Deno.test("a signal ends the agent while it waits for Redis", async () => {
  const { code, output } = await signalAfter(
    [STUCK, MODULE, `--redis=redis://127.0.0.1:${unusedPort()}`],
    [["connecting to Redis", "SIGTERM"]],
  );
  assertEquals(code, 143, output);
  assert(!output.includes("draining") && !output.includes("CRITICAL"), output);
});

redisTest("the agent logs that it can't end in order, and ends with 1", async (server) => {
  const { code, output } = await signalAfter(
    [STUCK, MODULE, `--redis=${server.url}`, "--name=fails"],
    [["taking jobs", "SIGTERM"]],
  );
  assertEquals(code, 1, output);
  assertMatch(
    output,
    /CRITICAL paralog\.agent the agent ends, for something is wrong in it\n.*Error: no end/s,
  );
});

redisTest("tasks see neither where Redis is nor more than they are allowed", async (server) => {
  await using jobs = new JobsByHand(server.url);
  const look = () => ({
    own: Deno.env.get("PARALOG_REDIS_URL"),
    tasks: Deno.env.get("REDIS_URL"),
    args: Deno.args,
    granted: (["read", "net", "run", "env"] as const)
      .filter((name) => Deno.permissions.querySync({ name }).state === "granted"),
  });
  const id = await jobs.add([delayed(look)()]);
  const running = signalAfter(
    [MAIN, "--allow-source", "--pool=test", "--task-allow-env", "--log-level=DEBUG"],
    [["has ended", "SIGTERM"]],
    { PARALOG_REDIS_URL: server.url, REDIS_URL: "redis://tasks" },
  );
  const [[value], { code, output }] = await Promise.all([jobs.values(id), running]);
  assertEquals(value, { own: undefined, tasks: "redis://tasks", args: [], granted: ["env"] });
  assertEquals(code, 0, output);
});
