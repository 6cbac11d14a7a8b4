import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { serializeError } from "../../../src/logging/errors.ts";
import { SocketHandler, type SocketHandlerOptions } from "../../../src/logging/handlers/socket.ts";
import { makeLogRecord } from "../../../src/logging/network/make_record.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";
import { TcpServer, unusedPort } from "../../support/tcp_server.ts";

/** What the documentation says for other receivers: override what is sent. */
class TextSocketHandler extends SocketHandler {
  sent = 0;
  readonly reports: string[] = [];

  override makePayload(record: LogRecord): Uint8Array {
    const payload = new TextEncoder().encode(this.format(record));
    this.sent++;
    return payload;
  }
}

/** Keeps what it would report. */
class QuietSocketHandler extends TextSocketHandler {
  readonly reported = Promise.withResolvers<void>();

  override handleError(_record: LogRecord, error: unknown): void {
    this.reported.resolve();
    this.reports.push(error instanceof Error ? error.message : String(error));
  }
}

testHandler("SocketHandler", async (fn) => {
  await using server = new TcpServer();
  const handlers: TextSocketHandler[] = [];
  await fn({
    create: (options) => {
      const handler = new TextSocketHandler("127.0.0.1", server.port, options);
      handlers.push(handler);
      return handler;
    },
    takeLines: () => server.take(handlers.reduce((sum, handler) => sum + handler.sent, 0)),
  });
});

const FAST: SocketHandlerOptions = { minDelay: 5, maxDelay: 20 };

Deno.test("SocketHandler connects at the first record and sends it as JSON after its length", async () => {
  await using server = new TcpServer();
  const handler = new SocketHandler("127.0.0.1", server.port);
  assertEquals(server.connections, 0);
  const record = recordOf("hello 🦕", { extra: { size: 10n ** 20n, when: new Date(0) } });
  handler.handle(record);
  const [received] = await server.take(1);
  assertEquals(JSON.parse(received ?? ""), {
    ...record,
    extra: { size: { $: ["BigInt", "100000000000000000000"] }, when: { $: ["Date", 0] } },
  });
  await handler.close();
  await server.until(() => server.open === 0);
  assertEquals(server.connections, 1);
});

Deno.test("SocketHandler: what is logged while the server is away arrives in order when it is back", async () => {
  const port = unusedPort();
  const handler = new QuietSocketHandler("127.0.0.1", port, FAST);
  handler.handle(recordOf("1"));
  await handler.reported.promise;
  for (const msg of ["2", "3"]) handler.handle(recordOf(msg));
  {
    await using server = new TcpServer({ port });
    assertEquals(await server.take(3), ["1", "2", "3"]);
    handler.handle(recordOf("4"));
    assertEquals(await server.take(1), ["4"]);
  }
  for (const msg of ["5", "6"]) handler.handle(recordOf(msg));
  {
    await using server = new TcpServer({ port });
    handler.handle(recordOf("7"));
    assertEquals(await server.take(3), ["5", "6", "7"]);
    await handler.close();
  }
  assertEquals(handler.dropped, 0);
  assertEquals(handler.reports.every((text) => text.includes("will be sent later")), true);
});

Deno.test("SocketHandler counts what did not fit its buffer, and tells the server", async () => {
  const port = unusedPort();
  const handler = new QuietSocketHandler("127.0.0.1", port, { ...FAST, capacity: 5 });
  for (let n = 1; n <= 8; n++) handler.handle(recordOf(String(n)));
  await using server = new TcpServer({ port });
  await handler.flush();
  assertEquals(await server.take(6), [
    `3 records were lost while 127.0.0.1:${port} was too slow`,
    ...["4", "5", "6", "7", "8"],
  ]);
  await handler.close();
  assertEquals(handler.dropped, 3);
});

Deno.test("SocketHandler goes on after a connection was lost in mid-sending: nothing twice, all in order", async () => {
  const port = unusedPort();
  const handler = new QuietSocketHandler("127.0.0.1", port, FAST);
  const count = 50;
  for (let n = 0; n < count; n++) handler.handle(recordOf(`${n} ${"x".repeat(200_000)}`));
  const first = new TcpServer({ port });
  const begun = await first.take(3);
  await first[Symbol.asyncDispose]();
  await using server = new TcpServer({ port });
  await server.until(() => server.received.at(-1)?.startsWith(`${count - 1} `) ?? false);
  await handler.close();
  const numbers = server.received.map((text) => Number.parseInt(text));
  assertEquals(numbers, numbers.toSorted((a, b) => a - b), "not in order");
  assertEquals(new Set(numbers).size, numbers.length, "sent twice");
  assertEquals(begun.map((text) => Number.parseInt(text)), begun.map((_, n) => n));
  assertEquals(handler.dropped, 0);
});

Deno.test("SocketHandler sends encrypted, to a server whose certificate it trusts", async () => {
  const certificate = await makeCertificate();
  await using server = new TcpServer({ tls: certificate });
  const tls = { caCerts: [certificate.cert] };
  for (const serverName of [undefined, "localhost"]) {
    const handler = new QuietSocketHandler("127.0.0.1", server.port, {
      tls: { ...tls, ...(serverName && { serverName }) },
    });
    for (let n = 0; n < 2000; n++) handler.handle(recordOf(String(n)));
    await handler.close();
    const received = await server.take(2000);
    assertEquals(received, Array.from({ length: 2000 }, (_, n) => String(n)));
    assertEquals(handler.reports, []);
  }
});

Deno.test("SocketHandler sends nothing to a server that it does not trust", async () => {
  const certificate = await makeCertificate();
  await using server = new TcpServer({ tls: certificate });
  const handler = new QuietSocketHandler("127.0.0.1", server.port, {
    ...FAST,
    tls: true,
    flushTimeout: 100,
  });
  handler.handle(recordOf("secret"));
  await handler.close();
  assertEquals(server.received, []);
  assertEquals(handler.reports.length, 2);
  assertEquals(/certificate|UnknownIssuer|CaUsed/i.test(handler.reports[0] ?? ""), true);
  assertEquals(handler.reports[1]?.startsWith("1 record not delivered to"), true);
});

Deno.test("SocketHandler: close() returns in time when the server reads nothing", async () => {
  await using server = new TcpServer({
    split: async function* () {
      yield await new Promise<never>(() => {});
    },
  });
  const handler = new QuietSocketHandler("127.0.0.1", server.port, { flushTimeout: 100 });
  for (let n = 0; n < 300; n++) handler.handle(recordOf("x".repeat(100_000)));
  await handler.close();
  assertEquals(handler.dropped > 0, true);
  assertEquals(handler.reports.at(-1)?.startsWith(`${handler.dropped} records not`), true);
});

Deno.test("SocketHandler does not keep a program alive whose server is away, and counts", async () => {
  const { code, stdout, stderr } = await runDeno([
    "eval",
    `import { SocketHandler } from "./src/logging/handlers/socket.ts";
    import { getLogger } from "@paralog/paralog/logging";
    getLogger().addHandler(new SocketHandler("127.0.0.1", ${unusedPort()}));
    for (let n = 0; n < 3; n++) getLogger().warn("line %d", n);
    console.log("done");`,
  ]);
  assertEquals([code, stdout], [0, "done\n"]);
  assertEquals(stderr.match(/--- Logging error ---/g)?.length, 2);
  assertEquals(
    /3 records not delivered to 127.0.0.1:\d+ when the program ended/.test(stderr),
    true,
  );
});

Deno.test("SocketHandler: a program that ends has sent everything, and an idle connection does not hold it", async () => {
  await using server = new TcpServer();
  const { code, stderr } = await runDeno([
    "eval",
    `import { SocketHandler } from "./src/logging/handlers/socket.ts";
    import { getLogger } from "@paralog/paralog/logging";
    getLogger().addHandler(new SocketHandler("127.0.0.1", ${server.port}));
    for (let n = 0; n < 1000; n++) getLogger().warn("line %d", n);`,
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals((await server.take(1000)).length, 1000);
});

Deno.test("SocketHandler: makeLogRecord() reads back what it sends", async () => {
  await using server = new TcpServer();
  const handler = new SocketHandler("127.0.0.1", server.port);
  const error = serializeError(new TypeError("bad", { cause: new Error("why") }));
  const record = recordOf("hello", { args: [1, "x"], extra: { id: 7 }, taskIndex: 2, error });
  handler.handle(record);
  await handler.close();
  const [received = ""] = await server.take(1);
  assertEquals(makeLogRecord(JSON.parse(received)), record);
});

Deno.test("SocketHandler cuts a record that is longer than maxLength bytes", async () => {
  await using server = new TcpServer();
  for (const [text, maxLength] of [["a", 24_576], ["漢", 24_576], ["\0", 100_000]] as const) {
    const handler = new SocketHandler("127.0.0.1", server.port, { maxLength });
    handler.handle(recordOf(text.repeat(200_000), { extra: { id: 7 } }));
    await handler.close();
    const [received = ""] = await server.take(1);
    const length = new TextEncoder().encode(received).length;
    assertEquals(length <= maxLength && length > maxLength / 4, true, `${length}`);
    const { msg, extra } = JSON.parse(received);
    assertEquals(msg.replace(/^(.)\1*/su, ""), "… [cut: 200000 characters]");
    assertEquals(extra, { id: 7 });
  }
});

Deno.test("SocketHandler refuses hosts and ports that are none", () => {
  assertThrows(() => new SocketHandler("", 1), TypeError, "Cannot connect to a host");
  for (const port of [0, 65_536, 1.5, NaN]) {
    assertThrows(() => new SocketHandler("a", port), RangeError, "allowed are 1 to 65535");
  }
  assertThrows(() => new SocketHandler("a", 1, { capacity: -1 }), RangeError, "capacity");
  assertThrows(() => new SocketHandler("a", 1, { maxLength: 9 }), RangeError, "from 24576");
});
