/**
 * The parameters that several of the handlers share which send.
 *
 * @module
 */

import {
  amount,
  isDict,
  isList,
  type Parameter,
  secret,
  texts,
  truth,
  whole,
} from "./parameter.ts";

/** What all of them take: the buffer, and how often to try. */
export function delivery() {
  return {
    capacity: whole(1),
    timeout: amount("milliseconds", { above: 0 }),
    flushTimeout: amount("milliseconds"),
    minDelay: amount("milliseconds"),
    maxDelay: amount("milliseconds"),
  };
}

/** Whether a connection is encrypted, and whom to trust then. */
export function tls(): Parameter<boolean | { caCerts?: string[]; serverName?: string }> {
  const certificates = texts();
  return {
    allowed: "use true, false, or a dictionary with caCerts and serverName",
    read(value) {
      if (!isDict(value)) return truth().read(value);
      const { caCerts, serverName, ...others } = value;
      const read = caCerts === undefined ? undefined : certificates.read(caCerts);
      const isRead = (caCerts === undefined || read) && Object.keys(others).length === 0;
      if (!isRead || (serverName !== undefined && typeof serverName !== "string")) return undefined;
      return { caCerts: read, serverName };
    },
  };
}

/** A name and a password. */
export function credentials(): Parameter<readonly [user: string, password: string]> {
  return secret({
    allowed: "use a list of user name and password",
    read(value) {
      if (!isList(value) || value.length !== 2) return undefined;
      const [user, password] = value;
      return typeof user === "string" && typeof password === "string"
        ? [user, password] as const
        : undefined;
    },
  });
}
