/**
 * The handler that sends records to a web server.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { toJsonValue } from "../text/json_value.ts";
import { checkWhole } from "../check_option.ts";
import { Delivery, type DeliveryOptions } from "../delivery/delivery.ts";
import { reportUndelivered, SendError } from "../delivery/delivery_error.ts";

const METHODS = ["GET", "POST", "PUT"] as const;
const FORMATS = ["json", "form"] as const;

/** Options of {@linkcode HTTPHandler}. */
export interface HTTPHandlerOptions extends HandlerOptions, DeliveryOptions {
  /**
   * The method. "GET" writes the record into the query.
   *
   * @default "POST"
   */
  method?: "GET" | "POST" | "PUT";
  /**
   * How the record is written: as JSON, or in the form of HTML forms as Python does, where a value
   * that is no text is written as JSON.
   *
   * @default "json", and "form" with the method "GET"
   */
  format?: "json" | "form";
  /**
   * Headers of each request, beside `Content-Type`.
   *
   * @default {}
   */
  headers?: Readonly<Record<string, string>>;
  /**
   * User and password for Basic authentication. Those in the URL are used too.
   *
   * @default undefined
   */
  credentials?: readonly [user: string, password: string];
  /**
   * How many records one request carries at most. Above 1, the body is a list of records.
   *
   * @default 1
   */
  batchSize?: number;
}

/** Statuses that are worth another attempt: the server is overloaded, or was too slow. */
const TEMPORARY = new Set([408, 425, 429]);

/**
 * Sends each record to a web server. Needs `--allow-net` for the host.
 *
 * A request that fails or is answered with 5xx, 408, 425 or 429 is repeated later, and what is logged
 * meanwhile waits. Any other answer that is no success, a redirect too, is reported and the record
 * given up. A formatter is not used, as in Python: override {@linkcode HTTPHandler.mapLogRecord}.
 *
 * Ported from CPython's `logging.handlers.HTTPHandler`.
 *
 * @example
 * ```ts ignore
 * import { getLogger, HTTPHandler } from "@paralog/paralog/logging";
 *
 * const handler = new HTTPHandler("https://logs.example.com/in", { level: "ERROR", batchSize: 50 });
 * getLogger().addHandler(handler);
 * ```
 */
export class HTTPHandler extends Handler {
  /** Where it sends to, without user and password. */
  readonly url: string;
  readonly #request: Request;
  readonly #delivery: Delivery<string>;

  /**
   * Makes a handler; nothing is sent before the first record.
   *
   * @param url Where to send to.
   * @param options How, the buffer, and what every handler takes.
   * @throws {TypeError} If the URL is none, or an option or header is wrong.
   * @throws {RangeError} If there is no such method or format, or a number is out of its range.
   */
  constructor(url: string | URL, options: HTTPHandlerOptions = {}) {
    super(options);
    const target = parseUrl(url);
    const { method, format, batchSize } = checkRequest(options);
    const headers = new Headers(options.headers);
    if (method !== "GET" && !headers.has("content-type")) {
      headers.set("content-type", CONTENT_TYPES[format]);
    }
    const credentials = options.credentials ?? credentialsOf(target);
    if (credentials) headers.set("authorization", basicAuthorization(credentials));
    target.username = target.password = "";
    this.url = target.href;
    // A redirect is not followed: it would turn POST into GET, and the record would be gone.
    this.#request = new Request(target, { method, headers, redirect: "manual" });
    this.#delivery = new Delivery({
      name: target.origin + target.pathname, // The query may hold a key.
      batchSize,
      pack: (record) => pack(this.mapLogRecord(record), format),
      send: (items, signal) => this.#send(batchSize === 1 ? items[0] ?? "" : `[${items}]`, signal),
      disconnect: () => {},
      report: (record, error) => this.handleError(record, error),
    }, options);
  }

  /** How many records were lost so far: dropped, refused, or not delivered when it was closed. */
  get dropped(): number {
    return this.#delivery.dropped;
  }

  /**
   * What is sent of a record. Override it for what a server expects.
   *
   * @param record The record.
   * @returns The fields; by default the record's own.
   */
  mapLogRecord(record: LogRecord): Readonly<Record<string, unknown>> {
    return { ...record };
  }

  /** Has the record sent. */
  override emit(record: LogRecord): void {
    this.#delivery.push(record);
  }

  /** Reports what went wrong with a record, or on the way of some to the server. */
  override handleError(record: LogRecord, error: unknown): void {
    if (!reportUndelivered(this, record, error)) super.handleError(record, error);
  }

  /**
   * Waits until everything is sent and answered, for `flushTimeout` at most.
   *
   * @returns When it is answered, or the time is up.
   */
  override flush(): Promise<void> {
    return this.#delivery.flush();
  }

  /**
   * Flushes. What could not be sent is reported.
   *
   * @returns When it is done.
   */
  override close(): Promise<void> {
    return this.#delivery.close();
  }

  async #send(text: string, signal: AbortSignal): Promise<void> {
    const response = this.#request.method === "GET"
      ? await fetch(withQuery(this.url, text), new Request(this.#request, { signal }))
      : await fetch(new Request(this.#request, { body: text, signal }));
    await response.body?.cancel();
    if (response.ok) return;
    const answer = `it answered ${response.status} ${response.statusText}`.trimEnd();
    if (response.status >= 500 || TEMPORARY.has(response.status)) {
      throw new SendError(answer, { retryAfter: retryAfterOf(response) });
    }
    throw new SendError(answer, { refused: Infinity });
  }
}

const CONTENT_TYPES = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
} as const;

function pack(fields: Readonly<Record<string, unknown>>, format: "json" | "form"): string {
  if (format === "json") return JSON.stringify(toJsonValue(fields));
  const pairs = Object.entries(fields).map(([name, value]) => {
    const plain = toJsonValue(value);
    return [name, typeof plain === "string" ? plain : JSON.stringify(plain)];
  });
  return new URLSearchParams(pairs).toString();
}

function withQuery(url: string, query: string): string {
  const target = new URL(url);
  target.search += (target.search === "" ? "?" : "&") + query;
  return target.href;
}

/** Either form of the header: seconds, or a date. */
function retryAfterOf(response: Response): number {
  const text = response.headers.get("retry-after") ?? "";
  const time = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return time > 0 ? time : 0;
}

function parseUrl(url: string | URL): URL {
  const text = String(url);
  if (URL.canParse(text)) {
    const target = new URL(text);
    if (target.protocol === "http:" || target.protocol === "https:") return target;
  }
  throw new TypeError(
    `Cannot send records to a server: current URL is ${inspect(text)}, ` +
      "allowed are those that begin with http:// or https://",
  );
}

function checkRequest(
  options: HTTPHandlerOptions,
): { method: "GET" | "POST" | "PUT"; format: "json" | "form"; batchSize: number } {
  const { method = "POST", batchSize = 1 } = options;
  checkOneOf("method", method, METHODS);
  const { format = method === "GET" ? "form" : "json" } = options;
  checkOneOf("format", format, FORMATS);
  if (method === "GET" && format === "json") {
    throw new TypeError(`Cannot send records as JSON with GET: use "form", or POST`);
  }
  checkWhole("batchSize", batchSize, 1);
  if (batchSize > 1 && format === "form") {
    throw new TypeError(
      `Cannot send several records in a form: current value of batchSize is ${batchSize}, use "json"`,
    );
  }
  return { method, format, batchSize };
}

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new RangeError(
    `Cannot send records over HTTP: current value of ${name} is ${inspect(value)}, ` +
      `allowed are ${allowed.join(", ")}`,
  );
}

function credentialsOf({ username, password }: URL): readonly [string, string] | undefined {
  if (username === "" && password === "") return undefined;
  return [decodeURIComponent(username), decodeURIComponent(password)];
}

function basicAuthorization([user, password]: readonly [string, string]): string {
  return `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}`;
}
