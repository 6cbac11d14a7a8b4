/**
 * What an agent is told on its command line.
 *
 * @module
 */

import { type LevelName, LEVELS } from "../../logging/levels.ts";
import { inspect } from "../../logging/text/inspect.ts";
import { countJobs } from "../../parallel/options/job_count.ts";
import { checkMemoryLimit } from "../../parallel/options/memory_limit.ts";
import type { ProcessPermissions } from "../../parallel/options/permissions.ts";
import type { RedisConnection } from "../redis/redis.ts";
import { checkPoolName, DEFAULT_POOL } from "../wire/names.ts";
import { checkMaxPayload } from "../wire/payload.ts";
import { type Arguments, type KnownArguments, readArguments } from "./agent_arguments.ts";
import { type Environment, readConnection } from "./agent_connection.ts";
import { ALLOW_NAMES, ALLOW_NONE, readPermissions } from "./agent_permissions.ts";
import { AllowList } from "./allow_list.ts";
import { hostName } from "./host_name.ts";
import { ModuleMap } from "./module_map.ts";

/** What an agent is given. */
export interface AgentOptions {
  /** Where Redis is. */
  readonly connection: RedisConnection;
  /** Which pool it works for. */
  readonly pool: string;
  /** How it is called, in logs and in the names of its workers. */
  readonly name: string;
  /** How many jobs it runs at once. */
  readonly slots: number;
  /** Whose tasks it runs. */
  readonly allowList: AllowList;
  /** Where it has the modules of its callers. */
  readonly moduleMap: ModuleMap;
  /** What its tasks may do at most; `undefined` is what the agent itself may do. */
  readonly permissions: ProcessPermissions | undefined;
  /** How much memory tasks get at most, in megabytes, and when nothing is asked for. */
  readonly memoryLimit: number | undefined;
  /** The longest job and the longest result, in bytes. */
  readonly maxPayload: number;
  /** How long a job stays with an agent that does not say that it lives, in milliseconds. */
  readonly lockDuration: number;
  /** How many processes without work are kept: each waits for the next batch of its caller. */
  readonly idleProcesses: number;
  /** How long a process without work is kept, in milliseconds. */
  readonly idleTimeout: number;
}

/** How the program of an agent logs. */
export interface AgentLogOptions {
  /** What is less is not logged. */
  readonly level: LevelName;
  /** How a record is written. */
  readonly format: "text" | "json";
}

/** What a command line asks for. */
export type AgentCommand =
  | { readonly kind: "run"; readonly options: AgentOptions; readonly log: AgentLogOptions }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

const FORMATS = ["text", "json"] as const;

const KNOWN: KnownArguments = {
  texts: [
    ...["redis", "tls-ca", "tls-cert", "tls-key", "pool", "n-jobs", "name"],
    ...["allow-module", "map-module", "max-payload", "memory-limit"],
    ...["lock-duration", "idle-timeout", "idle-processes", "log-level", "log-format"],
  ],
  flags: ["allow-source", ALLOW_NONE, "version", "help"],
  both: ALLOW_NAMES,
  repeated: ["allow-module", "map-module"],
};

/** What a number may be. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly unit?: string;
}

/** How long a job may be locked: a machine that is busy must be able to renew it. */
const LOCK: Range = { from: 1000, to: 3_600_000, unit: "milliseconds" };

/** How long a process may be idle. */
const IDLE: Range = { from: 0, to: 86_400, unit: "seconds" };

/** How many processes may be idle. */
const IDLE_PROCESSES: Range = { from: 0, to: 10_000 };

/** What `checkMemoryLimit` allows. */
const MEMORY: Range = { from: 16, to: 2 ** 20, unit: "megabytes" };

/** What `checkMaxPayload` allows, or a bit less. */
const PAYLOAD: Range = { from: 0.001, to: 256, unit: "megabytes" };

/** What the name of an agent may have: it becomes part of the names of its workers. */
const AGENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

const BYTES_A_MEGABYTE = 1024 * 1024;

/**
 * Reads the command line of an agent.
 *
 * @param args The arguments.
 * @param env The environment; what may hold a password is taken out of it, so that tasks do not see it.
 * @returns What is asked for.
 * @throws {RangeError} If an argument is unknown or wrong, or none says which tasks are allowed.
 */
export function parseAgentOptions(args: readonly string[], env: Environment): AgentCommand {
  const given = readArguments(args, KNOWN);
  if (given.has("help")) return { kind: "help" };
  if (given.has("version")) return { kind: "version" };
  const slots = read("n-jobs", () => countJobs(numberOf(given, "n-jobs") ?? -1));
  const options = {
    connection: readConnection({
      redis: textOf(given, "redis"),
      tls: {
        ca: textOf(given, "tls-ca"),
        cert: textOf(given, "tls-cert"),
        key: textOf(given, "tls-key"),
      },
    }, env),
    pool: read("pool", () => checkPoolName(textOf(given, "pool") ?? DEFAULT_POOL)),
    name: readName(textOf(given, "name")),
    slots,
    allowList: readAllowList(given),
    moduleMap: read("map-module", () => new ModuleMap(given.get("map-module") ?? [])),
    permissions: readPermissions(given),
    memoryLimit: read("memory-limit", () => {
      return checkMemoryLimit(wholeOf(given, "memory-limit", MEMORY));
    }),
    maxPayload: read("max-payload", () => checkMaxPayload(bytesOf(given, "max-payload", PAYLOAD))),
    lockDuration: rangeOf(given, "lock-duration", LOCK) ?? 10_000,
    idleProcesses: wholeOf(given, "idle-processes", IDLE_PROCESSES) ?? 2 * slots,
    idleTimeout: (rangeOf(given, "idle-timeout", IDLE) ?? 60) * 1000,
  };
  return { kind: "run", options, log: readLogOptions(given) };
}

/** Names the argument in an error that names only its value. */
function read<T>(name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    if (error.message.startsWith(`--${name}`)) throw error;
    throw new RangeError(`--${name}: ${error.message}`, { cause: error });
  }
}

function textOf(args: Arguments, name: string): string | undefined {
  return args.get(name)?.[0];
}

function numberOf(args: Arguments, name: string): number | undefined {
  const text = textOf(args, name);
  if (text === undefined) return undefined;
  if (/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new RangeError(`--${name} is ${inspect(text)}: allowed are numbers`);
}

function bytesOf(args: Arguments, name: string, range: Range): number | undefined {
  const megabytes = rangeOf(args, name, range);
  return megabytes === undefined ? undefined : Math.floor(megabytes * BYTES_A_MEGABYTE);
}

function rangeOf(args: Arguments, name: string, { from, to, unit }: Range): number | undefined {
  const value = numberOf(args, name);
  if (value === undefined || value >= from && value <= to) return value;
  const of = unit === undefined ? "" : ` ${unit}`;
  throw new RangeError(`--${name} is ${value}: allowed are numbers from ${from} to ${to}${of}`);
}

function wholeOf(args: Arguments, name: string, range: Range): number | undefined {
  const value = rangeOf(args, name, range);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  throw new RangeError(`--${name} is ${value}: allowed are whole numbers`);
}

function readName(given: string | undefined): string {
  if (given === undefined) return `${hostName()}-${Deno.pid}`.replaceAll(/[^\w.-]/g, "-");
  if (AGENT_NAME.test(given)) return given;
  throw new RangeError(
    `--name is ${
      inspect(given)
    }: allowed are up to 100 letters, digits, "-", "_" and ".", the first ` +
      "one a letter or a digit",
  );
}

function readAllowList(args: Arguments): AllowList {
  const patterns = args.get("allow-module") ?? [];
  const allowSource = args.has("allow-source");
  if (patterns.length > 0 || allowSource) {
    return read("allow-module", () => new AllowList(patterns, { allowSource }));
  }
  throw new RangeError(
    "--allow-module is missing: who can write to Redis can ask for each task, so name the modules that " +
      "this agent runs tasks of, such as --allow-module=/srv/app/tasks.ts or --allow-module=/srv/app/ " +
      "(and --allow-source for functions that are sent by their source)",
  );
}

function readLogOptions(args: Arguments): AgentLogOptions {
  const level = (textOf(args, "log-level") ?? "INFO").toUpperCase();
  if (!isLevelName(level)) {
    const names = Object.keys(LEVELS).join(", ");
    throw new RangeError(`--log-level is ${inspect(level)}: allowed are ${names}`);
  }
  const text = textOf(args, "log-format") ?? "text";
  const format = FORMATS.find((each) => each === text);
  if (format) return { level, format };
  throw new RangeError(`--log-format is ${inspect(text)}: allowed are ${FORMATS.join(" and ")}`);
}

function isLevelName(text: string): text is LevelName {
  return Object.hasOwn(LEVELS, text);
}
