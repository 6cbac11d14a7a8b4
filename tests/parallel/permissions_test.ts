/** docs/permissions.md says what each backend needs; here it is run with exactly that, and with less. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../support/log_folder.ts";
import { serveJsr } from "../support/jsr_server.ts";
import { linesOf, type Ran, ROOT, runDeno } from "../support/run_deno.ts";

/** A row of the table. */
interface Row {
  readonly backend: string;
  readonly tasks: string;
  /** The flags where paralog comes from JSR, and where it is there as files. */
  readonly flags: readonly (readonly string[])[];
}

const rows = readTable(await Deno.readTextFile(new URL("docs/permissions.md", ROOT)));

function readTable(text: string): Row[] {
  const lines = linesOf(text).filter((line) => line.startsWith("|"));
  assertStringIncludes(lines[0] ?? "", "| paralog from JSR");
  return lines.slice(2).map((line) => {
    const [backend = "", tasks = "", ...flags] = line.slice(1, -1).split("|").map((cell) =>
      cell.trim()
    );
    return { backend, tasks, flags: flags.map((cell) => cell.match(/--[^ `]+/g) ?? []) };
  });
}

const PROGRAM = "tests/programs/permissions.ts";

/** What a flag names, where the program is that of this project. */
const HERE = { app: `tests/programs`, paralog: "src,mod.ts", deno: Deno.execPath() };

function put(flag: string, names: Readonly<Record<string, string>>): string {
  const [name, list = ""] = flag.split("=");
  return list ? `${name}=${list.split(",").map((item) => names[item] ?? item).join(",")}` : flag;
}

Deno.test("the table of permissions is about each backend", () => {
  assertEquals(
    new Set(rows.map(({ backend }) => backend)),
    new Set(["inline", "workers", "processes"]),
  );
  assertEquals(rows.length, 6);
});

for (const { backend, tasks, flags: [jsr = [], files = []] } of rows) {
  const what = `${backend} runs tasks ${tasks}`;

  Deno.test(`${what} with ${files.join(" ") || "no flags"}, where paralog is there as files`, async () => {
    const given = files.map((flag) => put(flag, HERE));
    await assertNeeded(
      given,
      (flags) => runDeno(["run", "--no-prompt", ...flags, PROGRAM, backend, tasks]),
    );
  });

  Deno.test(`${what} with ${jsr.join(" ") || "no flags"}, where paralog is from JSR`, () =>
    withFolder(async (folder) => {
      await using registry = await serveJsr();
      await Deno.mkdir(`${folder}/app`);
      const program = await Deno.readTextFile(new URL(PROGRAM, ROOT));
      const main = program.replace(
        '"@paralog/paralog/parallel"',
        '"jsr:@paralog/paralog@^0.1.0/parallel"',
      );
      await Deno.writeTextFile(`${folder}/app/main.ts`, main);
      const options = { cwd: folder, env: { JSR_URL: registry.url, DENO_DIR: `${folder}/deno` } };
      const args = ["app/main.ts", backend, tasks];
      const given = jsr.map((flag) => put(flag, { ...HERE, app: `${folder}/app` }));
      await assertNeeded(
        given,
        (flags) => runDeno(["run", "--quiet", "--no-prompt", ...flags, ...args], options),
      );
    }));
}

/** A program works with flags, and says what is missing if one of them is left out. */
async function assertNeeded(
  flags: readonly string[],
  run: (flags: readonly string[]) => Promise<Ran>,
): Promise<void> {
  const ran = await run(flags);
  assertEquals([ran.code, ran.stdout, ran.stderr], [0, "[ 2, 4 ]\n", ""]);
  for (const left of flags) {
    const { code, stdout, stderr } = await run(flags.filter((flag) => flag !== left));
    assertEquals([code, stdout], [1, ""], left);
    const [line = ""] = linesOf(stderr);
    assertStringIncludes(line, "NotCapable: Cannot start ");
    assert(line.includes(left) || line.endsWith(left.split("=")[0] ?? ""), line);
  }
}
