/**
 * A cluster on this machine, to try it out: a redis-server with a password on a free port of the loopback
 * interface, two agents, and a caller that counts primes on them. All of it ends when the caller is done,
 * or at Ctrl-C.
 *
 *     deno run --allow-net=127.0.0.1 --allow-run --allow-write examples/cluster.ts
 *       [--agents=N] [--n-jobs=N] [--below=N] [--kill]
 *
 * With `--kill`, the first agent is killed while it counts: what it had begun is run again by another one.
 */

import { parseArgs } from "@std/cli/parse-args";
import { Program, type ProgramOptions } from "./cluster/program.ts";

const USAGE = `Starts redis-server, agents and a caller on this machine, and ends them.

Usage: deno run --allow-net=127.0.0.1 --allow-run --allow-write examples/cluster.ts [OPTIONS]

Options:
  --agents=N   how many agents: 2
  --n-jobs=N   how many calls each of them runs at once: 1
  --below=N    up to where primes are counted: 12000000
  --kill       kill the first agent in the middle of its work
  -h, --help   show this text`;

const NO_REDIS = "redis-server is not installed, or not on PATH. On Debian and Ubuntu: " +
  "apt-get install redis-server; on macOS: brew install redis";

const FAILED = 1;
const BAD_ARGUMENTS = 2;
/** What shells take for "ended by Ctrl-C". */
const INTERRUPTED = 130;

const POOL = "demo";
const TASKS = import.meta.resolve("./cluster/tasks.ts");
const CALLER = import.meta.resolve("./cluster/main.ts");
const AGENT = import.meta.resolve("@paralog/paralog/agent");

/** Why it can't go on; there is no more to say of it. */
class DemoError extends Error {
  constructor(message: string, readonly code: number) {
    super(message);
  }
}

function say(text: string): void {
  console.log(`demo    | ${text}`);
}

/** Starts a program that ends with the example. */
function start(things: AsyncDisposableStack, name: string, options: ProgramOptions): Program {
  if (things.disposed) throw new DemoError("nothing more is started", FAILED);
  return things.use(new Program(name, options));
}

function startIfInstalled(...args: Parameters<typeof start>): Program {
  try {
    return start(...args);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new DemoError(NO_REDIS, FAILED);
    throw error;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Starts redis-server. Even here it has a password: who can write to it can have the agents run code, and every
 * user of this machine can connect to the loopback interface.
 */
async function startRedis(folder: string, things: AsyncDisposableStack): Promise<string> {
  const password = crypto.randomUUID();
  for (let attempt = 1; attempt <= 5; attempt++) {
    const port = freePort(); // Another program may take it before redis-server does.
    const input = [
      `bind 127.0.0.1\nport ${port}\nrequirepass ${password}\ndir ${folder}`,
      "appendonly yes\nmaxmemory-policy noeviction\n",
    ].join("\n");
    // "-" is its input: what is on a command line can be read by all users.
    const options = { command: "redis-server", args: ["-"], input, isQuiet: true };
    const redis = startIfInstalled(things, "redis", options);
    if (await redis.line(/Ready to accept connections/)) {
      say(
        `redis-server is process ${redis.pid}, on 127.0.0.1:${port}, with its files in ${folder}`,
      );
      return `redis://:${password}@127.0.0.1:${port}`;
    }
    if (attempt === 5) redis.printHeld();
  }
  throw new DemoError("redis-server could not be started: see its lines above", FAILED);
}

/** How an agent is started. The URL has the password, so it is in the environment. */
function agentOptions(
  name: string,
  { url, nJobs }: { url: string; nJobs: string },
): ProgramOptions {
  const args = [
    ...["run", "-A", AGENT, `--pool=${POOL}`, `--name=${name}`],
    ...[`--n-jobs=${nJobs}`, `--allow-module=${TASKS}`, "--task-allow-none"],
    "--lock-duration=2000", // So that a lost agent is missed within seconds: see docs/distributed.md.
  ];
  return { command: Deno.execPath(), args, env: { PARALOG_REDIS_URL: url } };
}

interface DemoOptions {
  readonly agents: number;
  readonly nJobs: string;
  readonly kill: boolean;
  readonly below: string;
}

/** Starts everything, and waits for the caller. What it has started ends with `things`. */
async function run(options: DemoOptions, things: AsyncDisposableStack): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "paralog-cluster-" });
  things.defer(() => Deno.remove(folder, { recursive: true }));
  const url = await startRedis(folder, things);
  const names = Array.from({ length: options.agents }, (_, index) => `agent-${index + 1}`);
  const agents = names.map((name) =>
    start(things, name, agentOptions(name, { url, nJobs: options.nJobs }))
  );
  const areUp = await Promise.all(agents.map((agent) => agent.line(/taking jobs of pool/)));
  if (areUp.includes(false)) throw new DemoError("an agent has ended: see its lines above", FAILED);
  const slots = options.agents * Number(options.nJobs);
  for (const { name, pid } of agents) say(`${name} is process ${pid}`);
  say(`${options.agents} agents are up, with ${slots} slots in all; the caller starts`);
  // Twice as many calls as slots are on their way, so that an agent that is done finds the next one in Redis.
  const args = [`--pool=${POOL}`, `--n-jobs=${2 * slots}`, `--below=${options.below}`];
  const caller = start(things, "caller", {
    command: Deno.execPath(),
    args: ["run", "--allow-net", "--allow-env", CALLER, ...args],
    env: { PARALOG_REDIS_URL: url },
    signal: "SIGINT",
  });
  const [victim] = agents;
  if (options.kill && victim && await caller.line(new RegExp(`@${victim.name} `))) {
    say(`${victim.name} is killed (SIGKILL); what it was counting is run by another agent`);
    victim.kill();
  }
  return await caller.ended;
}

/** Rejects when the user wants everything to end. */
function interrupted(things: AsyncDisposableStack): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // It may come when all is over.
  const onSignal = () => reject(new DemoError("interrupted: all of it ends", INTERRUPTED));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, onSignal);
    things.defer(() => Deno.removeSignalListener(signal, onSignal));
  }
  return promise;
}

/** Reads the command line; `undefined` if help was asked for. */
function readOptions(args: string[]): DemoOptions | undefined {
  const { agents = "2", "n-jobs": nJobs = "1", below = "12000000", kill, help } = parseArgs(args, {
    string: ["agents", "n-jobs", "below"],
    boolean: ["kill", "help"],
    alias: { h: "help" },
    unknown: (arg) => {
      throw new DemoError(`unknown argument ${arg}: --help shows all there are`, BAD_ARGUMENTS);
    },
  });
  for (const [name, text] of Object.entries({ agents, "n-jobs": nJobs, below })) {
    if (/^[1-9]\d{0,9}$/.test(text)) continue;
    throw new DemoError(`--${name} is "${text}": allowed are 1, 2, 3, …`, BAD_ARGUMENTS);
  }
  return help ? undefined : { agents: Number(agents), nJobs, below, kill };
}

async function main(): Promise<number> {
  await using things = new AsyncDisposableStack();
  try {
    const options = readOptions(Deno.args);
    if (!options) {
      console.log(USAGE);
      return 0;
    }
    const code = await Promise.race([run(options, things), interrupted(things)]);
    say("the caller is done; agents and redis-server end");
    return code;
  } catch (error) {
    if (!(error instanceof DemoError)) throw error;
    say(error.message);
    return error.code;
  }
}

if (import.meta.main) Deno.exit(await main());
