/** A TCP server that keeps what it is sent, for handlers that send. */

import { readFrames } from "../../src/logging/network/frames.ts";

/** Options of {@linkcode TcpServer}. */
export interface TcpServerOptions {
  /** @default 0, which takes a free one */
  readonly port?: number;
  /** A certificate and its key, for an encrypted server. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Cuts what comes into messages; by default frames of four bytes and a payload. */
  readonly split?: (conn: Deno.Conn) => AsyncIterable<Uint8Array>;
}

/** Listens on loopback; what it was sent so far is in `received`. */
export class TcpServer implements AsyncDisposable {
  readonly port: number;
  readonly received: string[] = [];
  readonly #listener: Deno.Listener<Deno.Conn>;
  readonly #split: NonNullable<TcpServerOptions["split"]>;
  readonly #conns = new Set<Deno.Conn>();
  readonly #changed = new Set<() => void>();
  #connections = 0;

  constructor({ port = 0, tls, split = readFrames }: TcpServerOptions = {}) {
    const address = { hostname: "127.0.0.1", port };
    const listener = tls ? Deno.listenTls({ ...address, ...tls }) : Deno.listen(address);
    this.#listener = listener;
    this.port = (listener.addr as Deno.NetAddr).port;
    this.#split = split;
    this.#accept();
  }

  /** How many clients came so far. */
  get connections(): number {
    return this.#connections;
  }

  /** How many clients are there. */
  get open(): number {
    return this.#conns.size;
  }

  /** Waits until a condition holds, looking whenever something came. */
  async until(condition: (server: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#changed.add(resolve));
  }

  /** Waits until that many messages are there, and takes all. */
  async take(count: number): Promise<string[]> {
    await this.until(() => this.received.length >= count);
    return this.received.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) closeOnce(conn);
    this.#conns.clear();
    await new Promise((resolve) => setTimeout(resolve)); // The reads that ended are run to their end.
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) {
        this.#connections++;
        this.#conns.add(conn);
        this.#read(conn);
        this.#notify();
      }
    } catch {
      // The listener was closed.
    }
  }

  async #read(conn: Deno.Conn): Promise<void> {
    try {
      for await (const message of this.#split(conn)) {
        this.received.push(new TextDecoder().decode(message));
        this.#notify();
      }
    } catch {
      // The client, or the test, ended the connection.
    }
    if (this.#conns.delete(conn)) closeOnce(conn);
    this.#notify();
  }

  #notify(): void {
    const waiting = [...this.#changed];
    this.#changed.clear();
    for (const resolve of waiting) resolve();
  }
}

/** `conn.readable` closes the connection at its end by itself. */
function closeOnce(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** A port that nobody listens on. */
export function unusedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
