/** A real redis-server on a free loopback port, in a folder of its own. */

/** Whether redis-server is installed. */
export const hasRedis: boolean = isInstalled();

/** Options of {@linkcode startRedis}. */
export interface RedisServerOptions {
  /** Whether every write is put on disk before it is answered. */
  readonly appendonly?: boolean;
  /** More of its own settings, such as `["--maxmemory", "10mb"]`. */
  readonly args?: readonly string[];
  /** @default a free one */
  readonly port?: number;
  /** Where its data is. @default a new folder, which is removed at the end */
  readonly dir?: string;
  /** A certificate and its key: the port is an encrypted one then. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The password of the user "default". */
  readonly password?: string;
  /** Users, as in an ACL file: `user ada on >secret ~* &* +@all`. */
  readonly acl?: readonly string[];
}

/** How often another port is tried: a free one may be lost to another test before it is taken. */
const TRIES = 5;

/** A running redis-server. */
export class RedisServer implements AsyncDisposable {
  readonly #args: readonly string[];
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  #process: Deno.ChildProcess | undefined;
  #output: Promise<string> | undefined;

  private constructor(
    readonly port: number,
    { args, folder, options }: {
      args: readonly string[];
      folder: string;
      options: RedisServerOptions;
    },
  ) {
    this.#args = args;
    this.#folder = folder;
    this.#options = options;
  }

  /** Starts one, and waits until it accepts connections. */
  static async start(options: RedisServerOptions): Promise<RedisServer> {
    for (let tries = TRIES;; tries--) {
      const port = options.port ?? freePort();
      const folder = await Deno.makeTempDir({ prefix: "redis" });
      const args = await argsOf(options, { port, folder });
      const server = new RedisServer(port, { args, folder, options });
      try {
        await server.#start();
        return server;
      } catch (error) {
        await Deno.remove(folder, { recursive: true });
        const isTaken = error instanceof Error && error.message.includes("Address already in use");
        if (!isTaken || options.port !== undefined || tries <= 1) throw error;
      }
    }
  }

  /** Its address, with the password that it was given. */
  get url(): string {
    const { tls, password } = this.#options;
    const user = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
    return `${tls ? "rediss" : "redis"}://${user}127.0.0.1:${this.port}`;
  }

  /** The id of the process, for signals. */
  get pid(): number {
    if (!this.#process) throw new Error("redis-server does not run");
    return this.#process.pid;
  }

  /** Ends it in order: what it keeps on disk is there. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Ends it as a loss of power would. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Starts it again, on the same port and with the same folder; it is ended before, if it runs. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#start();
  }

  /**
   * Sends one command with redis-cli.
   *
   * @returns What it prints, without the end of the last line.
   */
  async command(...args: readonly (string | number)[]): Promise<string> {
    const { tls, password } = this.#options;
    const { success, stdout, stderr } = await new Deno.Command("redis-cli", {
      args: [
        ...["-h", "127.0.0.1", "-p", String(this.port), "-e"],
        ...(password === undefined ? [] : ["--no-auth-warning", "-a", password]),
        ...(tls ? ["--tls", "--insecure"] : []),
        ...args.map(String),
      ],
    }).output();
    const text = new TextDecoder().decode(stdout).trimEnd();
    if (!success) throw new Error(`${args[0]}: ${text}${new TextDecoder().decode(stderr)}`);
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #start(): Promise<void> {
    const process = new Deno.Command("redis-server", {
      args: [...this.#args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = process.stdout.pipeThrough(new TextDecoderStream());
    const ready = Promise.withResolvers<true>();
    let text = "";
    this.#output = (async () => {
      for await (const chunk of output) {
        text += chunk;
        if (text.includes("Ready to accept connections")) ready.resolve(true);
      }
      return text;
    })();
    const started = await Promise.race([ready.promise, this.#output]);
    this.#process = process;
    if (started === true) return;
    await this.#end("SIGKILL");
    throw new Error(`redis-server did not start:\n${started}`);
  }

  async #end(signal: Deno.Signal): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process) return;
    try {
      process.kill(signal);
    } catch {
      // It is gone by itself.
    }
    await process.status;
    await this.#output;
  }
}

/**
 * Starts a redis-server, without persistence if it is not asked for.
 *
 * @param options How.
 * @returns The server; it is ended when it is disposed.
 */
export function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  return RedisServer.start(options);
}

/**
 * Registers a test that has a redis-server of its own. Without redis-server it is skipped, and says why.
 *
 * @param name The name of the test.
 * @param fn The test.
 * @param options How the server is started.
 */
export function redisTest(
  name: string,
  fn: (server: RedisServer, context: Deno.TestContext) => Promise<void>,
  options: RedisServerOptions = {},
): void {
  Deno.test({
    ...needsRedis(name),
    fn: async (context) => {
      await using server = await startRedis(options);
      await fn(server, context);
    },
  });
}

/**
 * For a test that starts redis-server itself: `Deno.test({ ...needsRedis(name), fn })`. Without redis-server it
 * is skipped, and says why.
 *
 * @param name The name of the test.
 */
export function needsRedis(name: string): { readonly name: string; readonly ignore: boolean } {
  const reason = hasRedis ? "" : " (skipped: redis-server is not installed)";
  return { name: name + reason, ignore: !hasRedis };
}

/**
 * A port that nobody listens on, and that no client gets by chance while the server is being restarted: systems
 * give clients those from 32768 on.
 */
function freePort(): number {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

async function argsOf(
  { appendonly = false, args = [], dir, tls, password, acl }: RedisServerOptions,
  { port, folder }: { port: number; folder: string },
): Promise<string[]> {
  const all = [
    ...["--bind", "127.0.0.1", "--dir", dir ?? folder, "--save", ""],
    ...["--maxmemory-policy", "noeviction", "--appendonly", appendonly ? "yes" : "no"],
    ...["--appendfsync", "always", "--daemonize", "no", "--loglevel", "notice"],
  ];
  if (tls) {
    await Deno.writeTextFile(`${folder}/cert.pem`, tls.cert);
    await Deno.writeTextFile(`${folder}/key.pem`, tls.key);
    all.push(...["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"]);
    all.push(...["--tls-cert-file", `${folder}/cert.pem`, "--tls-key-file", `${folder}/key.pem`]);
  } else {
    all.push("--port", String(port));
  }
  if (acl) {
    await Deno.writeTextFile(`${folder}/users.acl`, acl.map((user) => `${user}\n`).join(""));
    all.push("--aclfile", `${folder}/users.acl`);
  }
  if (password !== undefined) all.push("--requirepass", password);
  return [...all, ...args];
}

function isInstalled(): boolean {
  try {
    return new Deno.Command("redis-server", { args: ["--version"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
