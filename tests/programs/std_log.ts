/** A program that logs through @std/log and then configures paralog. */

import { basicConfig } from "@paralog/paralog";
import * as log from "@std/log";

log.info("before");
basicConfig({ level: "DEBUG" });
log.info("joined");
log.debug("joined by the root's level");
const formatter = ({ levelName, msg }: log.LogRecord) =>
  `file set up by log.setup: ${levelName} ${msg}`;
log.getLogger().handlers.push(new log.ConsoleHandler("WARN", { formatter, useColors: false }));
log.warn("kept");
