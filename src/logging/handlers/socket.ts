/**
 * The handler that sends records over TCP.
 *
 * @module
 */

import { checkWhole } from "../check_option.ts";
import { encodeRecord } from "../codec/record_codec.ts";
import { Handler, type HandlerOptions } from "../handler.ts";
import { DEFAULT_MAX_FRAME_LENGTH, frame } from "../network/frames.ts";
import type { LogRecord } from "../record.ts";
import { Delivery, type DeliveryOptions } from "../delivery/delivery.ts";
import { reportUndelivered } from "../delivery/delivery_error.ts";
import { checkPort, connectTcp, type TlsOptions } from "../delivery/tcp.ts";
import { StreamConnection } from "../delivery/stream_connection.ts";

/** Options of {@linkcode SocketHandler}. */
export interface SocketHandlerOptions extends HandlerOptions, DeliveryOptions {
  /**
   * Whether the connection is encrypted, and whom to trust then.
   *
   * @default false
   */
  tls?: boolean | TlsOptions;
  /**
   * The longest record, in bytes as it is sent; a longer one is cut, and says so. A receiver with
   * another limit than ours needs the same here.
   *
   * @default 1048576
   */
  maxLength?: number;
}

/** How many records go into one write. */
const BATCH_SIZE = 256;

/** How many bytes a character may need. */
const BYTES_OF_CHARACTER = 3;

/** The smallest limit: a record that is cut to the utmost fits into it. */
const LEAST_LENGTH = 24_576;

/**
 * Sends each record over TCP to a `SocketReceiver`: four bytes with the length, then the record as
 * JSON, in which a Date, a Map, an error and the like are written so that they arrive as what they
 * were. Needs `--allow-net` for the host.
 *
 * It connects at the first record, and again when the connection was lost. What is logged meanwhile
 * waits; what is lost is counted and reported. A formatter is not used: the receiver formats, as in
 * Python.
 *
 * A record is sent once, and again only if the system did not take all of it. What it took can still
 * be lost if the peer dies at that moment: TCP does not tell.
 *
 * Ported from CPython's `logging.handlers.SocketHandler`.
 *
 * @example
 * ```ts ignore
 * import { getLogger, SocketHandler } from "@paralog/paralog/logging";
 *
 * getLogger().addHandler(new SocketHandler("logs.example.com", 9020, { tls: true }));
 * ```
 */
export class SocketHandler extends Handler {
  /** The host it sends to. */
  readonly host: string;
  /** The port there. */
  readonly port: number;
  readonly #maxLength: number;
  readonly #delivery: Delivery<Uint8Array>;

  /**
   * Makes a handler; it connects when the first record comes.
   *
   * @param host A name or an address.
   * @param port The port.
   * @param options Encryption, the buffer, how often to try, and what every handler takes.
   * @throws {TypeError} If the host or an option is of the wrong type.
   * @throws {RangeError} If there is no such port, or a number is out of its range.
   */
  constructor(host: string, port: number, options: SocketHandlerOptions = {}) {
    super(options);
    this.host = host;
    this.port = checkPort(host, port);
    const { maxLength = DEFAULT_MAX_FRAME_LENGTH } = options;
    this.#maxLength = checkWhole("maxLength", maxLength, LEAST_LENGTH);
    const connection = new StreamConnection((signal) =>
      connectTcp({ hostname: host, port, tls: options.tls ?? false, signal })
    );
    this.#delivery = new Delivery({
      name: `${host}:${port}`,
      batchSize: BATCH_SIZE,
      pack: (record) => frame(this.makePayload(record)),
      send: (frames, signal) => connection.send(frames, signal),
      disconnect: () => connection.disconnect(),
      report: (record, error) => this.handleError(record, error),
    }, options);
  }

  /** How many records were lost so far: dropped, or not delivered when it was closed. */
  get dropped(): number {
    return this.#delivery.dropped;
  }

  /**
   * What is sent of a record, after its length; Python's `makePickle`. Override it for another
   * receiver.
   *
   * @param record The record.
   * @returns The bytes; by default JSON with the record's own fields.
   */
  makePayload(record: LogRecord): Uint8Array {
    const text = encodeRecord(record);
    const bytes = new TextEncoder().encode(text);
    if (bytes.length <= this.#maxLength) return bytes;
    const likely = cut(record, this.#maxLength * text.length / bytes.length);
    return likely.length <= this.#maxLength
      ? likely
      : cut(record, this.#maxLength / BYTES_OF_CHARACTER);
  }

  /** Has the record sent. */
  override emit(record: LogRecord): void {
    this.#delivery.push(record);
  }

  /** Reports what went wrong with a record, or on the way of some to the peer. */
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
   * Flushes, and closes the connection. What could not be sent is reported.
   *
   * @returns When it is closed.
   */
  override close(): Promise<void> {
    return this.#delivery.close();
  }
}

function cut(record: LogRecord, length: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(encodeRecord(record, { maxLength: Math.floor(length) }));
}
