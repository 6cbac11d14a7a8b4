/**
 * The handler that sends records as mails.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { Delivery, type DeliveryOptions } from "../delivery/delivery.ts";
import { reportUndelivered, SendError } from "../delivery/delivery_error.ts";
import { createMailTransport, type MailTransport } from "./nodemailer.ts";
import { checkPort } from "../delivery/tcp.ts";

/** Options of {@linkcode SMTPHandler}. */
export interface SMTPHandlerOptions extends HandlerOptions, DeliveryOptions {
  /** The mail server: "mail.example.com", "mail.example.com:587", or host and port; the port is 25 by default. */
  mailhost: string | { readonly host: string; readonly port?: number };
  /** Who sends the mails. */
  fromaddr: string;
  /** Who gets them. */
  toaddrs: string | readonly string[];
  /** The subject; see also {@linkcode SMTPHandler.getSubject}. */
  subject: string;
  /**
   * User and password.
   *
   * @default undefined
   */
  credentials?: readonly [user: string, password: string];
  /**
   * How the connection is encrypted: "starttls" insists on changing to TLS before anything is sent,
   * "tls" begins with it (port 465), `false` never does. `true` is "starttls".
   *
   * @default `true` with credentials, otherwise `false`
   */
  secure?: boolean | "starttls" | "tls";
  /**
   * Certificates of authorities to trust instead of the usual ones, in PEM format.
   *
   * @default undefined
   */
  caCerts?: readonly string[];
}

interface PackedMail {
  readonly subject: string;
  readonly text: string;
  readonly time: number;
}

/** Python's `smtplib.SMTP_PORT`. */
const SMTP_PORT = 25;

/**
 * Sends each record as a mail. Give it a high level: every record is a mail of its own. Needs
 * `--allow-net` for the server. The npm package nodemailer is loaded with the first mail.
 *
 * While the server is away, or says that it will take mails later (4xx), they wait. What it refuses
 * (5xx) is reported and given up.
 *
 * Ported from CPython's `logging.handlers.SMTPHandler`.
 *
 * @example
 * ```ts ignore
 * import { getLogger, SMTPHandler } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(
 *   new SMTPHandler({
 *     mailhost: "mail.example.com:587",
 *     fromaddr: "shop@example.com",
 *     toaddrs: ["admin@example.com"],
 *     subject: "The shop has a problem",
 *     credentials: ["shop", "secret"],
 *     level: "CRITICAL",
 *   }),
 * );
 * ```
 */
export class SMTPHandler extends Handler {
  /** The subject of the mails. */
  readonly subject: string;
  readonly #from: string;
  readonly #to: readonly string[];
  readonly #delivery: Delivery<PackedMail>;
  #transport: MailTransport | undefined;

  /**
   * Makes a handler; nothing is loaded or opened before the first record.
   *
   * @param options The server, the addresses, and what every handler takes.
   * @throws {TypeError} If an address, or an option, is missing or of the wrong type.
   * @throws {RangeError} If there is no such port or way to encrypt, or a number is out of its range.
   */
  constructor(options: SMTPHandlerOptions) {
    super(options);
    const { fromaddr, toaddrs, subject } = options;
    this.#from = checkText("fromaddr", fromaddr);
    this.#to = (typeof toaddrs === "string" ? [toaddrs] : [...toaddrs ?? []])
      .map((address) => checkText("toaddrs", address));
    if (this.#to.length === 0) checkText("toaddrs", undefined);
    this.subject = checkText("subject", subject);
    const transport = transportOptions(options);
    this.#delivery = new Delivery({
      name: `smtp://${transport.host}:${transport.port}`,
      batchSize: 1,
      pack: (record) => ({
        subject: oneLine(this.getSubject(record)),
        text: this.format(record),
        time: record.time,
      }),
      send: async ([mail], signal) => {
        this.#transport ??= await createMailTransport(transport);
        if (mail) await this.#send(this.#transport, mail, signal);
      },
      disconnect: () => this.#transport?.close(),
      report: (record, error) => this.handleError(record, error),
    }, options);
  }

  /** How many records were lost so far: dropped, refused, or not delivered when it was closed. */
  get dropped(): number {
    return this.#delivery.dropped;
  }

  /**
   * The subject of the mail for a record. Override it for one that depends on the record; newlines
   * become spaces.
   *
   * @param _record The record.
   * @returns The subject; by default that of the options.
   */
  getSubject(_record: LogRecord): string {
    return this.subject;
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
   * Waits until all mails are taken by the server, for `flushTimeout` at most.
   *
   * @returns When they are, or the time is up.
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

  async #send(transport: MailTransport, mail: PackedMail, signal: AbortSignal): Promise<void> {
    const { subject, text, time } = mail;
    const date = new Date(Number.isFinite(time) ? time : Date.now());
    try {
      await transport.sendMail({ from: this.#from, to: this.#to, subject, date, text, signal });
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new SendError(message, { cause, refused: isFinal(cause) ? 1 : 0 });
    }
  }
}

/** Whether the server will say the same again: the codes 5xx of SMTP. */
function isFinal(error: unknown): boolean {
  const code = error instanceof Error && "responseCode" in error ? error.responseCode : undefined;
  return typeof code === "number" && code >= 500;
}

/** A newline in a header would begin another header. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what must go
  return String(text).replaceAll(/[\x00-\x1f\x7f\u2028\u2029]+/g, " ");
}

function transportOptions(options: SMTPHandlerOptions) {
  const { mailhost, credentials, caCerts, timeout = 5000 } = options;
  const { secure = credentials !== undefined } = options;
  if (![true, false, "starttls", "tls"].includes(secure)) {
    throw new RangeError(
      `Cannot send mails: current value of secure is ${inspect(secure)}, ` +
        'allowed are true, false, "starttls", "tls"',
    );
  }
  const { host, port } = parseMailhost(mailhost);
  return {
    host,
    port: checkPort(host, port),
    secure: secure === "tls",
    requireTLS: secure === true || secure === "starttls",
    ignoreTLS: secure === false,
    ...(credentials && { auth: { user: credentials[0], pass: credentials[1] } }),
    ...(caCerts && { tls: { ca: caCerts } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
  };
}

function parseMailhost(mailhost: SMTPHandlerOptions["mailhost"]): { host: string; port: number } {
  if (typeof mailhost !== "string") {
    const { host = "", port = SMTP_PORT } = mailhost ?? {};
    return { host, port };
  }
  const [, host = mailhost, port = SMTP_PORT] = /^([^:]+):(\d+)$/.exec(mailhost) ?? [];
  return { host, port: Number(port) };
}

function checkText(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(
    `Cannot send mails: current value of ${name} is ${inspect(value)}, write a text`,
  );
}
