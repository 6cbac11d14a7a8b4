import { assertEquals } from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { double, doubleAll } from "../programs/process_nested.ts";

Deno.test("a task in a process runs tasks in processes, whatever ran there before", async () => {
  await using parallel = new Parallel(1, { backend: new ProcessesBackend() });
  assertEquals(await parallel.run([delayed(double)(1)]), [2]); // Imports the module.
  assertEquals(await parallel.run([delayed(doubleAll)([1, 2])]), [[2, 4]]);
  assertEquals(await parallel.run([delayed(doubleAll)([3])]), [[6]]);
});
