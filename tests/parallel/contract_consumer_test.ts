/** The contract of backends, as those use it who write one. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Contract } from "../../src/testing/contract.ts";
import { withFolder } from "../support/log_folder.ts";
import { serveJsr } from "../support/jsr_server.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

const CONSUMER = `
import { type Backend, ProcessesBackend } from "jsr:@paralog/paralog@^0.1.0";
import { testBackend } from "jsr:@paralog/paralog@^0.1.0/testing";

const backend: Backend = new ProcessesBackend({ flags: ["--v8-flags=--max-old-space-size=512"] });
testBackend("mine", {
  backend,
  noSharedMemory: "a process has its own memory",
  closing: { kind: "exit", code: 0 },
  skip: [{ reason: "not today", tests: ["stream() gives each result once, in any order"] }],
});
`;

Deno.test("a consumer from JSR tests a backend of their own", () =>
  withFolder(async (folder) => {
    await using registry = await serveJsr();
    await Deno.mkdir(`${folder}/app`);
    await Deno.writeTextFile(`${folder}/app/backend_test.ts`, CONSUMER);
    const filter = "--filter=/: (records|each task|stream|a SharedArrayBuffer|the initializer)/";
    const { code, stdout, stderr } = await runDeno(
      ["test", "--quiet", "--allow-all", filter, "backend_test.ts"],
      { cwd: `${folder}/app`, env: { JSR_URL: registry.url, DENO_DIR: `${folder}/deno` } },
    );
    assertEquals(code, 0, stdout + stderr);
    const skipped = linesOf(stdout).filter((line) => line.includes("ignored (")).map((line) =>
      line.replace(/ \.\.\. .*/, "")
    );
    assertEquals(skipped, [
      "mine: a SharedArrayBuffer is the same memory in a task " +
      "(skipped: a process has its own memory)",
      "mine: stream() gives each result once, in any order (skipped: not today)",
    ]);
    const task = /\/src\/testing\/tasks\/logs\.ts$/;
    assert(registry.requests.some((path) => task.test(path)), "tasks come from the package");
  }));

/** A test of the contract that each of the faults breaks. */
const FOUND = {
  "mixes results up": "run() returns results in the order of the calls",
  "loses records": "records of a task without handlers reach the caller's, before its result",
  "is deaf": "calls of a batch that have ended do not take its grace from the one that runs",
  "forgets the initializer": "the initializer runs once in each worker, before its first call",
};

Deno.test("testBackend() finds what is wrong with a backend", async () => {
  const names = Object.entries(FOUND).map(([name, title]) => `${name}: ${title}`);
  const { code, stdout } = await runDeno([
    ...[
      "test",
      "--no-check",
      "--allow-all",
      `--filter=/^(${names.map(RegExp.escape).join("|")})$/`,
    ],
    "tests/programs/faulty_backends.ts",
  ]);
  assertEquals(code, 1);
  for (const name of names) assertStringIncludes(stdout, `${name} ... FAILED (`);
});

Deno.test("a subject can't skip a test that is not there", () => {
  const skip = [{ reason: "a typo", tests: ["stream() is nice"] }];
  const contract = new Contract("mine", { backend: "inline", skip });
  assertThrows(
    () => contract.checkSkipped(),
    RangeError,
    'Cannot skip "stream() is nice": there is no such test. Give its name without "mine: "',
  );
});
