/**
 * A server that takes logging configurations, so that a running program can be configured anew.
 *
 * @module
 */

import { LEVELS } from "../levels.ts";
import { checkMaxLength, DEFAULT_MAX_FRAME_LENGTH, readFrames } from "../network/frames.ts";
import { currentRealm, type Realm, runInRealm } from "../realm.ts";
import { reasonOf, show } from "./config_error.ts";
import { dictConfig, type DictConfigOptions } from "./dict_config.ts";
import { fileConfig } from "./file_config.ts";
import { DEFAULT_LOGGING_CONFIG_PORT } from "./known_values.ts";

/** What checks a configuration that came over the network. */
export type VerifyConfig = (
  bytes: Uint8Array<ArrayBuffer>,
) => Uint8Array | null | undefined | Promise<Uint8Array | null | undefined>;

/** Options of {@linkcode listen}. */
export interface ListenOptions extends DictConfigOptions {
  /**
   * The port; 0 takes any that is free.
   *
   * @default 9030
   */
  readonly port?: number;
  /**
   * The name or address to listen on. Any but a loopback address needs `verify`.
   *
   * @default "127.0.0.1"
   */
  readonly hostname?: string;
  /**
   * Checks the bytes of a configuration, such as a signature, and returns those to apply, which may
   * be others: decrypted ones. `undefined` or `null` refuses them.
   *
   * @default none: whoever reaches the port may configure logging
   */
  readonly verify?: VerifyConfig;
  /**
   * The longest configuration that is taken, in bytes.
   *
   * @default 1048576
   */
  readonly maxLength?: number;
}

/** A server that takes configurations; see {@linkcode listen}. */
export interface ConfigServer extends AsyncDisposable {
  /** Resolves when the server takes configurations. */
  readonly ready: Promise<void>;
  /** The port that it listens on. */
  readonly port: number;
  /** Ends it: closes the port and all connections. Resolves when all is closed. */
  stop(): Promise<void>;
}

/** The logger that reports what was not applied. */
const LOGGER = "paralog.config";

/**
 * Takes logging configurations over TCP and applies them to the realm in which it was called. The
 * protocol is that of Python's `logging.config.listen`: four bytes with the length, then JSON for
 * {@linkcode dictConfig}, or what is no JSON for {@linkcode fileConfig}. A client may send several.
 *
 * What can't be applied is reported by the logger "paralog.config"; what was in force before still
 * is, and the server goes on. Needs `--allow-net`.
 *
 * @param options Where to listen, what to check, and what configurations may name.
 * @returns The server, which listens already. It keeps the program alive until it is stopped.
 * @throws {TypeError} If `verify` is missing off loopback, or no function, or an option is unknown.
 * @throws {RangeError} If there is no such port or length.
 * @throws {Error} What `Deno.listen` throws: the port is taken, no permission, …
 *
 * @example
 * ```ts
 * import { listen } from "@paralog/paralog/logging";
 *
 * await using server = listen({ port: 0 });
 * console.log(`send configurations to port ${server.port}`);
 * ```
 */
export function listen(options: ListenOptions = {}): ConfigServer {
  checkOptions(options);
  const { port = DEFAULT_LOGGING_CONFIG_PORT, hostname = "127.0.0.1", verify } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(
      `Cannot listen: current value of port is ${
        show(port)
      }, allowed are whole numbers from 0 to 65535`,
    );
  }
  if (verify === undefined && !isLoopback(hostname)) {
    throw new TypeError(
      `Cannot listen on ${hostname} without verify: anybody there could configure logging; give ` +
        "verify(bytes), or listen on 127.0.0.1",
    );
  }
  const maxLength = checkMaxLength(options.maxLength ?? DEFAULT_MAX_FRAME_LENGTH);
  const listener = Deno.listen({ hostname, port });
  return new Server(listener, currentRealm(), { ...options, maxLength });
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ListenOptions>(
  ["port", "hostname", "verify", "maxLength", "classes", "allowModules", "base"],
);

function checkOptions(options: ListenOptions): void {
  const unknown = Object.keys(options).find((key) => !OPTIONS.has(key));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot listen: unknown option "${unknown}", allowed are ${[...OPTIONS].join(", ")}`,
    );
  }
  const { verify, hostname } = options;
  if (verify !== undefined && typeof verify !== "function") {
    throw new TypeError(
      `Cannot listen: current value of verify is ${show(verify)}, give a function verify(bytes)`,
    );
  }
  if (hostname !== undefined && typeof hostname !== "string") {
    throw new TypeError(
      `Cannot listen: current value of hostname is ${show(hostname)}, give a name or an address`,
    );
  }
}

class Server implements ConfigServer {
  readonly ready: Promise<void> = Promise.resolve(); // Deno listens when `Deno.listen` returns.
  readonly #listener: Deno.TcpListener;
  readonly #realm: Realm;
  readonly #options: ListenOptions;
  readonly #stopped = new AbortController();
  readonly #connections = new Set<Deno.TcpConn>();
  /** The accepting, and the work on each connection. */
  readonly #work = new Set<Promise<void>>();

  constructor(listener: Deno.TcpListener, realm: Realm, options: ListenOptions) {
    this.#listener = listener;
    this.#realm = realm;
    this.#options = options;
    this.#track(this.#acceptAll());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async stop(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      this.#listener.close();
      for (const connection of this.#connections) connection.close();
    }
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  async #acceptAll(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        const connection = await this.#listener.accept();
        this.#connections.add(connection);
        this.#track(this.#serve(connection));
      } catch (error) {
        if (signal.aborted) return;
        // A client that left before it was accepted, or too many open files: the next may fare better.
        this.#report(LEVELS.WARN, "A client of the configuration server was not accepted", error);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    const { hostname, port } = connection.remoteAddr;
    const client = `${hostname}:${port}`;
    try {
      const { maxLength } = this.#options;
      for await (const payload of readFrames(connection, { maxLength })) {
        await this.#takeSafely(payload, client);
        if (this.#stopped.signal.aborted) return;
      }
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.#report(LEVELS.WARN, `${client} sent no configuration and was dropped`, error);
    } finally {
      this.#connections.delete(connection);
      if (!this.#stopped.signal.aborted) connection.close();
    }
  }

  async #takeSafely(payload: Uint8Array<ArrayBuffer>, client: string): Promise<void> {
    try {
      await this.#take(payload, client);
    } catch (error) {
      this.#report(LEVELS.ERROR, `The configuration from ${client} was not applied`, error);
    }
  }

  async #take(payload: Uint8Array<ArrayBuffer>, client: string): Promise<void> {
    const { verify, classes, allowModules, base } = this.#options;
    const verified = verify ? await this.#unlessStopped(verify(payload)) : payload;
    if (this.#stopped.signal.aborted) return;
    if (verified === undefined || verified === null) {
      this.#report(LEVELS.WARN, `The configuration from ${client} was refused by verify`);
      return;
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(verified);
    if (this.#realm.alive() !== this.#realm) throw new Error("its realm has ended");
    await runInRealm(this.#realm, () => {
      const options = { classes, allowModules, base };
      const config = parseJson(text);
      return config === undefined ? fileConfig({ text }, options) : dictConfig(config, options);
    });
  }

  /** A `verify` that never ends must not keep the server from stopping. */
  async #unlessStopped<T>(work: T | Promise<T>): Promise<T | undefined> {
    const { signal } = this.#stopped;
    const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
    const onAbort = () => resolve(undefined);
    signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([work, stopped]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Logs in the realm of the server; where that has no handlers, it goes to its last resort. */
  #report(level: number, what: string, error?: unknown): void {
    const text = error === undefined ? what : `${what}: ${reasonOf(error)}`;
    this.#realm.alive().node(LOGGER).log(level, "%s", [text]);
  }
}

/** `undefined` if it is no JSON, but an INI file, which can't start with a brace. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trimStart().startsWith("{")) throw error;
    return undefined;
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
