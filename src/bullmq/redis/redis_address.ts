/**
 * Where Redis is: a URL, or an object that says the same.
 *
 * @module
 */

import { checkOptionNames } from "../../logging/queues/option_names.ts";
import { inspect } from "../../logging/text/inspect.ts";

/** How the connection is encrypted. What is left out is as in Node's `tls.connect`. */
export interface RedisTls {
  /** The certificate of the authority that has signed the server's, in PEM. By default those that Deno trusts. */
  readonly ca?: string;
  /** The certificate of this side, in PEM, for a server that asks for one. */
  readonly cert?: string;
  /** The key of that certificate, in PEM. */
  readonly key?: string;
  /** The name that the server's certificate is for, where it is not `host`. */
  readonly servername?: string;
  /**
   * Whether a server is refused whose certificate can't be checked.
   *
   * @default true
   */
  readonly rejectUnauthorized?: boolean;
}

/** Where Redis is, and who we are there. */
export interface RedisAddress {
  /**
   * A name, or an IP.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * The port there.
   *
   * @default 6379
   */
  readonly port?: number;
  /** A user of Redis' ACL. By default the user "default". */
  readonly username?: string;
  /** The password of that user. It is never shown. */
  readonly password?: string;
  /**
   * Which of the databases of the server.
   *
   * @default 0
   */
  readonly db?: number;
  /** `true` encrypts the connection with Deno's own settings. By default it is not encrypted. */
  readonly tls?: true | RedisTls;
}

const WHAT = "connect to Redis";
const TLS_TEXTS = ["ca", "cert", "key", "servername"] as const;

/**
 * Checks where Redis is said to be.
 *
 * @param option A URL, or an object.
 * @returns A copy of it, with host, port and db.
 * @throws {TypeError} If it is something else, or one of its parts is. The error never shows a password.
 * @throws {RangeError} If there is no such port, or no such database.
 */
export function checkAddress(option: string | object): RedisAddress {
  if (typeof option === "string") return addressOfUrl(option);
  checkOptionNames(WHAT, option, ["host", "port", "username", "password", "db", "tls"]);
  const { host = "127.0.0.1", port = 6379, username, password, db = 0, tls }: Parts = option;
  if (typeof host !== "string" || host === "") {
    throw new TypeError(`Cannot ${WHAT}: host is ${inspect(host)}, allowed is a name or an IP`);
  }
  checkWhole("port", port, { from: 1, to: 65_535 });
  checkWhole("db", db, { from: 0, to: 65_535 });
  if (!isTextIfGiven(username)) {
    throw new TypeError(`Cannot ${WHAT}: username is ${inspect(username)}, allowed is a string`);
  }
  if (!isTextIfGiven(password)) {
    throw new TypeError(`Cannot ${WHAT}: password is a ${typeof password}, allowed is a string`);
  }
  if (username !== undefined && password === undefined) {
    throw new TypeError(`Cannot ${WHAT}: there is a username, but no password`);
  }
  return { host, port, username, password, db, tls: checkTls(tls) };
}

/**
 * Names a place for logs and errors: never with a password.
 *
 * @param address The place.
 * @returns Such as "127.0.0.1:6379/0".
 */
export function describePlace(
  { host = "127.0.0.1", port = 6379, db = 0 }: RedisAddress,
): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}/${db}`;
}

/** What an object may have; nobody has looked at it yet. */
type Parts = { readonly [Name in keyof RedisAddress]?: unknown };

function addressOfUrl(text: string): RedisAddress {
  const url = URL.parse(text);
  if (!url || !/^rediss?:$/.test(url.protocol)) {
    throw new TypeError(
      `Cannot ${WHAT}: ${inspect(withoutPassword(text))} is no URL of Redis, allowed is ` +
        `"redis://user:password@host:6379/0", or "rediss://…" for an encrypted connection`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TypeError(
      `Cannot ${WHAT}: the URL ${
        inspect(withoutPassword(text))
      } has a query or a fragment, which ` +
        "has no meaning here: give an object with host, port, username, password, db and tls",
    );
  }
  const { hostname, port, pathname, username, password } = url;
  const db = /^\/?(\d*)$/.exec(pathname)?.[1];
  if (db === undefined) {
    throw new TypeError(
      `Cannot ${WHAT}: the path ${
        inspect(withoutPassword(pathname))
      } of the URL is no number of a database`,
    );
  }
  return checkAddress({
    host: hostname.replace(/^\[|\]$/g, "") || undefined,
    port: port === "" ? undefined : Number(port),
    username: username === "" ? undefined : decoded(username, "username"),
    password: password === "" ? undefined : decoded(password, "password"),
    db: Number(db),
    tls: url.protocol === "rediss:" ? true : undefined,
  });
}

/** A URL that can't be read may have the password anywhere before its last "@". */
function withoutPassword(text: string): string {
  const end = text.lastIndexOf("@");
  return end < 0 ? text : `…${text.slice(end)}`;
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new TypeError(
      `Cannot ${WHAT}: the ${name} in the URL has a "%" that stands for nothing: write it as "%25"`,
      { cause },
    );
  }
}

function checkTls(tls: unknown): true | RedisTls | undefined {
  if (tls === undefined || tls === false) return undefined;
  if (tls === true) return true;
  if (typeof tls !== "object" || tls === null) {
    throw new TypeError(
      `Cannot ${WHAT}: tls is ${
        inspect(tls)
      }, allowed are true and an object with ca, cert and key`,
    );
  }
  checkOptionNames(WHAT, tls, [...TLS_TEXTS, "rejectUnauthorized"]);
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(tls)) {
    if (value === undefined) continue;
    const allowed = name === "rejectUnauthorized" ? "boolean" : "string";
    const type = typeof value;
    // A key must not get into a log, so the value is not shown.
    if (type !== allowed) {
      throw new TypeError(`Cannot ${WHAT}: tls.${name} is a ${type}, allowed is a ${allowed}`);
    }
    checked[name] = value;
  }
  if ((checked.cert === undefined) !== (checked.key === undefined)) {
    throw new TypeError(`Cannot ${WHAT}: tls has one of cert and key, but they go together`);
  }
  return checked; // Each value is what its name allows.
}

function checkWhole(
  name: string,
  value: unknown,
  { from, to }: { from: number; to: number },
): asserts value is number {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot ${WHAT}: ${name} is ${inspect(value)}, allowed is a number`);
  }
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new RangeError(
    `Cannot ${WHAT}: ${name} is ${value}, allowed are whole numbers from ${from} to ${to}`,
  );
}

function isTextIfGiven(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
