/** A consumer in an empty folder, who gets the package from JSR. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { serveJsr } from "./support/jsr_server.ts";
import { linesOf, type Ran, ROOT, runDeno } from "./support/run_deno.ts";

const OWN_TASK = `
import { basicConfig, getLogger, Parallel, task } from "jsr:@paralog/paralog";

export const double = task(import.meta, function double(x: number) {
  getLogger("consumer").info("doubling %d", x);
  return x * 2;
});

if (import.meta.main) {
  basicConfig({ level: "INFO", format: "%(levelname)s %(processName)s %(message)s" });
  console.log(await new Parallel(2).map(double, [1, 2]));
}
`;

const BY_SOURCE = `
import { basicConfig, delayed, getLogger, Parallel } from "jsr:@paralog/paralog";

basicConfig({ level: "INFO", format: "%(levelname)s %(processName)s %(message)s" });
const double = (x: number) => {
  getLogger("consumer").info("doubling %d", x);
  return x * 2;
};
console.log(await new Parallel(2).run([1, 2].map((x) => delayed(double)(x))));
`;

const TYPED = `
import { delayed, Handler, type LogRecord, Parallel, task } from "jsr:@paralog/paralog";
import { getLogger } from "jsr:@paralog/paralog/logging";
import { Parallel as Same } from "jsr:@paralog/paralog/parallel";

export const double = task(import.meta, (x: number) => x * 2, { name: "double" });

class Console extends Handler {
  override emit({ msg }: LogRecord): void {
    console.log(msg);
  }
}
getLogger().addHandler(new Console());
const numbers: number[] = await new Same(1).run([1].map((x) => delayed(double)(x)));
const [number, flag]: [number, boolean] = await new Parallel(1).run([
  delayed(double)(1),
  delayed(async (text: string) => await Promise.resolve(text.length > 1))("x"),
]);
getLogger().warn("%j", { numbers, number, flag });
`;

const DISTRIBUTED = `
import { Parallel, task } from "jsr:@paralog/paralog";
import { bullmq, listAgents } from "jsr:@paralog/paralog/bullmq";
import "jsr:@paralog/paralog/agent";

export const double = task(import.meta, (x: number) => x * 2, { name: "double" });
const connection = "redis://127.0.0.1:1";
const slots: number[] = await listAgents({ connection })
  .then((agents) => agents.map((agent) => agent.slots), () => [1]);
const parallel = new Parallel(1, { backend: bullmq({ connection, pool: "reports" }) });
const found: string | number[] = await parallel.map(double, slots).catch(String);
console.log(found);
`;

/** What such a consumer has in the folder: BullMQ and ioredis are those of this project. */
async function haveNpmPackages(folder: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const dependencies = Object.fromEntries(
    ["bullmq", "ioredis"].map((name) => [name, imports[name].split("@").at(-1)]),
  );
  await Deno.writeTextFile(`${folder}/deno.json`, '{ "nodeModulesDir": "manual" }');
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify({ dependencies }));
  await Deno.symlink(new URL("node_modules", ROOT), `${folder}/node_modules`);
}

/** Runs a program of a consumer who has nothing yet. */
async function runAsConsumer(
  program: string,
  flags: string[],
  { missing, prepare }: { missing?: string; prepare?: (folder: string) => Promise<void> } = {},
): Promise<Ran & { requests: string[] }> {
  await using registry = await serveJsr(missing);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/app`);
    await Deno.writeTextFile(`${folder}/app/main.ts`, program);
    await prepare?.(`${folder}/app`);
    const ran = await runDeno(["run", "--quiet", ...flags, "main.ts"], {
      cwd: `${folder}/app`,
      env: { JSR_URL: registry.url, DENO_DIR: `${folder}/deno` },
    });
    return { ...ran, requests: registry.requests };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a consumer from JSR runs a task of their own module with --allow-read alone", async () => {
  const { code, stdout, stderr, requests } = await runAsConsumer(OWN_TASK, ["--allow-read"]);
  assertEquals([code, stdout], [0, "[ 2, 4 ]\n"], stderr);
  assertEquals(linesOf(stderr).map((line) => line.replace(/Worker-\d/, "Worker-N")).sort(), [
    "INFO Worker-N doubling 1",
    "INFO Worker-N doubling 2",
  ]);
  assert(requests.some((path) => path.endsWith("/src/parallel/backends/worker_entry.ts")));
});

Deno.test("a consumer from JSR runs a function by its source with no permission at all", async () => {
  const { code, stdout, stderr } = await runAsConsumer(BY_SOURCE, ["--no-prompt"]);
  assertEquals([code, stdout], [0, "[ 2, 4 ]\n"], stderr);
  assertEquals(linesOf(stderr).map((line) => line.replace(/Worker-\d/, "Worker-N")).sort(), [
    "INFO Worker-N doubling 1",
    "INFO Worker-N doubling 2",
  ]);
});

Deno.test("a consumer from JSR without --allow-read gets one warning and the same results", async () => {
  const { code, stdout, stderr } = await runAsConsumer(OWN_TASK, ["--no-prompt"]);
  assertEquals([code, stdout], [0, "[ 2, 4 ]\n"], stderr);
  const [warning, ...lines] = linesOf(stderr);
  assert(warning?.startsWith("WARN MainProcess Cannot start workers: they import "), warning);
  assert(
    warning?.includes("/app/main.ts, and Deno may not read it. Run with --allow-read"),
    warning,
  );
  assertEquals(lines, ["INFO MainProcess doubling 1", "INFO MainProcess doubling 2"]);
});

Deno.test("a worker that never starts rejects the run with the reason", async () => {
  const entry = "/src/parallel/backends/worker_entry.ts";
  const { code, stdout, stderr } = await runAsConsumer(BY_SOURCE, ["--no-prompt"], {
    missing: entry,
  });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /WorkerCrashError: Cannot run double: Worker-\d did not start: .*not found/s);
});

Deno.test("the types of the package check for a consumer", async () => {
  const { code, stdout, stderr } = await runAsConsumer(TYPED, ["--check", "--allow-read"]);
  assertEquals([code, stdout], [0, '{"numbers":[2],"number":2,"flag":false}\n'], stderr);
});

Deno.test("the doors of callers and agents are published, and their types check", async () => {
  const { code, stdout, stderr, requests } = await runAsConsumer(
    DISTRIBUTED,
    ["--check", "--no-prompt", "--allow-env"], // Neither waits for Redis where it may not connect.
    { prepare: haveNpmPackages },
  );
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^Error: Cannot use Redis at 127\.0\.0\.1:1\/0: .*--allow-net/);
  assert(requests.some((path) => path.endsWith("/src/bullmq/agent/main.ts")));
});
