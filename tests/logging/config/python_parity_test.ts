import { assertEquals } from "@std/assert";
import { runHere, runInPython, type Step } from "./scenario.ts";

const out = { class: "logging.StreamHandler", stream: "ext://sys.stdout", formatter: "f" };
const formatters = { f: { format: "%(name)s %(levelname)s %(message)s" } };
const file = (name: string, more: object = {}) => ({
  class: "logging.FileHandler",
  filename: `$DIR/${name}`,
  ...more,
});

/** Logs at all levels on some loggers. */
function logAll(...names: string[]): Step[] {
  return names.flatMap((name) =>
    [10, 20, 30, 40, 50].map((level): Step => ["log", name, level, `m${level}`])
  );
}

const states = (...names: string[]): Step[] => names.map((name) => ["state", name]);

const SCENARIOS: Record<string, readonly Step[]> = {
  "levels, handlers and propagation": [
    ["dict", {
      version: 1,
      formatters,
      handlers: { out, errors: file("errors.log", { level: "ERROR", formatter: "f" }) },
      loggers: {
        a: { level: "DEBUG", handlers: ["out"] },
        "a.b": { level: "INFO", propagate: false, handlers: ["errors"] },
        "a.c": { handlers: ["out", "errors"] },
        quiet: { level: "CRITICAL" },
      },
      root: { level: "WARNING", handlers: ["out"] },
    }],
    ...logAll("", "a", "a.b", "a.b.x", "a.c", "quiet", "other"),
    ...states("", "a", "a.b", "a.b.x", "a.c", "quiet", "other"),
  ],
  "existing loggers are disabled, but not those below configured ones": [
    ["level", "old", 10],
    ["level", "kept.child.deep", 10],
    ["level", "kept", 10],
    ["dict", {
      version: 1,
      formatters,
      handlers: { out },
      loggers: { kept: { level: "INFO" }, fresh: {} },
      root: { level: "DEBUG", handlers: ["out"] },
    }],
    ...logAll("old", "old.child", "kept", "kept.child.deep", "fresh", "kept.child", "later"),
    ...states("old", "old.child", "kept", "kept.child", "kept.child.deep", "fresh"),
  ],
  "existing loggers stay as they are if they are asked to": [
    ["level", "old", 10],
    ["dict", {
      version: 1,
      formatters,
      disable_existing_loggers: false,
      handlers: { out },
      root: { handlers: ["out"] },
    }],
    ...logAll("old", "other"),
    ...states("old", "other"),
  ],
  "a second configuration replaces the first": [
    ["dict", {
      version: 1,
      formatters,
      handlers: { out, one: file("one.log") },
      loggers: { a: { level: "DEBUG", handlers: ["one"] }, "a.b": { handlers: ["one"] } },
      root: { level: "INFO", handlers: ["out"] },
    }],
    ...logAll("", "a", "a.b"),
    ["dict", {
      version: 1,
      handlers: { two: file("two.log", { level: "WARNING" }) },
      loggers: { a: { handlers: ["two"] } },
    }],
    ...logAll("", "a", "a.b"),
    ...states("", "a", "a.b"),
  ],
  "a logger that was disabled is enabled again when it is named": [
    ["level", "a", 10],
    ["dict", { version: 1 }],
    ...states("a", ""),
    ["dict", { version: 1, loggers: { a: {} } }],
    ...states("a"),
  ],
  "incremental changes levels and places alone": [
    ["dict", {
      version: 1,
      formatters,
      handlers: { out, file: file("a.log", { formatter: "f" }) },
      loggers: { a: { level: "INFO", handlers: ["file"] }, b: {} },
      root: { level: "WARNING", handlers: ["out"] },
    }],
    ...logAll("a", "b"),
    ["dict", {
      version: 1,
      incremental: true,
      handlers: { out: { level: "ERROR" }, file: { level: 50 } },
      loggers: { a: { level: "DEBUG", propagate: false, handlers: ["nowhere"] }, c: { level: 10 } },
      root: { level: "DEBUG" },
    }],
    ...logAll("a", "b", "c"),
    ...states("", "a", "b", "c"),
  ],
  "filters by name, on loggers and handlers": [
    ["dict", {
      version: 1,
      formatters,
      filters: { a: { name: "a" }, all: {}, b: { "()": "logging.Filter", name: "b" } },
      handlers: { out: { ...out, filters: ["a"] }, file: file("f.log", { filters: ["all", "b"] }) },
      loggers: { a: { filters: ["b"] } },
      root: { level: "DEBUG", handlers: ["out", "file"], filters: ["a"] },
    }],
    ...logAll("", "a", "a.b", "ab", "b", "b.a"),
    ...states("", "a"),
  ],
  "formatters by style, with datefmt, validate and class": [
    ["dict", {
      version: 1,
      formatters: {
        percent: { format: "%(levelname)-8s|%(message)s|%(asctime)s", datefmt: "fixed" },
        brace: { format: "{levelname:>8}|{message}", style: "{" },
        dollar: { format: "${levelname}|$message", style: "$", class: "logging.Formatter" },
        plain: {},
        unchecked: { format: "no field", validate: false },
        factory: { "()": "logging.Formatter", fmt: "made: %(message)s" },
      },
      handlers: Object.fromEntries(
        ["percent", "brace", "dollar", "plain", "unchecked", "factory"].map((
          name,
        ) => [name, file(`${name}.log`, { formatter: name })]),
      ),
      root: {
        level: "INFO",
        handlers: ["percent", "brace", "dollar", "plain", "unchecked", "factory"],
      },
    }],
    ...logAll("a"),
  ],
  "cfg:// takes values from elsewhere in the configuration": [
    ["dict", {
      version: 1,
      names: { file: ["unused", "$DIR/shared.log"], level: { "with space": "ERROR" } },
      formatters: { f: { format: "cfg://texts.format" } },
      texts: { format: "[%(message)s]" },
      handlers: {
        one: {
          class: "logging.FileHandler",
          filename: "cfg://names.file[1]",
          formatter: "f",
          level: "cfg://handlers.two.level",
        },
        two: { class: "logging.FileHandler", filename: "$DIR/two.log", level: "WARNING" },
      },
      root: { level: "DEBUG", handlers: ["one", "two"] },
    }],
    ...logAll(""),
  ],
  "ext:// names levels and attributes are set": [
    ["dict", {
      version: 1,
      handlers: {
        out: {
          class: "logging.StreamHandler",
          stream: "ext://sys.stdout",
          level: "ext://logging.ERROR",
          ".": { terminator: "!\n" },
        },
      },
      root: { level: 15, handlers: ["out"] },
    }],
    ...logAll(""),
    ...states(""),
  ],
  "a file is emptied or appended to": [
    ["dict", { version: 1, handlers: { f: file("x.log") }, root: { handlers: ["f"] } }],
    ["log", "", 30, "one"],
    ["dict", { version: 1, handlers: { f: file("x.log") }, root: { handlers: ["f"] } }],
    ["log", "", 30, "two"],
    ["dict", { version: 1, handlers: { f: file("y.log") }, root: { handlers: ["f"] } }],
    ["log", "", 30, "three"],
    ["dict", {
      version: 1,
      handlers: { f: file("y.log", { mode: "w" }) },
      root: { handlers: ["f"] },
    }],
    ["log", "", 30, "four"],
  ],
  "root by its name among the loggers": [
    ["dict", {
      version: 1,
      formatters,
      handlers: { out },
      loggers: { root: { level: "ERROR", handlers: ["out"] } },
    }],
    ...logAll("", "a"),
  ],
  "null means nothing is said": [
    ["dict", {
      version: 1,
      formatters: { f: { format: null } },
      handlers: { out: { ...out, level: null, filters: null, formatter: null } },
      loggers: { a: { level: null, propagate: null, handlers: null, filters: null } },
      root: { level: null, handlers: ["out"] },
    }],
    ...logAll("", "a"),
    ...states("", "a"),
  ],
  "a memory handler hands on to its target, whichever comes first by name": [
    ["dict", {
      version: 1,
      formatters,
      handlers: {
        a: { class: "logging.handlers.MemoryHandler", capacity: 3, flushLevel: 40, target: "out" },
        z: {
          class: "logging.handlers.MemoryHandler",
          capacity: 100,
          target: "file",
          flushOnClose: false,
        },
        out,
        file: file("kept.log", { level: "ERROR", formatter: "f" }),
      },
      root: { level: "DEBUG", handlers: ["a", "z"] },
    }],
    ["log", "x", 10, "one"],
    ["log", "x", 20, "two"],
    ["log", "x", 40, "three"],
    ["log", "x", 10, "four"],
    ["log", "x", 10, "five"],
    ["log", "x", 10, "six"],
    ["log", "x", 40, "seven"], // What is held at the end is kept back by newer Pythons alone.
    ...states(""),
  ],
  "files roll over by size": [
    ["dict", {
      version: 1,
      handlers: {
        r: {
          class: "logging.handlers.RotatingFileHandler",
          filename: "$DIR/r.log",
          maxBytes: 20,
          backupCount: 2,
        },
        w: { class: "logging.handlers.WatchedFileHandler", filename: "$DIR/w.log", mode: "w" },
        t: {
          class: "logging.handlers.TimedRotatingFileHandler",
          filename: "$DIR/t.log",
          when: "midnight",
          backupCount: 3,
          utc: true,
          encoding: "utf-8",
          delay: true,
        },
      },
      root: { level: "DEBUG", handlers: ["r", "w", "t"] },
    }],
    ...logAll("", "a", "b"),
  ],
  "an INI file with a target and positional arguments": [
    [
      "ini",
      `
[loggers]
keys=root
[handlers]
keys=memory,target,rolling
[formatters]
keys=
[logger_root]
level=NOTSET
handlers=memory,rolling
[handler_memory]
class=handlers.MemoryHandler
args=(2, ERROR)
target=target
[handler_target]
class=FileHandler
args=('$DIR/target.log', 'a', None, False)
[handler_rolling]
class=logging.handlers.RotatingFileHandler
args=('$DIR/rolling.log', 'a', 0x20, 1)
`,
    ],
    ...logAll("", "a"),
    ...states(""),
  ],
  "an INI file with comments, literals and interpolation": [
    ["level", "old", 10],
    [
      "ini",
      `
# The classic.
[DEFAULT]
folder = $DIR

[loggers]
keys = root, simple, deep

[handlers]
keys = out, file, kw

[formatters]
keys = f, g

[logger_root]
level = DEBUG
handlers = out

[logger_simple]
level = INFO
handlers = file, kw
propagate = 0
qualname = simpleExample

[logger_deep]
handlers =
qualname = simpleExample.deep.er

[handler_out]
class = StreamHandler
level = WARNING
formatter = f
args = (sys.stdout,)

[handler_file]
class = FileHandler
formatter = g
args = ('%(folder)s/ini.log',
    'w')

[handler_kw]
class = logging.FileHandler
level = ERROR
formatter =
kwargs = {'filename': '%(folder)s/kw.log', 'mode': "a"}

[formatter_f]
format = %(name)s|%(levelname)s|%(message)s
datefmt =

[formatter_g]
format: {levelname:>8} {message}
style: {
class: logging.Formatter
`,
    ],
    ...logAll("", "simpleExample", "simpleExample.deep.er", "old", "new"),
    ...states("", "simpleExample", "simpleExample.deep.er", "old"),
  ],
};

const names = Object.keys(SCENARIOS);
let outcomes: ReturnType<typeof runInPython> | undefined;

names.forEach((name, index) => {
  Deno.test(`configuring does as Python does: ${name}`, async () => {
    outcomes ??= runInPython(Object.values(SCENARIOS));
    assertEquals(await runHere(SCENARIOS[name] ?? []), (await outcomes)[index]);
  });
});
