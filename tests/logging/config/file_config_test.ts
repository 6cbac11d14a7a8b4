import { assert, assertEquals, assertRejects } from "@std/assert";
import { getLogger, withCleanRootLogger } from "@paralog/paralog/logging";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { ConfigError } from "../../../src/logging/config/config_error.ts";
import { fileConfig, type FileConfigOptions } from "../../../src/logging/config/file_config.ts";

const START = "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n" +
  "[logger_root]\nhandlers=h\nlevel=DEBUG\n";

/** An INI file whose one handler is written so. */
const handler = (text: string) => `${START}[handler_h]\n${text}\n`;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

test("fileConfig() reads a file by path or URL, with defaults", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/logging.conf`;
  await Deno.writeTextFile(path, handler("class=FileHandler\nargs=('%(LogFile)s',)"));
  const url = new URL(`file://${path}`);
  for (const [source, name] of [[path, "a.log"], [url, "b.log"]] as const) {
    await fileConfig(source, { defaults: { logfile: `${folder}/${name}` } });
    getLogger().warn("to %s", name);
    assertEquals(await Deno.readTextFile(`${folder}/${name}`), `to ${name}\n`);
  }
  await fileConfig({ text: handler("class=NullHandler") });
  await Deno.remove(folder, { recursive: true });
});

test("fileConfig() disables existing loggers, or leaves them", async () => {
  const text = handler("class=NullHandler");
  getLogger("old").setLevel("INFO");
  await fileConfig({ text });
  assertEquals(getLogger("old").disabled, true);
  await fileConfig({ text }, { disableExistingLoggers: false });
  assertEquals(getLogger("old").disabled, false);
});

test("fileConfig() knows the classes that it is given", async () => {
  const seen: unknown[] = [];
  class Mine extends ListHandler {
    constructor(options: { size: number }) {
      super();
      seen.push(options.size);
    }
  }
  const text = handler("class=myapp.Mine\nkwargs={'size': -0x10}\nlevel=ERROR");
  await fileConfig({ text }, { classes: { "myapp.Mine": Mine } });
  assertEquals([seen, getLogger().handlers[0]?.level], [[-16], 40]);
});

test("fileConfig() reads names of Python's modules in arguments", async () => {
  const text = handler(
    "class=handlers.SysLogHandler\n" +
      "args=(('localhost', handlers.SYSLOG_UDP_PORT), handlers.SysLogHandler.LOG_USER)",
  );
  await fileConfig({ text });
  assertEquals(getLogger().handlers.map(({ name }) => name), ["h"]);
});

const BROKEN: readonly (readonly [text: string, path: string, message: string])[] = [
  ["", "loggers", "loggers is missing: write a section [loggers] with keys="],
  [START, "handler_h", "handler_h is missing: write a section [handler_h]"],
  ["key=1", "", "Line 1 stands before any [section]"],
  [
    START.replace("keys=root", "keys=app"),
    "loggers.keys",
    'loggers.keys does not list "root": the root logger has to be there',
  ],
  [
    handler("args=()"),
    "handler_h.class",
    "handler_h.class is missing: name the class of the handler",
  ],
  [
    handler("class=StreamHandlr"),
    "handlers.h.class",
    'handlers.h.class is "StreamHandlr": there is no such handler. Did you mean "logging.StreamHandler"?',
  ],
  [
    handler("class=os.system\nargs=('id',)"),
    "handler_h.args",
    "handler_h.args can't be used for os.system: the order of its arguments is not known, give " +
    "them in kwargs",
  ],
  [
    handler("class=StreamHandler\nargs=(open('/etc/passwd'),)"),
    "handler_h.args",
    "handler_h.args can't be read: from character 2: open(…) would have to be run",
  ],
  [
    handler("class=StreamHandler\nargs=(sys.modules,)"),
    "handler_h.args",
    "handler_h.args can't be read: from character 2: the name sys.modules is not known",
  ],
  [
    handler("class=StreamHandler\nargs=(1, 2)"),
    "handler_h.args",
    "handler_h.args gives 2 arguments: logging.StreamHandler takes stream",
  ],
  [
    handler("class=FileHandler\nargs=('a',)\nkwargs={'filename': 'b'}"),
    "handler_h.args",
    "handler_h.args gives filename a second time",
  ],
  [
    handler("class=FileHandler\nargs='a'"),
    "handler_h.args",
    "handler_h.args is a text: use a tuple, such as ('a.log',)",
  ],
  [
    handler("class=FileHandler\nkwargs=()"),
    "handler_h.kwargs",
    "handler_h.kwargs is a list or tuple: use a dict, such as {'a': 1}",
  ],
  [
    handler("class=FileHandler\nargs=('%(gone)s',)"),
    "",
    "[handler_h] args: there is no gone for %(gone)s, neither in the section nor in the defaults",
  ],
  [
    handler("class=handlers.RotatingFileHandler\nargs=('a', 'a', '10MB')"),
    "handler_h.args",
    "handler_h.args gives a text for maxBytes, its argument 3: use a whole number from 0",
  ],
  [
    handler("class=FileHandler\nkwargs={'filename': 'a', 'delay': ()}"),
    "handler_h.kwargs",
    "handler_h.kwargs gives a list or tuple for delay, its argument 2: use true or false",
  ],
  [
    handler("class=handlers.DatagramHandler\nargs=('localhost', 9021)"),
    "handler_h.args",
    "handler_h.args can't be used for handlers.DatagramHandler: paralog has no DatagramHandler: use " +
    "logging.handlers.SocketHandler, which sends over TCP, or give one in classes",
  ],
  [
    handler("class=handlers.NTEventLogHandler"),
    "handlers.h.class",
    'handlers.h.class is "handlers.NTEventLogHandler": paralog has no NTEventLogHandler: use ' +
    "logging.FileHandler or logging.handlers.SysLogHandler, or give one in classes",
  ],
  [
    handler("class=NullHandler\nlevel=LOUD"),
    "handlers.h.level",
    'handlers.h.level is "LOUD": use NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL, WARNING, FATAL, ' +
    "or a whole number from 0",
  ],
  [
    handler("class=NullHandler\nformatter=f"),
    "handlers.h.formatter",
    'handlers.h.formatter is "f": there is no such formatter, none is defined',
  ],
  [
    handler("class=NullHandler").replace("handlers=h", "handlers=h,x"),
    "root.handlers[1]",
    'root.handlers[1] is "x": there is no such handler, use h',
  ],
  [
    handler("class=NullHandler").replace("handlers=h", ""),
    "logger_root.handlers",
    "logger_root.handlers is missing: list handlers, or write handlers=",
  ],
  [
    handler("class=NullHandler").replace("keys=root", "keys=root,a") +
    "[logger_a]\nhandlers=\npropagate=maybe\n",
    "logger_a.qualname",
    "logger_a.qualname is missing: name the logger",
  ],
  [
    handler("class=NullHandler").replace("keys=h", "keys=h,h"),
    "handlers.keys",
    'handlers.keys lists "h" twice',
  ],
];

BROKEN.forEach(([text, path, message], index) => {
  test(`fileConfig() refuses broken file ${index + 1} and keeps the configuration`, async () => {
    const old = new ListHandler();
    getLogger().addHandler(old);
    const error = await assertRejects(() => fileConfig({ text }), ConfigError);
    assertEquals(error.problems[0], { path, message });
    getLogger().warn("old");
    assertEquals(old.lines, ["old"]);
  });
});

test("fileConfig() rejects when the file is missing, and on unknown options", async () => {
  await assertRejects(() => fileConfig("/no/such/logging.conf"), Deno.errors.NotFound);
  const options = { disable_existing_loggers: false } as FileConfigOptions;
  await assertRejects(() => fileConfig({ text: handler("class=NullHandler") }, options), TypeError);
});

test("fileConfig() shows no arguments of handlers in errors, for they may be secret", async () => {
  const smtp = (args: string) => handler(`class=handlers.SMTPHandler\n${args}`);
  const files = [
    smtp("args=(('localhost',25),'a@b',['c@d'],'s',('user','hunter2'),timeout())"),
    smtp("args=(('localhost',25),'a@b',['c@d'],'s',('user','hunter2%x'))"),
    smtp("args=(('localhost',25),'a@b',['c@d'],'s',('user','hunter2'),(),1.0,5)"),
    smtp("args=(('localhost',25),'a@b',['c@d'],('user','hunter2'),'s')"),
    smtp("args={'credentials':('user','hunter2')}"),
    smtp("kwargs=('user','hunter2')"),
    smtp("kwargs={'mailhost': 'x', 'fromaddr': {'user': 'hunter2'}}"),
    smtp("kwargs={'mailhost': 'x', 'fromaddr': ('user', 'hunter2')}"),
    smtp("args=('localhost',\n'hunter2')"),
  ];
  for (const text of files) {
    const error = await assertRejects(() => fileConfig({ text }), ConfigError);
    assert(!error.message.includes("hunter2"), error.message);
  }
});

test("fileConfig() takes no time for hostile names and lists", async () => {
  const files = [
    handler(`class=x${" ".repeat(300_000)}y`),
    `[loggers]\nkeys=root${",a".repeat(100_000)}\n[handlers]\nkeys=\n[formatters]\nkeys=\n`,
    `[loggers]\nkeys=root\n[handlers]\nkeys=${"a,".repeat(200_000)}\n[formatters]\nkeys=\n`,
    handler("class=NullHandler").replace(
      "handlers=h",
      `handlers=${Array.from({ length: 50_000 }, (_, n) => `name${n}`).join(",")}`,
    ),
  ];
  for (const text of files) {
    const error = await assertRejects(() => fileConfig({ text }), ConfigError);
    assert(error.problems.length <= 50 && error.message.length < 60_000);
  }
});
