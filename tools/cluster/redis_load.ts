/**
 * What a redis-server has done between two moments, as it counts itself.
 *
 * @module
 */

/** What Redis has counted since it was started. */
export interface RedisCounts {
  /** When, in milliseconds. */
  readonly at: number;
  /** Commands, those in scripts included. */
  readonly commands: number;
  /** How long its thread for commands had a core, in microseconds. */
  readonly cpu: number;
  /** Bytes that came and went. */
  readonly received: number;
  readonly sent: number;
  /** Bytes in its log on disk. */
  readonly logged: number;
}

/** What Redis has done meanwhile. */
export interface RedisLoad {
  readonly seconds: number;
  readonly commands: number;
  /** In microseconds. */
  readonly cpu: number;
  readonly received: number;
  readonly sent: number;
  readonly logged: number;
}

/**
 * Reads what Redis has counted.
 *
 * @param info The reply to INFO.
 */
export function countsOf(info: string): RedisCounts {
  const field = (name: string) => fieldOf(info, name);
  return {
    at: performance.now(),
    commands: field("total_commands_processed"),
    cpu: 1e6 * (field("used_cpu_user_main_thread") + field("used_cpu_sys_main_thread")),
    received: field("total_net_input_bytes"),
    sent: field("total_net_output_bytes"),
    logged: field("aof_current_size"),
  };
}

/** What was done from one moment to another one. */
export function loadBetween(before: RedisCounts, after: RedisCounts): RedisLoad {
  return {
    seconds: (after.at - before.at) / 1000,
    commands: after.commands - before.commands,
    cpu: after.cpu - before.cpu,
    received: after.received - before.received,
    sent: after.sent - before.sent,
    logged: after.logged - before.logged,
  };
}

/** A field of INFO that is no count, such as "used_memory" or "connected_clients". */
export function fieldOf(info: string, name: string): number {
  return Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1] ?? NaN);
}
