/** Programs that run tasks in processes: their import map, their permissions, the library from JSR. */

import { assert, assertEquals } from "@std/assert";
import { withFolder } from "../support/log_folder.ts";
import { serveJsr } from "../support/jsr_server.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

/** A program that takes the library and a module of its own by names of its import map. */
const MAIN = `
import { basicConfig, delayed, getLogger, Parallel, task } from "paralog";
import { ProcessesBackend } from "PROCESSES";
import { factor } from "mapped";

export const multiply = task(import.meta, function multiply(x: number) {
  getLogger("consumer").info("multiplying %d, called with %s", x, Deno.args);
  return x * factor;
});

export const multiplyFurtherDown = task(import.meta, async function multiplyFurtherDown(x: number) {
  const [result] = await new Parallel(1, { backend: new ProcessesBackend() }).map(multiply, [x]);
  return result;
});

if (import.meta.main) {
  basicConfig({ level: "INFO", format: "%(levelname)s %(message)s" });
  const parallel = new Parallel(2, { backend: new ProcessesBackend() });
  console.log(await parallel.run([delayed(multiply)(1), delayed(multiplyFurtherDown)(2)]));
}
`;

for (const readable of ["--allow-read", "--allow-read=app"]) {
  Deno.test(`a consumer from JSR runs tasks in processes with ${readable}`, () =>
    withFolder(async (folder) => {
      await using registry = await serveJsr();
      const library = `${registry.url}@paralog/paralog/0.1.0/`;
      await Deno.mkdir(`${folder}/app/inner`, { recursive: true });
      const imports = { paralog: "jsr:@paralog/paralog@^0.1.0", mapped: "./inner/mapped.ts" };
      await Deno.writeTextFile(`${folder}/app/deno.json`, JSON.stringify({ imports }));
      await Deno.writeTextFile(`${folder}/app/inner/mapped.ts`, "export const factor = 3;\n");
      await Deno.writeTextFile(
        `${folder}/app/main.ts`,
        MAIN.replace("PROCESSES", `${library}src/parallel/backends/processes.ts`),
      );
      const host = new URL(registry.url).host; // Of the module that is not one of its exports.
      const ran = await runDeno(
        ["run", "--quiet", readable, "--allow-run", "--allow-env", `--allow-import=${host}`]
          .concat("app/main.ts", "--verbose", "x"),
        { cwd: folder, env: { JSR_URL: registry.url, DENO_DIR: `${folder}/deno` } },
      );
      assertEquals([ran.code, ran.stdout], [0, "[ 3, 6 ]\n"], ran.stderr);
      assertEquals(linesOf(ran.stderr).toSorted(), [
        'INFO multiplying 1, called with [ "--verbose", "x" ]',
        'INFO multiplying 2, called with [ "--verbose", "x" ]',
      ]);
      assert(registry.requests.some((path) => path.endsWith("/backends/process_entry.ts")));
    }));
}
