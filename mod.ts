/**
 * paralog runs functions in parallel in Deno the way joblib does in Python, and gives every one of
 * them a logger that behaves the same whether the task ran inline, in a Web Worker or in a process.
 *
 * @example
 * ```ts
 * import { basicConfig, delayed, getLogger, Parallel } from "@paralog/paralog";
 *
 * basicConfig({ level: "INFO" });
 * const results = await new Parallel(1).run(
 *   ["a", "b"].map((name) =>
 *     delayed((name: string) => {
 *       getLogger("app").info("working on %s", name);
 *       return name.toUpperCase();
 *     })(name)
 *   ),
 * );
 * console.log(results); // [ "A", "B" ]
 * ```
 *
 * @module
 */

export * from "./src/logging/mod.ts";
export * from "./src/parallel/mod.ts";
