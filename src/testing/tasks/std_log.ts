/**
 * Tasks that log through `@std/log`, as code that knows nothing of this library does.
 *
 * @module
 */

import * as stdLog from "@std/log";
import { basicConfig, getLogger, PrefixFilter } from "../../logging/mod.ts";
import { task } from "../../parallel/mod.ts";
import { ListHandler } from "../list_handler.ts";

export const logThroughStdLog = task(import.meta, function logThroughStdLog(name: string) {
  stdLog.warn(`std/log of ${name}`);
});

/** Configures its own root, and returns the lines that its handler saw. */
export const stdLogOnOwnRoot = task(import.meta, function stdLogOnOwnRoot(name: string) {
  const handler = new ListHandler();
  basicConfig({ level: "DEBUG", handlers: [handler], format: "%(levelname)s %(message)s" });
  getLogger().addFilter(new PrefixFilter(`${name}: `));
  stdLog.info("std/log");
  stdLog.debug("std/log debug");
  return handler.lines;
});
