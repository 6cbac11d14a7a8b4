import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { HTTPHandler, type HTTPHandlerOptions } from "../../../src/logging/handlers/http.ts";
import { askPython } from "../../support/ask_python.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";
import { unusedPort } from "../../support/tcp_server.ts";

interface Got {
  readonly method: string;
  readonly search: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A web server that answers what the test says. */
class WebServer implements AsyncDisposable {
  readonly got: Got[] = [];
  answer: (got: Got) => Response | Promise<Response> = () => new Response();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(port = 0) {
    const options = { hostname: "127.0.0.1", port, onListen: () => {} };
    this.#server = Deno.serve(options, async (request) => {
      const got = {
        method: request.method,
        search: new URL(request.url).search,
        headers: request.headers,
        body: await request.text(),
      };
      this.got.push(got);
      return await this.answer(got);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/in`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

class QuietHTTPHandler extends HTTPHandler {
  readonly reports: string[] = [];
  override handleError(_record: LogRecord, error: unknown): void {
    this.reports.push(error instanceof Error ? error.message : String(error));
  }
}

class LineHTTPHandler extends HTTPHandler {
  override mapLogRecord(record: LogRecord): { line: string } {
    return { line: this.format(record) };
  }
}

testHandler("HTTPHandler", async (fn) => {
  await using server = new WebServer();
  await fn({
    create: (options) => new LineHTTPHandler(server.url, options),
    takeLines: () => server.got.splice(0).map(({ body }) => JSON.parse(body).line),
  });
});

const FAST: HTTPHandlerOptions = { minDelay: 1, maxDelay: 5 };

Deno.test("HTTPHandler posts the record as JSON, with headers and credentials", async () => {
  await using server = new WebServer();
  const handler = new HTTPHandler(server.url, {
    headers: { "x-source": "tests" },
    credentials: ["jörg", "a:b"],
  });
  const record = recordOf("hello", { extra: { big: 1n } });
  handler.handle(record);
  await handler.close();
  const [got] = server.got;
  assertEquals(got?.method, "POST");
  assertEquals(JSON.parse(got?.body ?? ""), { ...record, extra: { big: "1" } });
  assertEquals(got?.headers.get("content-type"), "application/json");
  assertEquals(got?.headers.get("x-source"), "tests");
  const python = await askPython(
    `import base64; print(json.dumps(base64.b64encode("jörg:a:b".encode()).decode()))`,
  );
  assertEquals(got?.headers.get("authorization"), `Basic ${python}`);
});

Deno.test("HTTPHandler takes credentials from the URL and shows them to nobody", async () => {
  await using server = new WebServer();
  server.answer = () => new Response(null, { status: 403 });
  const url = server.url.replace("//", "//me:p%40ss@") + "?key=hidden";
  const handler = new QuietHTTPHandler(url);
  handler.handle(recordOf("hello"));
  await handler.close();
  assertEquals(server.got[0]?.headers.get("authorization"), `Basic ${btoa("me:p@ss")}`);
  assertEquals(handler.url.includes("me:"), false);
  assertEquals(handler.reports, [
    `${server.url} refused 1 record: SendError: it answered 403 Forbidden`,
  ]);
});

Deno.test("HTTPHandler sends forms that Python's parse_qs reads, in the body or in the query", async () => {
  await using server = new WebServer();
  for (const [method, url] of [["POST", server.url], ["GET", `${server.url}?key=1`]] as const) {
    const handler = new HTTPHandler(url, { method, format: "form" });
    handler.handle(recordOf("a & b = ä +~*", { args: [1, "x"] }));
    await handler.close();
  }
  const forms = server.got.map(({ body, search }) => body || search.slice(1));
  const [posted, queried] = await askPython<Record<string, string[]>[]>(
    `import urllib.parse; print(json.dumps([urllib.parse.parse_qs(q) for q in json.load(sys.stdin)]))`,
    forms,
  );
  assertEquals([posted?.msg, posted?.args, posted?.levelName], [
    ["a & b = ä +~*"],
    ['[1,"x"]'],
    ["WARN"],
  ]);
  assertEquals(queried, { key: ["1"], ...posted });
  assertEquals(server.got.map(({ method }) => method), ["POST", "GET"]);
  assertEquals(server.got[0]?.headers.get("content-type"), "application/x-www-form-urlencoded");
});

Deno.test("HTTPHandler sends several records in one request if it may", async () => {
  await using server = new WebServer();
  const handler = new HTTPHandler(server.url, { batchSize: 3 });
  for (let n = 0; n < 7; n++) handler.handle(recordOf(String(n)));
  await handler.close();
  const batches = server.got.map(({ body }) => JSON.parse(body).map((r: LogRecord) => r.msg));
  assertEquals(batches, [["0", "1", "2"], ["3", "4", "5"], ["6"]]);
});

Deno.test("HTTPHandler repeats what an overloaded server did not take, and gives up what it refuses", async () => {
  await using server = new WebServer();
  const statuses = [503, 429, 200, 400, 302, 204];
  server.answer = () => {
    const status = statuses.shift() ?? 200;
    return new Response(null, {
      status,
      headers: status === 429 ? { "retry-after": "3" } : status === 302 ? { location: "/" } : {},
    });
  };
  const handler = new QuietHTTPHandler(server.url, FAST);
  for (const msg of ["taken", "bad", "moved", "last"]) handler.handle(recordOf(msg));
  await handler.close();
  assertEquals(server.got.map(({ body }) => JSON.parse(body).msg), [
    ...["taken", "taken", "taken", "bad", "moved", "last"],
  ]);
  assertEquals(handler.dropped, 2);
  assertEquals(handler.reports.map((text) => text.replace(server.url, "URL")), [
    "cannot send to URL, 4 records will be sent later: SendError: it answered 503 Service Unavailable",
    "URL refused 1 record: SendError: it answered 400 Bad Request",
    "URL refused 1 record: SendError: it answered 302 Found",
  ]);
});

Deno.test("HTTPHandler: what is logged while the server is away arrives in order when it is back", async () => {
  const port = unusedPort();
  const handler = new QuietHTTPHandler(`http://127.0.0.1:${port}/in`, FAST);
  for (const msg of ["1", "2", "3"]) handler.handle(recordOf(msg));
  const flushed = handler.flush();
  await using server = new WebServer(port);
  await flushed;
  await handler.close();
  assertEquals(server.got.map(({ body }) => JSON.parse(body).msg), ["1", "2", "3"]);
  assertEquals(handler.dropped, 0);
});

Deno.test("HTTPHandler: close() returns in time when the server never answers", async () => {
  const answers = Promise.withResolvers<Response>();
  await using server = new WebServer();
  server.answer = () => answers.promise;
  const handler = new QuietHTTPHandler(server.url, { flushTimeout: 50 });
  handler.handle(recordOf("1"));
  await handler.close();
  assertEquals(handler.dropped, 1);
  answers.resolve(new Response());
});

Deno.test("HTTPHandler does not keep a program alive whose server is away", async () => {
  const { code, stderr } = await runDeno([
    "eval",
    `import { HTTPHandler } from "./src/logging/handlers/http.ts";
    import { getLogger } from "@paralog/paralog/logging";
    getLogger().addHandler(new HTTPHandler("http://127.0.0.1:${unusedPort()}/"));
    getLogger().warn("hello");`,
  ]);
  assertEquals(code, 0);
  assertEquals(stderr.includes("1 record not delivered to http://127.0.0.1:"), true);
});

Deno.test("HTTPHandler refuses URLs and options that make no sense", () => {
  const url = "http://localhost/";
  assertThrows(() => new HTTPHandler("localhost"), TypeError, "http://");
  assertThrows(() => new HTTPHandler("file:///etc/passwd"), TypeError, "http://");
  const method = "PATCH" as "PUT";
  assertThrows(() => new HTTPHandler(url, { method }), RangeError, "GET, POST, PUT");
  assertThrows(() => new HTTPHandler(url, { method: "GET", format: "json" }), TypeError, "form");
  assertThrows(
    () => new HTTPHandler(url, { format: "form", batchSize: 2 }),
    TypeError,
    "batchSize",
  );
  assertThrows(() => new HTTPHandler(url, { batchSize: 0 }), RangeError, "batchSize");
});
