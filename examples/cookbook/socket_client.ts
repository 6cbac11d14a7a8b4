/**
 * "Sending and receiving logging events across a network" of Python's logging cookbook, the
 * sender. Start `socket_server.ts` first.
 *
 *     deno run --allow-net=localhost examples/cookbook/socket_client.ts [PORT]
 *
 * Prints nothing; the server prints five lines.
 */

import { getLogger, shutdown, SocketHandler } from "@paralog/paralog/logging";

async function main(port: number): Promise<void> {
  const root = getLogger();
  root.setLevel("DEBUG");
  // No formatter: the record itself is sent, and the server makes a line of it.
  root.addHandler(new SocketHandler("localhost", port));

  root.info("Jackdaws love my big sphinx of quartz.");

  // Loggers that stand for areas of the program.
  const logger1 = getLogger("myapp.area1");
  const logger2 = getLogger("myapp.area2");
  logger1.debug("Quick zephyrs blow, vexing daft Jim.");
  logger1.info("How quickly daft jumping zebras vex.");
  logger2.warn("Jail zesty vixen who grabbed pay from quack.");
  logger2.error("The five boxing wizards jump quickly.");

  await shutdown(); // Sending takes time; a program that just ends does not wait for it.
}

if (import.meta.main) await main(Number(Deno.args[0] ?? 9020));
