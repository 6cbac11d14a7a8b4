/**
 * The names that `ext://` and Python literals may use, and what they stand for.
 *
 * @module
 */

import { FACILITIES } from "../handlers/syslog_message.ts";
import { LEVELS } from "../levels.ts";

/** Python's `socket.SOCK_STREAM` and `socket.SOCK_DGRAM`, as `socktype` takes them. */
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;

/** Python's `logging.config.DEFAULT_LOGGING_CONFIG_PORT`. */
export const DEFAULT_LOGGING_CONFIG_PORT = 9030;

/** Constants of the modules `logging`, `logging.handlers`, `logging.config` and `socket`. */
const CONSTANTS: readonly (readonly [name: string, value: unknown])[] = [
  ...Object.entries(LEVELS).map(([name, level]) => [`logging.${name}`, level] as const),
  ["logging.WARNING", LEVELS.WARN],
  ["logging.FATAL", LEVELS.CRITICAL],
  ["logging.handlers.DEFAULT_TCP_LOGGING_PORT", 9020],
  ["logging.handlers.DEFAULT_UDP_LOGGING_PORT", 9021],
  ["logging.handlers.DEFAULT_HTTP_LOGGING_PORT", 9022],
  ["logging.handlers.SYSLOG_UDP_PORT", 514],
  ["logging.handlers.SYSLOG_TCP_PORT", 514],
  ["logging.config.DEFAULT_LOGGING_CONFIG_PORT", DEFAULT_LOGGING_CONFIG_PORT],
  ["socket.SOCK_STREAM", SOCK_STREAM],
  ["socket.SOCK_DGRAM", SOCK_DGRAM],
  ...Object.entries(FACILITIES).filter(([name]) => /^\w+$/.test(name)).map(([name, number]) =>
    [`logging.handlers.SysLogHandler.LOG_${name.toUpperCase()}`, number] as const
  ),
];

/**
 * The values that have a name in configurations.
 *
 * @returns Python's names, such as "sys.stdout", and what they stand for.
 */
export function knownValues(): Map<string, unknown> {
  return new Map<string, unknown>([
    ["sys.stdout", Deno.stdout],
    ["sys.stderr", Deno.stderr],
    ["sys.__stdout__", Deno.stdout],
    ["sys.__stderr__", Deno.stderr],
    ...CONSTANTS,
  ]);
}
