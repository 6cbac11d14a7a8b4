import { assertEquals, assertThrows } from "@std/assert";
import {
  FileHandler,
  getLogger,
  Handler,
  type LogRecord,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { QueueHandler } from "../../../src/logging/handlers/queue.ts";
import { QueueListener } from "../../../src/logging/queues/queue_listener.ts";
import { RecordQueue } from "../../../src/logging/queues/record_queue.ts";
import { askPython } from "../../support/ask_python.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";

testHandler("QueueHandler with its own listener", async (fn) => {
  const list = new ListHandler();
  await fn({
    create: (options) => {
      const queue = new RecordQueue();
      const listener = new QueueListener(queue, [list]);
      listener.start();
      return new QueueHandler(queue, { ...options, listener });
    },
    takeLines: () => list.lines.splice(0),
  });
});

testHandler("QueueHandler with a listener of somebody else", async (fn) => {
  const list = new ListHandler();
  const queue = new RecordQueue({ maxSize: 2 });
  await using listener = new QueueListener(queue, [list]);
  listener.start();
  await fn({
    create: (options) => new QueueHandler(queue, options),
    takeLines: () => list.lines.splice(0),
  });
});

const log = getLogger("queue.test");

Deno.test("QueueHandler lets the code that logs go on before the record is handled", async () => {
  const list = new ListHandler();
  const queue = new RecordQueue();
  await using listener = new QueueListener(queue, [list]);
  listener.start();
  await withCleanRootLogger(async () => {
    getLogger().addHandler(new QueueHandler(queue));
    log.warn("one");
    log.warn("two");
    assertEquals([list.lines, queue.size], [[], 2]);
    await Promise.resolve();
    assertEquals([list.lines, queue.size], [["one", "two"], 0]);
  });
});

Deno.test("QueueHandler passes a record as it is, or with the text of its formatter", () => {
  const queue = new RecordQueue();
  const record = recordOf("boom", {
    args: [1],
    extra: { a: 1 },
    error: { className: "E", name: "E", base: "Error", message: "m", stack: "E: m" },
    stack: "Stack: here",
  });
  new QueueHandler(queue).handle(record);
  assertEquals(queue.takeNow() === record, true);
  new QueueHandler(queue, { formatter: "%(levelname)s %(message)s" }).handle({ ...record, seq: 2 });
  const { error: _error, stack: _stack, ...rest } = record;
  const prepared = queue.takeNow();
  assertEquals({ ...prepared, msg: "" }, { ...rest, seq: 2, msg: "", args: [] });
  assertEquals(prepared?.msg.startsWith("WARN boom\nE: m"), true);
});

Deno.test("QueueHandler reports records that nobody will handle, once", async () => {
  const queue = new RecordQueue({ maxSize: 1 });
  const text = await captureStderr(() =>
    withCleanRootLogger(() => {
      getLogger().addHandler(new QueueHandler(queue));
      log.warn("one");
      log.warn("two");
    })
  );
  const report = "1 record is left in a queue, and 1 were dropped: no listener was started";
  assertEquals(text.split(report).length, 2);
  assertEquals(queue.takeNow()?.msg, "one");
  assertEquals(queue.takeNow()?.extra?.dropped, 1);
});

Deno.test("QueueHandler and its listener write everything before Deno.exit()", async () => {
  const filename = await Deno.makeTempFile();
  const program = `
    import { FileHandler, getLogger, QueueHandler, QueueListener, RecordQueue }
      from "@paralog/paralog/logging";
    const queue = new RecordQueue();
    const listener = new QueueListener(queue, [new FileHandler(${JSON.stringify(filename)})]);
    listener.start();
    getLogger().addHandler(new QueueHandler(queue, { listener }));
    for (let n = 0; n < 100; n++) getLogger().warn("line %d", n);
    if (Deno.args[0] === "exit") Deno.exit(3);`;
  for (const [how, code] of [["exit", 3], ["end", 0]] as const) {
    await Deno.writeTextFile(filename, "");
    const ran = await runDeno(["eval", program, how]);
    assertEquals([ran.code, ran.stderr], [code, ""]);
    assertEquals((await Deno.readTextFile(filename)).split("\n").length, 101);
  }
  await Deno.remove(filename);
});

/** A queue that is not ours, as a socket is none. */
class Pipe {
  readonly sent: string[] = [];
  isBusy = false;
  async send(text: string): Promise<void> {
    if (this.isBusy) throw new Error("busy");
    this.isBusy = true;
    await Promise.resolve();
    this.sent.push(text);
    this.isBusy = false;
  }
}

class PipeHandler extends QueueHandler<Pipe> {
  override async enqueue(record: LogRecord): Promise<void> {
    if (record.msg === "bad") throw new Error("refused");
    await this.queue.send(record.msg);
  }
}

Deno.test("QueueHandler can be extended for a queue that takes its time", async () => {
  const handler = new PipeHandler(new Pipe());
  const text = await captureStderr(async () => {
    for (const msg of ["one", "two", "bad", "three"]) handler.handle(recordOf(msg));
    await handler.close();
  });
  assertEquals(handler.queue.sent, ["one", "two", "three"]);
  assertEquals(text.match(/PipeHandler could not handle a record: Error: refused/g)?.length, 1);
});

Deno.test("QueueHandler reports that it can't put into a queue it does not know", async () => {
  const text = await captureStderr(() => new QueueHandler([]).handle(recordOf("x")));
  assertEquals(text.includes("the queue of QueueHandler is no RecordQueue"), true);
});

Deno.test("QueueListener handles all that was put before stop(), and can be started again", async () => {
  const queue = new RecordQueue();
  const list = new ListHandler();
  const listener = new QueueListener(queue, [list]);
  await listener.stop();
  queue.put(recordOf("before the start", { seq: 1 }));
  listener.start();
  assertThrows(() => listener.start(), Error, "Listener already started");
  queue.put(recordOf("one", { seq: 2 }));
  const stopped = listener.stop();
  assertEquals([list.lines, listener.started], [["before the start", "one"], false]);
  queue.put(recordOf("after the stop", { seq: 3 }));
  await stopped;
  await listener.stop();
  assertEquals(list.lines.length, 2);
  listener.start();
  await listener.stop();
  assertEquals(list.lines.at(-1), "after the stop");
});

Deno.test("QueueListener.stop() may be called by a handler", async () => {
  const queue = new RecordQueue();
  const stopped: Promise<void>[] = [];
  const list = new ListHandler({
    filters: [({ msg }) => {
      if (msg === "stop") stopped.push(listener.stop());
      return true;
    }],
  });
  const listener = new QueueListener(queue, [list]);
  listener.start();
  for (const [seq, msg] of ["one", "stop", "two"].entries()) queue.put(recordOf(msg, { seq }));
  await Promise.resolve();
  await Promise.all(stopped);
  assertEquals([list.lines, listener.started], [["one", "stop", "two"], false]);
});

/** Its handling takes time. */
class Slow extends QueueListener {
  readonly handled: string[] = [];
  override async handle(record: LogRecord): Promise<void> {
    await settled();
    this.handled.push(record.msg);
    if (record.msg === "stop") await this.stop();
  }
}

Deno.test("QueueListener handles one record after the other when handle() takes time", async () => {
  const queue = new RecordQueue();
  const listener = new Slow(queue, []);
  listener.start();
  const handler = new QueueHandler(queue);
  for (const [seq, msg] of ["a", "b", "c"].entries()) handler.handle(recordOf(msg, { seq }));
  await handler.flush();
  assertEquals(listener.handled, ["a", "b", "c"]);
  handler.handle(recordOf("d", { seq: 9 }));
  const stopped = listener.stop();
  handler.handle(recordOf("after", { seq: 10 }));
  await stopped;
  assertEquals([listener.handled, listener.started], [["a", "b", "c", "d"], false]);
  assertEquals(queue.size, 1);
});

Deno.test("QueueListener.stop() may be awaited within handle()", async () => {
  const queue = new RecordQueue();
  const listener = new Slow(queue, []);
  listener.start();
  for (const [seq, msg] of ["one", "stop", "two"].entries()) queue.put(recordOf(msg, { seq }));
  await listener.stop();
  assertEquals([listener.handled, listener.started], [["one", "stop", "two"], false]);
  class Loop extends Slow {
    override dequeue(signal: AbortSignal): Promise<LogRecord | undefined> {
      return this.queue.get(signal);
    }
  }
  const loop = new Loop(queue, [], { drainTime: 1 });
  loop.start();
  for (const [seq, msg] of ["one", "stop"].entries()) queue.put(recordOf(msg, { seq }));
  await loop.stop();
  assertEquals([loop.handled, loop.started], [["one", "stop"], false]);
});

Deno.test("QueueListener that respects levels passes the report of what was dropped on", async () => {
  const queue = new RecordQueue({ maxSize: 1, policy: "dropNewest" });
  const list = new ListHandler({ level: "ERROR" });
  for (let seq = 1; seq < 4; seq++) queue.put(recordOf("x", { seq, level: 40 }));
  await using listener = new QueueListener(queue, [list], { respectHandlerLevel: true });
  listener.start();
  await listener.stop();
  assertEquals(list.lines, ["x", "2 records were dropped: the queue of 1 was full (dropNewest)"]);
});

Deno.test("QueueListener gives records as Python's does, with and without respectHandlerLevel", async () => {
  const expected = await askPython<string[][]>(`
import logging, logging.handlers, queue
class List(logging.Handler):
    def __init__(self, lines, level):
        super().__init__(level); self.lines = lines
    def emit(self, record): self.lines.append(f"{self.level}:{record.getMessage()}")
result = []
for respect in (False, True):
    q, lines = queue.Queue(-1), []
    listener = logging.handlers.QueueListener(q, List(lines, 10), List(lines, 40), respect_handler_level=respect)
    log = logging.getLogger("q%s" % respect); log.setLevel(20)
    log.addHandler(logging.handlers.QueueHandler(q))
    listener.start()
    for level in (10, 20, 30, 40): log.log(level, "%s at %d", "it", level)
    listener.stop()
    result.append(lines)
print(json.dumps(result))`);
  const found: string[][] = [];
  for (const respectHandlerLevel of [false, true]) {
    const lines: string[] = [];
    class Lines extends Handler {
      override emit(record: LogRecord): void {
        lines.push(`${this.level}:${record.msg}`);
      }
    }
    const queue = new RecordQueue();
    const handlers = [new Lines({ level: 10 }), new Lines({ level: 40 })];
    await using listener = new QueueListener(queue, handlers, { respectHandlerLevel });
    await withCleanRootLogger(async () => {
      log.setLevel(20);
      log.addHandler(new QueueHandler(queue));
      listener.start();
      for (const level of [10, 20, 30, 40]) log.log(level, "%s at %d", "it", level);
      await listener.stop();
    });
    found.push(lines);
  }
  assertEquals(found, expected);
});

Deno.test("QueueListener flushes its handlers at stop(), and closes them when it is disposed", async () => {
  const calls: string[] = [];
  class Noting extends ListHandler {
    override flush(): void {
      calls.push(`flush ${this.name}`);
    }
    override async close(): Promise<void> {
      await Promise.resolve();
      calls.push(`close ${this.name}`);
      throw new Error("can't close");
    }
  }
  const handlers = [new Noting({ name: "a" }), new Noting({ name: "b" })];
  const text = await captureStderr(async () => {
    await using listener = new QueueListener(new RecordQueue(), handlers);
    listener.start();
    await listener.stop();
    assertEquals(calls.splice(0), ["flush b", "flush a"]);
  });
  assertEquals(calls, ["flush b", "flush a", "close b", "close a"]);
  assertEquals(text.match(/Noting could not be closed: Error: can't close/g)?.length, 2);
});

Deno.test("QueueListener leaves no file open that was given to it alone", async () => {
  const filename = await Deno.makeTempFile();
  await withCleanRootLogger(() => {
    const queue = new RecordQueue();
    const listener = new QueueListener(queue, [new FileHandler(filename)]);
    listener.start();
    getLogger().addHandler(new QueueHandler(queue, { listener }));
    log.warn("one");
  });
  assertEquals(await Deno.readTextFile(filename), "one\n");
  await Deno.remove(filename);
});

Deno.test("QueueListener goes on when handling fails, at once or later", async () => {
  const queue = new RecordQueue();
  const list = new ListHandler();
  class Failing extends QueueListener {
    override handle(record: LogRecord): void | Promise<void> {
      if (record.msg === "now") throw new Error("now");
      if (record.msg === "later") return Promise.reject(new Error("later"));
      return super.handle(record);
    }
  }
  const text = await captureStderr(async () => {
    await using listener = new Failing(queue, [list]);
    listener.start();
    for (const [seq, msg] of ["now", "later", "fine"].entries()) queue.put(recordOf(msg, { seq }));
  });
  assertEquals(list.lines, ["fine"]);
  assertEquals(text.match(/Failing could not handle a record: Error: (now|later)/g)?.length, 2);
});

Deno.test("QueueListener that gives records to loggers makes no endless loop", async () => {
  const queue = new RecordQueue();
  class ToLoggers extends QueueListener {
    override handle(record: LogRecord): void {
      getLogger(record.name).handle(record);
    }
  }
  const list = new ListHandler();
  const text = await captureStderr(() =>
    withCleanRootLogger(async () => {
      await using listener = new ToLoggers(queue, []);
      getLogger().addHandler(new QueueHandler(queue));
      getLogger().addHandler(list);
      listener.start();
      log.warn("one");
      log.warn("two");
      await listener.stop();
    })
  );
  assertEquals(list.lines, ["one", "two", "one", "two"]);
  assertEquals(text.match(/A queue refused/g)?.length, 1);
});

Deno.test("QueueListener handles records in the realm in which it was started", async () => {
  const queue = new RecordQueue();
  const list = new ListHandler();
  class Echo extends Handler {
    override emit(record: LogRecord): void {
      getLogger("echo").warn("handled %s", record.msg);
    }
  }
  await using listener = new QueueListener(queue, [new Echo()]);
  await withCleanRootLogger(async () => {
    getLogger().addHandler(list);
    listener.start();
    await withCleanRootLogger(async () => {
      getLogger().addHandler(new QueueHandler(queue));
      log.warn("one");
      await Promise.resolve();
    });
  });
  assertEquals(list.lines, ["handled one"]);
});

/** A listener on a queue that is not ours. */
class PipeListener extends QueueListener<{ waiting: PromiseWithResolvers<string>[] }> {
  override async dequeue(): Promise<LogRecord | undefined> {
    const next = Promise.withResolvers<string>();
    this.queue.waiting.push(next);
    const text = await next.promise;
    return text === "END" ? undefined : recordOf(text);
  }
}

const pipe = () => ({ waiting: [] as PromiseWithResolvers<string>[] });

/** Lets everything happen that needs no timer. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("QueueListener with its own dequeue() ends at the sentinel, or in silence", async () => {
  const queue = pipe();
  const list = new ListHandler();
  const listener = new PipeListener(queue, [list], { drainTime: 5 });
  listener.start();
  queue.waiting[0]?.resolve("one");
  await settled();
  await listener.stop();
  assertEquals([list.lines, listener.started], [["one"], false]);
  // What was asked for before the stop is not lost: the next start takes it.
  queue.waiting[1]?.resolve("two");
  listener.start();
  await settled();
  queue.waiting[2]?.resolve("END");
  await settled();
  assertEquals([list.lines, queue.waiting.length, listener.started], [["one", "two"], 3, false]);
  await listener.stop();
});

Deno.test("QueueListener asks again when dequeue() fails, and gives up after many failures", async () => {
  const list = new ListHandler();
  let asked = 0;
  class Broken extends QueueListener {
    override dequeue(): LogRecord {
      asked++;
      if (asked === 3) return recordOf("one in between");
      throw new Error(`failure ${asked}`);
    }
  }
  const listener = new Broken(new RecordQueue(), [list], { maxFailures: 4 });
  const text = await captureStderr(async () => {
    listener.start();
    while (listener.started) await settled();
  });
  assertEquals([asked, list.lines], [7, ["one in between"]]);
  assertEquals(text.includes("for the 4th time in a row; it does not listen any more"), true);
  assertEquals(text.match(/Broken could not take a record from its queue/g)?.length, 3);
});

Deno.test("QueueListener refuses what it can't listen to", async () => {
  const listener = new QueueListener([], []);
  assertThrows(() => listener.start(), TypeError, "its queue is [], which is no RecordQueue");
  const queue = new RecordQueue();
  await using one = new QueueListener(queue, []);
  one.start();
  assertThrows(() => new QueueListener(queue, []).start(), Error, "another listener is started");
  const bad = "handlers" as unknown as Handler[];
  assertThrows(() => new QueueListener(queue, bad), TypeError, "handlers is handlers");
  assertThrows(() => new QueueListener(queue, [{} as Handler]), TypeError, "as a handler");
  assertThrows(() => new QueueListener(queue, [], { maxFailures: 0 }), RangeError, "is 0");
  const misspelt = { respect_handler_level: true };
  const meant = 'unknown option "respect_handler_level", did you mean respectHandlerLevel?';
  assertThrows(() => new QueueListener(queue, [], misspelt as object), TypeError, meant);
  const unknown = 'unknown option "queue", allowed are name, level, formatter, filters, listener';
  assertThrows(() => new QueueHandler(queue, { queue } as object), TypeError, unknown);
});
