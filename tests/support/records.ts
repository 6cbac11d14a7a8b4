import type { LogRecord } from "@paralog/paralog/logging";

/** A record, as a logger makes them. */
export function recordOf(msg: string, more: Partial<LogRecord> = {}): LogRecord {
  return {
    name: "app.jobs",
    level: 30,
    levelName: "WARN",
    msg,
    args: [],
    time: Date.UTC(2026, 10, 21, 7, 3, 5, 42) + 0.25,
    seq: 1,
    process: 4711,
    processName: "MainProcess",
    ...more,
  };
}
