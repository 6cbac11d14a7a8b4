/**
 * Whether a Redis can carry our jobs, and how its settings are to be for that.
 *
 * @module
 */

import type { PoolKeys } from "../wire/names.ts";
import { describeAddress, type Redis } from "./redis.ts";
import { describeRefusal, firstRefusal, isRefusal } from "./redis_rights.ts";

/** The oldest Redis that has all commands that we use. */
const OLDEST = [6, 2] as const;

/** What {@linkcode checkServer} wants to know. */
export interface CheckOptions {
  /**
   * For how long to try, in milliseconds.
   *
   * @default 5000
   */
  readonly timeout?: number;
  /** The names of the pool. Where they are given, the rights of the user are looked at, too. */
  readonly keys?: PoolKeys;
}

/** What {@linkcode checkServer} has found. */
export interface ServerCheck {
  /** Why nothing can be done with this Redis, and what to do; `undefined`: it can be used. */
  readonly obstacle?: string;
  /** Settings with which jobs may get lost, each with what to do. */
  readonly warnings: readonly string[];
}

const CLOSED = "it can't be reached, or closes each connection. Look whether it runs there, and " +
  'whether its connections are encrypted ("rediss://…") or not ("redis://…")';

/** Replies after which it is no use to try again. */
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|DENIED)\b/;

/**
 * Asks a Redis what it is, and how it is set up, by INFO, since many services do not allow CONFIG; and whether
 * the user may do what a pool needs.
 *
 * @param client Where to ask; it may still be connecting.
 * @param options For how long to try, and for which pool.
 * @returns What was found. Nothing is thrown: a server that can't be reached is an obstacle.
 */
export async function checkServer(
  client: Redis,
  { timeout = 5000, keys }: CheckOptions = {},
): Promise<ServerCheck> {
  const place = describeAddress(client);
  const obstacle = (text: string) => ({
    obstacle: `Cannot use Redis at ${place}: ${text}`,
    warnings: [],
  });
  const outcome = await withTime(timeout, (late) => askServer({ client, keys, late }));
  if (outcome.kind !== "info") return obstacle(outcome.text);
  const info = readInfo(outcome.text);
  const found = obstacleIn(info);
  return found === undefined ? { warnings: warningsIn(info, place) } : obstacle(found);
}

/** What INFO says, or why it could not be asked. */
type Outcome = { readonly kind: "info" | "obstacle"; readonly text: string };

async function withTime(
  timeout: number,
  ask: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  try {
    return await ask(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Who asks, for which pool, and until when. */
interface Question {
  readonly client: Redis;
  readonly keys: PoolKeys | undefined;
  readonly late: AbortSignal;
}

function askServer(question: Question): Promise<Outcome> {
  const { client, late } = question;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let last: Error | undefined;
  const fail = (text: string) => resolve({ kind: "obstacle", text });
  const onError = (error: Error) => {
    last = error;
    if (REFUSED.test(error.message) || wantsCertificate(error) || isOurs(error)) {
      fail(reasonOf(error, question));
    }
  };
  // Not before it is ready: while it logs in, an INFO would be refused for that.
  const onReady = () => {
    askReady(question).then(resolve, onLost);
  };
  const onLost = (error: Error) => fail(reasonOf(error, question));
  const onEnd = () => fail(last ? reasonOf(last, question) : "the connection was closed");
  const onLate = () => fail(last ? reasonOf(last, question) : silenceOf(client));
  const events = { error: onError, ready: onReady, end: onEnd };
  for (const [name, listener] of Object.entries(events)) client.on(name, listener);
  late.addEventListener("abort", onLate);
  if (client.status === "ready") onReady();
  if (client.status === "end") onEnd();
  return promise.finally(() => {
    for (const [name, listener] of Object.entries(events)) client.off(name, listener);
    late.removeEventListener("abort", onLate);
  });
}

async function askReady({ client, keys }: Question): Promise<Outcome> {
  const text = await client.info();
  const refusal = keys && await firstRefusal(client, keys);
  if (refusal) {
    return { kind: "obstacle", text: describeRefusal(refusal, { connection: client, keys }) };
  }
  return { kind: "info", text };
}

/** Why there was no answer in time, where nothing says why. */
function silenceOf(client: Redis): string {
  return client.status === "connect" || client.status === "ready"
    ? "it does not answer; it may still be loading its data from disk. Try again, or look at its log"
    : CLOSED;
}

/** Whether it is this program that may not connect. */
function isOurs(error: Error): boolean {
  return error instanceof Deno.errors.NotCapable || error.name === "NotCapable";
}

/** Whether Redis wants to see a certificate (`tls-auth-clients yes`), and got none. */
function wantsCertificate({ message }: Error): boolean {
  return message.includes("CertificateRequired");
}

function reasonOf(error: Error, { client, keys }: Question): string {
  const { message } = error;
  const code = "code" in error ? String(error.code) : "";
  if (message.startsWith("WRONGPASS")) {
    return `the username or the password is wrong (${message})`;
  }
  if (message.startsWith("NOAUTH")) {
    return 'it wants a password: give it in the URL, "redis://user:password@host:6379", or as password';
  }
  if (isRefusal(error)) return describeRefusal(error, { connection: client, keys });
  if (message.startsWith("DENIED")) {
    return "it is in protected mode, and takes connections of its own machine only: set a password " +
      "for it (ACL SETUSER, or requirepass)";
  }
  if (message.startsWith("LOADING")) return "it is still loading its data from disk: try again";
  if (code === "ECONNREFUSED") {
    return "nobody listens there: start redis-server, or correct the address (connection refused)";
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || /failed to lookup/i.test(message)) {
    return `its name is not known: correct the address (${message})`;
  }
  if (wantsCertificate(error)) {
    return "it wants a certificate of each client (tls-auth-clients yes): give one as tls.cert and " +
      `tls.key, or to an agent with --tls-cert and --tls-key (${message})`;
  }
  if (
    /certificate|tls|ssl|handshake|InvalidContentType|corrupt message|fatal alert/i.test(message)
  ) {
    return "the encrypted connection failed: give the authority of its certificate as tls.ca, one of " +
      "your own that it accepts as tls.cert and tls.key if it wants that (tls-auth-clients), or " +
      `"redis://…" if it is not encrypted (${message})`;
  }
  return /^(ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code) ? CLOSED : message;
}

/** The fields of INFO, by name. */
type Info = ReadonlyMap<string, string>;

function readInfo(text: string): Info {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

function obstacleIn(info: Info): string | undefined {
  // Valkey, KeyDB and others say here which Redis they can replace.
  const version = info.get("redis_version");
  if (version !== undefined && isOlder(version)) {
    return `it is version ${version}, needed is ${OLDEST.join(".")} or newer: install a newer one`;
  }
  if (info.get("cluster_enabled") === "1") {
    return "it is a node of a Redis Cluster, needed is a single server (which may have replicas)";
  }
  if (info.get("role") === "slave") {
    const host = info.get("master_host") ?? "?";
    const port = info.get("master_port") ?? "?";
    return `it is a replica, which takes no jobs: connect to its master, ${host}:${port}`;
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || major === OLDEST[0] && minor < OLDEST[1];
}

function warningsIn(info: Info, place: string): string[] {
  const warnings: string[] = [];
  const policy = info.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    warnings.push(
      `Redis at ${place} removes data when its memory is full (maxmemory-policy ${policy}): jobs and ` +
        "results get lost. Set it with CONFIG SET maxmemory-policy noeviction",
    );
  }
  if (info.get("aof_enabled") === "0") {
    warnings.push(
      `Redis at ${place} keeps no log on disk (appendonly no): jobs and results are lost when it ends ` +
        "without warning. Set it with CONFIG SET appendonly yes; without such a log, calls that get lost reject",
    );
  }
  if (info.get("aof_last_write_status") === "err" || info.get("rdb_last_bgsave_status") === "err") {
    warnings.push(
      `Redis at ${place} could not write to its disk, and may take no jobs until it can: look at its log`,
    );
  }
  return warnings;
}
