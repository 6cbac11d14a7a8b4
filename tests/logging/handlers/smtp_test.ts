import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { SMTPHandler, type SMTPHandlerOptions } from "../../../src/logging/handlers/smtp.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";
import { SmtpServer } from "../../support/smtp_server.ts";
import { unusedPort } from "../../support/tcp_server.ts";

class QuietSMTPHandler extends SMTPHandler {
  readonly reports: string[] = [];
  override handleError(_record: LogRecord, error: unknown): void {
    this.reports.push(error instanceof Error ? error.message : String(error));
  }
}

function optionsFor(port: number, more: Partial<SMTPHandlerOptions> = {}): SMTPHandlerOptions {
  return {
    mailhost: { host: "127.0.0.1", port },
    fromaddr: "app@example.com",
    toaddrs: ["one@example.com", "two@example.com"],
    subject: "It happened",
    minDelay: 5,
    maxDelay: 20,
    ...more,
  };
}

testHandler("SMTPHandler", async (fn) => {
  await using server = new SmtpServer();
  await fn({
    create: (options) => {
      // A thousand connections take their time.
      return new SMTPHandler(optionsFor(server.port, { flushTimeout: 60_000, ...options }));
    },
    takeLines: () => server.mails.splice(0).map(({ body }) => body.trimEnd()),
  });
});

Deno.test("SMTPHandler sends each record as a mail", async () => {
  await using server = new SmtpServer();
  const handler = new SMTPHandler(
    optionsFor(server.port, { formatter: "%(levelname)s %(message)s" }),
  );
  handler.handle(recordOf("two\n.\nlines ä 🦕"));
  await handler.close();
  const [mail] = server.mails;
  assertEquals([mail?.from, mail?.to], ["app@example.com", ["one@example.com", "two@example.com"]]);
  assertEquals(mail?.headers.get("subject"), "It happened");
  assertEquals(mail?.headers.get("date"), "Sat, 21 Nov 2026 07:03:05 +0000");
  assertEquals(mail?.body.trimEnd(), "WARN two\n.\nlines ä 🦕");
  assertEquals(mail?.login, undefined);
});

Deno.test("SMTPHandler: a subject of one's own can't begin another header", async () => {
  await using server = new SmtpServer();
  class Own extends SMTPHandler {
    override getSubject(record: LogRecord): string {
      return `${record.levelName}: ${record.msg}`;
    }
  }
  const handler = new Own(optionsFor(server.port));
  handler.handle(recordOf("a\r\nBcc: evil@example.com\r\n\r\nbody"));
  await handler.close();
  assertEquals(server.mails[0]?.headers.get("subject"), "WARN: a Bcc: evil@example.com body");
  assertEquals(server.mails[0]?.to.length, 2);
  assertEquals(server.mails[0]?.headers.has("bcc"), false);
});

Deno.test("SMTPHandler logs in, over TLS", async () => {
  const certificate = await makeCertificate();
  await using server = new SmtpServer({ tls: certificate });
  const handler = new SMTPHandler(optionsFor(server.port, {
    credentials: ["me", "secret"],
    secure: "tls",
    caCerts: [certificate.cert],
  }));
  handler.handle(recordOf("hello"));
  await handler.close();
  assertEquals([server.mails[0]?.login, server.mails[0]?.encrypted], ["me:secret", true]);
});

Deno.test("SMTPHandler says no password to a server that can't encrypt", async () => {
  const said: string[] = [];
  await using server = new SmtpServer({
    answer: (command) => {
      said.push(command);
      return undefined;
    },
  });
  const handler = new QuietSMTPHandler(
    optionsFor(server.port, { credentials: ["me", "secret"], flushTimeout: 200 }),
  );
  handler.handle(recordOf("hello"));
  await handler.close();
  assertEquals(said.some((command) => command.startsWith("AUTH")), false);
  assertEquals([server.mails.length, handler.dropped], [0, 1]);
});

Deno.test("SMTPHandler sends again what the server takes later, and gives up what it refuses", async () => {
  const answers = ["451 later", "550 no such user"];
  await using server = new SmtpServer({
    answer: (command) => command.startsWith("MAIL") ? answers.shift() : undefined,
  });
  const handler = new QuietSMTPHandler(optionsFor(server.port));
  for (const msg of ["refused", "taken"]) handler.handle(recordOf(msg));
  await handler.close();
  assertEquals(server.mails.map(({ body }) => body.trimEnd()), ["taken"]);
  assertEquals(handler.dropped, 1);
  assertEquals(handler.reports.length, 2);
  assertEquals(/later.*451 later/.test(handler.reports[0] ?? ""), true);
  assertEquals(/refused 1 record.*550 no such user/.test(handler.reports[1] ?? ""), true);
});

Deno.test("SMTPHandler: mails wait for a server that is away, in order", async () => {
  const port = unusedPort();
  const handler = new QuietSMTPHandler(optionsFor(port));
  for (const msg of ["1", "2"]) handler.handle(recordOf(msg));
  const flushed = handler.flush();
  await using server = new SmtpServer({ port });
  await flushed;
  await handler.close();
  assertEquals(server.mails.map(({ body }) => body.trimEnd()), ["1", "2"]);
});

Deno.test("SMTPHandler: close() returns in time when the server never answers", async () => {
  await using server = new SmtpServer({ answer: () => "" });
  const handler = new QuietSMTPHandler(optionsFor(server.port, { flushTimeout: 200 }));
  handler.handle(recordOf("hello"));
  await handler.close();
  assertEquals(handler.dropped, 1);
});

Deno.test("SMTPHandler needs no permission but that for the network", async () => {
  await using server = new SmtpServer();
  const file = await Deno.makeTempFile({ suffix: ".ts", dir: "tests" });
  await Deno.writeTextFile(
    file,
    `import { SMTPHandler } from "../src/logging/handlers/smtp.ts";
    import { getLogger } from "@paralog/paralog/logging";
    const options = ${JSON.stringify(optionsFor(server.port))};
    getLogger().addHandler(new SMTPHandler(options));
    getLogger().warn("hello");`,
  );
  try {
    const { code, stderr } = await runDeno([
      ...["run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1", file],
    ]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(server.mails.length, 1);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("SMTPHandler and OpenTelemetryHandler load their packages only for the first record", async () => {
  const program = `
    import { OpenTelemetryHandler } from "./src/logging/handlers/opentelemetry.ts";
    import { SMTPHandler } from "./src/logging/handlers/smtp.ts";
    import { getLogger } from "@paralog/paralog/logging";
    getLogger().addHandler(new SMTPHandler(${JSON.stringify(optionsFor(25))}));
    getLogger().addHandler(new OpenTelemetryHandler());
    console.log("ready");
    if (LOGS) getLogger().warn("hello");`;
  const run = (logs: boolean) =>
    runDeno(["eval", "--no-npm", program.replace("LOGS", String(logs))]);
  assertEquals(await run(false), { code: 0, stdout: "ready\n", stderr: "" });
  const { code, stderr } = await run(true);
  assertEquals(code, 0);
  assertEquals(stderr.includes("1 record not delivered to smtp://127.0.0.1:25"), true, stderr);
  assertEquals(stderr.includes("1 record not delivered to OpenTelemetry"), true, stderr);
});

Deno.test("SMTPHandler refuses options that make no sense", () => {
  const make = (more: object) => () => new SMTPHandler({ ...optionsFor(25), ...more });
  assertThrows(make({ mailhost: "" }), TypeError, "host");
  assertThrows(make({ mailhost: "a:99999" }), RangeError, "1 to 65535");
  assertThrows(make({ fromaddr: undefined }), TypeError, "fromaddr");
  assertThrows(make({ toaddrs: [] }), TypeError, "toaddrs");
  assertThrows(make({ subject: undefined }), TypeError, "subject");
  assertThrows(make({ secure: "ssl" }), RangeError, "starttls");
  make({ mailhost: "mail.example.com:587" })();
});
