/**
 * The options of a receiver: where it listens, and what it takes from clients.
 *
 * @module
 */

import { checkOptionNames } from "../queues/option_names.ts";
import type { LogRecord } from "../record.ts";
import { display } from "../text/inspect.ts";
import { checkMaxLength, DEFAULT_MAX_FRAME_LENGTH } from "./frames.ts";

/** The port of Python's `logging.handlers.DEFAULT_TCP_LOGGING_PORT`. */
export const DEFAULT_TCP_LOGGING_PORT = 9020;

/** The longest time that a timer can take, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

const OPTIONS: readonly (keyof SocketReceiverOptions)[] = [
  ...["hostname", "port", "maxLength", "tls", "handle", "respectLevels"] as const,
  ...["maxClients", "frameTimeout"] as const,
];

/** Options of {@linkcode SocketReceiver}. */
export interface SocketReceiverOptions {
  /**
   * The address to listen on. Off loopback anybody who reaches it can write into the logs: have `tls`
   * or a network that keeps others out.
   *
   * @default "127.0.0.1"
   */
  readonly hostname?: string;
  /**
   * The port; 0 takes any that is free.
   *
   * @default 9020
   */
  readonly port?: number;
  /**
   * The longest record, in bytes as it is sent. A client that announces more is dropped.
   *
   * @default 1048576
   */
  readonly maxLength?: number;
  /**
   * Accepts TLS alone, with this certificate and private key, both in PEM.
   *
   * @default undefined
   */
  readonly tls?: { readonly cert: string; readonly key: string };
  /**
   * What to do with a record; the client's next one waits for it.
   *
   * @default the logger of its name handles it, in the realm in which the receiver was made
   */
  readonly handle?: (record: LogRecord) => void | Promise<void>;
  /**
   * Whether records below the level of their logger here are left out. In Python they are not: the
   * sender's levels count.
   *
   * @default false
   */
  readonly respectLevels?: boolean;
  /**
   * How many clients may be connected at once; whoever comes then is disconnected.
   *
   * @default 1000
   */
  readonly maxClients?: number;
  /**
   * How long a client may pause within a record, in milliseconds, until it is dropped. Between two
   * records it may be silent for ever.
   *
   * @default 30000
   */
  readonly frameTimeout?: number;
}

/** The options of a receiver, each with its default. */
export type CheckedReceiverOptions =
  & Required<Omit<SocketReceiverOptions, "tls" | "handle">>
  & Pick<SocketReceiverOptions, "tls" | "handle">;

/**
 * Checks the options of a receiver.
 *
 * @param options What was given.
 * @returns All of them.
 * @throws {TypeError} If one is unknown.
 * @throws {RangeError} If a number is out of range.
 */
export function checkReceiverOptions(options: SocketReceiverOptions): CheckedReceiverOptions {
  checkOptionNames("receive records", options, OPTIONS);
  const { port = DEFAULT_TCP_LOGGING_PORT, maxLength = DEFAULT_MAX_FRAME_LENGTH } = options;
  const { maxClients = 1000, frameTimeout = 30_000 } = options;
  return {
    ...options,
    hostname: options.hostname ?? "127.0.0.1",
    port: checkWhole("port", port, { min: 0, max: 65535 }),
    maxLength: checkMaxLength(maxLength),
    respectLevels: options.respectLevels ?? false,
    maxClients: checkWhole("maxClients", maxClients, { min: 1, max: 2 ** 32 }),
    frameTimeout: checkWhole("frameTimeout", frameTimeout, { min: 1, max: MAX_TIMEOUT }),
  };
}

function checkWhole(
  name: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(
    `Cannot receive records: current value of ${name} is ${display(value)}, ` +
      `allowed are whole numbers from ${min} to ${max}`,
  );
}
