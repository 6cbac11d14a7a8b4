/**
 * The handler that sends records to a syslog daemon.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { checkWhole } from "../check_option.ts";
import { DatagramSocket } from "../delivery/datagram_socket.ts";
import { Delivery, type DeliveryOptions, type Peer } from "../delivery/delivery.ts";
import { reportUndelivered } from "../delivery/delivery_error.ts";
import { StreamConnection } from "../delivery/stream_connection.ts";
import {
  encodeSyslog,
  FACILITIES,
  isStructuredDataId,
  PRIORITIES,
  structuredData,
  type SyslogFacility,
  type SyslogPriority,
} from "./syslog_message.ts";
import { checkPort, connectTcp, type TlsOptions } from "../delivery/tcp.ts";

/** Options of {@linkcode SysLogHandler}. */
export interface SysLogHandlerOptions extends HandlerOptions, DeliveryOptions {
  /**
   * Where the daemon listens.
   *
   * @default { hostname: "localhost", port: 514 }
   */
  address?: { readonly hostname?: string; readonly port?: number };
  /**
   * What kind of program logs: a name or a number from 0 to 23.
   *
   * @default "user"
   */
  facility?: SyslogFacility | number;
  /**
   * UDP, which loses messages without a trace, or TCP with the length before each message (RFC 6587).
   *
   * @default "udp"
   */
  protocol?: "udp" | "tcp";
  /**
   * Whether a TCP connection is encrypted (RFC 5425), and whom to trust then.
   *
   * @default false
   */
  tls?: boolean | TlsOptions;
  /**
   * The name of the program.
   *
   * @default the file name of the main module, without its ending
   */
  appName?: string;
  /**
   * The name of the machine.
   *
   * @default its own name where `--allow-sys=hostname` is given, otherwise "-"
   */
  hostname?: string;
  /**
   * The id of the process.
   *
   * @default that of the process which logged
   */
  procId?: string;
  /**
   * The kind of message.
   *
   * @default the name of the logger
   */
  msgId?: string;
  /**
   * Whether the fields that were logged beside the message are sent as structured data, and the name
   * of the element that holds them.
   *
   * @default "fields@32473"
   */
  structuredData?: boolean | string;
  /**
   * Whether a byte order mark says that the text is UTF-8.
   *
   * @default false
   */
  bom?: boolean;
  /**
   * How long a datagram may be, in bytes, from 480. A longer text is cut and marked with its length.
   * Over TCP nothing is cut.
   *
   * @default 8192
   */
  maxLength?: number;
}

/** The number that RFC 5612 gives to examples, as ours has none. */
const FIELDS_ID = "fields@32473";

/** How many messages go into one write. */
const BATCH_SIZE = 128;

/** CPython's `SysLogHandler.priority_map`. */
const PRIORITY_OF_LEVEL: Readonly<Record<string, SyslogPriority>> = {
  DEBUG: "debug",
  INFO: "info",
  WARN: "warning",
  ERROR: "error",
  CRITICAL: "critical",
};

/**
 * Sends each record to a syslog daemon, as a message of RFC 5424. Needs `--allow-net`.
 *
 * Text of several lines is sent as it is. Over TCP, what is logged while the daemon is away waits.
 *
 * Ported from CPython's `logging.handlers.SysLogHandler`, which sends the message alone.
 *
 * @example
 * ```ts ignore
 * import { getLogger, SysLogHandler } from "@paralog/paralog/logging";
 *
 * const address = { hostname: "logs.example.com", port: 601 };
 * getLogger().addHandler(new SysLogHandler({ address, protocol: "tcp", appName: "shop" }));
 * ```
 */
export class SysLogHandler extends Handler {
  readonly #options: SysLogHandlerOptions;
  readonly #facility: number;
  readonly #appName: string;
  readonly #hostname: string;
  readonly #dataId: string | undefined;
  readonly #delivery: Delivery<Uint8Array>;

  /**
   * Makes a handler; nothing is opened before the first record.
   *
   * @param options The address, the parts of the message, and what every handler takes.
   * @throws {TypeError} If an option is of the wrong type, or the address is a path.
   * @throws {RangeError} If there is no such facility, protocol or port, or a number is out of range.
   */
  constructor(options: SysLogHandlerOptions = {}) {
    super(options);
    this.#options = options;
    this.#facility = facilityOf(options.facility ?? "user");
    this.#appName = options.appName ?? mainModuleName();
    this.#hostname = options.hostname ?? hostnameIfAllowed();
    this.#dataId = dataIdOf(options.structuredData ?? true);
    this.#delivery = new Delivery(this.#peer(), options);
  }

  /** How many records were lost so far, as far as can be known: UDP does not tell. */
  get dropped(): number {
    return this.#delivery.dropped;
  }

  /**
   * The severity of a level. Override it for levels of your own.
   *
   * @param levelName The name of the level.
   * @returns The name of the severity; "warning" for a level that is not built in, as in Python.
   */
  mapPriority(levelName: string): SyslogPriority {
    return PRIORITY_OF_LEVEL[levelName] ?? "warning";
  }

  /** Has the record sent. */
  override emit(record: LogRecord): void {
    this.#delivery.push(record);
  }

  /** Reports what went wrong with a record, or on the way of some to the daemon. */
  override handleError(record: LogRecord, error: unknown): void {
    if (!reportUndelivered(this, record, error)) super.handleError(record, error);
  }

  /**
   * Waits until everything is sent, for `flushTimeout` at most.
   *
   * @returns When it is sent, or the time is up.
   */
  override flush(): Promise<void> {
    return this.#delivery.flush();
  }

  /**
   * Flushes, and closes the socket. What could not be sent is reported.
   *
   * @returns When it is closed.
   */
  override close(): Promise<void> {
    return this.#delivery.close();
  }

  #peer(): Peer<Uint8Array> {
    const { address = {}, protocol = "udp", tls = false, maxLength = 8192 } = this.#options;
    const { hostname, port } = checkAddress(address);
    checkProtocol(protocol, tls);
    const limit = protocol === "udp" ? checkWhole("maxLength", maxLength, 480) : Infinity;
    const route = protocol === "udp"
      ? new DatagramSocket(hostname, port)
      : new StreamConnection((signal) => connectTcp({ hostname, port, tls, signal }));
    return {
      name: `syslog ${protocol}://${hostname}:${port}`,
      batchSize: BATCH_SIZE,
      pack: (record) => {
        const message = this.#encode(record, limit);
        return protocol === "udp" ? message : countOctets(message);
      },
      send: (messages, signal) => route.send(messages, signal),
      disconnect: () => route.disconnect(),
      report: (record, error) => this.handleError(record, error),
    };
  }

  #encode(record: LogRecord, maxLength: number): Uint8Array<ArrayBuffer> {
    const { procId = String(record.process), msgId = record.name, bom = false } = this.#options;
    return encodeSyslog({
      priority: this.#facility * 8 + PRIORITIES[this.mapPriority(record.levelName)],
      time: record.time,
      hostname: this.#hostname,
      appName: this.#appName,
      procId,
      msgId,
      structuredData: this.#dataId === undefined ? "" : structuredData(this.#dataId, record.extra),
      text: this.format(record),
      bom,
    }, maxLength);
  }
}

/** The framing of RFC 6587, 3.4.1. */
function countOctets(message: Uint8Array): Uint8Array {
  const count = new TextEncoder().encode(`${message.length} `);
  const framed = new Uint8Array(count.length + message.length);
  framed.set(count);
  framed.set(message, count.length);
  return framed;
}

function facilityOf(facility: unknown): number {
  if (typeof facility === "number" && Number.isInteger(facility) && facility >= 0) {
    if (facility <= FACILITIES.local7) return facility;
  }
  if (typeof facility === "string" && Object.hasOwn(FACILITIES, facility)) {
    return FACILITIES[facility as SyslogFacility]; // hasOwn has just said so.
  }
  throw new RangeError(
    `Cannot log to syslog: current value of facility is ${inspect(facility)}, ` +
      `allowed are ${Object.keys(FACILITIES).join(", ")}, and 0 to 23`,
  );
}

function checkAddress(
  address: { readonly hostname?: string; readonly port?: number } | string,
): { hostname: string; port: number } {
  if (typeof address === "string") {
    throw new TypeError(
      `Cannot log to ${address}: Deno has no Unix datagram sockets; give { hostname, port } of a ` +
        "daemon that listens on UDP or TCP",
    );
  }
  const { hostname = "localhost", port = 514 } = address;
  return { hostname, port: checkPort(hostname, port) };
}

function checkProtocol(protocol: string, tls: unknown): void {
  if (protocol !== "udp" && protocol !== "tcp") {
    throw new RangeError(
      `Cannot log to syslog: current value of protocol is ${
        inspect(protocol)
      }, allowed are udp, tcp`,
    );
  }
  if (tls && protocol === "udp") {
    throw new TypeError('Cannot encrypt syslog over UDP: leave tls out, or set protocol to "tcp"');
  }
}

function dataIdOf(option: boolean | string): string | undefined {
  if (typeof option === "boolean") return option ? FIELDS_ID : undefined;
  if (isStructuredDataId(option)) return option;
  throw new TypeError(
    `Cannot send structured data: current value of structuredData is ${inspect(option)}, allowed ` +
      'are true, false and a name such as "fields@32473"',
  );
}

function mainModuleName(): string {
  const main: string | null = Deno.mainModule; // In a worker there is none, whatever the type says.
  const file = main?.split("/").at(-1) ?? "";
  return file.replace(/[?#].*$/, "").replace(/\.[^.]*$/, "") || "deno";
}

function hostnameIfAllowed(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : "-";
}
