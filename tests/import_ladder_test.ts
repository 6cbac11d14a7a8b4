/** The layout of src/: a file imports only from lines above its own. CONTRIBUTING.md explains it. */

import { assertEquals } from "@std/assert";
import { ROOT, runDeno } from "./support/run_deno.ts";

/** The ladders, from the first rung to the last. Each also stands on the ones before it. */
const LADDERS = [
  [
    ...["inspect", "percent", "errors", "levels", "message", "record", "filter", "formatter"],
    ...["handler", "write_whole", "handlers/console", "handlers/file", "std_log", "logger_node"],
    ...[
      "logger",
      "caller_realm",
      "last_resort",
      "thread_origin",
      "owned_handlers",
      "node_tree",
      "realm",
      "clean_root",
    ],
    ...["config", "mod"],
  ].map((file) => `logging/${file}.ts`),
  ["cloneable", "codec", "remote_caller"].map((file) => `relay/${file}.ts`),
  [
    ...["source", "task", "errors", "wire", "run_call", "import_task", "clone", "backend", "pool"],
    ...["scheduler", "backends/inline", "backends/worker_entry", "backends/workers", "parallel"],
    ...["mod"],
  ].map((file) => `parallel/${file}.ts`),
];

/** The one file that may import each package. */
const ADAPTERS: Readonly<Record<string, string>> = { "@std/log": "logging/std_log.ts" };

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier: string };
  readonly type?: { readonly specifier: string };
}

interface Info {
  readonly modules: readonly { specifier: string; dependencies?: readonly Dependency[] }[];
}

async function graph(entry: string): Promise<Info> {
  const { stdout } = await runDeno(["info", "--json", entry]);
  return JSON.parse(stdout);
}

Deno.test("src/ imports only upwards, and packages only in their adapter", async () => {
  const order = LADDERS.flat();
  const src = new URL("src/", ROOT).href;
  const problems = new Set<string>();
  const seen = new Set<string>();
  for (const entry of ["mod.ts", "src/parallel/backends/worker_entry.ts"]) {
    for (const { specifier, dependencies = [] } of (await graph(entry)).modules) {
      if (!specifier.startsWith(src)) continue;
      const file = specifier.slice(src.length);
      seen.add(file);
      for (const dependency of dependencies) {
        const target = dependency.code?.specifier ?? dependency.type?.specifier ?? "";
        if (!target.startsWith(src)) {
          const adapter = ADAPTERS[/^@[^/]+\/[^/]+/.exec(dependency.specifier)?.[0] ?? ""];
          const builtIn = dependency.specifier.startsWith("node:");
          if (!builtIn && adapter !== file) problems.add(`${file} imports ${dependency.specifier}`);
          continue;
        }
        const imported = target.slice(src.length);
        if (order.indexOf(imported) >= order.indexOf(file)) {
          problems.add(`${file} imports ${imported}, which is not above it`);
        }
      }
    }
  }
  assertEquals([...problems], []);
  assertEquals([...seen].sort(), [...order].sort(), "a file is missing in the ladder, or not used");
});

Deno.test("files of src/ stay small", async () => {
  const long: string[] = [];
  for (const file of LADDERS.flat()) {
    const lines = (await Deno.readTextFile(new URL(`src/${file}`, ROOT))).split("\n").length;
    if (lines > 350) long.push(`${file}: ${lines} lines, look for the second concept in it`);
  }
  assertEquals(long, []);
});
