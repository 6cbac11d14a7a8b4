/** Levels that the caller changes count for tasks at their next log call, even if they never yield. */

import { assertEquals } from "@std/assert";
import {
  basicConfig,
  delayed,
  disable,
  getLogger,
  type Level,
  Parallel,
  withCleanRootLogger,
} from "@paralog/paralog";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import * as tasks from "../support/level_tasks.ts";
import { logNow } from "../support/relay_tasks.ts";
import { assertAllWritten } from "../support/record_counts.ts";
import { SharedCount } from "../support/shared_count.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

/** Asks a task for one round after the other. */
class Rounds implements Disposable {
  readonly #asked = new SharedCount();
  readonly #done = new SharedCount();
  readonly #handler: WatchedHandler;
  #round = 0;
  /** How many records have arrived in all. */
  arrived = 0;

  constructor(handler: WatchedHandler) {
    this.#handler = handler;
  }

  /** What to give to the task. */
  get memory(): tasks.Rounds {
    return { asked: this.#asked.memory, done: this.#done.memory };
  }

  /** Has the task log a round. Returns what arrived of it. */
  async next(): Promise<string[]> {
    const end = tasks.endOf(++this.#round);
    this.#asked.add();
    await this.#done.until(this.#round, end);
    await this.#handler.untilMessage(end);
    const messages = this.#handler.records.splice(0).map(({ msg }) => msg);
    this.arrived += messages.length;
    return messages.filter((message) => message !== end);
  }

  /** The same for a task that logs nothing. */
  async answer(): Promise<void> {
    this.#round++;
    this.#asked.add();
    await this.#done.until(this.#round, "an answer");
  }

  [Symbol.dispose](): void {
    this.#asked[Symbol.dispose]();
  }
}

/** What a round brings where these levels are in force. */
function roundAt(levels: { root: Level; app?: Level; jobs?: Level }): string[] {
  const { root, app = root, jobs = app } = levels;
  const order = ["DEBUG", "INFO", "ERROR"];
  const each = { root, app, "app.jobs": jobs, other: root };
  return Object.entries(each).flatMap(([name, level]) => {
    const from = order.indexOf(String(level));
    return order.slice(from < 0 ? order.length : from).map((shown) => `${name} ${shown}`);
  });
}

const marker = (level: Level) => getLogger("marker").setLevel(level);

testWithHandler(
  "a level that the caller changes counts at the next log call of a task",
  async (handler) => {
    marker("CRITICAL");
    using rounds = new Rounds(handler);
    const parallel = new Parallel(1, { backend: "workers" });
    const running = inBackground(parallel.run([delayed(tasks.logRounds)(rounds.memory, 9)]));
    assertEquals(await rounds.next(), roundAt({ root: "INFO" }));
    getLogger().setLevel("DEBUG");
    assertEquals(await rounds.next(), roundAt({ root: "DEBUG" }));
    getLogger().setLevel("ERROR");
    assertEquals(await rounds.next(), roundAt({ root: "ERROR" }));
    getLogger("app").setLevel("DEBUG");
    assertEquals(await rounds.next(), roundAt({ root: "ERROR", app: "DEBUG" }));
    getLogger("app.jobs").setLevel("INFO");
    assertEquals(await rounds.next(), roundAt({ root: "ERROR", app: "DEBUG", jobs: "INFO" }));
    getLogger("app").setLevel("NOTSET");
    assertEquals(await rounds.next(), roundAt({ root: "ERROR", jobs: "INFO" }));
    disable("INFO");
    getLogger().setLevel("DEBUG");
    assertEquals(await rounds.next(), roundAt({ root: "ERROR", jobs: "ERROR" }));
    disable("NOTSET");
    assertEquals(await rounds.next(), roundAt({ root: "DEBUG", jobs: "INFO" }));
    getLogger().setLevel(60);
    getLogger("app.jobs").setLevel("NOTSET");
    assertEquals(await rounds.next(), []);
    await withPatience(running, "the end of the run");
    assertAllWritten(parallel, rounds.arrived); // Nothing was made that was not wanted.
  },
);

testWithHandler(
  "a level changed between two runs counts for a worker that is kept",
  async (handler) => {
    marker("CRITICAL");
    await using parallel = new Parallel(1, { backend: "workers" });
    for (const level of ["INFO", "ERROR", "DEBUG"]) {
      getLogger().setLevel(level);
      using rounds = new Rounds(handler);
      const running = inBackground(parallel.run([delayed(tasks.logRounds)(rounds.memory, 1)]));
      assertEquals(await rounds.next(), roundAt({ root: level }));
      await withPatience(running, "the end of the run");
    }
  },
);

testWithHandler(
  "a level that a task did not have at its start is that of a new logger's parent",
  async (handler) => {
    marker("CRITICAL");
    getLogger("app").setLevel("ERROR");
    using rounds = new Rounds(handler);
    const running = inBackground(new Parallel(1, { backend: "workers" }).run([
      delayed(tasks.logRounds)(rounds.memory, 2),
    ]));
    assertEquals(await rounds.next(), roundAt({ root: "INFO", app: "ERROR" }));
    getLogger("app.jobs.deep"); // A new logger changes nothing.
    getLogger("app.jobs").setLevel("DEBUG");
    assertEquals(await rounds.next(), roundAt({ root: "INFO", app: "ERROR", jobs: "DEBUG" }));
    await withPatience(running, "the end of the run");
  },
);

testWithHandler(
  "the levels of 2,000 loggers reach a task, and so do their changes",
  async (handler) => {
    const names = Array.from({ length: 2000 }, (_, n) => `level.${"漢字".repeat(n % 40)}.${n}`);
    const setLevels = (isDebug: (n: number) => boolean) => {
      for (const [n, name] of names.entries()) {
        getLogger(name).setLevel(
          isDebug(n) ? "DEBUG" : "WARN",
        );
      }
    };
    using rounds = new Rounds(handler);
    const answers = new SharedArrayBuffer(names.length);
    const seen = () => [...new Uint8Array(answers)];
    setLevels((n) => n % 3 === 0);
    const running = inBackground(new Parallel(1, { backend: "workers" }).run([
      delayed(tasks.probeRounds)(rounds.memory, 4, names, answers),
    ]));
    await rounds.answer();
    assertEquals(seen(), names.map((_, n) => n % 3 === 0 ? 1 : 0));
    setLevels((n) => n % 2 === 0);
    await rounds.answer();
    assertEquals(seen(), names.map((_, n) => n % 2 === 0 ? 1 : 0));
    disable("DEBUG");
    await rounds.answer();
    assertEquals(seen(), names.map(() => 0));
    disable("NOTSET");
    for (const name of names) getLogger(name).setLevel("NOTSET");
    getLogger("level").setLevel("DEBUG");
    await rounds.answer();
    assertEquals(seen(), names.map(() => 1));
    await withPatience(running, "the end of the run");
  },
);

testWithHandler(
  "a task obeys the levels of the clean root that its run was started in",
  async (outer) => {
    await withCleanRootLogger(async () => {
      const handler = new WatchedHandler();
      basicConfig({ level: "DEBUG", handlers: [handler] });
      using rounds = new Rounds(handler);
      const running = inBackground(new Parallel(1, { backend: "workers" }).run([
        delayed(tasks.logRounds)(rounds.memory, 2),
      ]));
      assertEquals(await rounds.next(), roundAt({ root: "DEBUG" }));
      getLogger("app").setLevel("ERROR");
      assertEquals(await rounds.next(), roundAt({ root: "DEBUG", app: "ERROR" }));
      await withPatience(running, "the end of the run");
    });
    assertEquals(outer.records, []);
  },
);

testWithHandler("two runs at once, from two roots, obey each its own", async (outer) => {
  await using parallel = new Parallel(2, { backend: "workers" });
  const roots = await Promise.all(
    ["DEBUG", "ERROR"].map((level) =>
      withCleanRootLogger(async () => {
        const handler = new WatchedHandler();
        basicConfig({ level, handlers: [handler] });
        using rounds = new Rounds(handler);
        const running = inBackground(parallel.run([delayed(tasks.logRounds)(rounds.memory, 3)]));
        const seen = [await rounds.next()];
        getLogger("app").setLevel(level === "DEBUG" ? "ERROR" : "DEBUG");
        seen.push(await rounds.next());
        getLogger().setLevel("INFO");
        seen.push(await rounds.next());
        await withPatience(running, "the end of the run");
        return seen;
      })
    ),
  );
  assertEquals(roots, [
    [
      roundAt({ root: "DEBUG" }),
      roundAt({ root: "DEBUG", app: "ERROR" }),
      roundAt({ root: "INFO", app: "ERROR" }),
    ],
    [
      roundAt({ root: "ERROR" }),
      roundAt({ root: "ERROR", app: "DEBUG" }),
      roundAt({ root: "INFO", app: "DEBUG" }),
    ],
  ]);
  assertEquals(outer.records, []);
});

for (const backend of ["inline", "workers"] as const) {
  testWithHandler(
    `a level that the caller changes reaches a task's own task (${backend})`,
    async (handler) => {
      marker("CRITICAL");
      using rounds = new Rounds(handler);
      const running = inBackground(new Parallel(1, { backend: "workers" }).run([
        delayed(tasks.nestRounds)(backend, rounds.memory, 200),
      ]));
      assertEquals(await rounds.next(), roundAt({ root: "INFO" }));
      getLogger().setLevel("DEBUG");
      let seen: string[] = [];
      // A worker in between passes changes on when it yields.
      for (let n = 0; n < 100 && seen.length < 12; n++) seen = await rounds.next();
      assertEquals(seen, roundAt({ root: "DEBUG" }));
      rounds[Symbol.dispose]();
      await withPatience(running, "the end of the run");
    },
  );
}

for (const backend of ["inline", "workers"] as const) {
  testWithHandler(
    `${backend}: what was logged before a change of levels, handlers and filters is handled as it was`,
    async (handler) => {
      const changes: readonly (() => void)[] = [
        () => getLogger().setLevel("ERROR"),
        () => disable("INFO"),
        () => getLogger().addFilter(() => false),
        () => getLogger().removeHandler(handler),
      ];
      for (const change of changes) {
        await withCleanRootLogger(async () => {
          basicConfig({ level: "INFO", handlers: [handler] });
          using begun = new SharedCount();
          using done = new SharedCount();
          const parallel = new Parallel(1, { backend });
          const running = parallel.run([delayed(logNow)(1, begun.memory, done.memory)]);
          await begun.until(1);
          if (backend === "workers") done.blockUntil(1); // It is logged while this thread is blocked.
          change();
          await running;
          disable("NOTSET");
          assertEquals(parallel.stats.records.written, 1, String(change));
        });
      }
    },
  );
}
