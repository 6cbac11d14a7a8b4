/**
 * Tasks that log.
 *
 * @module
 */

import { basicConfig, getLogger, type Level, PrefixFilter } from "../../logging/mod.ts";
import { currentTask, task } from "../../parallel/mod.ts";
import { ListHandler } from "../list_handler.ts";

/** A logger kept at module level, as libraries do. */
const log = getLogger("lib.tasks");

export const logOnModuleLogger = task(import.meta, function logOnModuleLogger(name: string) {
  log.debug("debug of %s", name);
  log.info("info of %s", name, { name });
  log.error("error of %s", name, new RangeError("too far", { cause: new Error("why") }));
});

/** Logs one line, and returns it. */
export const logLine = task(import.meta, function logLine(line: string) {
  log.info(line);
  return line;
});

/** Logs when it has returned. */
export const logAfterEnd = task(import.meta, function logAfterEnd(line: string) {
  setTimeout(() => log.info(line), 1);
});

/** Logs at DEBUG again and again until its signal aborts. */
export const debugUntilAborted = task(import.meta, async function debugUntilAborted() {
  const { signal } = currentTask();
  log.info("begins");
  while (!signal.aborted) {
    log.debug("debug");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

/** Logs to a file of its own. */
export const logToOwnFile = task(import.meta, function logToOwnFile(path: string, line: string) {
  basicConfig({ level: "INFO", filename: path, format: "%(message)s" });
  log.info(line);
});

/** Logs, and says whether a level is enabled. */
export const describeSelf = task(import.meta, async function describeSelf(name: string) {
  await Promise.resolve();
  getLogger("lib.self").warn("self %s", name);
  return getLogger("lib.self").isEnabledFor("INFO");
});

/** Configures its own root, and returns what was there before and the lines that its handler saw. */
export const logOnOwnRoot = task(import.meta, async function logOnOwnRoot(name: string) {
  const before = getLogger().handlers.length + getLogger().filters.length;
  const handler = new ListHandler();
  basicConfig({
    level: "DEBUG",
    handlers: [handler],
    format: "%(levelname)s %(name)s %(message)s",
  });
  getLogger().addFilter(new PrefixFilter(`${name}: `));
  getLogger().debug("root");
  await Promise.resolve();
  log.debug("module logger");
  return { before, lines: handler.lines };
});

export const setLevelAndLog = task(import.meta, function setLevelAndLog(level: Level) {
  getLogger("lib").setLevel(level);
  log.debug("debug");
  log.warn("warn");
  return getLogger().level;
});

export const logOddFields = task(import.meta, function logOddFields() {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  log.warn("odd", { callback: () => 1, symbol: Symbol("s"), cycle, big: 12n });
});
