/** A module that ends the worker which imports it. */

import { task } from "@paralog/paralog";

if (!("Window" in globalThis)) Deno.exit(3);

export const neverRuns = task(import.meta, function neverRuns() {
  return "it ran";
});
