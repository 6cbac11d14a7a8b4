/** The rules that are ported from joblib, beside joblib's own: the same input, the same result. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { evaluate } from "../../src/parallel/schedule/arithmetic.ts";
import { type BatchRule, BatchSizer } from "../../src/parallel/schedule/batching.ts";
import { checkPreDispatch } from "../../src/parallel/schedule/pre_dispatch.ts";
import { type Answer, ask, askAbout, type Question } from "./ask.ts";

const { isReference } = await askAbout();
const ignore = !isReference;

const SUMS = [
  ...["2*6", "2**6", "1 + 2*3**(4) / (6 + -7)", "1.5*3", "3", "2 * 4 ", "-2**2", "2**-1"],
  ...["2**3**2", "--3", "7//2", "-7//2", "7%3", "-7%3", "7%-3", "5.5%2", "1//0.1", "1%0.1"],
  ...["1e3", ".5*4", "2.*3", "(1+2)*3", "10-2-3", "100/10/5", "2*-3", "0.1+0.2", "9**.5"],
];

const NO_SUMS = ["", "2*", "*2", "(1", "1)", "a+1", "2 3", "()", "1..2", "2x", "+3", "abs(1)"];

/** Sequences of how long batches take, in milliseconds. */
const DURATIONS: readonly (readonly number[])[] = [
  new Array(20).fill(1),
  new Array(10).fill(500),
  [0.1, 0.2, 0.4, 0.9, 3, 30, 150, 190, 210, 199, 400],
  [...new Array(12).fill(0.5), 9000, 5, 5, 3000, 2, 1000, 1000, 2500, 2500, 2500, 1999, 100],
  [10, 10, 1000, 3000, 12_000, 12_000, 12_000, 3, 190, 195, 1, 1, 1, 60_000, 60_000],
];

const JOBLIB: BatchRule = { minIdeal: 200, maxIdeal: 2000, sudden: Infinity, growth: 2 };

function sizesOf(durations: readonly number[]): { sizes: number[]; lines: string[] } {
  const sizer = new BatchSizer("auto", { rule: JOBLIB, most: Infinity });
  const lines: string[] = [];
  sizer.onChange = (ms, before, after) => {
    const how = after > before ? "fast" : "slow";
    lines.push(`Batch computation too ${how} (${ms.toFixed(4)}s.) Setting batch_size=${after}.`);
  };
  const sizes = durations.map((ms) => {
    sizer.finished(sizer.size, ms);
    return sizer.size;
  });
  return { sizes, lines };
}

Deno.test(
  "BatchSizer finds the sizes that joblib's AutoBatchingMixin finds",
  { ignore },
  async () => {
    const { minIdeal: minimum, maxIdeal: maximum } = JOBLIB;
    const answers = await ask(
      DURATIONS.map((durations): Question => ["sizes", { durations, minimum, maximum }]),
    );
    assertEquals(DURATIONS.map(sizesOf), answers);
  },
);

Deno.test("evaluate() computes what joblib's eval_expr does", async () => {
  const answers = await ask<Answer<number>>(SUMS.map((text): Question => ["evaluate", { text }]));
  assertEquals<unknown>(SUMS.map((sum) => ({ value: evaluate(sum, {}) })), answers);
});

Deno.test("evaluate() refuses what joblib's eval_expr refuses", async () => {
  const sums = [...NO_SUMS, "1/0", "1//0", "1%0", "0**-1"];
  const answers = await ask<Answer<number>>(sums.map((text): Question => ["evaluate", { text }]));
  for (const [index, sum] of sums.entries()) {
    assert("error" in answers[index]!, `joblib takes ${sum}`);
    assertEquals(evaluate(sum, {}), undefined, sum);
  }
});

const AMOUNTS: readonly (readonly [joblib: number | string, ours: number | string])[] = [
  ["all", "all"],
  ["2 * n_jobs", "2 * nJobs"],
  ["2*n_jobs", "2*n_jobs"],
  ["1.5*n_jobs", "1.5*nJobs"],
  ["n_jobs", "nJobs"],
  ["n_jobs + 4", "nJobs + 4"],
  ["n_jobs // 2 + 1", "nJobs // 2 + 1"],
  [3, 3],
  [2.9, 2.9],
  ["7", "7"],
];

Deno.test(
  "checkPreDispatch() gives joblib's amounts for 1, 2, 3 and 8 jobs",
  { ignore },
  async () => {
    const cases = [1, 2, 3, 8].flatMap((nJobs) => AMOUNTS.map((each) => [nJobs, ...each] as const));
    const answers = await ask<Answer<number>>(
      cases.map(([n_jobs, pre_dispatch]): Question => ["amount", { pre_dispatch, n_jobs }]),
    );
    const ours = cases.map(([nJobs, _, option]) => ({
      value: checkPreDispatch(option, { nJobs, isFixed: true }).amount,
    }));
    assertEquals<unknown>(ours, answers);
  },
);

Deno.test(
  "checkPreDispatch() refuses an amount of 0, with which joblib runs nothing and says nothing",
  { ignore },
  async () => {
    const [answer] = await ask<Answer<number>>([["amount", { pre_dispatch: "0", n_jobs: 2 }]]);
    assertEquals(answer, { value: 0 });
    assertThrows(() => checkPreDispatch("0", { nJobs: 2, isFixed: true }), RangeError);
  },
);
