/**
 * The program behind paralog's rows of the workloads' figures.
 *
 * @module
 */

import { delayed, Parallel, task } from "@paralog/paralog";
import { measure } from "./measuring.mjs";
import * as work from "./work.mjs";

/** What paralog's program is told. */
export interface ParalogInput extends work.WorkloadInput {
  readonly backend: "inline" | "workers" | "processes";
  /** Whether all calls are one stream; otherwise each that has to wait for another is a run of its own. */
  readonly isStream?: boolean;
}

export const compute = task(import.meta, function compute(argument: ArgumentOf<"compute">) {
  return work.compute(argument);
});

export const factorial = task(import.meta, function factorial(argument: ArgumentOf<"factorial">) {
  return work.factorial(argument);
});

export const add = task(import.meta, function add(argument: ArgumentOf<"add">) {
  return work.add(argument);
});

type ArgumentOf<K extends work.WorkloadInput["kind"]> = Parameters<typeof work.FUNCTIONS[K]>[0];

/** Makes all calls once, as the input says. */
function run(parallel: Parallel, input: ParalogInput): Promise<readonly unknown[]> {
  switch (input.kind) {
    case "compute":
      return parallel.map(compute, work.computeArguments(input));
    case "factorial":
      return parallel.map(factorial, work.factorialArguments(input));
    case "add":
      return runAdd(parallel, input);
  }
}

async function runAdd(parallel: Parallel, input: ParalogInput): Promise<readonly number[]> {
  const { underWay, isStream = false } = input;
  const list = work.addArguments(input);
  if (underWay === undefined) return await parallel.map(add, list);
  if (isStream) return await Array.fromAsync(parallel.stream(list.values().map(delayed(add))));
  return await work.callInLoops(list, underWay, {
    call: async (argument) => (await parallel.run([delayed(add)(argument)]))[0],
  });
}

async function main(input: ParalogInput): Promise<work.WorkloadOutput> {
  const { workers, backend, underWay, isStream = false } = input;
  await using parallel = new Parallel(workers, {
    backend,
    ...(isStream && { preDispatch: underWay }),
  });
  return await measure(input, () => run(parallel, input));
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
