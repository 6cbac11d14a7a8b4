/** A task in a process says what it may do. Its permissions are the program's argument, as JSON. */

import { delayed, Parallel, task } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { echo } from "../support/process_tasks.ts";

/** Tries things, and says how each one ended. */
export const attempt = task(import.meta, async function attempt(folder: string, host: string) {
  const things: Record<string, () => unknown> = {
    "read its module": () => Deno.readTextFile(new URL(import.meta.url)),
    "import what its module imports": () => echo(1),
    "import a file": () => import(`${folder}/open/module.js`),
    "import from a host": () => import(`http://${host}/module.js`),
    "read open": () => Deno.readTextFile(`${folder}/open/module.js`),
    "read open/secret": () => Deno.readTextFile(`${folder}/open/secret/text`),
    "write": () => Deno.writeTextFile(`${folder}/written`, ""),
    "net 127.0.0.1:1": () => Deno.connect({ hostname: "127.0.0.1", port: 1 }),
    "net 127.0.0.1:2": () => Deno.connect({ hostname: "127.0.0.1", port: 2 }),
    "env PARALOG_A": () => Deno.env.get("PARALOG_A"),
    "env PARALOG_B": () => Deno.env.get("PARALOG_B"),
    "sys": () => Deno.hostname(),
    "run sh": () => new Deno.Command("sh", { args: ["-c", "true"] }).output(),
    "read the memory of its process": () => Deno.open("/proc/self/mem"),
  };
  const done: string[] = [];
  for (const [name, act] of Object.entries(things)) {
    try {
      await act();
      done.push(name);
    } catch (error) {
      // Whatever comes after Deno has allowed it: nobody listens at these ports.
      if (error instanceof Deno.errors.ConnectionRefused) done.push(name);
    }
  }
  return done;
});

if (import.meta.main) {
  const [folder = "", permissions = "", host = ""] = Deno.args;
  const options = { backend: new ProcessesBackend(), permissions: JSON.parse(permissions) };
  const [done] = await new Parallel(1, options).run([delayed(attempt)(folder, host)]);
  for (const name of done) console.log(name);
}
