/**
 * "Sending and receiving logging events across a network" of Python's logging cookbook, the
 * receiver. Its senders are `socket_client.ts` and Python's `SocketHandler`, such as in
 * `socket_client.py`.
 *
 *     deno run --allow-net=127.0.0.1 examples/cookbook/socket_server.ts [PORT]
 *
 * Listens on the port (default: 9020, Python's), prints a line on stderr for each record that
 * comes, and ends at Ctrl+C.
 */

import { basicConfig, SocketReceiver } from "@paralog/paralog/logging";
import { once } from "node:events";
import process from "node:process";

async function main(port: number): Promise<void> {
  basicConfig({ format: "%(relativeCreated)5d %(name)-15s %(levelname)-8s %(message)s" });
  console.log("About to start TCP server...");
  await using receiver = new SocketReceiver({ port });
  console.log(`Listening on port ${receiver.port}`);
  await once(process, "SIGINT");
}

if (import.meta.main) await main(Number(Deno.args[0] ?? 9020));
