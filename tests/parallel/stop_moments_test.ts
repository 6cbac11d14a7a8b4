/** Runs that are stopped at some moment between their start and their end, also before a worker is up. */

import { setImmediate } from "node:timers";
import { assertEquals, assertMatch } from "@std/assert";
import { type Call, delayed, Parallel } from "@paralog/paralog";
import { withPatience } from "../../src/testing/patience.ts";
import * as tasks from "../support/stop_tasks.ts";

/** After how many turns of the event loop a run is stopped. */
const MOMENTS = [0, 1, 2, 3, 5, 8, 13, 21, 55, 144];

/** What stops it, and what becomes of it then; it may also have been done before. */
const STOPS = {
  "its signal aborts": { act: ({ abort }) => abort(), expected: /enough/ },
  "the scope of its workers ends": { act: ({ close }) => close(), expected: /Parallel was closed/ },
  "its stream is left": { act: ({ leave }) => leave(), expected: undefined },
} as const satisfies Record<string, { act: (ways: Ways) => unknown; expected: RegExp | undefined }>;

interface Ways {
  readonly abort: () => void;
  readonly close: () => Promise<void>;
  readonly leave: () => Promise<unknown>;
}

for (const backend of ["inline", "workers", "processes"] as const) {
  for (const [when, { act, expected }] of Object.entries(STOPS)) {
    Deno.test(`${backend}: a run comes to its end when ${when}, whenever that is`, async () => {
      for (const turns of MOMENTS) {
        const label = `the end of a run that was stopped after ${turns} turns`;
        await using parallel = new Parallel(2, { backend, batchSize: 2 });
        const controller = new AbortController();
        const { signal } = controller;
        const stream = parallel.stream(calls(), { ordered: false, signal });
        const ended = Promise.all([
          outcomeOf(parallel.runSettled(calls(), { signal })),
          outcomeOf(Array.fromAsync(stream)),
        ]);
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        const stopped = act({
          abort: () => controller.abort(new RangeError("enough")),
          close: () => parallel[Symbol.asyncDispose](),
          leave: () => stream.return(),
        });
        await withPatience(Promise.resolve(stopped), label);
        const [settled, taken] = await withPatience(ended, label);
        for (const { error } of [settled, taken]) {
          if (error !== undefined) assertMatch(String(error), expected ?? /^never/);
        }
        if (!expected) assertEquals(settled.value?.length, CALLS);
      }
    });
  }
}

const CALLS = 12;

async function* calls(): AsyncGenerator<Call<number>> {
  for (let n = 0; n < CALLS; n++) {
    if (n % 5 === 4) await nextTurn();
    yield delayed(tasks.countUp)(n);
  }
}

async function outcomeOf<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
