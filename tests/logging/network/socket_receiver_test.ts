import { assertEquals, assertThrows } from "@std/assert";
import { getLogger, type LogRecord, withCleanRootLogger } from "@paralog/paralog/logging";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { SocketHandler } from "../../../src/logging/handlers/socket.ts";
import { frame } from "../../../src/logging/network/frames.ts";
import {
  SocketReceiver,
  type SocketReceiverOptions,
} from "../../../src/logging/network/socket_receiver.ts";
import { askPython } from "../../support/ask_python.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { recordOf } from "../../support/records.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => frame(utf8(JSON.stringify(value)));

/** What reaches the root logger, and a way to wait until a record has come. */
class Arrivals extends ListHandler {
  #waiting: (() => void)[] = [];

  override emit(record: LogRecord): void {
    super.emit(record);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async until(isThere: (record: LogRecord) => boolean): Promise<LogRecord> {
    for (;;) {
      const found = this.records.find(isThere);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Waits for the report of a dropped client, and gives its reason. */
  async dropped(): Promise<string> {
    const { extra } = await this.until(({ name }) => name === "paralog.receiver");
    return String(extra?.reason);
  }
}

/** Runs a test with a receiver whose records reach a list. */
function withReceiver(
  fn: (subject: { receiver: SocketReceiver; arrived: Arrivals }) => Promise<void>,
  options: SocketReceiverOptions = {},
): Promise<void> {
  return withCleanRootLogger(async () => {
    const arrived = new Arrivals();
    getLogger().addHandler(arrived);
    await using receiver = new SocketReceiver({ port: 0, ...options });
    await fn({ receiver, arrived });
  });
}

function connect({ port }: SocketReceiver): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

async function send(connection: Deno.Conn, data: Uint8Array): Promise<void> {
  const writer = connection.writable.getWriter();
  await writer.write(data);
  writer.releaseLock();
}

Deno.test("SocketReceiver takes records as JSON, whole, from a client that leaves at once", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    const record = recordOf("zwei ä 🦕", { extra: { user: "ann" }, stack: "Stack: here" });
    {
      using client = await connect(receiver);
      await send(client, json(record));
    }
    await receiver.stop();
    assertEquals(arrived.records, [record]);
  });
});

Deno.test("SocketReceiver gives back what SocketHandler was given", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    const logged = new ListHandler();
    await withCleanRootLogger(() => {
      getLogger().addHandler(logged);
      getLogger().addHandler(new SocketHandler("127.0.0.1", receiver.port));
      const error = new TypeError("outer", { cause: new AggregateError([new Error("inner")]) });
      getLogger("app").warn("%s took %d ms", "zwei ä 🦕", 12, { user: { id: 7 } }, error);
      getLogger("app").error("second");
    });
    await receiver.stop();
    assertEquals(arrived.records, logged.records);
  });
});

Deno.test("SocketReceiver gets from SocketHandler what JSON has not as what it was", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    const when = new Date(5);
    const extra = {
      ...{ gone: undefined, big: 10n, nothing: NaN, when, again: [when] },
      ...{ map: new Map([["a", new Set([1])]]), bytes: new Uint8Array(3) },
      ...{ pattern: /x/g, url: new URL("http://a.b/c") },
    };
    const error = new RangeError("bad", { cause: new TypeError("why") });
    const record = recordOf("m", { args: [1n, error], extra, taskIndex: 3, attempt: 2, run: "1" });
    const handler = new SocketHandler("127.0.0.1", receiver.port);
    handler.handle(record);
    await handler.close();
    await receiver.stop();
    assertEquals(arrived.records, [record]);
    const arrivedError = arrived.records[0]?.args[1];
    assertEquals(arrivedError instanceof RangeError && arrivedError.stack, error.stack);
  });
});

Deno.test("SocketReceiver takes values that only look as if SocketHandler had written them", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    const extra = { huge: { $: ["Array", 2 ** 32 - 1, []] }, none: { $: ["Nothing", 1] } };
    {
      using client = await connect(receiver);
      await send(client, json(recordOf("m", { extra })));
      await send(client, json({ msg: "retry", attempt: "first" }));
      await send(client, json({ ...recordOf("m"), args: { $: ["Date", 0] } }));
    }
    await receiver.stop();
    assertEquals(arrived.records[0]?.extra, extra);
    assertEquals(arrived.records[1]?.extra, { attempt: "first" });
    assertEquals(arrived.records[2]?.name, "paralog.receiver");
  });
});

Deno.test("SocketReceiver takes records from Python's SocketHandler", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    const pid = await askPython<number>(
      `
import logging, logging.handlers, os
port = json.load(sys.stdin)
logging.addLevelName(25, "NOTICE")
handler = logging.handlers.SocketHandler("127.0.0.1", port)
log = logging.getLogger("app.jobs")
log.setLevel(1)
log.addHandler(handler)
log.debug("plain")
log.warning("%s took %.1f ms, 100%% of %r", "zwei ä 漢 🦕", 1.25, ["x"])
log.log(25, "custom", extra={"user": "ann", "n": [1, {"deep": None}], "big": 2**70})
try:
    {}["missing"]
except KeyError:
    log.exception("failed")
log.critical("with stack", stack_info=True)
handler.close()
print(os.getpid())`,
      receiver.port,
    );
    await receiver.stop();
    const [plain, warning, custom, failed, stacked] = arrived.records;
    assertEquals(arrived.records.map(({ levelName, msg }) => `${levelName}: ${msg}`), [
      "DEBUG: plain",
      "WARN: zwei ä 漢 🦕 took 1.2 ms, 100% of ['x']",
      "NOTICE: custom",
      "ERROR: failed",
      "CRITICAL: with stack",
    ]);
    assertEquals([plain?.name, plain?.process, plain?.processName], [
      "app.jobs",
      pid,
      "MainProcess",
    ]);
    assertEquals(Math.abs(Date.now() - (plain?.time ?? 0)) < 60_000, true);
    assertEquals([warning?.level, custom?.level], [30, 25]);
    assertEquals(custom?.extra?.user, "ann");
    assertEquals(custom?.extra?.big, 2n ** 70n);
    assertEquals(JSON.stringify(custom?.extra?.n), '[1,{"deep":null}]');
    assertEquals(plain?.extra?.threadName, "MainThread");
    assertEquals(plain?.location?.functionName, "<module>");
    assertEquals([failed?.error?.className, failed?.error?.message], ["KeyError", "'missing'"]);
    assertEquals(failed?.error?.stack?.startsWith("Traceback (most recent call last)"), true);
    assertEquals(stacked?.stack?.startsWith("Stack (most recent call last)"), true);
    assertEquals(arrived.lines[3], `failed\n${failed?.error?.stack}`);
  });
});

Deno.test("SocketReceiver takes JSON from a subclass of Python's SocketHandler", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    await askPython(
      `
import logging, logging.handlers, struct
class JsonHandler(logging.handlers.SocketHandler):
    def makePickle(self, record):
        data = json.dumps(record.__dict__).encode()
        return struct.pack(">L", len(data)) + data
handler = JsonHandler("127.0.0.1", json.load(sys.stdin))
log = logging.getLogger("app")
log.addHandler(handler)
log.warning("%d of %s", 3, "four", extra={"user": "ann"})
handler.close()
print(1)`,
      receiver.port,
    );
    await receiver.stop();
    const [record] = arrived.records;
    assertEquals([record?.msg, record?.args, record?.extra?.user], [
      "3 of four",
      [3, "four"],
      "ann",
    ]);
  });
});

Deno.test("SocketReceiver serves many clients at once, each in its order", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(receiver)));
    await Promise.all(clients.map(async (client, id) => {
      for (let n = 0; n < 50; n++) await send(client, json(recordOf(`${n}`, { process: id })));
      client.close();
    }));
    await receiver.stop();
    assertEquals(arrived.records.length, 1000);
    for (let id = 0; id < clients.length; id++) {
      const sent = arrived.records.filter(({ process }) => process === id).map(({ msg }) => msg);
      assertEquals(sent, Array.from({ length: 50 }, (_, n) => `${n}`));
    }
  });
});

const GARBAGE: Readonly<Record<string, readonly [data: Uint8Array, reason: string]>> = {
  "an HTTP request": [
    bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "its length is 1195725856",
  ],
  "a length of 1 GB": [new Uint8Array([0x40, 0, 0, 0]), "its length is 1073741824 bytes, allowed"],
  "broken JSON": [frame(utf8('{"msg":')), "JSON"],
  "JSON that is not UTF-8": [frame(bytes('{"msg":"\xff"}')), "not valid"],
  "an empty frame": [frame(new Uint8Array(0)), "Cannot read a pickle"],
  "noise": [frame(bytes("\x80\x04\xfe\xfd")), "0xfe at byte 2: no opcode of a pickle"],
};

for (const [what, [data, reason]] of Object.entries(GARBAGE)) {
  Deno.test(`SocketReceiver drops and names a client that sends ${what}, and the others go on`, async () => {
    await withReceiver(async ({ receiver, arrived }) => {
      using other = await connect(receiver);
      await send(other, json(recordOf("before")));
      using client = await connect(receiver);
      await send(client, data);
      const found = await arrived.dropped();
      assertEquals(found.includes(reason), true, found);
      const report = arrived.records.find(({ name }) => name === "paralog.receiver");
      assertEquals(report?.levelName, "WARN");
      const { port } = client.localAddr as Deno.NetAddr;
      assertEquals(
        report?.msg.startsWith(`127.0.0.1:${port} was dropped: Cannot`) ||
          report?.extra?.client === `127.0.0.1:${port}`,
        true,
      );
      // It is disconnected; not all it sent was read, which the system may answer with a reset.
      const end = await client.read(new Uint8Array(1)).catch(() => null);
      assertEquals(end, null);
      await send(other, json(recordOf("after")));
      await arrived.until(({ msg }) => msg === "after");
    });
  });
}

const REFUSED: Readonly<Record<string, readonly [data: Uint8Array, reason: string]>> = {
  "an attribute of the wrong type": [json({ name: 3 }), "current value of name is 3"],
  "a list": [frame(bytes("(I1\nI2\nl.")), "the attributes is [ 1, 2 ]"],
  "a hostile pickle": [
    frame(bytes("cposix\nsystem\n(S'touch /tmp/paralog-pwned'\ntR.")),
    "GLOBAL at byte 0: asks for posix.system",
  ],
  "a hostile message": [
    frame(bytes("}(S'msg'\ncposix\nsystem\n(S'true'\ntRu.")),
    "GLOBAL at byte 9: asks for posix.system",
  ],
  "a name of 10,000 parts": [json({ name: "a.".repeat(10_000) }), "the name of its logger has"],
  "too many values": [
    frame(bytes(`}(S'a'\n(${"N".repeat(200_000)}lu.`)),
    "more than 100000 values",
  ],
};

for (const [what, [data, reason]] of Object.entries(REFUSED)) {
  Deno.test(`SocketReceiver refuses ${what}, and keeps the client`, async () => {
    await withReceiver(async ({ receiver, arrived }) => {
      using client = await connect(receiver);
      await send(client, data);
      const found = await arrived.dropped();
      assertEquals(found.includes(reason), true, found);
      const [report] = arrived.records;
      const { port } = client.localAddr as Deno.NetAddr;
      assertEquals(report?.levelName, "WARN");
      assertEquals(report?.extra?.client, `127.0.0.1:${port}`);
      assertEquals(report?.extra?.refused, 1);
      await send(client, json(recordOf("after")));
      await arrived.until(({ msg }) => msg === "after");
    });
  });
}

Deno.test("SocketReceiver counts what it refuses of a client, in few reports", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    {
      using client = await connect(receiver);
      await send(client, json(recordOf("whole")));
      for (let n = 0; n < 12; n++) await send(client, frame(utf8("{")));
    }
    await receiver.stop();
    const reports = arrived.records.filter(({ name }) => name === "paralog.receiver");
    assertEquals(reports.map(({ extra }) => extra?.refused), [1, 10, 12]);
  });
});

Deno.test("SocketReceiver keeps Python's records, with text in place of its objects", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    await askPython(
      `
import collections, datetime, decimal, logging, logging.handlers, os, pathlib, uuid
class Evil:
    def __reduce__(self): return (os.system, ("touch /tmp/paralog-pwned",))
class Point:
    def __init__(self): self.x = 1
handler = logging.handlers.SocketHandler("127.0.0.1", json.load(sys.stdin))
log = logging.getLogger("app")
log.addHandler(handler)
log.warning("all", extra={
    "data": [b"", b"a\\xff", bytearray(b"b"), {1}, frozenset(["f"])],
    "dicts": [collections.OrderedDict(a=1), collections.defaultdict(int, b=2), collections.Counter("c")],
    "objects": [datetime.datetime.now(), decimal.Decimal(1), pathlib.PurePosixPath("/"), uuid.uuid4(),
        1j, Point(), Evil(), os.system],
})
log.warning("after")
handler.close()
print(1)`,
      receiver.port,
    );
    await receiver.stop();
    assertEquals(arrived.lines, ["all", "after"]);
    const { data, dicts, objects } = arrived.records[0]?.extra ?? {};
    assertEquals(data, [
      ...[new Uint8Array(0), new Uint8Array([97, 255]), new Uint8Array([98])],
      ...[new Set([1]), new Set(["f"])],
    ]);
    assertEquals(JSON.stringify(dicts), '[{"a":1},{"b":2},{"c":1}]');
    const names = (objects as string[]).map((text) =>
      /^\[(\S+): not plain data\]$/.exec(text)?.[1]
    );
    assertEquals(names.slice(0, 2), ["datetime.datetime", "decimal.Decimal"]);
    assertEquals(names[2]?.endsWith("PurePosixPath"), true);
    assertEquals(names.slice(3), [
      ...["uuid.UUID", "__builtin__.complex", "__main__.Point", "posix.system", "posix.system"],
    ]);
  });
});

Deno.test("SocketReceiver turns clients away when there are too many", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    using client = await connect(receiver);
    await send(client, json(recordOf("one")));
    await arrived.until(({ msg }) => msg === "one");
    using second = await connect(receiver);
    assertEquals((await arrived.dropped()).includes("allowed are up to 1"), true);
    assertEquals(await second.read(new Uint8Array(1)).catch(() => null), null);
    await send(client, json(recordOf("two")));
    await arrived.until(({ msg }) => msg === "two");
  }, { maxClients: 1 });
});

Deno.test("SocketReceiver drops who pauses within a record, and not between two", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    using client = await connect(receiver);
    await send(client, json(recordOf("one")));
    await arrived.until(({ msg }) => msg === "one");
    using half = await connect(receiver);
    await send(half, json(recordOf("half")).subarray(0, 20));
    assertEquals((await arrived.dropped()).includes("nothing came for 5 ms within a record"), true);
    await send(client, json(recordOf("two")));
    await arrived.until(({ msg }) => msg === "two");
  }, { frameTimeout: 5 });
});

Deno.test("SocketReceiver names a client that leaves within a record", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    using client = await connect(receiver);
    await send(client, json(recordOf("whole")));
    await send(client, json(recordOf("half")).subarray(0, 20));
    await client.closeWrite();
    assertEquals((await arrived.dropped()).includes("the sender ended after 20 bytes"), true);
    assertEquals(arrived.records[0]?.msg, "whole");
  });
});

Deno.test("SocketReceiver.stop() cuts off who goes on sending, and says so", async () => {
  await withReceiver(async ({ receiver, arrived }) => {
    using client = await connect(receiver);
    await send(client, json(recordOf("one")));
    await arrived.until(({ msg }) => msg === "one");
    await send(client, json(recordOf("half")).subarray(0, 20));
    await receiver.stop();
    await receiver.stop();
    const reason = await arrived.dropped();
    assertEquals(reason.includes("the sender ended after 20 bytes"), true, reason);
    assertEquals(receiver.clients, 0);
  });
  // Handled more slowly than they are sent, records always wait to be read.
  const handle = async (record: LogRecord) => {
    await new Promise((resolve) => setTimeout(resolve));
    getLogger(record.name).handle(record);
  };
  await withReceiver(async ({ receiver, arrived }) => {
    using client = await connect(receiver);
    let sent = 0;
    const thousand = () => Array.from({ length: 1000 }, () => [...json(recordOf(`${sent++}`))]);
    const sending = (async () => {
      for (;;) await send(client, Uint8Array.from(thousand().flat()));
    })().catch(() => {}); // Its connection is closed.
    await arrived.until(({ msg }) => msg === "3");
    await receiver.stop();
    await sending;
    const received = arrived.records.filter(({ name }) => name !== "paralog.receiver");
    assertEquals(received.map(({ msg }) => Number(msg)), received.map((_, index) => index));
    assertEquals(arrived.records.length - received.length, 1);
  }, { handle });
});

Deno.test("SocketReceiver runs filters and not levels of loggers, unless it is told to", async () => {
  for (const respectLevels of [false, true]) {
    await withReceiver(async ({ receiver, arrived }) => {
      getLogger("app").setLevel("ERROR");
      getLogger("app").addFilter(({ msg }) => msg !== "filtered");
      using client = await connect(receiver);
      for (const msg of ["one", "filtered"]) {
        await send(client, json(recordOf(msg, { name: "app" })));
      }
      await send(client, json(recordOf("last", { name: "app", level: 40 })));
      await arrived.until(({ msg }) => msg === "last");
      const expected = respectLevels ? ["last"] : ["one", "last"];
      assertEquals(arrived.lines, expected);
    }, { respectLevels });
  }
});

Deno.test("SocketReceiver goes on when handling a record fails", async () => {
  const handled: string[] = [];
  const last = Promise.withResolvers<void>();
  const handle = async ({ msg }: LogRecord) => {
    await Promise.resolve();
    if (msg === "bad") throw new Error("can't");
    handled.push(msg);
    if (msg === "last") last.resolve();
  };
  const text = await captureStderr(() =>
    withReceiver(async ({ receiver }) => {
      using client = await connect(receiver);
      for (const msg of ["one", "bad", "last"]) await send(client, json(recordOf(msg)));
      await last.promise;
    }, { handle })
  );
  assertEquals(handled, ["one", "last"]);
  assertEquals(text.includes("A received record could not be handled: Error: can't"), true);
});

Deno.test("SocketReceiver takes records over TLS, and names a client without", async () => {
  const { cert, key } = await makeCertificate();
  await withReceiver(async ({ receiver, arrived }) => {
    const { port } = receiver;
    using client = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [cert] });
    await send(client, json(recordOf("secret")));
    await arrived.until(({ msg }) => msg === "secret");
    using plain = await connect(receiver);
    await send(plain, json(recordOf("open")));
    await arrived.dropped();
    assertEquals(arrived.lines.includes("open"), false);
  }, { tls: { cert, key } });
});

Deno.test("SocketReceiver listens on loopback, and refuses options that are none", async () => {
  await withReceiver(({ receiver }) => {
    assertEquals(receiver.hostname, "127.0.0.1");
    assertThrows(() => new SocketReceiver({ port: receiver.port }), Deno.errors.AddrInUse);
    return Promise.resolve();
  });
  assertThrows(() => new SocketReceiver({ port: 70_000 }), RangeError, "port is 70000");
  assertThrows(() => new SocketReceiver({ port: 0, maxLength: 0 }), RangeError, "maxLength is 0");
  assertThrows(() => new SocketReceiver({ maxClients: 0 }), RangeError, "maxClients is 0");
  assertThrows(() => new SocketReceiver({ frameTimeout: -1 }), RangeError, "frameTimeout is -1");
  const misspelt = { handel: () => {} };
  const unknown = 'unknown option "handel", allowed are hostname, port, maxLength, tls, handle';
  assertThrows(() => new SocketReceiver(misspelt as object), TypeError, unknown);
});
