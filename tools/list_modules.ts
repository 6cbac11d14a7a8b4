/**
 * Writes the lists of modules that `logging` and `parallel` begin with; `src/logging/core_modules.ts` says why
 * they are there. Run it when a file of `src/` is added, moved or removed:
 * `deno run --allow-read --allow-write --allow-run tools/list_modules.ts`
 *
 * @module
 */

const SRC = new URL("../src/", import.meta.url);

const WHY = "in one list; `logging/core_modules.ts` says why.";

const CORE_TEXT =
  "All modules of `logging` that `parallel` and its workers have, in one list. Deno 2.9 reads the source map of\n" +
  " * each module that is the first to name another one; with such a list it is that one alone, and a worker loads\n" +
  " * its modules in a tenth less time: bench/start.ts.";

/** A module, as `deno info --json` tells of it. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

/** The files of src/ that are loaded with one, without lists and doors. */
async function loadedWith(entry: string): Promise<string[]> {
  const args = ["info", "--json", new URL(entry, SRC).href];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { modules }: { modules: ModuleInfo[] } = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const files = new Set<string>();
  const visit = (specifier: string) => {
    if (!specifier.startsWith(SRC.href) || files.has(specifier)) return;
    files.add(specifier);
    if (isList(specifier)) return; // Whether it names too much is what is to be found.
    for (const { code, isDynamic } of known.get(specifier)?.dependencies ?? []) {
      if (code && !isDynamic) visit(code.specifier);
    }
  };
  visit(new URL(entry, SRC).href);
  return [...files].map((file) => file.slice(SRC.href.length))
    .filter((file) => !isList(file) && file !== entry).sort();
}

function isList(file: string): boolean {
  return file.endsWith("_modules.ts");
}

async function writeList(list: string, what: string, files: readonly string[]): Promise<void> {
  const folder = list.slice(0, list.indexOf("/") + 1);
  const lines = files.map((file) =>
    `import "${file.startsWith(folder) ? `./${file.slice(folder.length)}` : `../${file}`}";\n`
  );
  const text = `/**\n * ${what}\n *\n * @module\n */\n\n${lines.join("")}`;
  await Deno.writeTextFile(new URL(list, SRC), text);
}

if (import.meta.main) {
  const logging = await loadedWith("logging/mod.ts");
  const parallel = await loadedWith("parallel/mod.ts");
  const core = parallel.filter((file) => file.startsWith("logging/"));
  const more = logging.filter((file) => !core.includes(file));
  const own = parallel.filter((file) => !core.includes(file));
  await writeList("logging/core_modules.ts", CORE_TEXT, core);
  const after = (list: string, files: readonly string[]) => [list, ...files];
  const allText = `All modules that \`logging\` has, ${WHY}`;
  await writeList("logging/all_modules.ts", allText, after("logging/core_modules.ts", more));
  const parallelText = `All modules that \`parallel\` has, ${WHY}`;
  await writeList("parallel/all_modules.ts", parallelText, after("logging/core_modules.ts", own));
}
