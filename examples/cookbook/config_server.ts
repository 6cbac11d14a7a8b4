/**
 * "Configuration server example" of Python's logging cookbook: the program logs on and on, and
 * takes a new logging configuration at any time.
 *
 *     deno run --allow-read --allow-net=127.0.0.1 examples/cookbook/config_server.ts [PORT] [SECONDS]
 *     python3 examples/cookbook/send_config.py examples/cookbook/logging.json [PORT]
 *
 * Prints five lines on stdout every few seconds (default: 5), in the way of `logging.conf` at
 * first, then of what was sent to the port (default: 9999). Ends at Ctrl+C.
 */

import { fileConfig, getLogger, listen } from "@paralog/paralog/logging";
import { once } from "node:events";
import process from "node:process";

async function main(port: number, seconds: number): Promise<void> {
  await fileConfig(new URL("logging.conf", import.meta.url));
  await using server = listen({ port });
  console.log(`Listening on port ${server.port}`);

  const logger = getLogger("simpleExample");
  const timer = setInterval(() => {
    logger.debug("debug message");
    logger.info("info message");
    logger.warn("warn message");
    logger.error("error message");
    logger.critical("critical message");
  }, seconds * 1000);
  await once(process, "SIGINT");
  clearInterval(timer);
}

if (import.meta.main) await main(Number(Deno.args[0] ?? 9999), Number(Deno.args[1] ?? 5));
