/** A program of an @std/log user, who configures nothing of ours and runs tasks. */

import { getLogger, Parallel, task } from "@paralog/paralog";
import * as log from "@std/log";

export const work = task(import.meta, function work(name: string) {
  log.debug(`debug of ${name}`);
  log.info(`info of ${name}`);
  getLogger("app").info("our info of %s", name);
});

if (import.meta.main) {
  log.setup({
    handlers: {
      console: new log.ConsoleHandler("DEBUG", {
        useColors: false,
        formatter: ({ levelName, loggerName, msg }) => `${levelName} ${loggerName} ${msg}`,
      }),
    },
    loggers: { default: { level: "INFO", handlers: ["console"] } },
  });
  log.info("main");
  getLogger("app").info("our main");
  await new Parallel(Number(Deno.args[0])).map(work, ["a"]);
  log.debug("too low");
  log.warn("main again");
}
