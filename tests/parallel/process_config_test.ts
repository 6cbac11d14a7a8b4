/** Processes have what their program has: its configuration, import map, packages and flags of Deno. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../support/log_folder.ts";
import { serveJsr } from "../support/jsr_server.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

/** A program whose task, in a process, says what it has. It imports the library as it was published. */
const MAIN = `
import { delayed, Parallel, ProcessesBackend, task } from "jsr:@paralog/paralog@^0.1.0";
IMPORT
export const look = task(import.meta, async function look() {
  return [FOUND, Deno.mainModule, import.meta.main].join(" ");
});
export const lookFurtherDown = task(import.meta, async function lookFurtherDown() {
  return (await new Parallel(1, { backend: new ProcessesBackend() }).run([delayed(look)()]))[0];
});

if (import.meta.main) {
  const parallel = new Parallel(2, { backend: new ProcessesBackend() });
  for (const found of await parallel.run([delayed(look)(), delayed(lookFurtherDown)()])) {
    console.log("found:", found);
  }
}
`;

/** A program in a folder, how it is run there, and what its tasks find. */
interface Case {
  readonly name: string;
  /** Beside the program, which is in "app/". */
  readonly files: Readonly<Record<string, unknown>>;
  /** What the program imports, beside the library. */
  readonly imports?: string;
  /** An expression. */
  readonly found: string;
  /** What Deno is to do first. */
  readonly before?: readonly string[];
  /** Whether nothing has been downloaded before. */
  readonly isFresh?: boolean;
  readonly args: readonly string[];
  /** The value of the expression. */
  readonly expected: string;
}

const MAPPED = { "mapped": "./inner/mapped.ts" };
const IMPORT_MAPPED = 'import { factor } from "mapped";';
const INNER = { "app/inner/mapped.ts": "export const factor = 3;\n" };
const LIMITED = [
  "--no-prompt",
  "--allow-env",
  `--allow-run=${Deno.execPath()}`,
];

const CASES: readonly Case[] = [
  {
    name: "the deno.json beside the main module",
    files: { ...INNER, "app/deno.json": { imports: MAPPED } },
    imports: IMPORT_MAPPED,
    found: "factor",
    args: ["run", "-A", "app/main.ts"],
    expected: "3",
  },
  {
    name: "the deno.json above the main module, without a permission to read it",
    files: { ...INNER, "deno.json": { imports: { mapped: "./app/inner/mapped.ts" } } },
    imports: IMPORT_MAPPED,
    found: "factor",
    args: ["run", ...LIMITED, "app/main.ts"],
    expected: "3",
  },
  {
    name: "the deno.json of a workspace",
    files: {
      ...INNER,
      "deno.json": { workspace: ["./app"], imports: { other: "./app/inner/mapped.ts" } },
      "app/deno.json": { imports: MAPPED },
    },
    imports: `${IMPORT_MAPPED} import { factor as other } from "other";`,
    found: "factor + other",
    args: ["run", "-A", "app/main.ts"],
    expected: "6",
  },
  {
    name: "a package.json and its packages",
    files: {
      "app/package.json": {
        type: "module",
        dependencies: { odd: "1.0.0" },
        imports: { "#in": "./in.js" },
      },
      "app/in.js": "export const inner = 4;\n",
      "app/node_modules/odd/package.json": { name: "odd", version: "1.0.0", main: "odd.js" },
      "app/node_modules/odd/odd.js": "module.exports.odd = 5;\n",
    },
    imports: 'import { odd } from "odd"; import { inner } from "#in";',
    found: "odd + inner",
    args: ["run", "-A", "app/main.ts"],
    expected: "9",
  },
  {
    name: "a configuration that was named",
    files: { ...INNER, "other.json": { imports: { mapped: "./app/inner/mapped.ts" } } },
    imports: IMPORT_MAPPED,
    found: "factor",
    args: ["run", "--config", "other.json", "-A", "app/main.ts"],
    expected: "3",
  },
  {
    name: "an import map that was named, without its deno.json and with few permissions",
    files: {
      ...INNER,
      "app/deno.json": "not JSON",
      "map.json": { imports: { mapped: "./app/inner/mapped.ts" } },
    },
    imports: IMPORT_MAPPED,
    found: "factor",
    args: ["run", "--import-map=map.json", "--no-config", ...LIMITED, "app/main.ts"],
    expected: "3",
  },
  {
    name: "unstable features, flags of V8, its location and modules that come first",
    files: { "first.ts": "globalThis.first = 1;\n" },
    found: "typeof Deno.openKv, typeof gc, location.href, globalThis.first",
    args: ["run", "-A", "--unstable-kv", "--v8-flags=--expose-gc", "--location=http://a.b/"]
      .concat("--preload=./first.ts", "app/main.ts"),
    expected: "function function http://a.b/ 1",
  },
  {
    name: "what has been downloaded",
    files: {},
    before: ["cache", "app/main.ts"],
    isFresh: true,
    found: '"it"',
    args: ["run", "-A", "--cached-only", "app/main.ts"],
    expected: "it",
  },
  {
    name: "a lock file that must not change",
    files: { "deno.json": {} },
    before: ["cache", "--lock=a.lock", "app/main.ts"],
    found: '"it"',
    args: ["run", "-A", "--lock=a.lock", "--frozen", "app/main.ts"],
    expected: "it",
  },
];

Deno.test("processes have the configuration of their program", (t) =>
  withFolder(async (folder) => {
    await using registry = await serveJsr();
    for (const { name, files, imports, found, before, isFresh, args, expected } of CASES) {
      await t.step(name, async () => {
        const env = {
          JSR_URL: registry.url,
          DENO_DIR: `${folder}/deno${isFresh ? name.length : ""}`,
        };
        const cwd = await writeProgram(`${folder}/${name.replaceAll(" ", "_")}`, files);
        const main = MAIN.replace("IMPORT\n", `${imports ?? ""}\n`).replace("FOUND", found);
        await Deno.writeTextFile(`${cwd}/app/main.ts`, main);
        if (before) await runDeno(before, { cwd, env });
        const ran = await runDeno(args, { cwd, env });
        assertEquals(ran.code, 0, ran.stderr);
        const line = `found: ${expected} file://${await Deno.realPath(cwd)}/app/main.ts false\n`;
        assertEquals(ran.stdout, line.repeat(2));
      });
    }
  }));

async function writeProgram(folder: string, files: Case["files"]): Promise<string> {
  await Deno.mkdir(`${folder}/app`, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/[^/]*$/, ""), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  return folder;
}

/** How else programs are run, in a folder with a configuration; their tasks must find what it maps. */
const WAYS: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, unknown>>;
}[] = [
  {
    name: "deno task",
    args: ["task", "--quiet", "go"],
    files: {
      "deno.json": { tasks: { go: "deno run -A --import-map=map.json main.ts" } },
      "map.json": { imports: { mapped: "./mapped.ts" } },
      "main.ts": "MAIN",
    },
  },
  {
    name: "deno test",
    args: ["test", "-A", "main_test.ts"],
    files: { "deno.json": { imports: { mapped: "./mapped.ts" } }, "main_test.ts": "MAIN" },
  },
  {
    name: "deno eval",
    args: ["eval", "--import-map=map.json", "MAIN"],
    files: { "map.json": { imports: { mapped: "./mapped.ts" } } },
  },
  {
    name: "a Web Worker",
    args: ["run", "-A", "--config=other.json", "start.ts"],
    files: {
      "other.json": { imports: { mapped: "./mapped.ts" } },
      "start.ts": 'new Worker(new URL("./main.ts", import.meta.url), { type: "module" });',
      "main.ts": "MAIN",
    },
  },
];

/** Says what a function finds that is sent by its source, and is imported by a name of the import map. */
const BY_SOURCE = `
import { delayed, Parallel, ProcessesBackend } from "jsr:@paralog/paralog@^0.1.0";
const find = async () => (await import("mapped")).factor;
const run = async () => {
  const parallel = new Parallel(1, { backend: new ProcessesBackend() });
  console.log("found:", ...await parallel.run([delayed(find)()]));
};
if (globalThis.Deno?.mainModule?.endsWith("_test.ts")) Deno.test("it", run);
else await run();
if (!Deno.mainModule) close();
`;

Deno.test("processes have the configuration of their program, however that is run", (t) =>
  withFolder(async (folder) => {
    await using registry = await serveJsr();
    const env = { JSR_URL: registry.url, DENO_DIR: `${folder}/deno`, PATH: pathWithDeno() };
    for (const { name, args, files } of WAYS) {
      await t.step(name, async () => {
        const cwd = await writeProgram(`${folder}/${name.replaceAll(" ", "_")}`, {
          ...files,
          "mapped.ts": "export const factor = 3;\n",
        });
        for (const [path, content] of Object.entries(files)) {
          if (content === "MAIN") await Deno.writeTextFile(`${cwd}/${path}`, BY_SOURCE);
        }
        const ran = await runDeno(args.map((arg) => arg.replace("MAIN", BY_SOURCE)), { cwd, env });
        assertEquals(ran.code, 0, ran.stderr);
        assertEquals(linesOf(ran.stdout).filter((line) => line.startsWith("found")), ["found: 3"]);
      });
    }
  }));

/** A task that may do nothing, and tries to read. */
const CONFINED = `
import { delayed, Parallel, task } from "jsr:@paralog/paralog@^0.1.0";
import { factor } from "mapped";
export const read = task(import.meta, async function read() {
  return [factor, await Deno.readTextFile(new URL(import.meta.url)).catch(({ name }) => name)];
});
if (import.meta.main) {
  console.log(await new Parallel(2, { permissions: "none" }).run([delayed(read)()]));
}
`;

Deno.test("a task that may do nothing has its modules, which have just been downloaded", () =>
  withFolder(async (folder) => {
    await using registry = await serveJsr();
    const files = { ...INNER, "app/deno.json": { imports: MAPPED }, "app/main.ts": CONFINED };
    const cwd = await writeProgram(folder, files);
    const env = { JSR_URL: registry.url, DENO_DIR: `${folder}/deno` };
    const ran = await runDeno(["run", "--quiet", ...LIMITED, "app/main.ts"], { cwd, env });
    assertEquals([ran.code, ran.stdout, ran.stderr], [0, '[ [ 3, "NotCapable" ] ]\n', ""]);
  }));

Deno.test("a name that a process has not got is an error that says how to give it", () =>
  withFolder(async (folder) => {
    await using registry = await serveJsr();
    const cwd = await writeProgram(folder, { ...INNER, "app/deno.json": { imports: MAPPED } });
    const main = MAIN.replace("FOUND", "factor").replace("IMPORT\n", IMPORT_MAPPED)
      .replaceAll("Backend()", 'Backend({ flags: ["--no-config"] })');
    await Deno.writeTextFile(`${cwd}/app/main.ts`, main);
    const env = { JSR_URL: registry.url, DENO_DIR: `${folder}/deno` };
    const { code, stderr } = await runDeno(["run", "-A", "app/main.ts"], { cwd, env });
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'Import "mapped" not a dependency');
    assertStringIncludes(stderr, "new ProcessesBackend({ flags: [");
  }));

/** Where a task of a configuration finds this Deno. */
function pathWithDeno(): string {
  return `${Deno.execPath().replace(/[^/]*$/, "")}:${Deno.env.get("PATH")}`;
}
