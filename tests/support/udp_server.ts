/** A UDP server that keeps what it is sent, for handlers that send datagrams. */

import { createSocket } from "node:dgram";

/** Listens on loopback. */
export class UdpServer implements AsyncDisposable {
  /** The datagrams that came and were not taken yet. */
  readonly received: string[] = [];
  readonly #socket = createSocket("udp4");
  #notify = () => {};

  static async start(): Promise<UdpServer> {
    const server = new UdpServer();
    server.#socket.on("message", (bytes) => {
      server.received.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      server.#notify();
    });
    await new Promise<void>((resolve) => server.#socket.bind(0, "127.0.0.1", resolve));
    return server;
  }

  get address(): { hostname: string; port: number } {
    return { hostname: "127.0.0.1", port: this.#socket.address().port };
  }

  /** Waits until that many datagrams are there, and takes all. */
  async take(count: number): Promise<string[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => this.#notify = resolve);
    }
    return this.received.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}
