/** The lines of `verbose`, beside joblib's: as they are by a computed clock. */

import { assertEquals, assertMatch } from "@std/assert";
import { withCleanRootLogger } from "@paralog/paralog/logging";
import { checkPreDispatch } from "../../src/parallel/schedule/pre_dispatch.ts";
import { VerboseObserver } from "../../src/parallel/watching/verbose.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { FakeRun } from "../support/fake_run.ts";
import { ask, askAbout, type Printed, type Question } from "./ask.ts";

const { isReference } = await askAbout();

interface Case {
  readonly calls: number;
  readonly nJobs: number;
  readonly verbose: number;
  readonly preDispatch?: number | string;
  /** What each call takes, in seconds. */
  readonly seconds: number;
}

const CASES: Case[] = [];
for (const verbose of [1, 2, 5, 9, 10, 11, 20, 49]) {
  for (const nJobs of [1, 2, 3]) {
    for (const calls of [0, 1, 3, 10, 57]) CASES.push({ calls, nJobs, verbose, seconds: 0.25 });
  }
}
for (const preDispatch of ["all", 1, 2, 5, "1.5*n_jobs", "3*n_jobs", "n_jobs", 100]) {
  for (const verbose of [1, 10, 30]) {
    CASES.push({ calls: 12, nJobs: 2, verbose, preDispatch, seconds: 1.5 });
    CASES.push({ calls: 12, nJobs: 1, verbose, preDispatch, seconds: 1.5 });
  }
}
CASES.push({ calls: 400, nJobs: 2, verbose: 7, seconds: 0.4 }); // Minutes, and three digits.
CASES.push({ calls: 1200, nJobs: 2, verbose: 40, seconds: 7 });

function ask12(cases: readonly Case[]): Promise<Printed[]> {
  return ask(cases.map(({ calls, nJobs: jobs, verbose, preDispatch, seconds }): Question => [
    "stepped_lines",
    {
      ...{ calls, jobs, seconds },
      options: {
        ...{ verbose, batch_size: 1 },
        ...(preDispatch !== undefined && { pre_dispatch: preDispatch }),
      },
    },
  ]));
}

/** Where calls run has another name. */
function masked(text: string): string {
  return text.replaceAll(/backend \w+/g, "backend …");
}

async function linesOf({ calls, nJobs, verbose, preDispatch, seconds }: Case, isList: boolean) {
  const { amount } = checkPreDispatch(preDispatch, { nJobs, isFixed: true });
  const run = new FakeRun({ calls, nJobs, preDispatch: amount, isList });
  return await captureStderr(() =>
    withCleanRootLogger(() => {
      run.play(new VerboseObserver(verbose, { nJobs, now: run.now }), () => seconds * 1000);
    })
  );
}

for (const isList of [true, false]) {
  const input = isList ? "a list" : "an iterator";
  Deno.test({
    name: `VerboseObserver writes joblib's lines at joblib's moments, for ${input}`,
    ignore: !isReference,
    async fn() {
      const answers = await ask12(CASES);
      for (const [index, each] of CASES.entries()) {
        const lines = await linesOf(each, isList);
        assertEquals(masked(lines), masked(answers[index]!.stderr), JSON.stringify(each));
      }
    },
  });
}

Deno.test({
  name: "lines go to stdout from verbose 50 on, as joblib's do",
  ignore: !isReference,
  async fn() {
    const each: Case = { calls: 3, nJobs: 2, verbose: 50, seconds: 1 };
    const [answer] = await ask12([each]);
    assertEquals(answer!.stderr, "");
    assertMatch(answer!.stdout, /^\[Parallel\(n_jobs=2\)\]: Using backend/);
    const { writeSync } = Deno.stdout;
    const chunks: string[] = [];
    Deno.stdout.writeSync = (bytes) => chunks.push(new TextDecoder().decode(bytes)) && bytes.length;
    try {
      assertEquals(await linesOf(each, true), "");
    } finally {
      Deno.stdout.writeSync = writeSync;
    }
    assertEquals(masked(chunks.join("")), masked(answer!.stdout));
  },
});
