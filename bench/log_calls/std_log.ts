/**
 * The program behind the rows of `@std/log` alone: nothing here imports paralog.
 *
 * @module
 */

import * as log from "@std/log";
import { type CallsInput, type CallsOutput, timeCalls } from "./timing.ts";

const MESSAGE = "fetched, checked and stored";

/** Counts lines and writes none. */
class CountingHandler extends log.BaseHandler {
  handled = 0;
  length = 0;

  override log(line: string): void {
    this.handled++;
    this.length += line.length;
  }
}

function main(input: CallsInput): CallsOutput {
  const isJson = input.name === "JSON";
  const handler = new CountingHandler("DEBUG", {
    ...(isJson && { formatter: log.formatters.jsonFormatter }),
  });
  log.setup({
    handlers: { counting: handler },
    loggers: { default: { level: "INFO", handlers: ["counting"] } },
  });
  const logger = log.getLogger();
  const logDebug = (calls: number) => {
    for (let i = 0; i < calls; i++) logger.debug(MESSAGE);
  };
  const logMessages = (calls: number) => {
    for (let i = 0; i < calls; i++) logger.info(MESSAGE);
  };
  const loop = input.name === "disabled" ? logDebug : logMessages;
  const ns = timeCalls(loop, input);
  const { handled } = handler;
  logger.levelName = "DEBUG";
  loop(1);
  return { ns, handled, lifted: handler.handled - handled };
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0] ?? "{}"))));
