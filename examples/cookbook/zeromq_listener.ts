/**
 * "Subclassing QueueListener" of Python's logging cookbook: records that `zeromq_handler.ts`
 * publishes on a ZeroMQ socket are handled here.
 *
 *     deno run --allow-read --allow-ffi examples/cookbook/zeromq_listener.ts [URI]
 *
 * Connects to the URI (default: tcp://127.0.0.1:5556), prints a line on stdout for each record,
 * and ends at Ctrl+C.
 */

import {
  ConsoleHandler,
  type Handler,
  type LogRecord,
  QueueListener,
  type QueueListenerOptions,
} from "@paralog/paralog/logging";
import { once } from "node:events";
import process from "node:process";
// deno-lint-ignore no-import-prefix -- Only these recipes need it.
import { Subscriber } from "npm:zeromq@6.8.0";
import { receive, WITHOUT_WAITING } from "./zeromq_receive.ts";

/** Takes records out of a ZeroMQ socket that subscribes to everything. */
export class ZeroMQSocketListener extends QueueListener<Subscriber> {
  constructor(uri: string, handlers: readonly Handler[], options?: QueueListenerOptions) {
    super(new Subscriber(WITHOUT_WAITING), handlers, options);
    this.queue.connect(uri);
    this.queue.subscribe();
  }

  override async dequeue(signal: AbortSignal): Promise<LogRecord | undefined> {
    const message = await receive(this.queue, signal);
    return message && JSON.parse(new TextDecoder().decode(message));
  }
}

async function main(uri: string): Promise<void> {
  const handler = new ConsoleHandler({
    stream: "stdout",
    formatter: "%(asctime)s %(processName)s %(name)s %(levelname)s %(message)s",
  });
  const listener = new ZeroMQSocketListener(uri, [handler]);
  listener.start();
  console.log(`Listening to ${uri}`);
  await once(process, "SIGINT");
  await listener.stop(); // Handles what has come until now.
  listener.queue.close();
}

if (import.meta.main) await main(Deno.args[0] ?? "tcp://127.0.0.1:5556");
