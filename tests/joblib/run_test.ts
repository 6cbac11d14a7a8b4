/**
 * The same calls through joblib's `Parallel` and through ours: results, order, errors, lines.
 *
 * joblib has `return_as`, which is our `stream`, from 1.3 on; Debian 12 has 1.2. There, streams are
 * compared with what its runs return.
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { delayed, Parallel, type ParallelOptions } from "@paralog/paralog";
import { getLogger, withCleanRootLogger } from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { type Answer, ask, askAbout, type Printed, type Question } from "./ask.ts";
import { callsAt, closedGate, describe, failAt, open, square, waitAt } from "./tasks.ts";

const { isReference, hasReturnAs } = await askAbout();

const FUNCTIONS = { square, fail_at: failAt, describe };

interface Case {
  readonly fn: keyof typeof FUNCTIONS;
  readonly args: readonly (readonly unknown[])[];
  readonly nJobs: number;
  readonly options?: ParallelOptions;
}

function callsOf({ fn, args }: Case) {
  const run = FUNCTIONS[fn] as (...args: unknown[]) => unknown; // The cases know what it takes.
  return args.map((each) => delayed(run)(...each));
}

function question(verb: string, { fn, args, nJobs, options = {} }: Case): Question {
  const { batchSize, preDispatch, verbose } = options;
  const theirs = {
    ...(batchSize !== undefined && { batch_size: batchSize }),
    ...(preDispatch !== undefined && { pre_dispatch: preDispatch }),
    ...(verbose !== undefined && { verbose }),
  };
  return [verb, { function: fn, args, jobs: nJobs, options: theirs }];
}

async function outcomeOf(run: () => Promise<unknown>): Promise<Answer<unknown>> {
  try {
    return { value: await run() };
  } catch (error) {
    assert(error instanceof Error);
    return { error: error.name, message: error.message };
  }
}

const NUMBERS = Array.from({ length: 25 }, (_, x) => [x]);

Deno.test("nJobs is joblib's n_jobs: of 1, 2, 64, -1, -2, -100, on this machine", async () => {
  const cpus = navigator.hardwareConcurrency;
  const given = [1, 2, 64, -1, -2, -3, -100];
  const answers = await ask<Answer<number>>(given.map((each) => ["n_jobs", { given: each, cpus }]));
  assertEquals(given.map((each) => ({ value: new Parallel(each).nJobs })), answers);
});

Deno.test("nJobs of 0 is an error, as joblib's is", async () => {
  const [answer] = await ask<Answer<number>>([["n_jobs", { given: 0, cpus: 2 }]]);
  assertEquals(answer, { error: "ValueError", message: "n_jobs == 0 in Parallel has no meaning" });
  assertThrows(() => new Parallel(0), RangeError, "Cannot run 0 jobs at once");
});

const RUNS: readonly Case[] = [
  ...[1, 2].flatMap((nJobs) => [
    { fn: "square", args: NUMBERS, nJobs } as const,
    { fn: "square", args: [], nJobs } as const,
    { fn: "square", args: NUMBERS, nJobs, options: { batchSize: 1, preDispatch: "all" } } as const,
    { fn: "square", args: NUMBERS, nJobs, options: { batchSize: 7, preDispatch: 3 } } as const,
    { fn: "square", args: NUMBERS, nJobs, options: { preDispatch: "1.5*n_jobs" } } as const,
    {
      fn: "describe",
      args: [[], [1, "two", null], [[1.5, { a: [true] }]], ["ü€😀"]],
      nJobs,
    } as const,
  ]),
];

Deno.test("run() gives joblib's results in joblib's order", async () => {
  const answers = await ask<Answer<unknown>>(RUNS.map((each) => question("run", each)));
  for (const [index, each] of RUNS.entries()) {
    const parallel = new Parallel(each.nJobs, each.options);
    const ours = await outcomeOf(() => parallel.run(callsOf(each)));
    assertEquals(ours, answers[index], JSON.stringify(each));
  }
});

Deno.test("run() throws the error of the call that fails, as joblib does", async () => {
  const cases: Case[] = [1, 2].flatMap((nJobs) =>
    [0, 3, 24].map((bad): Case => ({
      fn: "fail_at",
      args: NUMBERS.map(([x]) => [x, [bad]]),
      nJobs,
    }))
  );
  // With two workers joblib 1.2 throws the first one in the order of the calls, and newer ones the
  // first one in time, as we do.
  cases.push({ fn: "fail_at", args: NUMBERS.map(([x]) => [x, [7, 5, 20]]), nJobs: 1 });
  const answers = await ask<Answer<unknown>>(cases.map((each) => question("run", each)));
  for (const [index, each] of cases.entries()) {
    const ours = await outcomeOf(() => new Parallel(each.nJobs).run(callsOf(each)));
    assertEquals(ours, answers[index], JSON.stringify(each));
  }
});

Deno.test("run() throws what its input throws, as joblib does", async () => {
  const answers = await ask<Answer<unknown>>(
    [1, 2].map((jobs) => ["input_fails", { jobs }]),
  );
  function* calls() {
    yield delayed(square)(1);
    throw new TypeError("no more");
  }
  for (const [index, nJobs] of [1, 2].entries()) {
    assertEquals(await outcomeOf(() => new Parallel(nJobs).run(calls())), answers[index]);
  }
});

Deno.test("preDispatch takes as many calls from a generator as joblib before the first one ends", async () => {
  const options = ["2*n_jobs", "1.5*n_jobs", "n_jobs", 7, "all"];
  const answers = await ask<number>(
    options.map((pre_dispatch) => ["taken_before_first_end", { calls: 12, jobs: 2, pre_dispatch }]),
  );
  for (const [index, preDispatch] of options.entries()) {
    const gate = closedGate();
    let taken = 0;
    const calls = function* () {
      for (; taken < 12; taken++) yield delayed(waitAt)(gate);
    };
    const run = new Parallel(2, { batchSize: 1, preDispatch }).run(calls());
    await callsAt(gate, 2);
    const atGate = taken;
    open(gate);
    await run;
    // The generator stands at the yield of the last one; at its end there is none.
    assertEquals(preDispatch === "all" ? atGate : atGate + 1, answers[index], `${preDispatch}`);
  }
});

const STREAMED: Case = { fn: "square", args: NUMBERS, nJobs: 2 };

Deno.test("stream() gives, in order, what joblib's run returns", async () => {
  const [answer] = await ask<Answer<unknown>>([question("run", STREAMED)]);
  const stream = new Parallel(2).stream(callsOf(STREAMED));
  assertEquals({ value: await Array.fromAsync(stream) }, answer);
});

Deno.test({
  name: "stream() gives what joblib's return_as gives (joblib 1.3 or newer)",
  ignore: !hasReturnAs,
  async fn() {
    type Generated = Record<"generator" | "generator_unordered", number[]>;
    const [answer] = await ask<Generated>([["generators", {
      args: NUMBERS.map(([x]) => x),
      jobs: 2,
    }]]);
    const parallel = new Parallel(2);
    assertEquals(await Array.fromAsync(parallel.stream(callsOf(STREAMED))), answer!.generator);
    const unordered = parallel.stream(callsOf(STREAMED), { ordered: false });
    assertEquals(
      (await Array.fromAsync(unordered) as number[]).toSorted((a, b) => a - b),
      answer!.generator_unordered.toSorted((a, b) => a - b),
    );
  },
});

/** Where calls run has another name, and times differ. */
function masked(line: string): string {
  return line.replace(/backend \w+/, "backend …").replaceAll(/: {1,5}\d+\.\d(s|min)/g, ": …");
}

async function linesOf(each: Case, isList: boolean): Promise<string[]> {
  const handler = new ListHandler();
  const calls = callsOf(each);
  await withCleanRootLogger(async () => {
    getLogger().addHandler(handler);
    const parallel = new Parallel(each.nJobs, each.options);
    await outcomeOf(() => parallel.run(isList ? calls : calls.values()));
  });
  return handler.lines.map(masked);
}

function theirLines({ stderr }: Printed): string[] {
  return stderr.split("\n").slice(0, -1).map(masked);
}

const VERBOSE: Case[] = [1, 2].flatMap((nJobs) =>
  [undefined, "all", 3, "1.5*n_jobs"].flatMap((preDispatch) =>
    [1, 5, 10, 11, 40].map((verbose): Case => ({
      ...{ fn: "square", args: NUMBERS, nJobs },
      options: { verbose, batchSize: 1, ...(preDispatch !== undefined && { preDispatch }) },
    }))
  )
);

for (const isList of [true, false]) {
  Deno.test({
    name: `verbose logs joblib's lines at joblib's moments, for ${
      isList ? "a list" : "an iterator"
    }`,
    ignore: !isReference,
    async fn() {
      const answers = await ask<Printed>(VERBOSE.map((each) => question("lines", each)));
      for (const [index, each] of VERBOSE.entries()) {
        const theirs = theirLines(answers[index]!);
        assert(theirs.length >= 2);
        assertEquals(await linesOf(each, isList), theirs, JSON.stringify(each.options));
      }
    },
  });
}

Deno.test({
  name: "verbose logs joblib's lines of a run that fails, one call after the other",
  ignore: !isReference,
  async fn() {
    const each: Case = {
      ...{ fn: "fail_at", args: NUMBERS.map(([x]) => [x, [3]]), nJobs: 1 },
      options: { verbose: 40, batchSize: 1 },
    };
    const [answer] = await ask<Printed>([question("lines", each)]);
    assertEquals(await linesOf(each, true), theirLines(answer!));
  },
});

Deno.test("batchSize and preDispatch are refused where joblib refuses them", async () => {
  const wrong: ParallelOptions[] = [{ batchSize: 0 }, { batchSize: -1 }, {
    preDispatch: "2*cores",
  }];
  const cases = wrong.map((options): Case => ({ ...STREAMED, options }));
  const answers = await ask<Answer<unknown>>(cases.map((each) => question("run", each)));
  for (const [index, each] of cases.entries()) {
    const answer = answers[index]!;
    assert("error" in answer && answer.error === "ValueError", JSON.stringify(each));
    await assertRejects(async () => {
      await new Parallel(each.nJobs, each.options).run(callsOf(each));
    }, RangeError);
  }
});
