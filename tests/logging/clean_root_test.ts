import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  basicConfig,
  cleanRootLogger,
  getLogger,
  MemoryHandler,
  PrefixFilter,
  shutdown,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import * as stdLog from "@std/log";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

/** A logger kept at module level, as libraries do. */
const log = getLogger("clean.test");

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

/** Configures the root with a handler that keeps lines. */
function configure(level: string): ListHandler {
  const handler = new ListHandler();
  basicConfig({ level, handlers: [handler], format: "%(levelname)s %(message)s" });
  return handler;
}

/** Lets each of several functions go on only when all have come this far. */
function barrier(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  return () => {
    if (--parties === 0) resolve();
    return promise;
  };
}

test("withCleanRootLogger() starts clean but for the level, and brings everything back", async () => {
  const outer = configure("INFO");
  getLogger().addFilter(new PrefixFilter("outer "));
  log.setLevel("ERROR");
  await withCleanRootLogger(async () => {
    assertEquals([getLogger().handlers, getLogger().filters, log.level], [[], [], 0]);
    assertEquals(getLogger().level, 20);
    const inner = configure("DEBUG");
    log.debug("inside");
    await Promise.resolve();
    getLogger().debug("still inside");
    assertEquals(inner.lines, ["DEBUG inside", "DEBUG still inside"]);
  });
  log.warn("dropped");
  getLogger().info("back");
  assertEquals(outer.lines, ["INFO outer back"]);
  assertEquals(getLogger().level, 20);
});

test("withCleanRootLogger() scopes that run at once do not see each other", async () => {
  const outer = configure("INFO");
  const meet = barrier(3);
  const lines = await Promise.all(["a", "b", "c"].map((name) =>
    withCleanRootLogger(async () => {
      const handler = configure("DEBUG");
      getLogger().addFilter(new PrefixFilter(`${name} `));
      await meet();
      getLogger().debug("root");
      log.debug(name);
      stdLog.debug("std");
      return handler.lines;
    })
  ));
  assertEquals(
    lines,
    ["a", "b", "c"].map((n) => [`DEBUG ${n} root`, `DEBUG ${n}`, `DEBUG ${n} std`]),
  );
  assertEquals(outer.lines, []);
});

test("withCleanRootLogger() passes on what the function returns or throws, and ends the scope", async () => {
  const outer = configure("INFO");
  assertEquals(await withCleanRootLogger(() => 5), 5);
  await assertRejects(
    () =>
      withCleanRootLogger(async () => {
        configure("DEBUG");
        await Promise.resolve();
        throw new RangeError("inside");
      }),
    RangeError,
    "inside",
  );
  await assertRejects(
    () =>
      withCleanRootLogger(() => {
        throw new RangeError("at once");
      }),
    RangeError,
  );
  getLogger().info("back");
  assertEquals(outer.lines, ["INFO back"]);
});

test("withCleanRootLogger() scopes can be nested", async () => {
  const outer = configure("INFO");
  await withCleanRootLogger(async () => {
    const middle = configure("DEBUG");
    await withCleanRootLogger(() => {
      const inner = configure("ERROR");
      log.error("inner");
      log.info("too low");
      assertEquals(inner.lines, ["ERROR inner"]);
    });
    log.debug("middle");
    assertEquals(middle.lines, ["DEBUG middle"]);
  });
  log.info("outer");
  assertEquals(outer.lines, ["INFO outer"]);
});

test("cleanRootLogger() makes the rest of the block clean", async () => {
  const outer = configure("INFO");
  {
    using _ = cleanRootLogger();
    const inner = configure("DEBUG");
    log.debug("inside");
    await Promise.resolve();
    log.debug("after await");
    assertEquals(inner.lines, ["DEBUG inside", "DEBUG after await"]);
  }
  {
    await using scope = cleanRootLogger();
    assertEquals(getLogger().handlers, []);
    scope[Symbol.dispose]();
    assertEquals(getLogger().handlers, [outer]);
  }
  log.info("back");
  assertEquals(outer.lines, ["INFO back"]);
});

test("code that still runs in an ended scope logs to the nearest one that lives", async () => {
  const outer = configure("INFO");
  const ended = Promise.withResolvers<void>();
  const inner = new ListHandler();
  let late: Promise<void> | undefined;
  await withCleanRootLogger(() => {
    basicConfig({ level: "DEBUG", handlers: [inner] });
    late = ended.promise.then(() => getLogger().info("late"));
  });
  ended.resolve();
  await late;
  assertEquals([outer.lines, inner.lines], [["INFO late"], []]);
});

test("the caller of a function that leaves a `using` scope open is back in its own after it", async () => {
  const outer = configure("INFO");
  async function leaky(): Promise<void> {
    using _ = cleanRootLogger();
    await Promise.resolve();
  }
  await leaky();
  log.info("mine");
  assertEquals(outer.lines, ["INFO mine"]);
});

test("handlers first added in a scope are closed at its end, others are not", async () => {
  const order: string[] = [];
  class Closing extends ListHandler {
    constructor(readonly label: string) {
      super();
    }
    override flush(): void {
      order.push(`flush ${this.label}`);
    }
    override async close(): Promise<void> {
      await Promise.resolve();
      order.push(`close ${this.label}`);
    }
  }
  const shared = new Closing("shared");
  getLogger("outer").addHandler(shared);
  await withCleanRootLogger(() => {
    getLogger("a").addHandler(new Closing("first"));
    getLogger("b").addHandler(new Closing("second"));
    getLogger("b").addHandler(shared);
    const removed = new Closing("removed");
    getLogger("a").addHandler(removed);
    getLogger("a").removeHandler(removed);
  });
  assertEquals(order, ["flush second", "close second", "flush first", "close first"]);
});

test("a handler that can't be closed is reported, and the others are closed", async () => {
  const reported: string[] = [];
  const good = new ListHandler();
  good.close = () => void reported.push("good closed");
  const bad = new ListHandler();
  bad.close = () => Promise.reject(new Error("disk full"));
  bad.handleError = (_record, error) => void reported.push((error as Error).message);
  await withCleanRootLogger(() => {
    getLogger().addHandler(good);
    getLogger().addHandler(bad);
  });
  assertEquals(reported, ["disk full", "good closed"]);
  assert(true);
});

test("a handler that is used in one scope after the other is closed at the end of each", async () => {
  const handler = new ListHandler();
  let closed = 0;
  handler.close = () => void closed++;
  for (let n = 0; n < 3; n++) {
    await withCleanRootLogger(() => basicConfig({ handlers: [handler] }));
  }
  assertEquals(closed, 3);
});

test("shutdown() flushes and closes the handlers of the realm, the last one first", async () => {
  const order: string[] = [];
  for (const name of ["first", "second"]) {
    const handler = new ListHandler();
    handler.flush = () => void order.push(`flush ${name}`);
    handler.close = async () => {
      await Promise.resolve();
      order.push(`close ${name}`);
    };
    getLogger(name).addHandler(handler);
  }
  await shutdown();
  assertEquals(order, ["flush second", "close second", "flush first", "close first"]);
});

Deno.test("what handlers hold is written when the program ends, in whatever realm they are", async () => {
  for (const exit of ["end", "exit"]) {
    const { stdout } = await runDeno(["run", "tests/programs/buffered.ts", exit]);
    assertEquals(linesOf(stdout), exit === "end" ? ["named"] : ["inside", "named"]);
  }
});

test("what is logged while a scope's handlers are closing goes to the realm around it", async () => {
  const outer = configure("INFO");
  const closing = Promise.withResolvers<void>();
  const inner = new ListHandler();
  inner.close = async () => {
    closing.resolve();
    await Promise.resolve();
  };
  let late: Promise<void> | undefined;
  await withCleanRootLogger(() => {
    basicConfig({ level: "INFO", handlers: [inner] });
    late = closing.promise.then(() => getLogger().info("late"));
  });
  await late;
  assertEquals([outer.lines, inner.lines], [["INFO late"], []]);
});

test("what a handler keeps back on purpose when it is closed is not flushed by the end of a realm", async () => {
  const target = new ListHandler();
  await withCleanRootLogger(() => {
    getLogger().addHandler(new MemoryHandler(10, { target, flushOnClose: false }));
    getLogger().addHandler(new MemoryHandler(10, { target }));
    getLogger().warn("once");
  });
  assertEquals(target.lines, ["once"]);
});
