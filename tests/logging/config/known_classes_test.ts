import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { getLogger, Handler, withCleanRootLogger } from "@paralog/paralog/logging";
import { dictConfig } from "../../../src/logging/config/dict_config.ts";
import { isClass, Registry } from "../../../src/logging/config/registry.ts";
import { FileHandler } from "../../../src/logging/handlers/file.ts";
import { HTTPHandler } from "../../../src/logging/handlers/http.ts";
import { RotatingFileHandler } from "../../../src/logging/handlers/rotating_file.ts";
import { SMTPHandler } from "../../../src/logging/handlers/smtp.ts";
import { SocketHandler } from "../../../src/logging/handlers/socket.ts";
import { SysLogHandler } from "../../../src/logging/handlers/syslog.ts";
import { TimedRotatingFileHandler } from "../../../src/logging/handlers/timed_rotating_file.ts";
import { askPython } from "../../support/ask_python.ts";

/** What configurations can't name: bases to extend. */
const BASES = ["Handler", "BaseRotatingHandler"];

/** The classes of a folder that are handlers, formatters or filters. */
async function classesIn(folder: string): Promise<(readonly [string, unknown])[]> {
  const url = new URL(`../../../src/logging/${folder}/`, import.meta.url);
  const found: (readonly [string, unknown])[] = [];
  for await (const { name } of Deno.readDir(url)) {
    const exports: Record<string, unknown> = await import(new URL(name, url).href);
    found.push(...Object.entries(exports));
  }
  return found.filter(([name, value]) =>
    isClass(value) && /(?:Handler|Formatter|Filter)$/.test(name) && !BASES.includes(name)
  );
}

Deno.test("every handler, formatter and filter has its name in configurations", async () => {
  const registry = new Registry();
  const classes = (await Promise.all(["handlers", "formatters", "filters"].map(classesIn))).flat();
  assert(classes.length >= 20);
  for (const [name, value] of classes) {
    assertEquals(registry.find(`paralog.${name}`), value, `paralog.${name}`);
    assertEquals(registry.specOf(value)?.Class, value, name);
  }
});

Deno.test("positional arguments have the order of Python's", async () => {
  const registry = new Registry();
  const names = registry.names().filter((name) =>
    /^logging\..*(?:Handler|Filter|Formatter)$/.test(name)
  );
  const python = await askPython<Record<string, string[]>>(
    `
import importlib, inspect, logging.handlers
def parameters(name):
    module, _, cls = name.rpartition(".")
    signature = inspect.signature(getattr(importlib.import_module(module), cls))
    return [p.name for p in signature.parameters.values() if p.kind == p.POSITIONAL_OR_KEYWORD]
print(json.dumps({name: parameters(name) for name in json.load(sys.stdin)}))
`,
    names,
  );
  assertEquals(names.length, 14);
  for (const name of names) {
    const { positional = [], parameters = {} } = registry.specOf(registry.find(name)) ?? {};
    assertEquals(positional, python[name]?.slice(0, positional.length), name);
    for (const key of positional) assert(key in parameters, `${name} takes ${key}`);
  }
});

Deno.test("dictConfig() gives handlers their arguments in Python's forms", async () => {
  const folder = await Deno.makeTempDir();
  const ofFile = (name: string) => ({ filename: `${folder}/${name}`, encoding: "UTF-8" });
  await withCleanRootLogger(async () => {
    await dictConfig({
      version: 1,
      handlers: {
        file: { class: "logging.FileHandler", ...ofFile("a"), delay: 1, errors: null },
        http: {
          class: "logging.handlers.HTTPHandler",
          host: "example.com:8080",
          url: "log",
          secure: true,
          credentials: ["user", "secret"],
          context: null,
        },
        ours: { class: "paralog.HTTPHandler", url: "https://example.com/in", batchSize: 10 },
        mail: {
          class: "logging.handlers.SMTPHandler",
          mailhost: ["localhost", 2525],
          fromaddr: "a@example.com",
          toaddrs: "b@example.com",
          subject: "It failed",
          credentials: ["user", "secret"],
          secure: [],
          timeout: 2.5,
        },
        rotating: {
          class: "logging.handlers.RotatingFileHandler",
          ...ofFile("b"),
          maxBytes: 1e6,
          backupCount: 3,
          gzip: true,
          namer: "ext://namer",
        },
        socket: {
          class: "logging.handlers.SocketHandler",
          maxLength: 65_536,
          host: "localhost",
          port: "ext://logging.handlers.DEFAULT_TCP_LOGGING_PORT",
          capacity: 10,
        },
        syslog: {
          class: "logging.handlers.SysLogHandler",
          address: ["localhost", "ext://logging.handlers.SYSLOG_UDP_PORT"],
          facility: "ext://logging.handlers.SysLogHandler.LOG_LOCAL0",
          socktype: "ext://socket.SOCK_STREAM",
        },
        timed: {
          class: "logging.handlers.TimedRotatingFileHandler",
          ...ofFile("c"),
          when: "midnight",
          atTime: "12:30",
          utc: true,
        },
      },
      root: { handlers: ["file", "http", "ours", "mail", "rotating", "socket", "syslog", "timed"] },
    }, { classes: { namer: (name: string) => `${name}.old` } });
    const [file, http, ours, mail, rotating, socket, syslog, timed] = getLogger().handlers;
    assertInstanceOf(file, FileHandler);
    assertEquals(file.delay, true);
    assertInstanceOf(http, HTTPHandler);
    assertEquals(http.url, "https://example.com:8080/log");
    assertInstanceOf(ours, HTTPHandler);
    assertInstanceOf(mail, SMTPHandler);
    assertEquals(mail.subject, "It failed");
    assertInstanceOf(rotating, RotatingFileHandler);
    assertEquals([rotating.maxBytes, rotating.backupCount], [1e6, 3]);
    assertEquals(rotating.rotationFilename("x"), "x.old.gz");
    assertInstanceOf(socket, SocketHandler);
    assertEquals([socket.host, socket.port], ["localhost", 9020]);
    assertInstanceOf(syslog, SysLogHandler);
    assertInstanceOf(timed, TimedRotatingFileHandler);
    for (const handler of getLogger().handlers) assertInstanceOf(handler, Handler);
  });
  await Deno.remove(folder, { recursive: true });
});
