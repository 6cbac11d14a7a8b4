/** Configurations and calls that Python and paralog are both given: see parity_test.ts. */

import type { Step } from "./driver.ts";

type Config = Readonly<Record<string, unknown>>;

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"];

/** A configuration with a file for each of some handlers; the root has the first of them. */
function files(format: string | Config, more: Config = {}, names = ["root"]): Step {
  const formatter = typeof format === "string" ? { format } : format;
  return ["dictConfig", {
    version: 1,
    formatters: { f: formatter },
    handlers: Object.fromEntries(names.map((name) => [name, fileHandler(name)])),
    root: { level: "DEBUG", handlers: [names[0]] },
    ...more,
  }];
}

function fileHandler(name: string, more: Config = {}): Config {
  return {
    class: "logging.FileHandler",
    formatter: "f",
    filename: `{dir}/${name}.log`,
    encoding: "utf-8",
    ...more,
  };
}

/** One message at every level, on a logger. */
function atAllLevels(...names: string[]): Step[] {
  return names.flatMap((name) => LEVELS.map((level): Step => ["log", name, level, `${name} at`]));
}

/** A format, shown with a record that has arguments and fields. */
function shows(format: string | Config): Step[] {
  return [
    files(format),
    ["log", "app.jobs", "INFO", "took %d ms for %s", [12, "x"], { jobId: 7, user: "jim" }],
    ["log", "root", "WARN", "plain", [], { jobId: 123456, user: "sheila" }],
  ];
}

/** A message with its arguments, as it is written into a file. */
function writes(...messages: [string, ...unknown[]][]): Step[] {
  return [
    files("%(message)s"),
    ...messages.map(([message, ...args]): Step => ["log", "root", "INFO", message, args]),
  ];
}

const SHORT = "%(levelname)s:%(name)s:%(message)s";

/** A rotating handler, and calls that fill it. */
function rotates(options: Config, messages: readonly string[], format = "%(message)s"): Step[] {
  return [
    files(format, {
      handlers: {
        root: fileHandler("app", { class: "logging.handlers.RotatingFileHandler", ...options }),
      },
    }),
    ...messages.map((message): Step => ["log", "root", "INFO", message]),
  ];
}

/** A handler that rotates by time, and one record at each of some seconds from midnight UTC. */
function rotatesByTime(options: Config, seconds: readonly number[]): Step[] {
  const midnight = 1_700_006_400; // 2023-11-15T00:00:00Z, a Wednesday.
  const handler = fileHandler("app", {
    class: "logging.handlers.TimedRotatingFileHandler",
    delay: true, // Otherwise the time that its file was made counts, and that is today.
    ...options,
  });
  return [
    ["time", midnight + (seconds[0] ?? 0)],
    files("%(asctime)s %(message)s", { handlers: { root: handler } }),
    ...seconds.flatMap((second): Step[] => [
      ["time", midnight + second],
      ["log", "root", "INFO", `after ${second} s`],
    ]),
  ];
}

/** A memory handler in front of a file. */
function memory(options: Config): Step {
  return files(SHORT, {
    handlers: {
      target: fileHandler("target"),
      memory: { class: "logging.handlers.MemoryHandler", target: "target", ...options },
    },
    root: { level: "DEBUG", handlers: ["memory"] },
  });
}

const HOUR = 3600;
const DAY = 24 * HOUR;

const INI = `
[loggers]
keys=root,simpleExample

[handlers]
keys=fileHandler,errors

[formatters]
keys=simpleFormatter

[logger_root]
level=WARNING
handlers=fileHandler

[logger_simpleExample]
level=DEBUG
handlers=errors
qualname=simpleExample
propagate=1

[handler_fileHandler]
class=FileHandler
level=DEBUG
formatter=simpleFormatter
args=('{dir}/all.log', 'w')

[handler_errors]
class=handlers.RotatingFileHandler
level=ERROR
formatter=simpleFormatter
args=('{dir}/errors.log', 'a', 60, 2)

[formatter_simpleFormatter]
format=%(asctime)s - %(name)s - %(levelname)s - %(message)s
datefmt=%Y-%m-%d
`;

/** The cases by name. */
export const CASES: Readonly<Record<string, readonly Step[]>> = {
  // Loggers, levels, propagation.
  "the root is at WARN, and lastResort writes to stderr": [
    ...atAllLevels("root", "app"),
    ["effective", "app"],
    ["hasHandlers", "app"],
  ],
  "the level of the nearest parent counts": [
    files(SHORT),
    ["setLevel", "a", "ERROR"],
    ["setLevel", "a.b.c", "INFO"],
    ...atAllLevels("root", "a", "a.b", "a.b.c", "a.b.c.d"),
    ["effective", "a.b"],
    ["effective", "a.b.c.d"],
  ],
  "a logger at NOTSET asks its parent": [
    files(SHORT),
    ["setLevel", "a", "CRITICAL"],
    ["setLevel", "a.b", "NOTSET"],
    ...atAllLevels("a.b"),
    ["effective", "a.b"],
  ],
  "a root at NOTSET lets everything pass": [
    files(SHORT),
    ["setLevel", "root", "NOTSET"],
    ["log", "x", 1, "very low"],
    ["effective", "x"],
  ],
  "records go to the handlers of all parents, whatever the parents' levels": [
    files(SHORT, {
      loggers: {
        a: { level: "CRITICAL", handlers: ["a"] },
        "a.b": { level: "DEBUG", handlers: ["ab"] },
      },
    }, ["root", "a", "ab"]),
    ...atAllLevels("a", "a.b", "x"),
  ],
  "propagate false ends the way up": [
    files(SHORT, {
      loggers: { a: { handlers: ["a"], propagate: false }, "a.b": { handlers: ["ab"] } },
    }, ["root", "a", "ab"]),
    ...atAllLevels("a", "a.b", "x"),
    ["propagate", "a", true],
    ["propagate", "a.b", false],
    ...atAllLevels("a", "a.b"),
  ],
  "a logger that does not propagate and has no handler uses the last resort": [
    files(SHORT, { loggers: { a: { propagate: false } } }),
    ...atAllLevels("a"),
    ["hasHandlers", "a"],
    ["hasHandlers", "b"],
  ],
  "a handler has a level of its own": [
    files(SHORT),
    ["handlerLevel", "root", "ERROR"],
    ...atAllLevels("a"),
  ],
  "a handler on a logger and on its parent writes twice": [
    files(SHORT),
    ["addHandler", "a", "root"],
    ["log", "a.b", "INFO", "twice"],
    ["addHandler", "a", "root"],
    ["log", "a.b", "INFO", "still twice"],
    ["removeHandler", "a", "root"],
    ["log", "a.b", "INFO", "once"],
  ],
  "a disabled logger says nothing, its children do": [
    files(SHORT),
    ["disabled", "a", true],
    ["log", "a", "ERROR", "no"],
    ["log", "a.b", "ERROR", "yes"],
    ["enabled", "a", "ERROR"],
    ["disabled", "a", false],
    ["log", "a", "ERROR", "again"],
  ],
  "disable() counts for all loggers": [
    files(SHORT),
    ["disable", "WARN"],
    ...atAllLevels("root", "a"),
    ["enabled", "a", "WARN"],
    ["enabled", "a", "ERROR"],
    ["disable", "NOTSET"],
    ...atAllLevels("a"),
  ],
  "a custom level is named, one without a name is numbered": [
    files(SHORT),
    ["addLevelName", 25, "NOTICE"],
    ["log", "a", 25, "custom"],
    ["log", "a", 26, "numbered"],
    ["setLevel", "a", 26],
    ["log", "a", 25, "too low"],
    ["effective", "a"],
  ],
  "the filter of a logger sees only what is logged on it": [
    files(SHORT),
    ["dropLevel", "a", "INFO"],
    ...atAllLevels("a", "a.b"),
  ],
  "the filter of the root does not see what propagates to it": [
    files(SHORT),
    ["dropLevel", "root", "WARN"],
    ...atAllLevels("root", "a"),
  ],
  "the filter of a handler sees all that reaches it": [
    files(SHORT),
    ["handlerDropLevel", "root", "WARN"],
    ...atAllLevels("root", "a"),
  ],

  // Messages.
  "%s and %d": writes(["%s and %d", "text", 12], ["%s", 1.5], ["%d", 3.99], ["%i", -7], [
    "%s",
    "ä漢🦕",
  ]),
  "floats": writes(["%f", 1 / 3], ["%.2f", 2.675], ["%8.3f|", 3.14159], ["%e", 12345.678], [
    "%g",
    1e-7,
  ]),
  "widths and flags": writes(["%5d|", 42], ["%-5d|", 42], ["%05d|", 42], ["%+d", 42], ["% d", 42]),
  "texts with a width": writes(["%10s|", "right"], ["%-10s|", "left"], ["%.3s|", "cut off"]),
  "widths from the arguments": writes(["%*d|", 6, 42], ["%.*f|", 2, 3.14159]),
  "hexadecimal and octal": writes(["%x", 255], ["%X", 255], ["%#x", 255], ["%o", 8], ["%#o", 8]),
  "a percent sign": writes(["100%% of %s", "it"], ["100% done"]),
  "characters": writes(["%c%c", 80, "y"]),
  "arguments by name": writes(["%(a)s is %(b)d", { a: "x", b: 3 }]),
  "a message without arguments is not a template": writes(["%s %d as they are"]),
  "a message of several lines": writes(["first\nsecond\n\tthird"]),

  // Formats.
  "names and levels": shows("%(name)-12s|%(levelname)-8s|%(levelno)s|%(message)s"),
  "time with milliseconds": shows("%(asctime)s %(msecs)03d %(message)s"),
  "time as seconds": shows("%(created)f %(message)s"),
  "process and thread": shows("%(processName)s %(threadName)s %(message)s"),
  "fields beside the message": shows("%(jobId)06d %(user)-8s| %(message)s"),
  "cut and padded fields": shows("%(name).3s|%(message)30s|%(levelname).1s"),
  "a percent sign in a format": shows("100%% %(message)s"),
  "datefmt": shows({ format: "%(asctime)s %(message)s", datefmt: "%m-%d %H:%M" }),
  "datefmt with names": shows({
    format: "%(asctime)s %(message)s",
    datefmt: "%a, %d %b %Y %I:%M:%S %p",
  }),
  "datefmt with day and week of the year": shows({
    format: "%(asctime)s",
    datefmt: "%j %U %W %w %y %%",
  }),
  "style {": shows({ format: "{levelname:<8}|{name:>10}|{message}", style: "{" }),
  "style { with numbers and conversions": shows({
    format: "{jobId:06d} {jobId:,} {levelno:x} {user!s} {message:.4} {asctime}",
    style: "{",
  }),
  "style { with braces": shows({ format: "{{{message}}}", style: "{" }),
  "style $": shows({ format: "$levelname ${name}: $message $$1", style: "$" }),
  "style { with datefmt": shows({ format: "{asctime} {message}", style: "{", datefmt: "%H:%M:%S" }),
  "no format": shows({}),
  "an error below its message": [
    files(SHORT),
    ["exception", "a", "failed"],
    ["exception", "a", "failed for %s", ["jim"]],
    ["log", "a", "INFO", "goes on"],
  ],

  // basicConfig.
  "basicConfig writes to stderr": [
    ["basicConfig", { level: "INFO" }],
    ...atAllLevels("root", "a"),
  ],
  "basicConfig with a file, format and datefmt": [
    ["basicConfig", {
      filename: "{dir}/app.log",
      filemode: "w",
      encoding: "utf-8",
      level: "DEBUG",
      format: "%(asctime)s %(name)-12s %(levelname)-8s %(message)s",
      datefmt: "%m-%d %H:%M",
    }],
    ...atAllLevels("root", "myapp.area1"),
  ],
  "basicConfig with a style": [
    ["basicConfig", { format: "{levelname} {message}", style: "{" }],
    ...atAllLevels("a"),
  ],
  "basicConfig does nothing the second time, unless forced": [
    ["basicConfig", { format: "first %(message)s" }],
    ["basicConfig", { format: "second %(message)s", level: "DEBUG" }],
    ...atAllLevels("a"),
    ["basicConfig", { format: "third %(message)s", level: "ERROR", force: true }],
    ...atAllLevels("a"),
  ],

  // Adapters.
  "an adapter adds its fields": [
    files("%(ip)-15s %(user)-8s %(message)s"),
    ["adapter", "a.b", { ip: "1.2.3.4", user: "sheila" }, "INFO", "with %s", ["parameters"]],
  ],
  "an adapter's fields replace those of the call": [
    files("%(user)s %(message)s"),
    ["adapter", "a", { user: "adapter" }, "INFO", "x", [], { user: "call" }],
  ],
  "an adapter may change the message": [
    files(SHORT),
    ["prefixAdapter", "a", { id: 7 }, "WARN", "%s took %d ms", ["x", 12]],
    ["prefixAdapter", "a", { id: 7 }, "ERROR", "plain"],
  ],

  // dictConfig.
  "dictConfig: handlers at several levels": [
    files(SHORT, {
      handlers: {
        all: fileHandler("all"),
        info: fileHandler("info", { level: "INFO" }),
        errors: fileHandler("errors", { level: "ERROR" }),
      },
      root: { level: "DEBUG", handlers: ["all", "info", "errors"] },
    }),
    ...atAllLevels("foo", "foo.bar"),
  ],
  "dictConfig: a filter by name on a handler and on a logger": [
    files(SHORT, {
      filters: { ab: { name: "a.b" } },
      handlers: { root: fileHandler("root", { filters: ["ab"] }), x: fileHandler("x") },
      loggers: { "a.b": {}, a: { handlers: ["x"], filters: ["ab"] } },
    }),
    ["log", "a", "INFO", "dropped"],
    ["log", "a.b", "INFO", "passes"],
    ["log", "a.b.c", "INFO", "passes too"],
    ["log", "a.bc", "INFO", "dropped by the handler"],
  ],
  "dictConfig disables loggers that it does not name": [
    ["getLogger", "before"],
    ["getLogger", "named"],
    ["getLogger", "named.child"],
    files(SHORT, { loggers: { named: {} } }),
    ...["before", "named", "named.child", "after"].flatMap((name): Step[] => [
      ["log", name, "INFO", "seen"],
      ["enabled", name, "ERROR"],
    ]),
  ],
  "dictConfig keeps existing loggers when told to": [
    ["getLogger", "before"],
    files(SHORT, { disable_existing_loggers: false }),
    ["log", "before", "INFO", "seen"],
  ],
  "dictConfig a second time replaces the handlers": [
    files("first %(message)s", {}, ["first"]),
    ["log", "a", "INFO", "one"],
    files("second %(message)s", {}, ["second"]),
    ["log", "a", "INFO", "two"],
    ["log", "b", "INFO", "three"],
  ],
  "dictConfig: incremental changes levels alone": [
    files(SHORT, { loggers: { a: { level: "ERROR" } } }, ["root", "other"]),
    ["log", "a", "INFO", "too low"],
    ["dictConfig", {
      version: 1,
      incremental: true,
      handlers: { root: { level: "WARN" } },
      loggers: { a: { level: "DEBUG", propagate: true } },
      root: { level: "ERROR" },
    }],
    ...atAllLevels("a", "b"),
    ["effective", "root"],
    ["effective", "a"],
  ],
  "dictConfig: cfg:// and alternative class names": [
    files("%(message)s", {
      names: { file: "{dir}/from_cfg.log", level: "ERROR", all: ["WARN", "INFO"] },
      handlers: {
        root: fileHandler("x", { filename: "cfg://names.file", level: "cfg://names.all[1]" }),
      },
    }),
    ...atAllLevels("a"),
  ],
  "dictConfig: mode w empties a file, mode a appends": [
    files("%(message)s", {}, ["root"]),
    ["log", "a", "INFO", "one"],
    files("%(message)s", {}, ["root"]),
    ["log", "a", "INFO", "two"],
    files("%(message)s", { handlers: { root: fileHandler("root", { mode: "w" }) } }),
    ["log", "b", "INFO", "three"],
  ],
  "dictConfig: delay opens a file with its first record": [
    files("%(message)s", {
      handlers: {
        root: fileHandler("used", { delay: true }),
        never: fileHandler("never", { delay: true }),
      },
    }),
    ["log", "a", "INFO", "one"],
  ],
  "dictConfig: a stream handler": [
    files("%(levelname)s %(message)s", {
      handlers: {
        root: {
          class: "logging.StreamHandler",
          level: "ERROR",
          formatter: "f",
          stream: "ext://sys.stderr",
        },
      },
    }),
    ...atAllLevels("a"),
  ],
  "dictConfig refuses what Python refuses, and the old configuration stands": [
    files(SHORT),
    ["refused", {}],
    ["refused", { version: 2 }],
    ["refused", { version: 1, root: { handlers: ["missing"] } }],
    ["refused", { version: 1, root: { level: "LOUD" } }],
    ["refused", { version: 1, handlers: { h: { class: "logging.NoHandler" } } }],
    ["refused", { version: 1, handlers: { h: { class: "logging.FileHandler" } } }],
    ["refused", { version: 1, handlers: { h: { class: "logging.NullHandler", formatter: "no" } } }],
  ],
  "the example of several workers and per-logger files": [
    files("%(asctime)s %(name)-15s %(levelname)-8s %(processName)-10s %(message)s", {
      handlers: {
        file: fileHandler("mplog", { mode: "w" }),
        foofile: fileHandler("mplog-foo", { mode: "w" }),
        errors: fileHandler("mplog-errors", { mode: "w", level: "ERROR" }),
      },
      loggers: { foo: { handlers: ["foofile"] } },
      root: { level: "DEBUG", handlers: ["file", "errors"] },
    }),
    ...atAllLevels("foo", "foo.bar", "spam.ham.eggs"),
  ],

  // fileConfig.
  "fileConfig": [
    ["fileConfig", INI],
    ...atAllLevels("root", "simpleExample", "simpleExample.child", "other"),
  ],
  "fileConfig disables loggers that it does not name": [
    ["getLogger", "before"],
    ["fileConfig", INI],
    ["log", "before", "ERROR", "no"],
    ["fileConfig", INI, true],
    ["log", "other", "ERROR", "yes"],
  ],

  // Files that rotate.
  "rotating by size": rotates(
    { maxBytes: 20, backupCount: 5 },
    Array.from({ length: 20 }, (_, n) => `i = ${n}`),
  ),
  "rotating by size, two backups": rotates(
    { maxBytes: 30, backupCount: 2 },
    Array.from({ length: 15 }, (_, n) => `message number ${n}`),
  ),
  "rotating by size: without a limit it never rolls": rotates({ backupCount: 2 }, ["one", "two"]),
  "rotating by size: the limit is reached exactly": rotates(
    { maxBytes: 8, backupCount: 3 },
    ["123", "123", "123", "1234567", "x"],
  ),
  "rotating by time: every second": rotatesByTime(
    { when: "S", interval: 2, backupCount: 3, utc: true },
    [0, 1, 2, 3, 4, 7, 8, 11, 12],
  ),
  "rotating by time: every hour": rotatesByTime(
    { when: "H", backupCount: 10, utc: true },
    [0, 10, HOUR - 1, HOUR, HOUR + 1, 5 * HOUR],
  ),
  "rotating by time: at midnight": rotatesByTime(
    { when: "midnight", utc: true },
    [HOUR, 23 * HOUR, DAY, DAY + 1, 3 * DAY],
  ),
  "rotating by time: every Friday": rotatesByTime(
    { when: "W4", utc: true },
    [0, DAY, 2 * DAY, 3 * DAY, 9 * DAY, 10 * DAY],
  ),
  "rotating by time: every minute, local": rotatesByTime({ when: "M" }, [0, 59, 60, 61, 300]),
  "rotating by time: every day": rotatesByTime({ when: "D", utc: true }, [
    0,
    DAY - 1,
    DAY,
    2 * DAY,
  ]),

  // Memory handler.
  "a memory handler passes its records on when it is full": [
    memory({ capacity: 3 }),
    ["log", "a", "INFO", "one"],
    ["log", "a", "INFO", "two"],
    ["log", "a", "INFO", "three"],
    ["log", "a", "INFO", "four"],
  ],
  "a memory handler passes its records on at its level": [
    memory({ capacity: 10, flushLevel: 40 }),
    ["log", "a", "DEBUG", "kept"],
    ["log", "a", "ERROR", "flushes"],
    ["log", "a", "INFO", "flushed when it is closed"],
  ],
  "a memory handler need not flush when it is closed": [
    memory({ capacity: 10, flushLevel: 50, flushOnClose: false }),
    ["log", "a", "ERROR", "kept"],
    ["log", "a", "CRITICAL", "flushes"],
    ["log", "a", "ERROR", "never seen"],
    ["close", "memory"],
  ],
  "a memory handler can be flushed": [
    memory({ capacity: 10 }),
    ["log", "a", "INFO", "one"],
    ["flush", "memory"],
    ["log", "a", "INFO", "two"],
    ["close", "memory"],
  ],

  // Queues.
  "a queue and its listener": [
    files(SHORT, { root: { level: "DEBUG" } }),
    ["queue", "root", ["root"]],
    ...atAllLevels("a", "b"),
    ["exception", "a", "failed"],
    ["stopQueues"],
  ],
  "a listener gives all records to all handlers": [
    files(SHORT, { root: { level: "DEBUG" } }, ["one", "two"]),
    ["handlerLevel", "two", "ERROR"],
    ["queue", "root", ["one", "two"]],
    ...atAllLevels("a"),
  ],
  "a listener may heed the levels of its handlers": [
    files(SHORT, { root: { level: "DEBUG" } }, ["one", "two"]),
    ["handlerLevel", "two", "ERROR"],
    ["queue", "root", ["one", "two"], true],
    ...atAllLevels("a"),
  ],
};
