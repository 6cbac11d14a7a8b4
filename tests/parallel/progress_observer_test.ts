import type { Rejection } from "../../src/parallel/watching/run_end.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { getLogger, withCleanRootLogger } from "../../src/logging/mod.ts";
import {
  checkProgress,
  type ProgressListener,
  type RunProgress,
} from "../../src/parallel/progress/progress_option.ts";
import { openProgress } from "../../src/parallel/progress/progress_observer.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { handRun } from "../support/run_state.ts";
import { ScreenStream } from "../support/screen.ts";

const settled = (worker = "Worker-1") => ({ worker, outcomes: [] });

/** A stream that is no terminal. */
class LineStream extends ScreenStream {
  override isTerminal(): boolean {
    return false;
  }
}

/** A listener whose calls can be waited for. */
class Told {
  readonly calls: RunProgress[] = [];
  readonly #waiting = new Set<() => void>();

  readonly listener: ProgressListener = (progress) => {
    this.calls.push(progress);
    for (const wake of this.#waiting) wake();
  };

  async until(condition: (last: RunProgress) => boolean): Promise<void> {
    const alive = setInterval(() => {}, 60_000); // As a program has other things to do.
    while (!this.calls.some(condition)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    clearInterval(alive);
  }
}

Deno.test("checkProgress() takes true, false, a function, and nothing", () => {
  const listener = () => {};
  assertEquals([undefined, false, true, listener].map(checkProgress), [
    ...[false, false, true, listener],
  ]);
  for (const bad of ["bar", 1, null, { onProgress: listener }]) {
    assertThrows(() => checkProgress(bad), TypeError, "give true, false or a function");
  }
});

Deno.test("openProgress() is nothing when nobody wants to know", () => {
  assertEquals(openProgress(false), undefined);
});

Deno.test("openProgress() draws a bar on a terminal and leaves its last state", async () => {
  const stream = new ScreenStream();
  const run = handRun(4);
  using progress = openProgress(true, { name: "crawl", stream });
  assertEquals(stream.writes, []);
  progress?.onStart?.(run, "workers", 2);
  assertMatch(stream.lines[0] ?? "", /^crawl {3}0% {2}\[-+\] {2}0\/4 {2}/);
  Object.assign(run, { settled: 1, running: 2 });
  progress?.onSettled?.(run, settled());
  await stream.until(([line = ""]) => line.startsWith("crawl  25%  [##"));
  Object.assign(run, { settled: 2, failed: 1 });
  progress?.onRetry?.(run, { index: 3, task: "fn", attempt: 1, delay: 0, error: undefined });
  progress?.onTaskProgress?.(run, { index: 3, worker: "Worker-2", done: 1, total: 2 });
  await stream.until((lines) => lines.length === 2);
  assertMatch(stream.lines[0] ?? "", /2\/4 {2}.*2 running {2}1 failed/);
  assertMatch(stream.lines[1] ?? "", /^ {2}task 3 {2}Worker-2 {2}50% {2}\[#+-+\] {2}1\/2$/);
  Object.assign(run, { settled: 4, running: 0 });
  progress?.onEnd?.(run);
  assertEquals(stream.lines.length, 1);
  assertMatch(stream.lines[0] ?? "", /^crawl {2}100% {2}\[#+\] {2}4\/4 {2}done in [\d.]+ s {2}/);
});

Deno.test("openProgress() says that a run failed, was aborted or was left", () => {
  const ends: [Rejection | undefined, number | undefined, RegExp][] = [
    [{ error: new TypeError("no luck"), isWanted: false }, 4, /failed after/],
    [{ error: new TypeError("enough"), isWanted: true }, 4, /stopped after/],
    [{ error: undefined, isWanted: false }, 4, /failed after/],
    [undefined, undefined, /stopped after/],
  ];
  for (const [rejection, total, expected] of ends) {
    const stream = new ScreenStream();
    const run = handRun(total);
    using progress = openProgress(true, { stream });
    progress?.onStart?.(run, "workers", 2);
    run.settled = 2;
    progress?.onEnd?.(run, rejection);
    assertMatch(stream.lines.join("\n"), expected);
  }
});

Deno.test("openProgress() ends when it is disposed, once, and shows nothing without a beginning", () => {
  const stream = new ScreenStream();
  const run = handRun(4);
  const progress = openProgress(true, { stream });
  progress?.onStart?.(run, "workers", 2);
  progress?.[Symbol.dispose]();
  progress?.onEnd?.(run);
  progress?.[Symbol.dispose]();
  assertEquals(stream.lines.length, 1);
  assertMatch(stream.lines[0] ?? "", /0\/4 {2}stopped after/);

  const unused = new ScreenStream();
  const told = new Told();
  for (const option of [true, told.listener]) {
    using never = openProgress(option, { stream: unused });
    never?.onEnd?.(run, { error: new Error("no backend"), isWanted: false });
  }
  assertEquals([unused.writes.length, told.calls.length], [0, 0]);
});

Deno.test("openProgress() stacks the bars of runs at once", async () => {
  const stream = new ScreenStream();
  using first = openProgress(true, { name: "a", stream });
  using second = openProgress(true, { name: "b", stream });
  const [one, two] = [handRun(10), handRun(20)];
  first?.onStart?.(one, "workers", 2);
  second?.onStart?.(two, "workers", 2);
  await stream.until((lines) => lines.length === 2);
  assertEquals(stream.lines.map((line) => line.slice(0, 1)), ["a", "b"]);
  one.settled = 10;
  first?.onEnd?.(one);
  two.settled = 5;
  await stream.until(([, line = ""]) => line.includes("5/20"));
  assertMatch(stream.lines[0] ?? "", /^a {2}100%/);
  second?.onEnd?.(two);
  assertEquals(stream.lines.length, 2);
});

Deno.test("openProgress() writes whole lines where there is no terminal", async () => {
  const stream = new LineStream();
  const run = handRun(200);
  using progress = openProgress(true, { name: "crawl", stream });
  progress?.onStart?.(run, "workers", 2);
  Object.assign(run, { settled: 10, running: 2 });
  await stream.until((lines) => lines.length === 1);
  assertMatch(stream.writes[0] ?? "", /^crawl: 10 of 200 \(5%\), .*\/s, 0:\d\d left, 2 running\n$/);
  run.settled = 200;
  progress?.onEnd?.(run);
  assertEquals(stream.writes.length, 2);
  assertMatch(stream.writes[1] ?? "", /^crawl: done in [\d.]+ s: 200 of 200, \d+\/s\n$/);
});

Deno.test("openProgress() writes one line of a run that is quick", () => {
  const stream = new LineStream();
  const run = handRun(0);
  using progress = openProgress(true, { stream });
  progress?.onStart?.(run, "inline", 1);
  progress?.onEnd?.(run);
  assertMatch(stream.writes.join(""), /^Parallel: done in [\d.]+ s: 0 of 0\n$/);
});

Deno.test("openProgress() tells a listener what changes, and always the end", async () => {
  const told = new Told();
  const run = handRun(100);
  using progress = openProgress(told.listener, { name: "crawl" });
  progress?.onStart?.(run, "workers", 2);
  run.running = 2;
  await told.until(({ running }) => running === 2);
  for (; run.settled < 100; run.settled++) progress?.onSettled?.(run, settled());
  run.running = 0;
  progress?.onEnd?.(run);
  const { elapsed, rate, ...last } = told.calls.at(-1)!;
  assert(told.calls.length <= 3 + elapsed / 100, `${told.calls.length} calls in ${elapsed} ms`);
  assertEquals(last, {
    ...{ name: "crawl", state: "done", done: 100, total: 100, running: 0, failed: 0, retried: 0 },
    ...{ remaining: 0, tasks: [] },
  });
  assertEquals(rate, 100 * 1000 / elapsed);
});

Deno.test("openProgress() calls a listener once a second when nothing changes", async () => {
  const told = new Told();
  using progress = openProgress(told.listener);
  progress?.onStart?.(handRun(100), "workers", 2);
  await told.until(({ elapsed }) => elapsed > 1000);
  assertEquals(told.calls.length, 2);
});

const bad: Record<string, ProgressListener> = {
  "that throws": () => {
    throw new RangeError("no luck");
  },
  "that rejects": () => Promise.reject(new RangeError("no luck")),
};
for (const [name, listener] of Object.entries(bad)) {
  Deno.test(`openProgress() logs the error of a listener ${name}, and goes on`, async () => {
    await withCleanRootLogger(async () => {
      const handler = new ListHandler();
      getLogger().addHandler(handler);
      const run = handRun(3);
      using progress = openProgress(listener);
      progress?.onStart?.(run, "workers", 2);
      progress?.onEnd?.(run);
      await Promise.resolve();
      const [record, ...more] = handler.records;
      assertEquals([record?.name, record?.levelName, more], ["paralog", "ERROR", []]);
      assertEquals(record?.error?.message, "no luck");
      assertMatch(record?.msg ?? "", /Cannot show the progress of a run, 1 times/);
    });
  });
}

Deno.test("openProgress() survives a stream that fails", async () => {
  await withCleanRootLogger(() => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    for (const stream of [new ScreenStream(), new LineStream()]) {
      stream.writeSync = () => {
        throw new Deno.errors.BrokenPipe("nobody reads");
      };
      const run = handRun(3);
      using progress = openProgress(true, { stream });
      progress?.onStart?.(run, "workers", 2);
      progress?.onEnd?.(run);
    }
    // Of the terminal that is gone nobody needs to be told.
    assertEquals(handler.records.map(({ error }) => error?.name), ["BrokenPipe"]);
  });
});
