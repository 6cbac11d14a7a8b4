import { assertEquals, assertThrows } from "@std/assert";
import {
  ConsoleHandler,
  disable,
  getLogger,
  withCleanRootLogger,
  withContext,
} from "@paralog/paralog/logging";
import { checkVerbose, VerboseObserver } from "../../src/parallel/watching/verbose.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { FakeRun } from "../support/fake_run.ts";

Deno.test("checkVerbose() takes whole numbers from 0, and booleans as joblib does", () => {
  assertEquals([undefined, false, true, 0, 10, 100].map(checkVerbose), [0, 0, 1, 0, 10, 100]);
  for (const wrong of [-1, 1.5, NaN]) {
    assertThrows(() => checkVerbose(wrong), RangeError, "Cannot set verbose: current value is");
  }
  for (const wrong of ["10", null, {}]) assertThrows(() => checkVerbose(wrong), TypeError);
});

/** Two calls of 100 ms, one after the other. */
function watch(verbose: number): void {
  const run = new FakeRun({ calls: 2, nJobs: 1, preDispatch: 2 });
  run.play(new VerboseObserver(verbose, { nJobs: 1, now: run.now }), () => 100);
}

const LINES = [
  "[Parallel(n_jobs=1)]: Using backend inline with 1 concurrent workers.",
  "[Parallel(n_jobs=1)]: Done   1 out of   1 | elapsed:    0.1s remaining:    0.0s",
  "[Parallel(n_jobs=1)]: Done   2 out of   2 | elapsed:    0.2s remaining:    0.0s",
  "[Parallel(n_jobs=1)]: Done   2 out of   2 | elapsed:    0.2s finished",
];

const TEXT = LINES.map((line) => `${line}\n`).join("");

Deno.test("VerboseObserver logs through paralog at INFO, with the fields around the run", async () => {
  const handler = new ListHandler();
  await withCleanRootLogger(() => {
    getLogger().setLevel("INFO");
    getLogger().addHandler(handler);
    withContext({ jobId: 7 }, () => watch(10));
  });
  assertEquals(handler.records.map(({ msg }) => msg), LINES);
  for (const { name, levelName, extra } of handler.records) {
    assertEquals([name, levelName, extra], ["paralog", "INFO", { jobId: 7 }]);
  }
});

Deno.test("VerboseObserver logs in the realm of the run, wherever its events come from", async () => {
  const inside = new ListHandler();
  const outside = new ListHandler();
  const run = new FakeRun({ calls: 1, nJobs: 1, preDispatch: 2 });
  await withCleanRootLogger(async () => {
    getLogger().addHandler(outside);
    await withCleanRootLogger(() => {
      getLogger().addHandler(inside);
      const observer = new VerboseObserver(10, { nJobs: 1 });
      withCleanRootLogger(() => run.play(observer, () => 1));
    });
  });
  assertEquals([inside.records.length, outside.records.length], [3, 0]);
});

Deno.test("the level that paralog inherits does not hold lines back, and one of its own does", async () => {
  const handler = new ListHandler();
  await withCleanRootLogger(() => {
    getLogger().setLevel("ERROR");
    getLogger().addHandler(handler);
    watch(10);
    assertEquals(handler.records.splice(0).map(({ msg }) => msg), LINES);
    getLogger("paralog").setLevel("WARN");
    watch(10);
    getLogger("paralog").setLevel("INFO");
    getLogger("paralog").disabled = true;
    watch(10);
    getLogger("paralog").disabled = false;
    disable("INFO");
    watch(10);
    assertEquals(handler.records, []);
    disable("NOTSET");
    watch(10);
    assertEquals(handler.records.length, 4);
  });
});

Deno.test("a handler's own level and the filters of paralog hold lines back, also from stderr", async () => {
  const stderr = await captureStderr(() =>
    withCleanRootLogger(() => {
      getLogger().addHandler(new ConsoleHandler({ level: "WARN" }));
      watch(10);
      getLogger().addHandler(new ConsoleHandler());
      getLogger("paralog").addFilter(() => false);
      watch(10);
    })
  );
  assertEquals(stderr, "");
});

Deno.test("without any handler, lines go to stderr as joblib's do", async () => {
  const written = async (configure: () => void) =>
    await captureStderr(() =>
      withCleanRootLogger(() => {
        configure();
        watch(10);
      })
    );
  assertEquals(await written(() => {}), TEXT);
  assertEquals(await written(() => getLogger().setLevel("INFO")), TEXT);
  assertEquals(await written(() => getLogger("paralog").setLevel("INFO")), TEXT);
  assertEquals(await written(() => getLogger("paralog").setLevel("WARN")), "");
});

Deno.test("VerboseObserver says when the size of batches changes, from 10 on", async () => {
  const handler = new ListHandler();
  await withCleanRootLogger(() => {
    getLogger().addHandler(handler);
    for (const verbose of [9, 10]) {
      const observer = new VerboseObserver(verbose, { nJobs: -1 });
      observer.onBatchSize(0.1234, 1, 4);
      observer.onBatchSize(1500, 4, 1);
    }
  });
  assertEquals(handler.lines, [
    "[Parallel(n_jobs=-1)]: Batch computation too fast (0.0001s.) Setting batch_size=4.",
    "[Parallel(n_jobs=-1)]: Batch computation too slow (1.5000s.) Setting batch_size=1.",
  ]);
});

Deno.test("VerboseObserver is silent at the end of a run that was rejected", async () => {
  const handler = new ListHandler();
  const run = new FakeRun({ calls: 1, nJobs: 2, preDispatch: 4 });
  await withCleanRootLogger(() => {
    getLogger().addHandler(handler);
    const observer = new VerboseObserver(1, { nJobs: 2 });
    observer.onStart(run, "workers", 2);
    observer.onEnd(run, { error: new Error("no"), isWanted: false });
  });
  assertEquals(handler.lines.length, 1);
});

Deno.test("VerboseObserver does not count calls that are tried again", async () => {
  const handler = new ListHandler();
  const run = new FakeRun({ calls: 1, nJobs: 1, preDispatch: 2 });
  await withCleanRootLogger(() => {
    getLogger().addHandler(handler);
    const observer = new VerboseObserver(100, { nJobs: 1, now: run.now });
    observer.onStart(run, "inline", 1);
    for (let attempt = 1; attempt <= 2; attempt++) {
      if (attempt === 1) observer.onRetry();
      observer.onBatch(run, { worker: "Worker-1", size: 1, round: 1, busy: 1 });
    }
    run.settled = 1;
    observer.onEnd(run);
  });
  assertEquals(handler.lines, [
    "[Parallel(n_jobs=1)]: Using backend inline with 1 concurrent workers.",
    "[Parallel(n_jobs=1)]: Done   1 out of   1 | elapsed:    0.0s remaining:    0.0s",
    "[Parallel(n_jobs=1)]: Done   1 out of   1 | elapsed:    0.0s finished",
  ]);
});

Deno.test("VerboseObserver is silent at the end also if undefined was thrown", async () => {
  const handler = new ListHandler();
  const run = new FakeRun({ calls: 1, nJobs: 2, preDispatch: 4 });
  await withCleanRootLogger(() => {
    getLogger().addHandler(handler);
    new VerboseObserver(1, { nJobs: 2 }).onEnd(run, { error: undefined, isWanted: false });
  });
  assertEquals(handler.lines, []);
});
