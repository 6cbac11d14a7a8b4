import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { BaseHandler as StdBaseHandler } from "@std/log";
import { parse as parseYaml } from "@std/yaml";
import {
  ConsoleHandler,
  FileHandler,
  type FileHandlerOptions,
  getLogger,
  Handler,
  type HandlerOptions,
  type LogRecord,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { ConfigError } from "../../../src/logging/config/config_error.ts";
import { dictConfig, dictConfigSync } from "../../../src/logging/config/dict_config.ts";
import { QueueHandler } from "../../../src/logging/handlers/queue.ts";
import { QueueListener } from "../../../src/logging/queues/queue_listener.ts";
import { RecordQueue } from "../../../src/logging/queues/record_queue.ts";
import { currentRealm } from "../../../src/logging/realm.ts";
import { BROKEN } from "./broken.ts";

function test(name: string, fn: (folder: string) => void | Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    await withCleanRootLogger(async () => {
      getLogger().setLevel("WARN");
      await fn(folder);
    });
    await Deno.remove(folder, { recursive: true });
  });
}

/** The handler of that name, which has to keep its lines. */
function list(name: string): ListHandler {
  const handler = currentRealm().handlerByName(name);
  assertInstanceOf(handler, ListHandler);
  return handler;
}

/** A configuration with one handler on the root. */
const onRoot = (handler: object, more: object = {}) => ({
  version: 1,
  handlers: { h: handler },
  root: { level: "DEBUG", handlers: ["h"] },
  ...more,
});

test("dictConfig() reads the YAML of the seeds, with a handler class of the program", async (folder) => {
  class CustomLogHandler extends Handler {
    readonly #file: FileHandler;
    constructor({ fname, ...options }: HandlerOptions & { fname: string }) {
      super(options);
      this.#file = new FileHandler(`${folder}/${fname}`, options);
    }
    override emit(record: LogRecord): void {
      this.#file.emit(record);
    }
    override close(): void {
      this.#file.close();
    }
  }
  await dictConfig(
    parseYaml(`
version: 1
disable_existing_loggers: False
formatters:
    simple:
        format: "%(levelname)s %(message)s"
handlers:
    clog:
        class: CustomLogHandler
        level: INFO
        formatter: simple
        fname: cplog.log
root:
    level: DEBUG
    handlers: [clog]
`),
    { classes: { CustomLogHandler } },
  );
  getLogger("app").debug("too low");
  getLogger("app").info("written");
  assertEquals(await Deno.readTextFile(`${folder}/cplog.log`), "INFO written\n");
});

test("dictConfig() reads the words of YAML 1.1 for true and false", async () => {
  await dictConfig({ version: 1, loggers: { a: { propagate: "no" }, b: { propagate: "On" } } });
  assertEquals([getLogger("a").propagate, getLogger("b").propagate], [false, true]);
});

test("dictConfig() makes a class that extends one of ours as that one is made", async (folder) => {
  class Dated extends FileHandler {
    readonly suffix: unknown;
    constructor(filename: string, options: FileHandlerOptions & { suffix?: string }) {
      super(`${filename}.${options.suffix}`, options);
      this.suffix = options.suffix;
    }
  }
  await dictConfig(onRoot({ class: "Dated", filename: `${folder}/a`, suffix: "x", mode: "w" }), {
    classes: { Dated },
  });
  getLogger().warn("here");
  assertEquals(await Deno.readTextFile(`${folder}/a.x`), "here\n");
});

test("dictConfig() calls functions with one object, and classes of the caller too", async () => {
  const seen: unknown[] = [];
  const makeFormatter = (options: object) => {
    seen.push(options);
    return (record: LogRecord) => `made ${record.msg}`;
  };
  class Only {
    readonly text: string;
    constructor(options: { text: string }) {
      this.text = options.text;
    }
    filter(record: LogRecord): boolean {
      return record.msg.includes(this.text);
    }
  }
  await dictConfig({
    version: 1,
    formatters: { f: { "()": makeFormatter, a: 1, b: [{ c: "ext://logging.ERROR" }] } },
    filters: { only: { "()": "Only", text: "yes" } },
    handlers: {
      h: { "()": "make", formatter: "f", filters: ["only"], level: "INFO", ".": { extra: 5 } },
    },
    root: { handlers: ["h"], level: 0 },
  }, {
    classes: {
      Only,
      make(options: HandlerOptions) {
        seen.push(Object.keys(options), options.level, options.filters?.length);
        return new ListHandler();
      },
    },
  });
  getLogger().info("yes");
  getLogger().info("no");
  assertEquals(list("h").lines, ["made yes"]);
  assertEquals(Reflect.get(list("h"), "extra"), 5);
  assertEquals(seen, [
    { a: 1, b: [{ c: 40 }] },
    ["name", "level", "formatter", "filters"],
    20,
    1,
  ]);
});

test("dictConfig() takes a class itself in place of its name", async () => {
  await dictConfig(onRoot({ class: ListHandler, level: "ERROR" }));
  assertEquals(list("h").level, 40);
});

test("dictConfig() takes filters and values from code", async () => {
  const handler = new ListHandler();
  await dictConfig({
    version: 1,
    handlers: { h: { "()": () => handler } },
    root: { handlers: ["h"], filters: [(record: LogRecord) => record.msg !== "no"] },
  });
  getLogger().warn("no");
  getLogger().warn("yes");
  assertEquals(handler.lines, ["yes"]);
});

test("dictConfig() gives cfg:// to a whole definition the object it became", async () => {
  const seen: unknown[] = [];
  await dictConfig({
    version: 1,
    formatters: { f: { format: "<%(message)s>" } },
    handlers: {
      a: { "()": "make", inner: ["cfg://handlers.z"], format: "cfg://formatters.f" },
      z: { "()": () => new ListHandler(), formatter: "cfg://formatters.f" },
    },
    root: { handlers: ["z"] },
  }, {
    classes: {
      make(options: { inner: unknown[]; format: { format(record: object): string } }) {
        seen.push(options.inner[0], options.format.format({ msg: "x" }));
        return new ListHandler();
      },
    },
  });
  assertEquals(seen, [list("z"), "<x>"]);
});

test("dictConfig() imports allowed modules, and no others", async () => {
  const config = {
    version: 1,
    filters: { errors: { "()": "../../support/config_module.ts#onlyErrors" } },
    handlers: {
      h: { class: "../../support/config_module.ts#ImportedHandler", filters: ["errors"] },
    },
    root: { handlers: ["h"] },
  };
  const base = import.meta.url;
  const refused = await assertRejects(() => dictConfig(config, { base }), ConfigError);
  assertEquals(refused.problems.map(({ path, message }) => [path, message]), [
    [
      'filters.errors["()"]',
      'filters.errors["()"] is "../../support/config_module.ts#onlyErrors": the module ' +
      "../../support/config_module.ts is not in allowModules",
    ],
    [
      "handlers.h.class",
      'handlers.h.class is "../../support/config_module.ts#ImportedHandler": the module ' +
      "../../support/config_module.ts is not in allowModules",
    ],
  ]);
  await dictConfig(config, { base, allowModules: [/^\.\.\/\.\.\/support\/config_/g] });
  getLogger().warn("no");
  getLogger().error("yes");
  assertEquals(list("h").lines, ["yes"]);
  await dictConfig(config, { base, allowModules: ["../../support/config_module.ts"] });
  assertEquals(list("h").lines, []);
});

test("dictConfig() says why a module can't be imported", async () => {
  const base = import.meta.url;
  const bad: [string, object, string][] = [
    ["./gone.ts#A", { base, allowModules: [/./] }, "which can't be imported: Module not found"],
    ["../../support/config_module.ts#Gone", { base, allowModules: [/./] }, "no such export, use"],
    ["./x.ts#A", { allowModules: [/./] }, "give base, such as import.meta.url, to find ./x.ts"],
    ["npm:x@1#A", { allowModules: ["npm:y@1"] }, "the module npm:x@1 is not in allowModules"],
  ];
  for (const [name, options, text] of bad) {
    const config = onRoot({ class: name });
    const error = await assertRejects(() => dictConfig(config, options), ConfigError, text);
    assertEquals(error.problems[0]?.path, "handlers.h.class");
  }
});

test("dictConfig() refuses unknown options before anything else", async () => {
  const options = { clases: {} } as object;
  await assertRejects(() => dictConfig({}, options), TypeError, 'unknown option "clases"');
  assertThrows(() => dictConfigSync({}, { base: "x" } as object), TypeError, 'option "base"');
});

test("dictConfig() makes the listener of a queue handler, starts it and ends it", async () => {
  const config = {
    version: 1,
    handlers: {
      errors: { "()": () => new ListHandler(), level: "ERROR" },
      all: { "()": () => new ListHandler() },
      queue: {
        class: "logging.handlers.QueueHandler",
        queue: { "()": "queue.Queue", maxsize: 100 },
        handlers: ["errors", "all"],
        respect_handler_level: true,
      },
    },
    root: { handlers: ["queue"] },
  };
  await dictConfig(config);
  const [handler] = getLogger().handlers;
  assertInstanceOf(handler, QueueHandler);
  assertInstanceOf(handler.queue, RecordQueue);
  const { listener } = handler;
  assertEquals([handler.queue.maxSize, listener?.started], [100, true]);
  const [errors, all] = [list("errors"), list("all")];
  getLogger().warn("one");
  getLogger().error("two");
  await dictConfig({ version: 1 }); // Ends the listener, which handles what waits.
  assertEquals([errors.lines, all.lines], [["two"], ["one", "two"]]);
  assertEquals(listener?.started, false);
});

test("dictConfig() makes a listener and a queue of the caller's classes", async () => {
  class Shouting extends QueueListener {
    override prepare(record: LogRecord): LogRecord {
      return { ...record, msg: record.msg.toUpperCase() };
    }
  }
  const queue = new RecordQueue();
  const config = {
    version: 1,
    handlers: {
      kept: { "()": () => new ListHandler() },
      queue: {
        class: "paralog.QueueHandler",
        queue: "ext://shared",
        listener: "Shouting",
        handlers: ["kept"],
      },
    },
    root: { handlers: ["queue"] },
  };
  for (const round of ["one", "two"]) {
    await dictConfig(config, { classes: { Shouting, shared: queue } });
    getLogger().warn(round);
    await getLogger().handlers[0]?.flush();
    assertEquals(list("kept").lines, [round.toUpperCase()]);
  }
});

test("dictConfig() finds handlers by name, and closes those that no logger has", async (folder) => {
  const closed: string[] = [];
  class Noted extends ListHandler {
    override close(): void {
      closed.push(this.name ?? "");
    }
  }
  const classes = { Noted };
  await dictConfig({
    version: 1,
    handlers: { a: { class: "Noted" }, b: { class: "Noted" } },
    root: { handlers: ["a"] },
  }, { classes });
  assertInstanceOf(currentRealm().handlerByName("b"), Noted);
  await dictConfig(onRoot({ class: "logging.FileHandler", filename: `${folder}/x.log` }));
  assertEquals(closed, ["b", "a"]);
  assertEquals(currentRealm().handlerNames(), ["h"]);
});

test("dictConfig() takes away the filters of the configuration before, and no others", async () => {
  const config = onRoot({ class: "logging.NullHandler" }, {
    filters: { p: { "()": "paralog.PrefixFilter", prefix: "p " } },
    loggers: { app: { filters: ["p"] } },
  });
  const own = () => true;
  getLogger("app").addFilter(own);
  await dictConfig(config);
  await dictConfig(config);
  assertEquals([getLogger("app").filters.length, getLogger("app").filters[0]], [2, own]);
});

test("dictConfig() applies to the realm that is current at the call", async () => {
  const config = onRoot({ class: "logging.NullHandler" });
  const outer = getLogger().handlers;
  await withCleanRootLogger(async () => {
    await dictConfig(config);
    assertEquals(getLogger().handlers.length, 1);
  });
  assertEquals(getLogger().handlers, outer);
});

test("dictConfig() leaves its argument as it is, and it may be used again", async () => {
  const config = onRoot({ class: "logging.NullHandler", level: "ext://logging.INFO" });
  const before = structuredClone(config);
  await dictConfig(config);
  await dictConfig(config);
  assertEquals(config, before);
});

test("dictConfig() that can't make a handler closes those it made, and empties no file", async (folder) => {
  const closed: string[] = [];
  class Noted extends ListHandler {
    override close(): void {
      closed.push(this.name ?? "");
    }
  }
  const fileOf = (name: string) => ({
    class: "logging.FileHandler",
    filename: `${folder}/${name}`,
    mode: "w",
  });
  await Deno.writeTextFile(`${folder}/kept.log`, "precious\n");
  await dictConfig(onRoot({ "()": () => new ListHandler() }));
  const old = list("h");
  const error = await assertRejects(() =>
    dictConfig({
      version: 1,
      handlers: {
        a: { class: "Noted" },
        "kept.log": fileOf("kept.log"),
        z: { "()": "fail" },
      },
      root: { handlers: ["a", "kept.log", "z"] },
    }, {
      classes: {
        Noted,
        fail() {
          throw new RangeError("no luck");
        },
      },
    }), ConfigError);
  assertEquals(error.message, "Cannot configure logging: handlers.z can't be made: no luck");
  assertInstanceOf(error.cause, RangeError);
  assertEquals(closed, ["a"]);
  assertEquals(await Deno.readTextFile(`${folder}/kept.log`), "precious\n");
  getLogger().warn("still here");
  assertEquals(old.lines, ["still here"]);
});

test("dictConfig() writes what waits in a file before it empties it", async (folder) => {
  const config = onRoot({
    class: "logging.FileHandler",
    filename: `${folder}/a.log`,
    mode: "w",
    bufferSize: 10_000,
  });
  await dictConfig(config);
  getLogger().warn("old");
  await dictConfig(config);
  getLogger().warn("new");
  await getLogger().handlers[0]?.flush();
  assertEquals(await Deno.readTextFile(`${folder}/a.log`), "new\n");
});

test("dictConfig() never sets what would change an object's kind", async () => {
  const config = JSON.parse(`{
    "version": 1,
    "handlers": { "h": { "class": "logging.NullHandler", ".": { "__proto__": {} } } }
  }`);
  const error = await assertRejects(() => dictConfig(config), ConfigError);
  assertEquals(error.problems[0]?.path, 'handlers.h["."].__proto__');
  await assertRejects(
    () => dictConfig(JSON.parse('{"version": 1, "a": "cfg://__proto__.x"}')),
    ConfigError,
    'there is no "__proto__" in the configuration',
  );
});

test("dictConfig() refuses a configuration that cfg:// would blow up", async () => {
  const config: Record<string, unknown> = { version: 1, x0: "leaf" };
  for (let n = 1; n <= 40; n++) config[`x${n}`] = [`cfg://x${n - 1}`, `cfg://x${n - 1}`];
  await assertRejects(() => dictConfig(config), ConfigError, "has up to 100000 values");
});

test("dictConfig() takes data of its own beside the schema, as YAML anchors are", async (folder) => {
  await dictConfig(parseYaml(`
version: 1
defaults: &defaults
    class: logging.FileHandler
    filename: ${folder}/a.log
    encoding: ascii
    errors: backslashreplace
    level: INFO
colours: [red, green]
maintainer: ann
since: 2026-01-01
nothing: ~
handlers:
    file:
        <<: *defaults
        level: ERROR
root:
    handlers: [file]
`));
  getLogger().error("é");
  assertEquals(await Deno.readTextFile(`${folder}/a.log`), "é\n");
  for (const errors of ["strict", "ignore", "replace", "surrogateescape", null]) {
    await dictConfig(onRoot({ class: "logging.FileHandler", filename: `${folder}/b.log`, errors }));
  }
});

test("dictConfig() lists the first 50 problems, and shows none of them at length", () => {
  const names = Array.from(
    { length: 20_000 },
    (_, n) => [`handler number ${n}`, { class: "Gone" }],
  );
  const config = { version: 1, handlers: Object.fromEntries(names) };
  const error = assertThrows(() => dictConfigSync(config), ConfigError, "and 19950 more");
  assertEquals(error.problems.length, 50);
  assert(error.message.startsWith("Cannot configure logging, 20000 problems:\n"));
  const long = "x".repeat(300_000);
  const handlers = {
    [long]: { class: long, [long]: 1 },
    b: { class: "logging.StreamHandler", level: long, formatter: long, [`${long}y`]: long },
    c: { class: "logging.handlers.MemoryHandler", capacity: long, target: long, filters: [long] },
    d: { class: "logging.StreamHandler", stream: `ext://${long}` },
  };
  const formatters = { f: { format: long }, g: { format: `%(${long}` }, h: { style: long } };
  const { problems } = assertThrows(
    () => dictConfigSync({ version: 1, handlers, formatters, loggers: { [long]: { [long]: 1 } } }),
    ConfigError,
  );
  assert(problems.length >= 12);
  for (const { path, message } of problems) {
    assert(path.length <= 400 && message.length <= 1500, message);
    assert(!message.includes(long.slice(0, 201)), message);
  }
});

test("dictConfig() that is too deep, or expands without end, is refused before modules are", async () => {
  let deep: unknown = "leaf";
  for (let level = 0; level < 100_000; level++) deep = { a: deep };
  await assertRejects(() => dictConfig({ version: 1, "x-a": deep }), ConfigError, "lies too deep");
  let wide: unknown = "leaf";
  for (let level = 0; level < 60; level++) wide = [wide, wide];
  await assertRejects(() => dictConfig({ version: 1, "x-a": wide }), ConfigError, "100000 values");
  const handlers = Object.fromEntries(
    Array.from({ length: 5000 }, (_, n) => [`h${n}`, {
      class: "logging.handlers.MemoryHandler",
      capacity: 1,
      ...(n < 4999 && { target: `h${n + 1}` }),
    }]),
  );
  await assertRejects(() => dictConfig({ version: 1, handlers }), ConfigError, "is too far down");
});

test("dictConfig() closes nothing and changes nothing if a listener can't be started", async () => {
  const closed: string[] = [];
  class Noted extends ListHandler {
    override close(): void {
      closed.push(this.name ?? "");
    }
  }
  class Broken extends QueueListener {
    override start(): void {
      throw new RangeError("no luck");
    }
  }
  const classes = { Noted, Broken };
  await dictConfig({
    version: 1,
    handlers: { old: { class: "Noted" } },
    root: { handlers: ["old"] },
  }, {
    classes,
  });
  const old = list("old");
  const error = await assertRejects(() =>
    dictConfig({
      version: 1,
      handlers: {
        fresh: { class: "Noted" },
        q: { class: "logging.handlers.QueueHandler", handlers: ["fresh"], listener: "Broken" },
      },
      loggers: { app: { level: "DEBUG" } },
      root: { handlers: ["q"] },
    }, { classes }), ConfigError);
  assertEquals(
    error.message,
    "Cannot configure logging: handlers.q can't start its listener: no luck",
  );
  assertEquals(closed.includes("old"), false);
  getLogger("app").warn("still here");
  assertEquals([old.lines, getLogger("app").level], [["still here"], 0]);
});

test("dictConfig() takes a handler of @std/log from a function", async () => {
  class Lines extends StdBaseHandler {
    readonly lines: string[] = [];
    override log(line: string): void {
      this.lines.push(line);
    }
  }
  const made = new Lines("INFO");
  const refused = onRoot({ class: "Lines" });
  await assertRejects(() => dictConfig(refused, { classes: { Lines } }), ConfigError, "@std/log");
  await dictConfig(onRoot({ "()": "makeLines" }), { classes: { makeLines: () => made } });
  getLogger().info("here");
  assertEquals(made.lines, ["INFO here"]);
});

test("ConsoleHandler writes to Deno's own streams by Python's names", async () => {
  await dictConfig(onRoot({ class: "logging.StreamHandler", stream: "ext://sys.stdout" }));
  const [handler] = getLogger().handlers;
  assertInstanceOf(handler, ConsoleHandler);
  assert(handler.stream === Deno.stdout);
});

BROKEN.forEach(([config, problems], index) => {
  test(`dictConfig() refuses broken configuration ${index + 1} and keeps the old one`, async () => {
    await dictConfig({
      version: 1,
      handlers: { old: { "()": () => new ListHandler() } },
      loggers: { app: { level: "INFO" } },
      root: { handlers: ["old"] },
    });
    const old = list("old");
    const classes = {
      aNumber: 5,
      aFunction: () => {
        throw new Error("made nothing");
      },
      giveNull: () => null,
      givePromise: () => Promise.resolve({}),
    };
    const error = assertThrows(() => dictConfigSync(config, { classes }), ConfigError);
    const found = error.problems.map(({ path, message }) => [path, message] as const);
    assertEquals(found, [...problems]);
    getLogger("app").info("old is in force");
    assertEquals(old.lines, ["old is in force"]);
    assertEquals(currentRealm().handlerNames(), ["old"]);
  });
});
