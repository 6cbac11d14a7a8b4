/**
 * Sending datagrams over UDP.
 *
 * @module
 */

import type { Socket } from "node:dgram";
import { SendError } from "./delivery_error.ts";

/** A socket, and the address that the name of its peer stands for. */
interface Opened {
  readonly socket: Socket;
  readonly address: string;
}

/**
 * After that many datagrams comes a pause of a millisecond. A receiver's buffer holds a few hundred
 * small ones (Linux: 212,992 bytes with the system's own), and what comes faster than it reads is
 * gone without a trace.
 */
const BURST = 32;

/** Sends datagrams to one peer. The socket is opened when there is something to send. */
export class DatagramSocket {
  readonly #hostname: string;
  readonly #port: number;
  #opened: Opened | undefined;
  #sent = 0;

  /**
   * Makes one; nothing is opened yet.
   *
   * @param hostname A name or an address.
   * @param port The port.
   */
  constructor(hostname: string, port: number) {
    this.#hostname = hostname;
    this.#port = port;
  }

  /**
   * Sends datagrams, one after the other. UDP does not tell whether they arrive.
   *
   * @param datagrams What to send.
   * @param signal Ends the attempt.
   * @throws {SendError} If only some were sent; one that is too long is refused.
   */
  async send(datagrams: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      // A name that is looked up can't be interrupted, but need not be waited for.
      await Promise.race([this.#sendAll(datagrams, signal), aborted]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Closes the socket. */
  async disconnect(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened) await new Promise<void>((resolve) => opened.socket.close(resolve));
  }

  async #sendAll(datagrams: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const opened = this.#opened ??= await open(this.#hostname, this.#port);
    for (const [delivered, datagram] of datagrams.entries()) {
      if (signal.aborted) return;
      try {
        await sendOne(opened, datagram, this.#port);
        if (++this.#sent % BURST === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      } catch (cause) {
        const isTooLong = cause instanceof Error && "code" in cause && cause.code === "EMSGSIZE";
        if (!isTooLong) await this.disconnect(); // The next attempt looks the name up again.
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new SendError(message, { delivered, refused: isTooLong ? 1 : 0, cause });
      }
    }
  }
}

async function open(hostname: string, port: number): Promise<Opened> {
  const { createSocket } = await import("node:dgram"); // Few programs need these two.
  const { lookup } = await import("node:dns/promises");
  const { address, family } = await lookup(hostname);
  const local = isLoopback(address) ? address : family === 6 ? "::" : "0.0.0.0";
  // Without permission, `node:dgram` throws where nobody can catch it.
  await requireNet(local, 0);
  await requireNet(address, port);
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  socket.unref(); // Now: once it is bound, Deno's (2.9) keeps the program alive all the same.
  const bound = Promise.withResolvers<void>();
  socket.once("error", bound.reject);
  socket.bind(0, local, () => bound.resolve());
  await bound.promise;
  socket.removeListener("error", bound.reject);
  socket.on("error", () => {}); // Such as an ICMP answer of the peer; what it is to tell, `send` tells.
  return { socket, address };
}

function sendOne({ socket, address }: Opened, datagram: Uint8Array, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(datagram, port, address, (error) => error ? reject(error) : resolve());
  });
}

async function requireNet(address: string, port: number): Promise<void> {
  const host = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const { state } = await Deno.permissions.request({ name: "net", host });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(`Requires net access to "${host}": give --allow-net`);
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}
