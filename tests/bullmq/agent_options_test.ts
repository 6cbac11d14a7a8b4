/** The command line of an agent. */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AGENT_HELP } from "../../src/bullmq/agent/agent_help.ts";
import {
  type AgentLogOptions,
  type AgentOptions,
  parseAgentOptions,
} from "../../src/bullmq/agent/agent_options.ts";
import { withFolder } from "../support/log_folder.ts";

const MODULE = "--allow-module=/nowhere/a.ts";

function parse(
  args: readonly string[],
  env = new Map<string, string>(),
): AgentOptions & { log: AgentLogOptions } {
  const command = parseAgentOptions(args, env);
  assert(command.kind === "run");
  return { ...command.options, log: command.log };
}

Deno.test("parseAgentOptions() has a default for all but the modules", () => {
  const { allowList, name, moduleMap: _map, ...rest } = parse([MODULE]);
  assertEquals(allowList.patterns, ["/nowhere/a.ts"]);
  assertEquals(allowList.allowsSource, false);
  assertMatch(name, new RegExp(`^[\\w.-]+-${Deno.pid}$`));
  assertEquals(rest, {
    connection: {
      host: "127.0.0.1",
      port: 6379,
      username: undefined,
      password: undefined,
      db: 0,
      tls: undefined,
    },
    pool: "default",
    slots: navigator.hardwareConcurrency,
    permissions: undefined,
    memoryLimit: undefined,
    maxPayload: 16 * 2 ** 20,
    lockDuration: 10_000,
    idleProcesses: 2 * navigator.hardwareConcurrency,
    idleTimeout: 60_000,
    log: { level: "INFO", format: "text" },
  });
});

Deno.test("parseAgentOptions() reads all arguments", () => {
  const options = parse([
    ...["--redis=rediss://ada:s%40cret@host:1234/3", "--pool=video", "--n-jobs=3", "--name=a.b-1"],
    ...["--allow-module=/nowhere/a=b,c.ts", MODULE, "--allow-source", "--map-module=/a/=/b/"],
    ...["--map-module=/c=/d", "--task-allow-read", "--task-allow-net=host:1,other"],
    ...["--task-allow-write=/a,,b,/c", "--max-payload=0.5", "--memory-limit=512"],
    ...[
      "--lock-duration=2000",
      "--idle-timeout=1.5",
      "--idle-processes=5",
      "--log-level=debug",
      "--log-format=json",
    ],
  ]);
  const { allowList, moduleMap, ...rest } = options;
  assertEquals(allowList.patterns, ["/nowhere/a=b,c.ts", "/nowhere/a.ts"]);
  assertEquals(allowList.allowsSource, true);
  for (const [from, to] of [["file:///a/x.ts", "file:///b/x.ts"], ["file:///c", "file:///d"]]) {
    const mapped = moduleMap.taskOf({ kind: "module", url: from ?? "", name: "f" });
    assertEquals(mapped, { kind: "module", url: to ?? "", name: "f" });
  }
  assertEquals(rest, {
    connection: {
      host: "host",
      port: 1234,
      username: "ada",
      password: "s@cret",
      db: 3,
      tls: true,
    },
    pool: "video",
    name: "a.b-1",
    slots: 3,
    permissions: { read: true, net: ["host:1", "other"], write: ["/a,b", "/c"] },
    memoryLimit: 512,
    maxPayload: 2 ** 19,
    lockDuration: 2000,
    idleProcesses: 5,
    idleTimeout: 1500,
    log: { level: "DEBUG", format: "json" },
  });
  assertEquals(parse([MODULE, "--task-allow-none"]).permissions, "none");
  const least = parse([MODULE, "--max-payload=0.001", "--memory-limit=16"]);
  assertEquals([least.maxPayload, least.memoryLimit], [1048, 16]);
  const most = parse([MODULE, "--max-payload=256", "--memory-limit=1048576"]);
  assertEquals([most.maxPayload, most.memoryLimit], [2 ** 28, 2 ** 20]);
});

Deno.test("parseAgentOptions() takes the URL of Redis out of the environment, for tasks have that, too", () => {
  const both = () => new Map([["PARALOG_REDIS_URL", "redis://a"], ["REDIS_URL", "redis://b"]]);
  const host = (options: AgentOptions) =>
    typeof options.connection === "object" && "host" in options.connection
      ? options.connection.host
      : undefined;

  const own = both();
  assertEquals(host(parse([MODULE], own)), "a");
  assertEquals([...own.keys()], ["REDIS_URL"]); // It was not looked at: it may be the tasks' own.

  const given = both();
  assertEquals(host(parse([MODULE, "--redis=redis://c"], given)), "c");
  assertEquals([...given.keys()], ["REDIS_URL"]);

  const shared = new Map([["REDIS_URL", "redis://b"], ["PATH", "/bin"]]);
  assertEquals(host(parse([MODULE], shared)), "b");
  assertEquals([...shared.keys()], ["PATH"]);

  const empty = new Map([["PARALOG_REDIS_URL", ""], ["REDIS_URL", ""]]);
  assertEquals(host(parse([MODULE], empty)), "127.0.0.1");
});

Deno.test("parseAgentOptions() reads the files of TLS, and encrypts then", () =>
  withFolder((folder) => {
    for (const name of ["ca", "cert", "key"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, `PEM ${name}`);
    }
    const tlsOf = (...args: string[]) => {
      const { connection } = parse([MODULE, ...args]);
      return typeof connection === "object" && "tls" in connection ? connection.tls : undefined;
    };
    const ca = `--tls-ca=${folder}/ca`;
    const own = [`--tls-cert=${folder}/cert`, `--tls-key=${folder}/key`];
    assertEquals(tlsOf("--redis=rediss://a", ca), { ca: "PEM ca" });
    assertEquals(tlsOf("--redis=redis://a", ca, ...own), {
      ca: "PEM ca",
      cert: "PEM cert",
      key: "PEM key",
    });
    assertThrows(() => tlsOf(...own.slice(1)), RangeError, "one of cert and key");
    assertThrows(
      () => tlsOf(`--tls-ca=${folder}/no`),
      RangeError,
      "which can't be read: No such file",
    );
  }));

Deno.test("parseAgentOptions() gives help and the version, also without modules", () => {
  assertEquals(parseAgentOptions(["--help"], new Map()), { kind: "help" });
  assertEquals(parseAgentOptions(["-h", "--n-jobs=x"], new Map()), { kind: "help" });
  assertEquals(parseAgentOptions(["--version"], new Map()), { kind: "version" });
});

for (
  const [args, why] of [
    [[], /^--allow-module is missing: who can write to Redis/],
    [["--n-jobs=x"], /^--n-jobs is "x": allowed are numbers$/],
    [["--n-jobs=0"], /^--n-jobs: Cannot run 0 jobs at once/],
    [["--n-jobs=1.5"], /^--n-jobs: Cannot run 1.5 jobs/],
    [["--n-jobs"], /^--n-jobs has no value: write --n-jobs=…$/],
    [["--n-jobs", "2"], /^--n-jobs has no value/],
    [["--n-jobs="], /^--n-jobs has no value/],
    [["--n-jobs=1", "--n-jobs=2"], /^--n-jobs is given twice/],
    [["--pool=a b"], /^--pool: Cannot use "a b" as the name of a pool/],
    [["--name=a/b"], /^--name is "a\/b": allowed/],
    [["--redis=http://a"], /^--redis: Cannot connect to Redis/],
    [["--redis=redis://:secret@a:x"], /^--redis: Cannot connect to Redis/],
    [["--allow-source=no"], /^--allow-source takes no value/],
    [["--allow-module=data:a"], /^--allow-module: Cannot allow the modules "data:a"/],
    [["--map-module=a"], /^--map-module: Cannot map modules by "a"/],
    [
      ["--task-allow-none", "--task-allow-read"],
      /^--task-allow-none contradicts --task-allow-read/,
    ],
    [["--task-allow-net="], /^--task-allow-net has no value/],
    [["--task-allow-net=a,,"], /^--task-allow-…: .+"a,"/],
    [["--task-allow-all"], /^unknown argument "--task-allow-all"/],
    [["--max-payload=x"], /^--max-payload is "x"/],
    [["--max-payload=1000000"], /^--max-payload is 1000000: .+ from 0\.001 to 256 megabytes$/],
    [["--max-payload=0"], /^--max-payload is 0: .+ megabytes$/],
    [["--memory-limit=1"], /^--memory-limit is 1: .+ from 16 to 1048576 megabytes$/],
    [["--memory-limit=16.5"], /^--memory-limit is 16\.5: allowed are whole numbers/],
    [["--lock-duration=10"], /^--lock-duration is 10: allowed are numbers from 1000/],
    [["--idle-processes=1.5"], /^--idle-processes is 1.5/],
    [["--idle-timeout=-1"], /^--idle-timeout is -1/],
    [["--log-level=loud"], /^--log-level is "LOUD": allowed are NOTSET, DEBUG/],
    [["--log-level=constructor"], /^--log-level is/],
    [["--log-format=xml"], /^--log-format is "xml": allowed are text and json/],
    [["--rediss=redis://:secret@host"], /^unknown argument "--rediss=…"/],
    [["redis://:secret@host"], /^unknown argument "redis:\/\/…@host"/],
    [["--"], /^unknown argument/],
    [["--no-allow-source"], /^unknown argument/],
    [["--__proto__=1"], /^unknown argument/],
    [["-x"], /^unknown argument/],
    [[""], /^unknown argument/],
  ] satisfies [string[], RegExp][]
) {
  Deno.test(`parseAgentOptions() refuses ${JSON.stringify(args)}, and says why`, () => {
    const all = args.length === 0 ? args : [MODULE, ...args];
    const { message } = assertThrows(() => parseAgentOptions(all, new Map()), RangeError);
    assertMatch(message, why);
    assert(!message.includes("secret") && !message.includes("\n"), message);
  });
}

Deno.test("the help names each argument, in lines of at most 100 characters", () => {
  const args = ["redis", "tls-ca", "tls-cert", "tls-key", "pool", "n-jobs", "name", "allow-module"]
    .concat("allow-source", "map-module", "task-allow-NAME", "task-allow-none", "memory-limit")
    .concat("max-payload", "lock-duration", "idle-timeout", "log-level", "log-format", "version")
    .concat("idle-processes")
    .concat("help");
  for (const name of args) assertMatch(AGENT_HELP, new RegExp(`--${name}\\b`));
  for (const line of AGENT_HELP.split("\n")) assert(line.length <= 100, line);
});
