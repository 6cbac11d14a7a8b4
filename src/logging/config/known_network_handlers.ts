/**
 * The handlers that send, as configurations name them.
 *
 * @module
 */

import { HTTPHandler } from "../handlers/http.ts";
import {
  OpenTelemetryHandler,
  type OpenTelemetryHandlerOptions,
} from "../handlers/opentelemetry.ts";
import { SMTPHandler } from "../handlers/smtp.ts";
import { SocketHandler } from "../handlers/socket.ts";
import { SysLogHandler } from "../handlers/syslog.ts";
import { FACILITIES, type SyslogFacility } from "../handlers/syslog_message.ts";
import { type ClassSpec, classSpec } from "./class_spec.ts";
import { SOCK_DGRAM, SOCK_STREAM } from "./known_values.ts";
import { credentials, delivery, tls } from "./network_parameters.ts";
import {
  amount,
  filledText,
  isDict,
  isList,
  oneOf,
  type Parameter,
  required,
  text,
  texts,
  textsByName,
  truth,
  whole,
  without,
} from "./parameter.ts";

/** The handlers that send. */
export function networkHandlerSpecs(): ClassSpec[] {
  return [socketSpec(), httpSpec(), sysLogSpec(), smtpSpec(), openTelemetrySpec()];
}

function socketSpec(): ClassSpec {
  return classSpec({
    Class: SocketHandler,
    kind: "handler",
    names: ["logging.handlers.SocketHandler", "paralog.SocketHandler"],
    parameters: {
      host: required(filledText("use the name or address of a host")),
      port: required(whole(1, 65535)),
      tls: tls(),
      maxLength: whole(24576),
      ...delivery(),
    },
    positional: ["host", "port"],
    create: (Class, { host, port, ...options }) => new Class(host, port, options),
  });
}

/** Python takes a host and a path, ours a whole URL; the defaults are those of the one that is used. */
function httpSpec(): ClassSpec {
  return classSpec({
    Class: HTTPHandler,
    kind: "handler",
    names: ["logging.handlers.HTTPHandler", "paralog.HTTPHandler"],
    parameters: {
      host: filledText("use the name or address of a host, and a port after a colon"),
      url: required(filledText("use a path with host, or a whole URL without")),
      method: oneOf("GET", "POST", "PUT"),
      secure: truth(),
      credentials: credentials(),
      context: without("leave it out: certificates are those that Deno trusts"),
      format: oneOf("json", "form"),
      headers: textsByName(),
      batchSize: whole(1),
      ...delivery(),
    },
    positional: ["host", "url", "method", "secure", "credentials", "context"],
    blames: "url",
    create(Class, { host, url, secure = false, context: _, ...options }) {
      if (host === undefined) return new Class(url, options);
      const whole = `${secure ? "https" : "http"}://${host}${url.startsWith("/") ? "" : "/"}${url}`;
      return new Class(whole, { method: "GET", format: "form", ...options });
    },
  });
}

function sysLogSpec(): ClassSpec {
  return classSpec({
    Class: SysLogHandler,
    kind: "handler",
    names: ["logging.handlers.SysLogHandler", "paralog.SysLogHandler"],
    parameters: {
      address: address(),
      facility: facility(),
      socktype: socketType(),
      protocol: oneOf("udp", "tcp"),
      tls: tls(),
      appName: text(),
      hostname: text(),
      procId: text(),
      msgId: text(),
      structuredData: structuredData(),
      bom: truth(),
      maxLength: whole(480),
      ...delivery(),
    },
    positional: ["address", "facility", "socktype"],
    create: (Class, { socktype, ...options }) => new Class({ protocol: socktype, ...options }),
  });
}

/** Python's `timeout` of this one handler is in seconds. */
function smtpSpec(): ClassSpec {
  return classSpec({
    Class: SMTPHandler,
    kind: "handler",
    names: ["logging.handlers.SMTPHandler", "paralog.SMTPHandler"],
    parameters: {
      mailhost: required(mailhost()),
      fromaddr: required(filledText("use an address")),
      toaddrs: required(texts()),
      subject: required(text()),
      credentials: credentials(),
      secure: encryption(),
      caCerts: texts(),
      ...delivery(),
      timeout: amount("seconds", { factor: 1000, above: 0 }),
    },
    positional: [
      ...["mailhost", "fromaddr", "toaddrs", "subject", "credentials", "secure", "timeout"],
    ],
    create: (Class, options) => new Class(options),
  });
}

function openTelemetrySpec(): ClassSpec {
  return classSpec({
    Class: OpenTelemetryHandler,
    kind: "handler",
    names: ["paralog.OpenTelemetryHandler"],
    parameters: { provider: loggerProvider(), loggerName: text(), ...delivery() },
    positional: [],
    create: (Class, options) => new Class(options),
  });
}

/** A mail server: its name, or Python's pair of name and port. */
function mailhost(): Parameter<string | { host: string; port?: number }> {
  return {
    allowed: 'use a name such as "mail.example.com", or a list of name and port',
    read(value) {
      if (typeof value === "string") return value === "" ? undefined : value;
      const pair = isDict(value) ? [value.host, value.port] : value;
      if (!isList(pair) || pair.length !== 2 || typeof pair[0] !== "string") return undefined;
      const port = whole(1, 65535).read(pair[1]);
      return port === undefined ? undefined : { host: pair[0], port };
    },
  };
}

/** Python's `secure` is a tuple of up to a key, a certificate and a context; an empty one is TLS. */
function encryption(): Parameter<boolean | "starttls" | "tls"> {
  return {
    allowed: 'use true, false, "starttls" or "tls"; files of keys and certificates can\'t be used',
    read(value) {
      if (isList(value)) return value.length === 0 ? true : undefined;
      return value === "starttls" || value === "tls" ? value : truth().read(value);
    },
  };
}

type LoggerProvider = NonNullable<OpenTelemetryHandlerOptions["provider"]>;

function loggerProvider(): Parameter<LoggerProvider> {
  return {
    allowed: "use a logger provider of OpenTelemetry: give it in classes, and name it with ext://",
    read: (value) => isLoggerProvider(value) ? value : undefined,
  };
}

function isLoggerProvider(value: unknown): value is LoggerProvider {
  return typeof value === "object" && value !== null && "getLogger" in value &&
    typeof value.getLogger === "function";
}

/** Where a syslog daemon listens: Python's pair of host and port, or ours by name. */
function address(): Parameter<{ hostname?: string; port?: number }> {
  return {
    allowed:
      'use a list of host and port, such as ["localhost", 514]; sockets in the file system ' +
      "can't be used: Deno has none for datagrams",
    read(value) {
      const { hostname, port, ...others } = isList(value)
        ? { hostname: value[0], port: value[1], ...value.slice(2) }
        : isDict(value)
        ? value
        : { hostname: null, port: null };
      if (Object.keys(others).length > 0) return undefined;
      if (hostname !== undefined && (typeof hostname !== "string" || hostname === "")) {
        return undefined;
      }
      if (port === undefined) return { hostname };
      const read = whole(1, 65535).read(port);
      return read === undefined ? undefined : { hostname, port: read };
    },
  };
}

function facility(): Parameter<SyslogFacility | number> {
  const names = Object.keys(FACILITIES) as SyslogFacility[]; // It is a plain table of them.
  const byName = oneOf(...names);
  return {
    allowed: `use ${names.join(", ")}, or a number from 0 to 23`,
    known: () => names,
    read: (value) => byName.read(value) ?? whole(0, 23).read(value),
  };
}

function socketType(): Parameter<"udp" | "tcp"> {
  return {
    allowed: "use ext://socket.SOCK_DGRAM or ext://socket.SOCK_STREAM",
    read: (value) => value === SOCK_DGRAM ? "udp" : value === SOCK_STREAM ? "tcp" : undefined,
  };
}

function structuredData(): Parameter<boolean | string> {
  return {
    allowed: "use true, false, or the id of the structured data",
    read: (value) => typeof value === "string" && value !== "" ? value : truth().read(value),
  };
}
