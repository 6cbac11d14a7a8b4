/** Takes results of endless streams and leaves them, and tells which files are open that were not before. */

import { delayed, Parallel } from "@paralog/paralog";
import { addOne } from "../support/endless_tasks.ts";
import { openFiles } from "../support/memory.ts";

async function* calls() {
  for (let n = 0;; n++) {
    await Promise.resolve();
    yield delayed(addOne)(n);
  }
}

async function takeFrom(backend: "workers" | "processes"): Promise<void> {
  let taken = 0;
  for await (const _ of new Parallel(2, { backend }).stream(calls(), { ordered: false })) {
    if (++taken === 2000) break;
  }
}

/** What is open that was not; a thread lets go of its own a moment after it has ended. */
async function opened(before: readonly string[]): Promise<string[]> {
  for (let look = 0;; look++) {
    const left = [...before];
    const more = openFiles().filter((name) => {
      const index = left.indexOf(name);
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    });
    if (more.length === 0 || look === 200) return more;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

if (import.meta.main) {
  for (const backend of ["workers", "processes"] as const) {
    await takeFrom(backend); // What is opened once and for all is open.
    const before = openFiles();
    for (let time = 0; time < 3; time++) await takeFrom(backend);
    const more = await opened(before);
    console.log(`${backend}: ${more.length === 0 ? "nothing" : more.join(" ")}`);
  }
}
