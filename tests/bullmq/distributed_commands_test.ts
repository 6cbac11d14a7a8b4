/** What docs/distributed.md and compose.yaml say: their commands, settings and files are tried. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/yaml";
import { parseAgentOptions } from "../../src/bullmq/agent/agent_options.ts";
import { withFolder } from "../support/log_folder.ts";
import { hasRedis } from "../support/redis_server.ts";
import { ROOT, runDeno } from "../support/run_deno.ts";
import { unusedPort } from "../support/tcp_server.ts";

const PAGE = await Deno.readTextFile(new URL("docs/distributed.md", ROOT));
const COMPOSE = read(await Deno.readTextFile(new URL("compose.yaml", ROOT)));
const OVERRIDE = read(blocks("yaml")[0] ?? "");
const PASSWORD = "5ecret";
const ROOT_PATH = decodeURIComponent(ROOT.pathname);

interface Service {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface Compose {
  readonly services: Readonly<Record<"redis" | "agent" | "caller", Service>>;
  readonly configs: { readonly redis: { readonly content: string } };
}

function read(yaml: string): Compose {
  return parse(yaml) as Compose; // What is not there makes the tests fail that look for it.
}

/** The blocks of code of a language. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, "gms"))]
    .map(([, code = ""]) => code);
}

/** The commands on the page that start an agent, each in one line. */
function agentCommands(): string[] {
  const lines = [...blocks("sh"), ...blocks("ini")].join("\n").replace(/ \\\n\s*/g, " ").split(
    "\n",
  );
  return lines.filter((line) => line.includes("jsr:@paralog/paralog/agent"));
}

/** The variables that Docker Compose puts in. */
function withVariables(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name, kind, value) => {
    return variables[name] ?? (kind === "-" ? value : "");
  });
}

/** Registers a test that starts redis-server itself. */
function redisTest(name: string, fn: (folder: string) => Promise<void>): void {
  const reason = hasRedis ? "" : " (skipped: redis-server is not installed)";
  Deno.test({ name: `${name}${reason}`, ignore: !hasRedis, fn: () => withFolder(fn) });
}

/** A program whose lines can be waited for. */
class Started implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<string>;

  private constructor(child: Deno.ChildProcess, reading: Promise<string>) {
    this.#child = child;
    this.#reading = reading;
  }

  /** Starts it, and waits until it says that it is up. */
  static async start(
    command: string,
    { args, env, up }: { args: readonly string[]; env?: Record<string, string>; up: string },
  ): Promise<Started> {
    const pipe = { stdout: "piped", stderr: "piped", stdin: "null" } as const;
    const child = new Deno.Command(command, { args: [...args], env, cwd: ROOT, ...pipe }).spawn();
    const isUp = Promise.withResolvers<void>();
    const read = async (output: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      let text = "";
      for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.includes(up)) isUp.resolve();
      }
      return text;
    };
    const reading = Promise.all([read(child.stdout), read(child.stderr)]).then((all) =>
      all.join("")
    );
    const early = reading.then((text) => {
      throw new Error(`${command} has ended: ${text}`);
    });
    early.catch(() => {});
    await Promise.race([isUp.promise, early]);
    return new Started(child, reading);
  }

  /** Asks it to end, and gives its exit code. */
  async end(): Promise<number> {
    this.#child.kill("SIGTERM");
    await this.#reading;
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#reading;
    await this.#child.status;
  }
}

/** Starts Redis as compose.yaml does, but in a folder, and on a port of the loopback interface. */
async function startRedis(
  folder: string,
  flagsFor: (port: number) => readonly string[],
): Promise<{ redis: Started; port: number }> {
  const content = withVariables(COMPOSE.configs.redis.content, {
    PARALOG_REDIS_PASSWORD: PASSWORD,
  });
  assert(content.includes("dir /data\n"));
  const path = `${folder}/redis.conf`;
  await Deno.writeTextFile(path, content.replace("dir /data\n", `dir ${folder}\n`));
  for (let tries = 5;; tries--) {
    const port = unusedPort();
    const args = [path, "--bind", "127.0.0.1", ...flagsFor(port)];
    try {
      const redis = await Started.start("redis-server", {
        args,
        up: "Ready to accept connections",
      });
      return { redis, port };
    } catch (error) {
      // A free port may be lost to another test before it is taken.
      if (tries <= 1 || !String(error).includes("Address already in use")) throw error;
    }
  }
}

/** Runs the agent and the caller of compose.yaml. */
async function runServices(variables: Record<string, string>, more: Record<string, string> = {}) {
  const { agent, caller } = COMPOSE.services;
  const url = agent.environment?.PARALOG_REDIS_URL ?? "";
  const env = {
    NO_COLOR: "1",
    ...more,
    PARALOG_REDIS_URL: withVariables(url, { ...variables, PARALOG_REDIS_PASSWORD: PASSWORD }),
  };
  const here = (args: readonly string[]) =>
    args.map((arg) =>
      arg.replace("/app/", ROOT_PATH).replace("--allow-run=deno", `--allow-run=${Deno.execPath()}`)
    );
  const up = "taking jobs of pool";
  await using running = await Started.start(Deno.execPath(), {
    args: here(agent.command),
    env,
    up,
  });
  const ran = await runDeno([...here(caller.command), "--below=240000"], { env });
  assertEquals(ran.code, 0, ran.stderr);
  assertMatch(
    ran.stdout,
    /^21221 primes below 240000\n(Process-\d+@\S+ counted \d+ of 24 parts\n)+$/,
  );
  assertEquals(await running.end(), 0);
}

Deno.test("each agent that docs/distributed.md and compose.yaml start has options that it knows", () => {
  const lines = agentCommands().map((line) =>
    line.split("jsr:@paralog/paralog/agent ")[1]?.split(" ")
  );
  const { command } = COMPOSE.services.agent;
  const all = [...lines, command.slice(command.indexOf("@paralog/paralog/agent") + 1)];
  assertEquals(all.length, 4);
  for (const args of all) {
    const parsed = parseAgentOptions(args ?? [], new Map());
    assertEquals(parsed.kind === "run" && parsed.options.permissions, "none");
  }
});

Deno.test("each option of an agent that docs/distributed.md names is in its help", async () => {
  const { code, stdout } = await runDeno(["run", "-A", "src/bullmq/agent/main.ts", "--help"]);
  assertEquals(code, 0);
  const named = [...PAGE.matchAll(/`--([a-z-]+)/g)].map(([, name = ""]) => name)
    .filter((name) => !/^(allow-(net|env|sys|run|read)|kill|restart)$/.test(name));
  assert(named.length > 10);
  for (const name of named) {
    const isThere = stdout.includes(`--${name}`) || name.startsWith("task-allow-");
    assert(isThere, `--${name} is not in the help`);
  }
});

Deno.test("the files that docs/distributed.md wants for BullMQ are those of this project", async () => {
  const [packages = "", config = ""] = blocks("json");
  const readJson = async (name: string) => JSON.parse(await Deno.readTextFile(new URL(name, ROOT)));
  assertEquals(JSON.parse(packages), await readJson("package.json"));
  assertEquals(JSON.parse(config).nodeModulesDir, (await readJson("deno.json")).nodeModulesDir);
});

Deno.test("the settings of Redis in docs/distributed.md are those of compose.yaml", () => {
  const [settings = ""] = blocks("text").filter((block) => block.includes("appendonly"));
  const ours = withVariables(COMPOSE.configs.redis.content, { PARALOG_REDIS_PASSWORD: "PASSWORD" })
    .split("\n").filter((line) => !/^(#.*|dir \/data|)$/.test(line));
  assertEquals(settings.trimEnd().split("\n"), ours);
});

Deno.test("the smallest batches in docs/distributed.md are those that 2,500 a second make", () => {
  const rows = [...PAGE.matchAll(/^\| ([\d,]+) +\| ([\d,]+) +\| ([\d.]+) (ms|s) +\|$/gm)];
  const number = (text = "") => Number(text.replaceAll(",", ""));
  assertEquals(rows.length, 3);
  for (const [, agents, slots, shortest, unit] of rows) {
    assertEquals(number(slots), 8 * number(agents));
    assertEquals(number(shortest) * (unit === "s" ? 1000 : 1), number(slots) / 2.5);
  }
});

redisTest("the services of compose.yaml work together", async (folder) => {
  const { redis, port } = await startRedis(folder, (port) => ["--port", `${port}`]);
  await using _redis = redis;
  await runServices({ PARALOG_REDIS_HOST: `127.0.0.1:${port}` });
});

redisTest(
  "the certificates and the override of docs/distributed.md encrypt it all",
  async (folder) => {
    const [script = ""] = blocks("sh").filter((block) => block.includes("openssl req"));
    const made = await new Deno.Command("sh", {
      args: ["-ec", script.replaceAll("redis.example.com", "localhost")],
      cwd: folder,
    }).output();
    assert(made.success, new TextDecoder().decode(made.stderr));
    const [, , ...flags] = OVERRIDE.services.redis.command;
    assert(flags.includes("6380"));
    const here = (text: string) => text.replace("/certs/", `${folder}/`);
    const { redis, port } = await startRedis(folder, (port) => {
      return flags.map((flag) => here(flag).replace("6380", `${port}`));
    });
    await using _redis = redis;
    const { DENO_CERT = "" } = OVERRIDE.services.agent.environment ?? {};
    assertEquals(DENO_CERT, OVERRIDE.services.caller.environment?.DENO_CERT);
    await runServices(
      { PARALOG_REDIS_SCHEME: "rediss", PARALOG_REDIS_HOST: `localhost:${port}` },
      { DENO_CERT: here(DENO_CERT) },
    );
  },
);
