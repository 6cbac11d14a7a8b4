import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { SysLogHandler, type SysLogHandlerOptions } from "../../../src/logging/handlers/syslog.ts";
import { FACILITIES } from "../../../src/logging/handlers/syslog_message.ts";
import { askPython } from "../../support/ask_python.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";
import { TcpServer, unusedPort } from "../../support/tcp_server.ts";
import { UdpServer } from "../../support/udp_server.ts";

/** Cuts a stream by RFC 6587: the length, a space, the message. */
async function* countedOctets(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  let bytes: number[] = [];
  for await (const chunk of conn.readable) {
    bytes.push(...chunk);
    for (let space; (space = bytes.indexOf(32)) >= 0;) {
      const end = space + 1 + Number(String.fromCharCode(...bytes.slice(0, space)));
      if (bytes.length < end) break;
      yield new Uint8Array(bytes.slice(space + 1, end));
      bytes = bytes.slice(end);
    }
  }
}

class CountingSysLogHandler extends SysLogHandler {
  sent = 0;
  readonly reports: string[] = [];
  override format(record: LogRecord): string {
    const text = super.format(record);
    this.sent++;
    return text;
  }
}

class QuietSysLogHandler extends SysLogHandler {
  readonly reports: string[] = [];
  override handleError(_record: LogRecord, error: unknown): void {
    this.reports.push(error instanceof Error ? error.message : String(error));
  }
}

const PLAIN: SysLogHandlerOptions = { appName: "tests", hostname: "here" };

/** The text of a message without structured data. */
function textOf(message: string): string {
  return message.replace(/^(\S+ ){6}- /, "");
}

testHandler("SysLogHandler over UDP", async (fn) => {
  await using server = await UdpServer.start();
  const handlers: CountingSysLogHandler[] = [];
  await fn({
    create: (options) => {
      const handler = new CountingSysLogHandler({ ...options, address: server.address });
      handlers.push(handler);
      return handler;
    },
    takeLines: async () => {
      const sent = handlers.reduce((sum, handler) => sum + handler.sent, 0);
      return (await server.take(sent)).map(textOf);
    },
  });
});

testHandler("SysLogHandler over TCP", async (fn) => {
  await using server = new TcpServer({ split: countedOctets });
  const address = { hostname: "127.0.0.1", port: server.port };
  const handlers: CountingSysLogHandler[] = [];
  await fn({
    create: (options) => {
      const handler = new CountingSysLogHandler({ ...options, address, protocol: "tcp" });
      handlers.push(handler);
      return handler;
    },
    takeLines: async () => {
      const sent = handlers.reduce((sum, handler) => sum + handler.sent, 0);
      return (await server.take(sent)).map(textOf);
    },
  });
});

/** What a daemon gets of one record. */
async function messageOf(record: LogRecord, options: SysLogHandlerOptions = {}): Promise<string> {
  await using server = await UdpServer.start();
  const handler = new SysLogHandler({ ...PLAIN, ...options, address: server.address });
  handler.handle(record);
  await handler.close();
  return (await server.take(1))[0] ?? "";
}

Deno.test("SysLogHandler writes messages of RFC 5424", async () => {
  const head = "1 2026-11-21T07:03:05.042Z here tests 4711 app.jobs";
  assertEquals(await messageOf(recordOf("two\nlines ä")), `<12>${head} - two\nlines ä`);
  assertEquals(
    await messageOf(
      recordOf("x", { extra: { id: 7, 'we"ird=]': 'a"b\\c]d', list: [1, 2n], "ü": "ä\n" } }),
      { facility: "local3", bom: true, structuredData: "shop@1" },
    ),
    `<156>${head} [shop@1 id="7" we_ird__="a\\"b\\\\c\\]d" list="[1,\\"2\\"\\]" _="ä\n"] \ufeffx`,
  );
  assertEquals(
    await messageOf(
      recordOf("x", { name: `a b.${"ü".repeat(50)}`, time: NaN, extra: { id: 7 } }),
      { appName: "", hostname: "my host", procId: "p", msgId: "m", structuredData: false },
    ),
    "<12>1 - my_host - p m - x",
  );
  const named = await messageOf(recordOf("x", { name: `a b.${"ü".repeat(50)}` }));
  assertEquals(named.split(" ")[5], `a_b.${"_".repeat(28)}`);
});

Deno.test("SysLogHandler has Python's severities and facilities", async () => {
  const python = await askPython<{ priorities: number[]; facilities: Record<string, number> }>(`
from logging.handlers import SysLogHandler as S
s = S(address=("localhost", 9))
levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "NOTICE"]
print(json.dumps({
  "priorities": [s.encodePriority("mail", s.mapPriority(level)) for level in levels],
  "facilities": S.facility_names,
}))
s.close()`);
  const ours = [];
  for (const levelName of ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL", "NOTICE"]) {
    const message = await messageOf(recordOf("x", { levelName }), { facility: "mail" });
    ours.push(Number(/^<(\d+)>/.exec(message)?.[1]));
  }
  assertEquals(ours, python.priorities);
  assertEquals({ ...FACILITIES }, python.facilities);
});

Deno.test("SysLogHandler: mapPriority() may be overridden for levels of one's own", async () => {
  await using server = await UdpServer.start();
  class Own extends SysLogHandler {
    override mapPriority(levelName: string) {
      return levelName === "NOTICE" ? "notice" : super.mapPriority(levelName);
    }
  }
  const handler = new Own({ address: server.address });
  for (const levelName of ["NOTICE", "ERROR"]) handler.handle(recordOf("x", { levelName }));
  await handler.close();
  assertEquals((await server.take(2)).map((text) => text.slice(0, 4)), ["<13>", "<11>"]);
});

Deno.test("SysLogHandler cuts long datagrams between characters, and says so", async () => {
  for (const maxLength of [480, 481, 482, 483]) {
    const cut = await messageOf(recordOf("€".repeat(1000)), { maxLength });
    const bytes = new TextEncoder().encode(cut).length;
    assertEquals(bytes <= maxLength && bytes > maxLength - 3, true);
    assertEquals(/ - €+ \[cut: 3058 bytes in all\]$/.test(cut), true, cut);
  }
  const extra = { long: "x".repeat(1000) };
  const bare = await messageOf(recordOf("text", { extra }), { maxLength: 480 });
  assertEquals(/app\.jobs - text \[cut: \d+ bytes in all\]$/.test(bare), true, bare);
  const whole = await messageOf(recordOf("y".repeat(60_000)), { maxLength: 65_507 });
  assertEquals(whole.endsWith(` - ${"y".repeat(60_000)}`), true);
});

Deno.test("SysLogHandler reports a datagram that the system refuses, and sends the others", async () => {
  await using server = await UdpServer.start();
  const handler = new QuietSysLogHandler({ ...PLAIN, address: server.address, maxLength: 100_000 });
  for (const msg of ["one", "x".repeat(70_000), "two"]) handler.handle(recordOf(msg));
  await handler.close();
  assertEquals((await server.take(2)).map(textOf), ["one", "two"]);
  assertEquals([handler.reports.length, handler.dropped], [1, 1]);
  assertEquals(/refused 1 record: .*EMSGSIZE/.test(handler.reports[0] ?? ""), true);
});

Deno.test("SysLogHandler reports a host that there is not, and ends in time", async () => {
  const handler = new QuietSysLogHandler({
    address: { hostname: "no-such-host.invalid" },
    flushTimeout: 100,
  });
  handler.handle(recordOf("x"));
  await handler.close();
  assertEquals(handler.dropped, 1);
  assertEquals(handler.reports.at(-1)?.includes("when the handler was closed"), true);
});

Deno.test("SysLogHandler over TCP: what is logged while the daemon is away arrives in order", async () => {
  const port = unusedPort();
  const address = { hostname: "127.0.0.1", port };
  const options = { ...PLAIN, address, protocol: "tcp", minDelay: 5, maxDelay: 20 } as const;
  const handler = new QuietSysLogHandler(options);
  for (const msg of ["1", "2\nmore", "3 3"]) handler.handle(recordOf(msg));
  const flushed = handler.flush();
  await using server = new TcpServer({ port, split: countedOctets });
  await flushed;
  assertEquals((await server.take(3)).map(textOf), ["1", "2\nmore", "3 3"]);
  handler.handle(recordOf("x".repeat(100_000)));
  assertEquals((await server.take(1)).map(textOf), ["x".repeat(100_000)]);
  await handler.close();
  assertEquals(handler.dropped, 0);
});

Deno.test("SysLogHandler over TLS", async () => {
  const certificate = await makeCertificate();
  await using server = new TcpServer({ tls: certificate, split: countedOctets });
  const handler = new QuietSysLogHandler({
    address: { hostname: "127.0.0.1", port: server.port },
    protocol: "tcp",
    tls: { caCerts: [certificate.cert] },
  });
  handler.handle(recordOf("secret"));
  await handler.close();
  assertEquals((await server.take(1)).map(textOf), ["secret"]);
});

Deno.test("SysLogHandler without permission reports and lets the program go on", async () => {
  const program = `
    import { SysLogHandler } from "./src/logging/handlers/syslog.ts";
    import { getLogger } from "@paralog/paralog/logging";
    getLogger().addHandler(new SysLogHandler({ address: { hostname: "127.0.0.1" } }));
    getLogger().warn("hello");
    setTimeout(() => console.log("done"), 50);`;
  const file = await Deno.makeTempFile({ suffix: ".ts", dir: "tests" });
  await Deno.writeTextFile(file, program.replaceAll('"./src', '"../src'));
  try {
    const ran = await runDeno(["run", "--no-prompt", "--allow-read", file]);
    assertEquals([ran.code, ran.stdout], [0, "done\n"]);
    assertEquals(/Requires net access|--allow-net/.test(ran.stderr), true, ran.stderr);
    assertEquals(ran.stderr.includes("1 record not delivered to syslog udp://127.0.0.1:514"), true);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("SysLogHandler refuses options that make no sense", () => {
  const make = (options: unknown) => () => new SysLogHandler(options as SysLogHandlerOptions);
  assertThrows(make({ address: "/dev/log" }), TypeError, "no Unix datagram sockets");
  assertThrows(make({ facility: "printer" }), RangeError, "kern, user");
  assertThrows(make({ facility: 24 }), RangeError, "0 to 23");
  assertThrows(make({ protocol: "icmp" }), RangeError, "udp, tcp");
  assertThrows(make({ tls: true }), TypeError, "over UDP");
  assertThrows(make({ address: { port: 0 } }), RangeError, "1 to 65535");
  assertThrows(make({ structuredData: "a b" }), TypeError, "fields@32473");
  assertThrows(make({ maxLength: 100 }), RangeError, "from 480");
});
