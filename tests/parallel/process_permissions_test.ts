/** What tasks in processes may do: never more than was asked for, nor than the program may. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { checkPermissions } from "../../src/parallel/options/permissions.ts";
import { double } from "../programs/process_nested.ts";
import { withFolder } from "../support/log_folder.ts";
import { echo } from "../support/process_tasks.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

const RUN_DENO = `--allow-run=${Deno.execPath()}`;

/** What each process can do. */
const ALWAYS = ["import what its module imports"];

/** What a task does with the flags of its program, and its own permissions. FOLDER is a folder of the test. */
const CASES: readonly {
  readonly flags: readonly string[];
  readonly permissions: unknown;
  readonly done: readonly string[];
}[] = [
  { flags: ["-A"], permissions: "none", done: [] },
  { flags: [RUN_DENO, "--allow-env"], permissions: "none", done: [] },
  {
    flags: [RUN_DENO, "--allow-env"],
    permissions: "inherit",
    done: ["env PARALOG_A", "env PARALOG_B"],
  },
  {
    flags: ["-A"],
    permissions: "inherit",
    done: [
      "read its module",
      "import a file",
      "import from a host",
      "read open",
      "read open/secret",
      "write",
      "net 127.0.0.1:1",
      "net 127.0.0.1:2",
      "env PARALOG_A",
      "env PARALOG_B",
      "sys",
      "run sh",
      "read the memory of its process",
    ],
  },
  // What the program has in part, it hands on in part, with what is denied of it.
  {
    flags: [RUN_DENO, "--allow-env", "--deny-env=PARALOG_B", "--allow-read=FOLDER/open"]
      .concat("--deny-read=FOLDER/open/secret", "--allow-net=127.0.0.1:1", "--allow-sys=hostname"),
    permissions: "inherit",
    done: ["import a file", "read open", "net 127.0.0.1:1", "env PARALOG_A", "sys"],
  },
  {
    flags: [
      "-A",
      "--deny-net=127.0.0.1:2",
      "--deny-read=FOLDER/open/secret",
      "--ignore-env=PARALOG_A",
    ],
    permissions: { read: true, net: ["127.0.0.1"], env: "inherit", import: "inherit" },
    done: ["read its module", "import a file", "import from a host", "read open", "net 127.0.0.1:1"]
      .concat("env PARALOG_A", "env PARALOG_B"), // What is ignored is not there, but nothing is thrown.
  },
  {
    flags: ["-A"],
    permissions: { import: ["HOST"] },
    done: ["import from a host"],
  },
  {
    flags: [
      RUN_DENO,
      "--allow-env",
      "--allow-import=HOST,jsr.io:443",
    ],
    permissions: { import: "inherit", env: ["PARALOG_A"] },
    done: ["import from a host", "env PARALOG_A"],
  },
  {
    flags: ["-A"],
    permissions: { read: ["FOLDER/open/secret"], env: ["PARALOG_B"], run: ["sh"] },
    done: ["read open/secret", "env PARALOG_B", "run sh"],
  },
  { flags: ["-A"], permissions: { write: ["FOLDER"], net: false, sys: [] }, done: ["write"] },
];

for (const { flags, permissions, done } of CASES) {
  const what = JSON.stringify(permissions);
  Deno.test(`a task with ${what} of ${short(flags)} does ${done.length || "no"} things`, () =>
    withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/open/secret`, { recursive: true });
      await Deno.writeTextFile(`${folder}/open/module.js`, "export {};\n");
      await Deno.writeTextFile(`${folder}/open/secret/text`, "text\n");
      let requests = 0;
      const serve = () => {
        requests++;
        return new Response("export {};", { headers: { "content-type": "text/javascript" } });
      };
      const where = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
      await using server = Deno.serve(where, serve);
      const host = `127.0.0.1:${server.addr.port}`;
      const put = (text: string) => text.replaceAll("FOLDER", folder).replaceAll("HOST", host);
      const { code, stdout, stderr } = await runDeno(
        ["run", "--no-prompt", ...flags.map(put), "tests/programs/process_permissions.ts"]
          .concat(folder, put(what), host),
        { env: { PARALOG_A: "a", PARALOG_B: "b" } },
      );
      assertEquals([code, stderr], [0, ""]);
      assertEquals(linesOf(stdout).toSorted(), [...ALWAYS, ...done].toSorted());
      assertEquals(requests, Number(done.includes("import from a host")));
    }));
}

/** What a program may not give, as it has not got it. */
const REFUSED: readonly [flags: readonly string[], permissions: unknown, text: string][] = [
  [
    [],
    { read: true },
    "the permission read: this program has not got all of it. Run it with --allow-read, or",
  ],
  [
    ["--allow-read=/tmp"],
    { read: true },
    "the permission read: this program has not got all of it",
  ],
  [
    ["--allow-read", "--deny-read=/etc"],
    { read: ["/etc"] },
    "the permission read for /etc: this program",
  ],
  [
    ["--allow-read=/tmp"],
    { read: ["/tmp/a", "/tmp/../etc"] },
    "the permission read for /tmp/../etc",
  ],
  [
    [],
    { write: ["a,b"] },
    "the permission write for a,b: this program has not got it. Run it with --allow-write=a,,b",
  ],
  [["--allow-net=example.com:443"], { net: ["example.com"] }, "the permission net for example.com"],
  [["--allow-net=*.example.com"], { net: ["*.com"] }, "the permission net for *.com"],
  [["--deny-env=SECRET"], { env: ["SECRET"] }, "the permission env for SECRET"],
  [["--allow-sys=uid"], { sys: ["hostname"] }, "the permission sys for hostname"],
  [[], { run: ["sh"] }, "the permission run for sh"],
  [[], { ffi: true }, "the permission ffi"],
  [
    ["--deny-import=example.com:443"],
    { import: ["example.com:443"] },
    "the permission import for example.com:443",
  ],
];

for (const [flags, permissions, text] of REFUSED) {
  const what = JSON.stringify(permissions);
  Deno.test(`a run with ${what} is refused where the program has ${short(flags) || "none"}`, async () => {
    const { code, stdout, stderr } = await runDeno(
      ["run", "--no-prompt", RUN_DENO, "--allow-env", ...flags]
        .concat("tests/programs/process_permissions.ts", "/tmp", what),
    );
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `NotCapable: Cannot give tasks ${text}`);
  });
}

Deno.test("a task that may do nothing is found, in whatever module it is, and however late", async () => {
  await using parallel = new Parallel(1, { backend: new ProcessesBackend(), permissions: "none" });
  assertEquals(await parallel.run([delayed(echo)(1)]), [1]);
  const calls = [
    delayed(echo)(2),
    delayed(double)(3),
    delayed((x: number) => -x)(4),
    delayed(echo)(5),
  ];
  assertEquals(await parallel.run(calls), [2, 6, -4, 5]);
  assertEquals(await parallel.run([delayed(double)(6)]), [12]);
});

Deno.test("checkPermissions() takes what Deno takes, with paths for URLs, as a copy", () => {
  const read = ["a", new URL("file:///b%20c")];
  const checked = checkPermissions({ read, net: true, env: "inherit", run: undefined });
  read.push("/etc");
  assertEquals(checked, { read: ["a", "/b c"], net: true, env: "inherit" });
  assertEquals(checkPermissions("none"), "none");
  assertEquals(checkPermissions("inherit"), "inherit");
});

const WRONG: readonly [option: unknown, text: string][] = [
  [
    "all",
    'Cannot run tasks with "all" as permissions: give "inherit", "none", or an object with read, write,',
  ],
  [true, "Cannot run tasks with true as permissions"],
  [["read"], "as permissions: give"],
  [
    { reed: true },
    'unknown option "reed", allowed are read, write, net, env, sys, run, ffi, import',
  ],
  [
    { read: "/etc" },
    'read is "/etc", allowed are true, false, "inherit", and a list of paths or URLs',
  ],
  [{ net: [80] }, "net[0] is 80, allowed is a string without commas"],
  [{ env: ["A,B"] }, 'env[0] is "A,B", allowed is a string without commas'],
  [{ read: ["a", ""] }, 'read[1] is "", allowed is a path, or the URL of a file'],
  [{ read: [new URL("https://example.com")] }, "read[0] is URL"],
];

for (const [option, text] of WRONG) {
  Deno.test(`checkPermissions() refuses ${JSON.stringify(option)}`, () => {
    assertThrows(() => checkPermissions(option), TypeError, text);
  });
}

function short(flags: readonly string[]): string {
  return flags.map((flag) => flag.replace(Deno.execPath(), "deno")).join(" ");
}
