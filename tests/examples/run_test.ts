import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startAgent } from "../support/agents.ts";
import { redisTest } from "../support/redis_server.ts";
import { linesOf, type Ran, runDeno } from "../support/run_deno.ts";
import { runOnTerminal } from "../support/run_on_terminal.ts";

function run(...args: string[]): Promise<Ran> {
  return runDeno(["run", "--allow-read", "examples/run.ts", ...args]);
}

const LINE =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO) (MainProcess|(?:Worker|Process)-\d+(?:@\S+)?) \d+ root (process=\w+ .*)$/;

/** The lines without time, worker and process, sorted: the order of tasks is not fixed. */
function masked(stderr: string): string[] {
  return linesOf(stderr).map((line) => {
    const [, level, , text] = LINE.exec(line) ?? [];
    assert(text, `not in the format: ${line}`);
    return `${level} ${text}`;
  }).sort();
}

const EXPECTED = [
  ...["1", "2", "3"].flatMap((n) => [
    `DEBUG process=${n} Configured logger for process: ${n}`,
    `DEBUG process=${n} Done.`,
    `DEBUG process=${n} Running process: ${n} ...`,
  ]),
  "INFO process=main Done.",
  "INFO process=main Starting ...",
];

Deno.test("run.ts prints the same lines inline and in workers", async () => {
  for (const nJobs of ["1", "3", "-1"]) {
    const { code, stdout, stderr } = await run(`--n-jobs=${nJobs}`);
    assertEquals([code, stdout], [0, `Running: nJobs=${nJobs} ...\n[ "1", "2", "3" ]\n`]);
    assertEquals(masked(stderr), EXPECTED);
    const lines = linesOf(stderr);
    assertMatch(lines[0] ?? "", /MainProcess .* Starting/);
    assertMatch(lines.at(-1) ?? "", /MainProcess .* Done\.$/);
    const workers = new Set(lines.slice(1, -1).map((line) => LINE.exec(line)?.[2]));
    const cores = navigator.hardwareConcurrency;
    const started = nJobs === "1" ? 1 : nJobs === "3" ? 3 : Math.min(3, cores);
    assertEquals(workers.has("MainProcess"), started === 1);
    assertEquals(workers.size, started);
  }
});

Deno.test("run.ts prints the same lines in processes", async () => {
  const args = ["--n-jobs=3", "--backend=processes"];
  const { code, stdout, stderr } = await runDeno(["run", "-A", "examples/run.ts", ...args]);
  assertEquals([code, stdout], [0, 'Running: nJobs=3 ...\n[ "1", "2", "3" ]\n']);
  assertEquals(masked(stderr), EXPECTED);
});

redisTest("run.ts prints the same lines on agents", async (server) => {
  const allow = ["--allow-module=examples/run.ts"];
  await using _one = await startAgent({ redis: server.url, allow });
  await using _other = await startAgent({ redis: server.url, allow });
  const args = ["--n-jobs=3", "--backend=bullmq", `--redis=${server.url}`];
  const { code, stdout, stderr } = await runDeno(["run", "-A", "examples/run.ts", ...args]);
  assertEquals([code, stdout], [0, 'Running: nJobs=3 ...\n[ "1", "2", "3" ]\n']);
  assertEquals(masked(stderr), EXPECTED);
}, { appendonly: true });

Deno.test("run.ts completes without permissions and without a terminal, after one warning", async () => {
  const { code, stdout, stderr } = await runDeno(["run", "examples/run.ts", "--n-jobs=3"]);
  assertEquals([code, stdout], [0, 'Running: nJobs=3 ...\n[ "1", "2", "3" ]\n']);
  const warnings = linesOf(stderr).filter((line) => line.includes(" WARN "));
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0] ?? "", "Run with --allow-read");
  const others = linesOf(stderr).filter((line) => !warnings.includes(line)).join("\n");
  assertEquals(masked(others), EXPECTED);
});

Deno.test("run.ts asks for the permission on a terminal, once, and heeds the answer", async () => {
  for (const [answer, where] of [["y", "Worker-1"], ["n", "MainProcess"]] as const) {
    const { code, shown } = await runOnTerminal(["run", "examples/run.ts", "--n-jobs=3"], {
      env: { NO_COLOR: "1" },
      question: "Allow?",
      answer,
    });
    assertEquals(code, 0, shown);
    assertEquals(shown.match(/Deno requests read access/g)?.length, 1);
    assertStringIncludes(shown, `DEBUG ${where} `);
    assertStringIncludes(shown, '[ "1", "2", "3" ]');
  }
});

Deno.test("run.ts refuses bad arguments with one line that says what is allowed", async () => {
  const bad: [string[], string][] = [
    [["--n-jobs=0"], '--n-jobs is "0"'],
    [["--n-jobs=x"], '--n-jobs is "x"'],
    [["--n-jobs=1.5"], '--n-jobs is "1.5"'],
    [["--n-jobs=99999999999999999999"], '--n-jobs is "99999999999999999999"'],
    [[], "--n-jobs is missing"],
    [["--n-jobs=3", "--backend=x"], '--backend is "x"'],
    [["--n-jobs=3", "--redis=redis://a"], "--redis is given"],
    [["--n-jobs=3", "--foo"], "unknown argument --foo"],
    [["--n-jobs=3", "extra"], "unknown argument extra"],
  ];
  for (const [args, text] of bad) {
    const { code, stdout, stderr } = await run(...args);
    assertEquals([code, stdout, linesOf(stderr).length], [2, "", 1], args.join(" "));
    assertStringIncludes(stderr, text);
    assertStringIncludes(stderr, "allowed are");
  }
});

Deno.test("run.ts shows help", async () => {
  for (const flag of ["--help", "-h"]) {
    const { code, stdout } = await run(flag);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "--n-jobs=N");
  }
});
