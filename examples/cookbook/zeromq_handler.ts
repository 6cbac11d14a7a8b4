/**
 * "Subclassing QueueHandler" of Python's logging cookbook: records are published on a ZeroMQ
 * socket. Both of its forms are here: a handler that is given a socket, and one that makes its
 * own.
 *
 *     deno run --allow-read --allow-ffi examples/cookbook/zeromq_handler.ts [URI] [given]
 *
 * Binds the URI (default: tcp://127.0.0.1:5556), waits until `zeromq_listener.ts` subscribes,
 * publishes three records, and ends. With "given" it takes the first form.
 */

import {
  getLogger,
  type HandlerOptions,
  type LogRecord,
  QueueHandler,
} from "@paralog/paralog/logging";
// deno-lint-ignore no-import-prefix -- Only these recipes need it.
import { XPublisher } from "npm:zeromq@6.8.0";
import { receive, WITHOUT_WAITING } from "./zeromq_receive.ts";

/** What was sent may leave within a second after the socket was closed. */
const OPTIONS = { ...WITHOUT_WAITING, linger: 1000 };

/** The first form: the socket is made elsewhere, and given as the queue. */
export class ZeroMQSocketHandler extends QueueHandler<XPublisher> {
  /** Publishes the record; the next one waits until this one is sent. */
  override async enqueue(record: LogRecord): Promise<void> {
    await this.queue.send(JSON.stringify(record)); // A record is plain data.
  }
}

/** The second form: the handler makes the socket, and closes it. */
export class ZeroMQUriHandler extends ZeroMQSocketHandler {
  /** Rejects if the URI can't be bound. */
  readonly bound: Promise<void>;

  constructor(uri: string, options?: HandlerOptions) {
    super(new XPublisher(OPTIONS), options);
    this.bound = this.queue.bind(uri);
  }

  override async enqueue(record: LogRecord): Promise<void> {
    await this.bound;
    await super.enqueue(record);
  }

  override async close(): Promise<void> {
    await super.close(); // Waits for what is being sent.
    this.queue.close();
  }
}

async function bind(uri: string): Promise<XPublisher> {
  const socket = new XPublisher(OPTIONS);
  await socket.bind(uri);
  return socket;
}

async function main(uri: string, isGiven: boolean): Promise<void> {
  const handler = isGiven ? new ZeroMQSocketHandler(await bind(uri)) : new ZeroMQUriHandler(uri);
  if (handler instanceof ZeroMQUriHandler) await handler.bound;
  console.log(`Publishing on ${handler.queue.lastEndpoint}`);
  // What is published while nobody subscribes is dropped. An XPUB socket, otherwise like PUB, is
  // told when somebody does.
  await receive(handler.queue);

  const root = getLogger();
  root.setLevel("DEBUG");
  root.addHandler(handler);
  root.info("Jackdaws love my big sphinx of quartz.");
  getLogger("myapp.area1").debug("Quick zephyrs blow, vexing daft %s.", "Jim");
  getLogger("myapp.area2").error("The five boxing wizards jump quickly.");
  await handler.close();
  handler.queue.close();
}

if (import.meta.main) {
  await main(Deno.args[0] ?? "tcp://127.0.0.1:5556", Deno.args[1] === "given");
}
