/**
 * An agent from its start to its end, as a program runs it.
 *
 * @module
 */

import { captureUncaught } from "../../logging/capture_uncaught.ts";
import { basicConfig } from "../../logging/config/basic_config.ts";
import { JsonFormatter } from "../../logging/formatters/json.ts";
import { getLogger, shutdown } from "../../logging/realm.ts";
import { ProcessCommands } from "../../parallel/backends/process_command.ts";
import { processObstacle } from "../../parallel/backends/process_obstacle.ts";
import { inTime } from "../in_time.ts";
import { closeRedis, describeAddress, openRedis } from "../redis/redis.ts";
import { describeRefusal, isRefusal } from "../redis/redis_rights.ts";
import { checkServer } from "../redis/redis_settings.ts";
import { PoolKeys } from "../wire/names.ts";
import { VERSION } from "../wire/version.ts";
import type { AgentLogOptions, AgentOptions } from "./agent_options.ts";
import { StopSignals } from "./stop_signals.ts";

/** An agent that takes jobs. */
export interface RunningAgent {
  /** Takes no more jobs, and finishes those that run. */
  drain(): Promise<void>;
  /** Ends at once, with all that runs. */
  kill(): Promise<void>;
}

/** What a program needs besides the options of its agent. */
export interface AgentProgramOptions {
  /** How it logs. */
  readonly log: AgentLogOptions;
  /** Starts the agent. */
  readonly start: (options: AgentOptions) => Promise<RunningAgent>;
}

/** How long Redis may take until the agent is up, in milliseconds. */
const START_WAIT = 10_000;

/** How long the end of processes is waited for that were killed, in milliseconds. */
const KILL_WAIT = 2000;

/** What shells take for "ended by this signal". */
const EXIT_CODES: Readonly<Partial<Record<Deno.Signal, number>>> = { SIGINT: 130, SIGTERM: 143 };

const FAILED = 1;
const BAD_OPTIONS = 2;

const logger = getLogger("paralog.agent");

/**
 * Runs an agent until a signal ends it.
 *
 * @param options What the agent is given.
 * @param program How it logs, and what starts it.
 * @returns The exit code.
 */
export async function runAgent(
  options: AgentOptions,
  { log, start }: AgentProgramOptions,
): Promise<number> {
  basicConfig({
    level: log.level,
    format: log.format === "json"
      ? new JsonFormatter()
      : "%(asctime)s %(levelname)s %(name)s %(message)s",
    force: true,
  });
  using _uncaught = captureUncaught({ logger: "paralog.agent" });
  using signals = new StopSignals();
  try {
    return await run(options, { start, signals });
  } catch (error) {
    logger.critical("the agent ends, for something is wrong in it", error);
    return FAILED;
  } finally {
    await shutdown();
  }
}

async function run(
  options: AgentOptions,
  { start, signals }: Pick<AgentProgramOptions, "start"> & { signals: StopSignals },
): Promise<number> {
  const wrong = await obstacleTo(options);
  if (wrong !== undefined) return fail(wrong, BAD_OPTIONS);
  const starting = startAgent(options, start);
  const agent = await Promise.race([starting, signals.first]);
  if (typeof agent === "string") return EXIT_CODES[agent] ?? FAILED; // Nothing has begun.
  if (agent instanceof Error) return fail(agent.message, FAILED);
  const signal = await signals.first;
  logger.info("%s: taking no more jobs, and finishing those that run", signal);
  const second = await Promise.race([agent.drain(), signals.second]);
  if (second === undefined) {
    logger.info("stopped");
    return 0;
  }
  logger.warn("%s: ending at once; other agents run the jobs again", second);
  await inTime(KILL_WAIT, agent.kill());
  return EXIT_CODES[second] ?? FAILED;
}

function fail(message: string, code: number): number {
  logger.critical("%s", message);
  return code;
}

/** What keeps the agent from running a task, whatever callers ask for. */
async function obstacleTo({ permissions, memoryLimit }: AgentOptions): Promise<string | undefined> {
  const obstacle = await processObstacle();
  if (obstacle !== undefined) return obstacle;
  try {
    new ProcessCommands([]).make({ permissions, memoryLimit }, []);
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return `--task-allow-…: ${error.message}`;
    throw error;
  }
}

/** Starts the agent, if Redis is there. An error says why it is not. */
async function startAgent(
  options: AgentOptions,
  start: AgentProgramOptions["start"],
): Promise<RunningAgent | Error> {
  const { connection, pool, name, slots, allowList } = options;
  const place = describeAddress(connection);
  logger.info("agent %s, version %s: connecting to Redis at %s", name, VERSION, place);
  const obstacle = await checkRedis(options);
  if (obstacle !== undefined) return new Error(obstacle);
  const agent = await inTime(START_WAIT, startAllowed(options, start));
  if (agent === undefined) return new Error(`Cannot use Redis at ${place}: it does not answer`);
  if (agent instanceof Error) return agent;
  logger.info("taking jobs of pool %s, %d at once", pool, slots, {
    pool,
    slots,
    allowed: allowList.patterns,
    allowsSource: allowList.allowsSource,
  });
  if (allowList.patterns.length > 0) logger.info("modules: %s", allowList.patterns.join(", "));
  if (allowList.allowsSource) {
    logger.warn(
      "functions that are sent by their source are run: who can write to Redis runs what they like",
    );
  }
  return agent;
}

/** Starts the agent. A right that its user lacks is nothing that is wrong in the agent. */
async function startAllowed(
  options: AgentOptions,
  start: AgentProgramOptions["start"],
): Promise<RunningAgent | Error> {
  try {
    return await start(options);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { connection, pool } = options;
    const reason = describeRefusal(error, { connection, keys: new PoolKeys(pool) });
    return new Error(`Cannot use Redis at ${describeAddress(connection)}: ${reason}`);
  }
}

async function checkRedis({ connection, pool }: AgentOptions): Promise<string | undefined> {
  const client = openRedis(connection, { name: "paralog:agent" });
  const keys = new PoolKeys(pool);
  try {
    const { obstacle, warnings } = await checkServer(client, { timeout: START_WAIT, keys });
    for (const warning of warnings) logger.warn("%s", warning);
    return obstacle;
  } finally {
    await closeRedis(client);
  }
}
