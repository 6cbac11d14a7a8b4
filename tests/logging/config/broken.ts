/** Broken configurations, each with everything that is wrong with it. */

import { ConsoleHandler as StdConsoleHandler } from "@std/log";

/** A configuration, and what is wrong with it: each path with its message. */
export type Broken = readonly [config: unknown, problems: readonly (readonly [string, string])[]];

const handler = (more: object) => ({ version: 1, handlers: { h: more } });
const stream = "logging.StreamHandler";
const file = { class: "logging.FileHandler", filename: "never.log", delay: true };
const rotating = { ...file, class: "logging.handlers.RotatingFileHandler" };
const timed = { ...file, class: "logging.handlers.TimedRotatingFileHandler" };
const smtp = {
  class: "logging.handlers.SMTPHandler",
  mailhost: "localhost",
  fromaddr: "a@b",
  toaddrs: ["c@d"],
  subject: "s",
};
/** A list in a list, and so on. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const loop: Record<string, unknown> = { version: 1 };
loop["x-self"] = loop;

/** What `dictConfig` refuses. */
export const BROKEN: readonly Broken[] = [
  [5, [["", 'the configuration is 5: use a dictionary with a key "version"']]],
  [null, [["", 'the configuration is null: use a dictionary with a key "version"']]],
  [[], [["", 'the configuration is []: use a dictionary with a key "version"']]],
  [{}, [["version", "version is missing: use 1"]]],
  [{ version: 2 }, [["version", "version is 2: use 1"]]],
  [{ version: "1" }, [["version", 'version is "1": use 1']]],
  [{ version: 1, handler: {} }, [[
    "handler",
    'handler is not known here: use version, formatters, filters, handlers, loggers, root, incremental, disable_existing_loggers. Did you mean "handlers"?',
  ]]],
  [{ version: 1, fromatters: {} }, [[
    "fromatters",
    'fromatters is not known here: use version, formatters, filters, handlers, loggers, root, incremental, disable_existing_loggers. Did you mean "formatters"?',
  ]]],
  [{ version: 1, colour: () => "red" }, [[
    "colour",
    "colour is not known here: use version, formatters, filters, handlers, loggers, root, incremental, disable_existing_loggers",
  ]]],
  [{ version: 1, incremental: "maybe" }, [[
    "incremental",
    'incremental is "maybe": use true or false',
  ]]],
  [{ version: 1, disable_existing_loggers: 2 }, [[
    "disable_existing_loggers",
    "disable_existing_loggers is 2: use true or false",
  ]]],
  [{ version: 1, handlers: [] }, [["handlers", "handlers is []: use a dictionary of names"]]],
  [{ version: 1, loggers: { app: "DEBUG" } }, [[
    "loggers.app",
    'loggers.app is "DEBUG": use a dictionary',
  ]]],
  [{ version: 1, root: [] }, [["root", "root is []: use a dictionary"]]],
  [loop, [["x-self", "x-self contains itself"]]],
  // Formatters.
  [{ version: 1, formatters: { f: { format: 5 } } }, [[
    "formatters.f.format",
    "formatters.f.format is 5: use a text",
  ]]],
  [{ version: 1, formatters: { f: { format: "no field" } } }, [[
    "formatters.f.format",
    'formatters.f.format can\'t be used: Cannot format records as "no field": it names no field, write one such as %(message)s',
  ]]],
  [{ version: 1, formatters: { f: { format: "{message}" } } }, [[
    "formatters.f.format",
    'formatters.f.format can\'t be used: Cannot format records as "{message}": it names no field, write one such as %(message)s',
  ]]],
  [{ version: 1, formatters: { f: { style: "percent" } } }, [[
    "formatters.f.style",
    'formatters.f.style is "percent": use "%" or "{" or "$"',
  ]]],
  [{ version: 1, formatters: { f: { formt: "%(message)s" } } }, [[
    "formatters.f.formt",
    'formatters.f.formt is not known here: use format, datefmt, style, validate, defaults, utc, singleLine, fmt. Did you mean "format"?',
  ]]],
  [{ version: 1, formatters: { f: { class: "logging.Formater" } } }, [[
    "formatters.f.class",
    'formatters.f.class is "logging.Formater": there is no such formatter. Did you mean "logging.Formatter"?',
  ]]],
  [{ version: 1, formatters: { f: { class: "logging.StreamHandler" } } }, [[
    "formatters.f.class",
    'formatters.f.class is "logging.StreamHandler": that is a handler, give a formatter',
  ]]],
  [{ version: 1, formatters: { f: { class: stream, "()": stream } } }, [[
    "formatters.f",
    'formatters.f has both "class" and "()": give one of them',
  ]]],
  [{ version: 1, formatters: { f: { "()": "giveNull" } } }, [[
    "formatters.f",
    "formatters.f can't be made: null can't be used as one",
  ]]],
  [{ version: 1, formatters: { f: { "()": "givePromise" } } }, [[
    "formatters.f",
    "formatters.f can't be made: Promise { {} } can't be used as one; make it before, and give it in classes",
  ]]],
  // Filters.
  [{ version: 1, filters: { f: { name: 5 } } }, [[
    "filters.f.name",
    "filters.f.name is 5: use a text",
  ]]],
  [{ version: 1, filters: { f: { "()": "paralog.SamplingFilter", rate: 2 } } }, [[
    "filters.f.rate",
    "filters.f.rate is 2: use a number from 0 to 1",
  ]]],
  [{ version: 1, filters: { f: { "()": "paralog.RateLimitFilter", limit: 0 } } }, [[
    "filters.f.limit",
    "filters.f.limit is 0: use a whole number from 1",
  ], [
    "filters.f.interval",
    "filters.f.interval is missing: use a number of milliseconds above 0",
  ]]],
  [{ version: 1, filters: { f: { "()": "paralog.RedactionFilter", patterns: ["("] } } }, [[
    "filters.f.patterns",
    'filters.f.patterns is [ "(" ]: use a list of regular expressions, as JavaScript has them',
  ]]],
  // Handlers: classes and arguments.
  [handler({}), [[
    "handlers.h.class",
    "handlers.h.class is missing: name the class of the handler",
  ]]],
  [handler({ class: "logging.StreamHandlr" }), [[
    "handlers.h.class",
    'handlers.h.class is "logging.StreamHandlr": there is no such handler. Did you mean "logging.StreamHandler"?',
  ]]],
  [handler({ class: "FileHandler" }), [[
    "handlers.h.class",
    'handlers.h.class is "FileHandler": there is no such handler. Did you mean "logging.FileHandler"?',
  ]]],
  [handler({ class: "my.own.Handler" }), [[
    "handlers.h.class",
    'handlers.h.class is "my.own.Handler": there is no such handler, give it in classes: { "my.own.Handler": … }, or use logging.StreamHandler, logging.handlers.MemoryHandler, paralog.FingersCrossedHandler, logging.NullHandler, logging.FileHandler, logging.handlers.WatchedFileHandler, logging.handlers.RotatingFileHandler, logging.handlers.TimedRotatingFileHandler, logging.handlers.SocketHandler, logging.handlers.HTTPHandler, logging.handlers.SysLogHandler, logging.handlers.SMTPHandler, paralog.OpenTelemetryHandler, logging.handlers.QueueHandler, aNumber, aFunction, giveNull, givePromise',
  ]]],
  [handler({ class: 5 }), [[
    "handlers.h.class",
    "handlers.h.class is 5: use a class, a function, or the name of one",
  ]]],
  [handler({ "()": "aNumber" }), [[
    'handlers.h["()"]',
    'handlers.h["()"] is "aNumber": use a class, a function, or the name of one',
  ]]],
  [handler({ class: "aFunction" }), [[
    "handlers.h.class",
    'handlers.h.class is "aFunction": that is a function, name it with "()"',
  ]]],
  [handler({ "()": "aFunction" }), [["handlers.h", "handlers.h can't be made: made nothing"]]],
  [handler({ "()": "giveNull" }), [[
    "handlers.h",
    "handlers.h can't be made: Cannot add null as a handler: extend Handler, or BaseHandler of @std/log",
  ]]],
  [handler({ class: "./mine.ts#Mine" }), [[
    "handlers.h.class",
    'handlers.h.class is "./mine.ts#Mine", which has to be imported: use dictConfig, which can wait',
  ]]],
  [handler({ class: stream, stream: "ext://sys.stdut" }), [[
    "handlers.h.stream",
    'handlers.h.stream is "ext://sys.stdut": there is no such name. Did you mean "ext://sys.stdout"?',
  ]]],
  [handler({ class: stream, stream: 7 }), [[
    "handlers.h.stream",
    "handlers.h.stream is 7: use ext://sys.stdout, ext://sys.stderr, or an object with writeSync(bytes)",
  ]]],
  [handler({ class: stream, strem: "ext://sys.stdout" }), [[
    "handlers.h.strem",
    'handlers.h.strem is not known here: use stream, colors, terminator, level, formatter, filters. Did you mean "stream"?',
  ]]],
  [handler({ class: stream, level: "info" }), [[
    "handlers.h.level",
    'handlers.h.level is "info": use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, or a whole number from 0. Did you mean "INFO"?',
  ]]],
  [handler({ class: stream, level: -1 }), [[
    "handlers.h.level",
    "handlers.h.level is -1: use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, or a whole number from 0",
  ]]],
  [handler({ class: stream, level: 10.5 }), [[
    "handlers.h.level",
    "handlers.h.level is 10.5: use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, or a whole number from 0",
  ]]],
  [handler({ class: stream, formatter: "gone" }), [[
    "handlers.h.formatter",
    'handlers.h.formatter is "gone": there is no such formatter, none is defined',
  ]]],
  [handler({ class: stream, filters: ["gone"] }), [[
    "handlers.h.filters[0]",
    'handlers.h.filters[0] is "gone": there is no such filter, none is defined',
  ]]],
  [handler({ class: stream, filters: "gone" }), [[
    "handlers.h.filters",
    'handlers.h.filters is "gone": use a list of names of filters, ["gone"] for one',
  ]]],
  [handler({ class: stream, ".": ["terminator"] }), [[
    'handlers.h["."]',
    'handlers.h["."] is [ "terminator" ]: use a dictionary of attributes to set',
  ]]],
  [handler({ class: stream, ".": { __proto__x: 1, constructor: 1 } }), [[
    'handlers.h["."].constructor',
    'handlers.h["."].constructor can\'t be set: it would change what the object is',
  ]]],
  [handler({ class: "logging.FileHandler" }), [[
    "handlers.h.filename",
    "handlers.h.filename is missing: use the path of a file",
  ]]],
  [handler({ ...file, filename: "" }), [[
    "handlers.h.filename",
    'handlers.h.filename is "": use the path of a file',
  ]]],
  [handler({ ...file, mode: "rw" }), [[
    "handlers.h.mode",
    'handlers.h.mode is "rw": use "a" or "w"',
  ]]],
  [handler({ ...file, encoding: "latin-1" }), [[
    "handlers.h.encoding",
    'handlers.h.encoding is "latin-1": use "utf-8", the only encoding there is here',
  ]]],
  [handler({ ...file, encoding: "utf-8-sig" }), [[
    "handlers.h.encoding",
    'handlers.h.encoding is "utf-8-sig": use "utf-8", the only encoding there is here',
  ]]],
  [handler({ ...file, errors: "strct" }), [[
    "handlers.h.errors",
    'handlers.h.errors is "strct": use "strict" or "ignore" or "replace" or "backslashreplace" or "namereplace" or "xmlcharrefreplace" or "surrogateescape" or "surrogatepass". Did you mean "strict"?',
  ]]],
  [handler({ ...file, delay: false, filename: "/proc/no/such.log" }), [[
    "handlers.h.filename",
    "handlers.h.filename can't be used: No such file or directory (os error 2): mkdir '/proc/no'",
  ]]],
  [handler({ ...file, delay: false, filename: "/", mode: "w" }), [[
    "handlers.h.filename",
    "handlers.h.filename can't be opened: Is a directory (os error 21): open '/'",
  ]]],
  [handler({ ...rotating, maxBytes: -1 }), [[
    "handlers.h.maxBytes",
    "handlers.h.maxBytes is -1: use a whole number from 0",
  ]]],
  [handler({ ...rotating, maxBytes: "10MB" }), [[
    "handlers.h.maxBytes",
    'handlers.h.maxBytes is "10MB": use a whole number from 0',
  ]]],
  [handler({ ...rotating, backupCount: 1.5, maxByte: 5 }), [[
    "handlers.h.backupCount",
    "handlers.h.backupCount is 1.5: use a whole number from 0",
  ], [
    "handlers.h.maxByte",
    'handlers.h.maxByte is not known here: use filename, encoding, delay, errors, bufferSize, flushInterval, flushLevel, terminator, backupCount, namer, rotator, gzip, mode, maxBytes, level, formatter, filters. Did you mean "maxBytes"?',
  ]]],
  [handler({ ...timed, when: "fortnight" }), [[
    "handlers.h.when",
    'handlers.h.when is "fortnight": use "S", "M", "H", "D", "MIDNIGHT", or "W0" (Monday) to "W6" (Sunday)',
  ]]],
  [handler({ ...timed, interval: 0, atTime: "noon" }), [[
    "handlers.h.interval",
    "handlers.h.interval is 0: use a whole number from 1",
  ], [
    "handlers.h.atTime",
    'handlers.h.atTime is "noon": use a time of day from "00:00:00" to "23:59:59"',
  ]]],
  [handler({ class: "logging.handlers.MemoryHandler", capacity: -1 }), [[
    "handlers.h.capacity",
    "handlers.h.capacity is -1: use a whole number from 0",
  ]]],
  [handler({ class: "logging.handlers.MemoryHandler", capacity: 10, target: "gone" }), [[
    "handlers.h.target",
    'handlers.h.target is "gone": there is no such handler, use h',
  ]]],
  [handler({ class: "logging.handlers.MemoryHandler", capacity: 10, target: "h" }), [[
    "handlers.h",
    "handlers.h hands its records to itself in a circle: h → h",
  ]]],
  [handler({ class: "logging.handlers.SocketHandler", host: "localhost" }), [[
    "handlers.h.port",
    "handlers.h.port is missing: use a whole number from 1 to 65535",
  ]]],
  [handler({ class: "logging.handlers.SocketHandler", host: "", port: 70000 }), [[
    "handlers.h.host",
    'handlers.h.host is "": use the name or address of a host',
  ], ["handlers.h.port", "handlers.h.port is 70000: use a whole number from 1 to 65535"]]],
  [handler({ class: "logging.handlers.HTTPHandler", url: "no url" }), [[
    "handlers.h.url",
    'handlers.h.url can\'t be used: Cannot send records to a server: current URL is "no url", allowed are those that begin with http:// or https://',
  ]]],
  [handler({ class: "logging.handlers.HTTPHandler", host: "h", url: "/", method: "put" }), [[
    "handlers.h.method",
    'handlers.h.method is "put": use "GET" or "POST" or "PUT". Did you mean "PUT"?',
  ]]],
  [handler({ class: "logging.handlers.SysLogHandler", address: "/dev/log" }), [[
    "handlers.h.address",
    'handlers.h.address is "/dev/log": use a list of host and port, such as ["localhost", 514]; sockets in the file system can\'t be used: Deno has none for datagrams',
  ]]],
  [handler({ class: "logging.handlers.SysLogHandler", facility: "locale0", socktype: 9 }), [[
    "handlers.h.facility",
    'handlers.h.facility is "locale0": use kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, security, console, solaris-cron, local0, local1, local2, local3, local4, local5, local6, local7, or a number from 0 to 23. Did you mean "local0"?',
  ], [
    "handlers.h.socktype",
    "handlers.h.socktype is 9: use ext://socket.SOCK_DGRAM or ext://socket.SOCK_STREAM",
  ]]],
  [handler({ ...smtp, mailhost: ["localhost"], timeout: 0 }), [[
    "handlers.h.mailhost",
    'handlers.h.mailhost is [ "localhost" ]: use a name such as "mail.example.com", or a list of name and port',
  ], ["handlers.h.timeout", "handlers.h.timeout is 0: use a number of seconds above 0"]]],
  [handler({ ...smtp, credentials: "secret", secure: ["key.pem"] }), [[
    "handlers.h.credentials",
    "handlers.h.credentials can't be used (it is not shown here): use a list of user name and password",
  ], [
    "handlers.h.secure",
    'handlers.h.secure is [ "key.pem" ]: use true, false, "starttls" or "tls"; files of keys and certificates can\'t be used',
  ]]],
  [handler({ class: "logging.handlers.QueueHandler", handlers: ["gone"] }), [[
    "handlers.h.handlers[0]",
    'handlers.h.handlers[0] is "gone": there is no such handler, use h',
  ]]],
  [handler({ class: "logging.handlers.QueueHandler", queue: "gone.Queue" }), [[
    "handlers.h.queue",
    'handlers.h.queue is "gone.Queue": there is no such queue, give it in classes: { "gone.Queue": … }, or use queue.Queue, aNumber, aFunction, giveNull, givePromise',
  ]]],
  [handler({ class: "logging.handlers.QueueHandler", queue: { maxsize: 5 } }), [[
    "handlers.h.queue",
    'handlers.h.queue is { maxsize: 5 }: use the name of a queue, or a dictionary with "()" and its arguments',
  ]]],
  [handler({ class: "logging.handlers.QueueHandler", listener: "logging.Filter" }), [[
    "handlers.h.listener",
    'handlers.h.listener is "logging.Filter": that is a filter, give a listener',
  ]]],
  [{
    version: 1,
    handlers: {
      a: { class: "logging.handlers.MemoryHandler", capacity: 1, target: "b" },
      b: { class: "logging.handlers.QueueHandler", handlers: ["a"] },
    },
  }, [["handlers.a", "handlers.a hands its records to itself in a circle: a → b → a"]]],
  // Loggers.
  [{ version: 1, loggers: { app: { level: "LOUD" } } }, [[
    "loggers.app.level",
    'loggers.app.level is "LOUD": use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, or a whole number from 0',
  ]]],
  [{ version: 1, loggers: { "app.jobs": { propagate: "perhaps" } } }, [[
    'loggers["app.jobs"].propagate',
    'loggers["app.jobs"].propagate is "perhaps": use true or false',
  ]]],
  [{ version: 1, loggers: { app: { handlers: ["gone"], filters: ["gone"] } } }, [[
    "loggers.app.handlers[0]",
    'loggers.app.handlers[0] is "gone": there is no such handler, none is defined',
  ], [
    "loggers.app.filters[0]",
    'loggers.app.filters[0] is "gone": there is no such filter, none is defined',
  ]]],
  [{ version: 1, loggers: { app: { handlers: "gone" } } }, [[
    "loggers.app.handlers",
    'loggers.app.handlers is "gone": use a list of names of handlers, ["gone"] for one',
  ]]],
  [{ version: 1, loggers: { app: { levle: 1 } } }, [[
    "loggers.app.levle",
    'loggers.app.levle is not known here: use level, propagate, filters, handlers. Did you mean "level"?',
  ]]],
  [{ version: 1, loggers: { root: {} }, root: {} }, [[
    "loggers.root",
    "loggers.root is defined twice: loggers.root and root are the same logger",
  ]]],
  [{ version: 1, root: { handlers: [5], level: [] } }, [[
    "root.level",
    "root.level is []: use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, or a whole number from 0",
  ], ["root.handlers[0]", "root.handlers[0] is 5: use the name of a handler"]]],
  // References.
  [handler({ class: stream, level: "cfg://levels.low" }), [[
    "handlers.h.level",
    'handlers.h.level is "cfg://levels.low": there is no "levels" in the configuration',
  ]]],
  [{ version: 1, "x-a": "cfg://x-b", "x-b": "cfg://x[" }, [[
    "x-a",
    'x-a is "cfg://x-b": write cfg://section.key or cfg://section[0]',
  ], ["x-b", 'x-b is "cfg://x[": write cfg://section.key or cfg://section[0]']]],
  [{ version: 1, a: "cfg://b", b: "cfg://a" }, [["a", 'a is "cfg://b", which leads to itself'], [
    "b",
    'b is "cfg://a", which leads to itself',
  ]]],
  [{ version: 1, root: { level: "ext://logging.LOUD" } }, [[
    "root.level",
    'root.level is "ext://logging.LOUD": there is no such name. Did you mean "ext://logging.DEBUG"?',
  ]]],
  // What takes more than there is.
  [{ version: 1, "x-a": nested(100_000) }, [[
    `x-a${"[0]".repeat(100)}`,
    `x-a${"[0]".repeat(100)} lies too deep: a configuration has up to 100 levels`,
  ]]],
  [{ version: 1, loggers: { [`a${".b".repeat(100)}`]: {} } }, [[
    `loggers["a${".b".repeat(48)}…"]`,
    `loggers["a${
      ".b".repeat(48)
    }…"] has too long a name: allowed are 1000 characters and 100 parts`,
  ]]],
  [{ version: 1, incremental: true, loggers: { ["x".repeat(1001)]: { level: 10 } } }, [[
    `loggers["${"x".repeat(97)}…"]`,
    `loggers["${"x".repeat(97)}…"] has too long a name: allowed are 1000 characters and 100 parts`,
  ]]],
  [{ version: 1, "x-a": `cfg://${"n".repeat(5000)}` }, [[
    "x-a",
    `x-a is "cfg://${"n".repeat(191)}…": there is no "${"n".repeat(197)}…" in the configuration`,
  ]]],
  // What paralog has none of, or can't make so.
  [handler({ class: "logging.handlers.DatagramHandler", host: "h", port: 1 }), [[
    "handlers.h.class",
    'handlers.h.class is "logging.handlers.DatagramHandler": paralog has no DatagramHandler: use logging.handlers.SocketHandler, which sends over TCP, or give one in classes',
  ]]],
  [handler({ class: StdConsoleHandler }), [[
    "handlers.h.class",
    'handlers.h.class is [class ConsoleHandler extends BaseHandler]: that is a handler class of @std/log: give a function in classes that makes one, and name that with "()"',
  ]]],
  [{ version: 1, formatters: { f: { style: "{", format: "{name[0]} {message}" } } }, [[
    "formatters.f.format",
    'formatters.f.format can\'t be used: Cannot format records with "{name[0]}": name has no parts, write {name}',
  ]]],
  [{ version: 1, formatters: { f: { format: "%(message)999999999s" } } }, [[
    "formatters.f.format",
    'formatters.f.format can\'t be used: Cannot format records as "%(message)999999999s": the width or precision of "%(message)999999999s" is above 10000',
  ]]],
  // Incremental.
  [{ version: 1, incremental: true, handlers: { gone: { level: "INFO" } } }, [[
    "handlers.gone",
    "handlers.gone can't be changed: there is no handler of that name, there are old",
  ]]],
  [{ version: 1, incremental: true, loggers: { a: { level: "LOUD" } } }, [[
    "loggers.a.level",
    'loggers.a.level is "LOUD": use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, or a whole number from 0',
  ]]],
];
