/**
 * Connecting over TCP, with or without encryption.
 *
 * @module
 */

import { inspect } from "../text/inspect.ts";

/** Whom to trust on an encrypted connection, and who we are. */
export interface TlsOptions {
  /**
   * Certificates of authorities to trust beside the usual ones, in PEM format.
   *
   * @default []
   */
  caCerts?: string[];
  /**
   * The name that the certificate of the peer must be for.
   *
   * @default the host that is connected to
   */
  serverName?: string;
}

/** Options of {@linkcode connectTcp}. */
export interface ConnectTcpOptions {
  /** A name or an address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** Whether the connection is encrypted. */
  readonly tls: boolean | TlsOptions;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/**
 * Connects, and if it is to be encrypted, waits until the peer has shown its certificate.
 *
 * @param options Where to, and how.
 * @returns The connection.
 * @throws {Error} What `Deno.connect` and the TLS handshake throw.
 */
export async function connectTcp(options: ConnectTcpOptions): Promise<Deno.Conn<Deno.NetAddr>> {
  const { hostname, port, tls, signal } = options;
  const conn = await Deno.connect({ hostname, port, signal });
  conn.setNoDelay(true);
  if (!tls) return conn;
  const { caCerts, serverName = hostname } = tls === true ? {} : tls;
  // The step from one to the other, and not `connectTls`, because only `connect` can be aborted.
  const encrypted = await Deno.startTls(conn, { hostname: serverName, caCerts });
  const onAbort = () => encrypted.close();
  signal.addEventListener("abort", onAbort);
  try {
    await encrypted.handshake();
    return encrypted;
  } catch (error) {
    if (!signal.aborted) encrypted.close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Checks where to connect to.
 *
 * @param host A name or an address.
 * @param port The port.
 * @returns The port.
 * @throws {TypeError} If the host is no text, or empty.
 * @throws {RangeError} If there is no such port.
 */
export function checkPort(host: unknown, port: unknown): number {
  if (typeof host !== "string" || host === "") {
    throw new TypeError(
      `Cannot connect to a host: current value is ${
        inspect(host)
      }, allowed are names and addresses`,
    );
  }
  if (typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65_535) {
    return port;
  }
  throw new RangeError(
    `Cannot connect to ${host}: current value of port is ${inspect(port)}, allowed are 1 to 65535`,
  );
}
