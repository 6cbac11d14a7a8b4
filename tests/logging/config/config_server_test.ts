import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { getLogger, Handler, type LogRecord, withCleanRootLogger } from "@paralog/paralog/logging";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { listen, type ListenOptions } from "../../../src/logging/config/config_server.ts";
import { frame } from "../../../src/logging/network/frames.ts";

/** Python's client of the logging cookbook, sending bytes as Python 3 wants them. */
const CLIENT = `
import socket, sys, struct
data_to_send = open(sys.argv[1], 'rb').read()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(('localhost', int(sys.argv[2])))
s.send(struct.pack('>L', len(data_to_send)))
s.send(data_to_send)
s.close()
print('complete')
`;

const INI = `
[loggers]
keys=root
[handlers]
keys=list
[formatters]
keys=
[logger_root]
level=ERROR
handlers=list
[handler_list]
class=ListHandler
`;

/** A handler that tells of each record, so that tests wait for records and not for time. */
class Watched extends Handler {
  readonly lines: string[] = [];
  #waiting: { text: string; resolve: () => void } | undefined;

  override emit(record: LogRecord): void {
    this.lines.push(`${record.levelName} ${record.msg}`);
    if (this.#waiting && record.msg.includes(this.#waiting.text)) this.#waiting.resolve();
  }

  saw(text: string): Promise<void> {
    if (this.lines.some((line) => line.includes(text))) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { text, resolve };
    return promise;
  }
}

/** A server in a realm of its own, and a way to wait until a configuration was applied. */
async function withServer(
  options: ListenOptions,
  fn: (server: ReturnType<typeof listen>, applied: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await withCleanRootLogger(async () => {
    let onApplied = () => {};
    class Applied extends ListHandler {
      constructor() {
        super();
        queueMicrotask(() => onApplied());
      }
    }
    await using server = listen({
      port: 0,
      ...options,
      classes: { ListHandler: Applied, ...options.classes },
    });
    await server.ready;
    await fn(server, () => new Promise((resolve) => onApplied = resolve));
  });
}

async function send(port: number, ...chunks: readonly (string | Uint8Array)[]): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  for (const chunk of chunks) {
    await writer.write(typeof chunk === "string" ? frame(new TextEncoder().encode(chunk)) : chunk);
  }
  await writer.close().catch(() => {}); // The server may have closed it first.
}

const config = (level: string) =>
  JSON.stringify({
    version: 1,
    handlers: { list: { class: "ListHandler" } },
    root: { level, handlers: ["list"] },
  });

Deno.test("listen() applies what Python's client sends, JSON and INI files", async () => {
  await withServer({}, async ({ port }, applied) => {
    for (const [text, level] of [[config("DEBUG"), 10], [INI, 40]] as const) {
      const file = await Deno.makeTempFile();
      await Deno.writeTextFile(file, text);
      const configured = applied();
      const client = await new Deno.Command("python3", { args: ["-c", CLIENT, file, `${port}`] })
        .output();
      assertEquals(new TextDecoder().decode(client.stdout), "complete\n");
      await configured;
      assertEquals([getLogger().level, getLogger().handlers[0]?.name], [level, "list"]);
      await Deno.remove(file);
    }
  });
});

Deno.test("listen() applies several configurations of one client, in any chunks", async () => {
  await withServer({}, async ({ port }, applied) => {
    const bytes = frame(new TextEncoder().encode(config("INFO")));
    const configured = applied();
    await send(port, bytes.slice(0, 3), bytes.slice(3, 10), bytes.slice(10));
    await configured;
    assertEquals(getLogger().level, 20);
    const again = applied();
    await send(port, config("INFO"), config("ERROR"));
    await again;
  });
});

Deno.test("listen() configures the realm in which it was called", async () => {
  const outer = getLogger().level;
  await withServer({}, async ({ port }, applied) => {
    const configured = applied();
    await withCleanRootLogger(async () => {
      await send(port, config("CRITICAL"));
      await configured;
      assert(getLogger().level !== 50);
    });
    assertEquals(getLogger().level, 50);
  });
  assertEquals(getLogger().level, outer);
});

Deno.test("listen() reports bad input, keeps the configuration and goes on", async () => {
  await withServer({}, async ({ port }, applied) => {
    const watched = new Watched();
    getLogger().addHandler(watched);
    const bad: [string, readonly (string | Uint8Array)[]][] = [
      [
        'ERROR .*root.level is "LOUD": use NOTSET',
        [JSON.stringify({ version: 1, root: { level: "LOUD" } })],
      ],
      ["ERROR .*version is missing: use 1", ["{}"]],
      ["ERROR .*Line 1 stands before any", ["garbage"]],
      ["ERROR .*Line 1 stands before any", ["cposix\nsystem\n(S'true'\ntR."]], // A pickle.
      ["ERROR .*the configuration is \\[ 1, 2 \\]: use a dictionary", ["[1, 2]"]],
      ["ERROR .*formatters is missing", ["[loggers]\nkeys=root"]],
      ["ERROR .*JSON", ['{"version": 1']],
      ["ERROR .*was not applied", [new Uint8Array([0, 0, 0, 2, 0xff, 0xfe])]],
      ["WARN .*its length is 1073741824 bytes", [new Uint8Array([0x40, 0, 0, 0])]],
      ["WARN .*its length is 1195725856 bytes", [
        new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
      ]],
      ["WARN .*sender ended after 2 bytes", [new Uint8Array([0, 0])]],
      ["WARN .*sender ended after 7 bytes", [new Uint8Array([0, 0, 0, 9, 1, 2, 3])]],
      ["ERROR .*was not applied", ["[".repeat(100_000)]],
      ["ERROR .*was not applied", ["[".repeat(100_000) + "]".repeat(100_000)]],
      ["ERROR .*was not applied", ['{"version":1,"x-a":'.repeat(9_000) + "1" + "}".repeat(9_000)]],
    ];
    for (const [pattern, chunks] of bad) {
      watched.lines.length = 0;
      await send(port, ...chunks);
      await watched.saw("127.0.0.1");
      assert(new RegExp(pattern, "s").test(watched.lines[0] ?? ""), `${pattern}: ${watched.lines}`);
      assertEquals(getLogger().handlers, [watched]);
    }
    const configured = applied();
    await send(port, config("INFO"));
    await configured;
    assertEquals(getLogger().level, 20);
  });
});

Deno.test("listen() is not held up by a client that sends nothing, or half of it", async () => {
  await withServer({}, async ({ port }, applied) => {
    using _silent = await Deno.connect({ hostname: "127.0.0.1", port });
    using half = await Deno.connect({ hostname: "127.0.0.1", port });
    await half.write(new Uint8Array([0, 0, 1, 0, 123]));
    const configured = applied();
    await send(port, config("INFO"));
    await configured;
    assertEquals(getLogger().level, 20);
  });
});

Deno.test("listen() applies what verify returns, and nothing that it refuses", async () => {
  const seen: string[] = [];
  const verify = async (bytes: Uint8Array) => {
    const text = new TextDecoder().decode(bytes);
    seen.push(text.slice(0, 5));
    await Promise.resolve();
    if (text === "throw") throw new Error("no key");
    return text.startsWith("key1:") ? new TextEncoder().encode(text.slice(5)) : undefined;
  };
  await withServer({ verify }, async ({ port }, applied) => {
    const watched = new Watched();
    getLogger().addHandler(watched);
    await send(port, config("DEBUG"));
    await watched.saw("was refused by verify");
    await send(port, "throw");
    await watched.saw("was not applied: no key");
    assertEquals(getLogger().handlers, [watched]);
    const configured = applied();
    await send(port, `key1:${config("ERROR")}`);
    await configured;
    assertEquals([getLogger().level, seen], [40, ['{"ver', "throw", "key1:"]]);
  });
});

Deno.test("listen() stops with clients connected, while verify waits, and twice", async () => {
  const { promise: never } = Promise.withResolvers<undefined>();
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const verify = () => {
    onAsked();
    return never;
  };
  const server = listen({ port: 0, verify });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  using _silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await client.write(frame(new TextEncoder().encode("{}")));
  await asked;
  await server.stop();
  await server.stop();
  assertEquals(await client.read(new Uint8Array(1)), null);
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port: server.port }));
});

Deno.test("listen() does not configure the realm around its own once that has ended", async () => {
  const { level, handlers } = getLogger();
  let server: ReturnType<typeof listen> | undefined;
  await withCleanRootLogger(() => {
    server = listen({ port: 0, classes: { ListHandler } });
  });
  assert(server);
  const watched = new Watched();
  getLogger().addHandler(watched);
  await send(server.port, config("DEBUG"));
  await watched.saw("its realm has ended");
  getLogger().removeHandler(watched);
  assertEquals([getLogger().level, getLogger().handlers], [level, handlers]);
  await server.stop();
});

Deno.test("listen() refuses to listen off loopback without verify, and wrong ports", () => {
  const bad: [ListenOptions, string][] = [
    [{ hostname: "0.0.0.0" }, "Cannot listen on 0.0.0.0 without verify"],
    [{ hostname: "::" }, "without verify"],
    [{ hostname: "127.0.0.1.example.com" }, "without verify"],
    [{ port: -1 }, "current value of port is -1, allowed are whole numbers from 0 to 65535"],
    [{ port: 70000 }, "current value of port is 70000"],
    [{ maxLength: 0 }, "maxLength is 0"],
    ...[null, false, "", {}].map((verify): [ListenOptions, string] => [
      { hostname: "0.0.0.0", verify } as unknown as ListenOptions,
      "Cannot listen: current value of verify is",
    ]),
    [
      { verify: "yes" } as unknown as ListenOptions,
      'Cannot listen: current value of verify is "yes", give a function verify(bytes)',
    ],
    [{ hostname: 5 } as unknown as ListenOptions, "current value of hostname is 5"],
    [{ hostname: "" }, "without verify"],
    [
      { alowModules: ["x"] } as ListenOptions,
      'Cannot listen: unknown option "alowModules", allowed are port, hostname, verify, maxLength, ' +
      "classes, allowModules, base",
    ],
  ];
  for (const [options, text] of bad) assertThrows(() => listen(options), Error, text);
});
