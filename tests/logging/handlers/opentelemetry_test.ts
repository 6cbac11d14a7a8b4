import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { serializeError } from "../../../src/logging/errors.ts";
import {
  OpenTelemetryHandler,
  type OpenTelemetryHandlerOptions,
} from "../../../src/logging/handlers/opentelemetry.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";

// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
const sdk = await import("npm:@opentelemetry/sdk-logs@3.1.1");
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
const api = await import("npm:@opentelemetry/api@1.10.0");
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
const apiLogs = await import("npm:@opentelemetry/api-logs@0.223.1");

/** A provider whose records stay in memory. */
function memoryProvider() {
  const exporter = new sdk.InMemoryLogRecordExporter();
  const processors = [new sdk.SimpleLogRecordProcessor({ exporter })];
  const provider = new sdk.LoggerProvider({ processors });
  return { provider, taken: () => exporter.getFinishedLogRecords() };
}

testHandler("OpenTelemetryHandler", async (fn) => {
  const { provider, taken } = memoryProvider();
  await fn({
    create: (options) => new OpenTelemetryHandler({ ...options, provider }),
    takeLines: () => taken().map(({ body }) => String(body)),
  });
  await provider.shutdown();
});

/** What a provider gets of some records. */
async function handOn(records: LogRecord[], options: OpenTelemetryHandlerOptions = {}) {
  const { provider, taken } = memoryProvider();
  const handler = new OpenTelemetryHandler({ provider, ...options });
  for (const record of records) handler.handle(record);
  await handler.close();
  return taken();
}

Deno.test("OpenTelemetryHandler follows the log data model and the semantic conventions", async () => {
  const error = serializeError(new TypeError("bad", { cause: new Error("why") }));
  const [got] = await handOn([
    recordOf("hello", {
      error,
      ...{ taskIndex: 2, attempt: 3 },
      location: { file: "file:///app.ts", line: 7, functionName: "main" },
      extra: { user: { id: 1n, tags: new Set(["a"]) }, "thread.name": "own" },
    }),
  ]);
  assertEquals(got?.body, "hello");
  assertEquals([got?.severityNumber, got?.severityText], [13, "WARN"]);
  assertEquals(got?.hrTime, [Date.UTC(2026, 10, 21, 7, 3, 5) / 1000, 42_250_000]);
  assertEquals(got?.instrumentationScope.name, "app.jobs");
  const { "exception.stacktrace": stack, ...attributes } = got?.attributes ?? {};
  assertEquals({ ...attributes }, {
    "process.pid": 4711,
    "thread.name": "own",
    "paralog.task_index": 2,
    "paralog.attempt": 3,
    "code.file.path": "file:///app.ts",
    "code.line.number": 7,
    "code.function.name": "main",
    "exception.type": "TypeError",
    "exception.message": "bad",
    user: { id: "1", tags: ["a"] },
  });
  assertEquals(/^TypeError: bad\n[^]*Caused by: Error: why/.test(String(stack)), true);
});

Deno.test("OpenTelemetryHandler has a severity for every level", async () => {
  const levels = [0, 5, 10, 11, 13, 15, 20, 25, 30, 40, 42, 50, 53, 60, 1000];
  const got = await handOn(levels.map((level) => recordOf("x", { level })));
  assertEquals(got.map((record) => Number(record.severityNumber)), [
    ...[0, 1, 5, 6, 8, 8, 9, 12, 13, 17, 19, 21, 24, 24, 24],
  ]);
});

Deno.test("OpenTelemetryHandler takes the formatter's text and a scope of one's own", async () => {
  const options = { formatter: "%(levelname)s: %(message)s", loggerName: "shop" };
  const [got] = await handOn([recordOf("hello")], options);
  assertEquals([got?.body, got?.instrumentationScope.name], ["WARN: hello", "shop"]);
});

Deno.test("OpenTelemetryHandler finds the global provider of either API, and keeps the order", async () => {
  const register = [
    (provider: InstanceType<typeof sdk.LoggerProvider>) => {
      api.logs.setGlobalLoggerProvider(provider);
      return () => api.logs.disable();
    },
    (provider: InstanceType<typeof sdk.LoggerProvider>) => {
      apiLogs.logs.setGlobalLoggerProvider(provider);
      return () => apiLogs.logs.disable();
    },
  ];
  for (const each of register) {
    const { provider, taken } = memoryProvider();
    const disable = each(provider);
    const handler = new OpenTelemetryHandler();
    handler.handle(recordOf("1"));
    handler.handle(recordOf("2"));
    await handler.flush();
    handler.handle(recordOf("3"));
    await handler.close();
    disable();
    assertEquals(taken().map(({ body }) => body), ["1", "2", "3"]);
  }
});

Deno.test("OpenTelemetryHandler reports a provider that fails, and close() ends in time", async () => {
  const reports: string[] = [];
  class Quiet extends OpenTelemetryHandler {
    override handleError(_record: LogRecord, error: unknown): void {
      reports.push(String(error));
    }
  }
  const emit = () => {
    throw new Error("no room");
  };
  const failing = new Quiet({
    provider: {
      getLogger: (name) => ({ emit: name === "bad" ? emit : () => {} }),
      forceFlush: () => Promise.reject(new Error("no exporter")),
    },
  });
  failing.handle(recordOf("x", { name: "bad" }));
  failing.handle(recordOf("x", { name: "good" }));
  await failing.close();
  assertEquals(reports, ["Error: no room", "Error: no exporter"]);

  const hanging = new Quiet({
    flushTimeout: 20,
    provider: {
      getLogger: () => ({ emit: () => {} }),
      forceFlush: () => new Promise(() => {}),
    },
  });
  hanging.handle(recordOf("x"));
  await hanging.close();
});

Deno.test("OpenTelemetryHandler refuses what is no provider", () => {
  const provider = {} as OpenTelemetryHandlerOptions["provider"];
  assertThrows(() => new OpenTelemetryHandler({ provider }), TypeError, "no method getLogger");
});
